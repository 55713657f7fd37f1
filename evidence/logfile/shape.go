package logfile

import "github.com/tieout/tieout/evidence/canon"

// Bounds on what a scanner remembers of member names. Records beyond them are
// read all the same, only slower.
const (
	maxShapes   = 1 << 14
	maxBranches = 16
	maxKept     = 256 // members of one object
)

// NoField is the field number of members that nobody asked for.
const NoField = -1

// Shape is the state of an object after one of its members: which names stood
// in it so far, in which order. Records of a log repeat their names, so a
// scanner that has seen a sequence of names once recognises it by comparing
// bytes. A shape belongs to its scanner.
type Shape struct {
	head   []byte // the name and all in front of its value, as it stood last time
	likely *Shape // what followed last time
	ID     uint32 // of the scanner; 0 is the empty root object
	Field  int32  // number of the pointer asked for that names this member, or NoField
	loose  Flags  // Loose, where white space stands in head

	Name     string // of the member, unescaped
	Pointer  string // JSON pointer of the member
	Position int    // of the member in its object, from 1; 0 for an object that has none yet
	Before   *Shape // after the member before it
	Lasting  bool   // the scanner keeps it from record to record
	Plain    bool   // the name stands without escapes and in printable ASCII

	raw    []byte // the name as it stands, in its quotes
	twice  bool
	next   []*Shape
	inside *Shape // the empty object that stands as this member's value
	listed *Shape // the empty object that stands in the list that is this member's value
	inList bool   // fields asked for lead through objects only
}

// Names returns the shape's member names in the order in which they stand.
func (s *Shape) Names() []string {
	out := make([]string, s.Position)
	for m := s; m.Position > 0; m = m.Before {
		out[m.Position-1] = m.Name
	}
	return out
}

// learn keeps what stands in front of the member's value; behind is how much of
// it follows the name. It returns Loose where that is more than a colon.
func (s *Shape) learn(head []byte, behind int) Flags {
	s.loose = 0
	if behind > 1 {
		s.loose = Loose
	}
	s.head = append(s.head[:0], head...)
	return s.loose
}

// Raw returns the member's name as it stands in the record, in its quotes.
func (s *Shape) Raw() []byte { return s.raw }

// Has reports whether the object has a member of that name.
func (s *Shape) Has(name string) bool {
	for m := s; m.Position > 0; m = m.Before {
		if m.Name == name {
			return true
		}
	}
	return false
}

func (s *Shape) object() *Shape {
	for s.Position > 0 {
		s = s.Before
	}
	return s
}

// fields maps the pointers asked for to their numbers.
type fields map[string]int32

func (f fields) of(pointer string) int32 {
	if n, ok := f[pointer]; ok {
		return n
	}
	return NoField
}

// follow returns the shape after one more member. raw is its name as it stands, in its quotes.
func (s *Scanner) follow(at *Shape, raw []byte, name string, seen *map[string]struct{}) *Shape {
	n := &Shape{
		head: append(append([]byte(nil), raw...), ':'), raw: append([]byte(nil), raw...), Name: name, Position: at.Position + 1, Before: at, Pointer: at.object().Pointer + "/" + escapePointer(name), Field: NoField, Lasting: at.Lasting,
		inList: at.inList, Plain: len(name) == len(raw)-2 && isPlain(name),
	}
	if !n.inList {
		n.Field = s.fields.of(n.Pointer)
	}
	if at.Position < maxKept {
		n.twice = at.Has(name)
	} else {
		if *seen == nil {
			*seen = make(map[string]struct{}, 2*maxKept)
			for _, k := range at.Names() {
				(*seen)[k] = struct{}{}
			}
		}
		_, n.twice = (*seen)[name]
		(*seen)[name] = struct{}{}
	}
	if n.twice {
		n.Lasting = false
		return n
	}
	if !at.Lasting || at.Position >= maxKept || len(at.next) >= maxBranches || len(s.shapes) >= maxShapes {
		return s.passing(n)
	}
	n.ID = uint32(len(s.shapes))
	s.shapes = append(s.shapes, n)
	at.next = append(at.next, n)
	at.likely = n
	return n
}

// passing numbers a shape that is forgotten with the record.
func (s *Scanner) passing(n *Shape) *Shape {
	n.Lasting = false
	n.ID = maxShapes + uint32(len(s.once))
	s.once = append(s.once, n)
	return n
}

// enter returns the empty object that stands as the value of the member, or
// in the list that is its value.
func (s *Scanner) enter(at *Shape, list bool) *Shape {
	kept, pointer := &at.inside, at.Pointer
	if list {
		kept, pointer = &at.listed, at.Pointer+"/[]"
	}
	if *kept != nil {
		return *kept
	}
	n := &Shape{Pointer: pointer, Field: NoField, Lasting: at.Lasting, inList: at.inList || list}
	if !at.Lasting || len(s.shapes) >= maxShapes {
		return s.passing(n)
	}
	n.ID = uint32(len(s.shapes))
	s.shapes = append(s.shapes, n)
	*kept = n
	return n
}

// Shape returns the shape of that number.
func (s *Scanner) Shape(id uint32) *Shape {
	if id >= maxShapes {
		return s.once[id-maxShapes]
	}
	return s.shapes[id]
}

func escapePointer(name string) string {
	plain := true
	for i := range len(name) {
		plain = plain && name[i] != '~' && name[i] != '/'
	}
	if plain {
		return name
	}
	out := make([]byte, 0, len(name)+4)
	for i := range len(name) {
		switch name[i] {
		case '~':
			out = append(out, "~0"...)
		case '/':
			out = append(out, "~1"...)
		default:
			out = append(out, name[i])
		}
	}
	return string(out)
}

// isPlain reports whether every printer writes the text as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// CompareCodePoints orders names as Python does.
func CompareCodePoints(a, b string) int {
	if a < b { // UTF-8 keeps the order of code points
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// CompareUTF16 orders names as RFC 8785 and JavaScript do.
func CompareUTF16(a, b string) int { return canon.Compare(a, b) }
