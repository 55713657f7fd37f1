package logfile

import "fmt"

// Kind is what a value is.
type Kind uint8

// The kinds. None is the value that is not there.
const (
	None Kind = iota
	Null
	False
	True
	Number
	String
	Object
	Array
)

// Flags say what about a value's text is more than plain.
type Flags uint8

// The flags.
const (
	Escaped Flags = 1 << iota // a string with a backslash in it
	Wide                      // a string with characters beyond ASCII
	Odd                       // a number that is not a plain integer of up to fifteen digits
	Loose                     // white space stands somewhere inside the value
	Nested                    // an object stands somewhere inside the value
)

// Entry is one value of a record, in the order of the text. Offsets count from
// the record's first byte.
type Entry struct {
	Name  uint32 // where the member's name begins, at its quote; Start for elements of lists and the record itself
	Start uint32
	End   uint32
	Next  uint32 // index of the entry behind this one and all that is inside it
	Shape uint32 // of the member
	Last  uint32 // of an object: its shape after its last member
	Kind  Kind
	Flags Flags
}

// Value is where one field of a record stands. The zero value is a field that
// is not there.
type Value struct {
	Name, Start, End uint32
	Entry            uint32 // in the tape, where there is one
	Kind             Kind
	Flags            Flags
}

// Class is what is wrong with a record that cannot be read.
type Class uint8

// The classes.
const (
	BadJSON Class = iota + 1
	BadUTF8
	DupKey
	TooDeep
)

// SyntaxError says at which byte of the record its text stops being a record.
type SyntaxError struct {
	Class  Class
	Offset int
	What   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("byte %d: %s", e.Offset, e.What) }

// MaxDepth is how deep objects and lists may be nested.
const MaxDepth = 64

// MaxRecord is the longest record that is read, in bytes.
const MaxRecord = 16 << 20

// Scanner reads one record after the other. What it returns is valid until the
// next call, and refers to the bytes given. It is not for use by two
// goroutines at once.
type Scanner struct {
	fields fields
	values []Value
	root   *Shape
	shapes []*Shape
	once   []*Shape
	tape   []Entry
	taping bool

	b    []byte
	last *Shape
	err  *SyntaxError
}

// NewScanner returns a scanner that notes where the fields stand that the JSON
// pointers name; pointers lead through objects only. With a tape it notes every
// value.
func NewScanner(pointers []string, tape bool) *Scanner {
	s := &Scanner{fields: fields{}, values: make([]Value, len(pointers)), taping: tape}
	for i, p := range pointers {
		s.fields[p] = int32(i)
	}
	s.root = &Shape{Field: NoField, Lasting: true}
	s.shapes = append(s.shapes, s.root)
	return s
}

// Scan reads b as exactly one object with nothing but white space around it.
// Member names must differ after unescaping, numbers must follow the grammar,
// texts must be UTF-8 without halves of surrogate pairs.
func (s *Scanner) Scan(b []byte) error {
	if s.Read(b) != nil {
		return s.err
	}
	return nil
}

// Read is Scan with the error as its own type.
func (s *Scanner) Read(b []byte) *SyntaxError {
	s.b, s.err = b, nil
	s.tape = s.tape[:0]
	clear(s.values)
	if len(s.once) > 0 {
		clear(s.once)
		s.once = s.once[:0]
	}
	i := 0
	if len(b) == 0 || b[0] != '{' {
		i = space(b, 0)
		if i >= len(b) || b[i] != '{' {
			s.fail(BadJSON, i, "want an object")
			return s.err
		}
	}
	if s.taping {
		s.tape = append(s.tape, Entry{Name: uint32(i), Start: uint32(i), Kind: Object})
	}
	i, last, flags := s.object(i+1, s.root, 1)
	if i < 0 {
		return s.err
	}
	s.last = last
	if s.taping {
		t := &s.tape[0]
		t.End, t.Next, t.Last, t.Flags = uint32(i), uint32(len(s.tape)), last.ID, flags
	}
	if i < len(b) {
		if i = space(b, i); i < len(b) {
			s.fail(BadJSON, i, "bytes behind the object")
			return s.err
		}
	}
	return nil
}

// Value returns where the field of that number stands in the record.
func (s *Scanner) Value(field int) Value { return s.values[field] }

// Last returns the shape of the record: its names, from the last one back.
func (s *Scanner) Last() *Shape { return s.last }

// Tape returns the record's values; the first entry is the record itself.
func (s *Scanner) Tape() []Entry { return s.tape }

// Record returns the bytes last read.
func (s *Scanner) Record() []byte { return s.b }

func (s *Scanner) fail(class Class, at int, what string) int {
	s.err = &SyntaxError{class, at, what}
	return -1
}
