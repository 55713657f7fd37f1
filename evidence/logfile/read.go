package logfile

import "strconv"

// object reads the rest of an object whose brace was read, and returns where
// it ends, the shape after its last member, and Loose where white space stands
// in it.
func (s *Scanner) object(i int, at *Shape, depth int) (int, *Shape, Flags) {
	b := s.b
	var flags Flags
	var seen map[string]struct{}
	if depth > MaxDepth {
		return s.fail(TooDeep, i-1, "nested deeper than "+strconv.Itoa(MaxDepth)), nil, 0
	}
	if i < len(b) && isSpace(b[i]) {
		i, flags = space(b, i), flags|Loose
	}
	if i < len(b) && b[i] == '}' {
		return i + 1, at, flags
	}
	for {
		// The member's name up to its value: as it followed last time, or otherwise.
		name := i
		if k := at.likely; k != nil && len(b)-i > len(k.head) && string(b[i:i+len(k.head)]) == string(k.head) {
			at, i, flags = k, i+len(k.head), flags|k.loose
			if i < len(b) && isSpace(b[i]) { // more than stood there last time
				i, flags = space(b, i), flags|Loose
			}
		} else if i, at = s.member(i, at, &seen); i < 0 {
			return -1, nil, 0
		} else {
			end := i
			if i < len(b) && isSpace(b[i]) {
				i = space(b, i)
			}
			if i >= len(b) || b[i] != ':' {
				return s.fail(BadJSON, i, "want a colon"), nil, 0
			}
			if i++; i < len(b) && isSpace(b[i]) {
				i = space(b, i)
			}
			flags |= at.learn(b[name:i], i-end)
		}
		var kind Kind
		var f Flags
		var last uint32
		start, entry := i, len(s.tape)
		if i >= len(b) {
			return s.fail(BadJSON, i, "ends inside an object"), nil, 0
		}
		switch c := b[i]; {
		case c == '"':
			i, f = s.text(i + 1)
			kind = String
		case c-'0' < 10 || c == '-':
			i, f = s.number(i)
			kind = Number
		case c == '{':
			s.reserve()
			i, last, f = s.inner(i+1, s.enter(at, false), depth+1)
			kind, flags = Object, flags|Nested
		case c == '[':
			s.reserve()
			i, f = s.array(i+1, at, depth+1)
			kind = Array
		default:
			i, kind = s.word(i)
		}
		if i < 0 {
			return -1, nil, 0
		}
		flags |= f & (Loose | Nested)
		if s.taping {
			if kind < Object {
				s.reserve()
			}
			s.tape[entry] = Entry{uint32(name), uint32(start), uint32(i), uint32(len(s.tape)), at.ID, last, kind, f}
		}
		if at.Field >= 0 {
			s.values[at.Field] = Value{uint32(name), uint32(start), uint32(i), uint32(entry), kind, f}
		}
		if i < len(b) && isSpace(b[i]) {
			i, flags = space(b, i), flags|Loose
		}
		if i >= len(b) {
			return s.fail(BadJSON, i, "ends inside an object"), nil, 0
		}
		switch b[i] {
		case ',':
			i++
			if i < len(b) && isSpace(b[i]) {
				i, flags = space(b, i), flags|Loose
			}
		case '}':
			return i + 1, at, flags
		default:
			return s.fail(BadJSON, i, "want a comma or }"), nil, 0
		}
	}
}

// inner reads an object inside a record.
func (s *Scanner) inner(i int, at *Shape, depth int) (int, uint32, Flags) {
	i, last, f := s.object(i, at, depth)
	if i < 0 {
		return -1, 0, 0
	}
	return i, last.ID, f
}

// reserve makes room on the tape for a value, in front of what is inside it.
func (s *Scanner) reserve() {
	switch n := len(s.tape); {
	case !s.taping:
	case n < cap(s.tape):
		s.tape = s.tape[:n+1]
	default:
		s.tape = append(s.tape, Entry{})
	}
}

// member reads a name that did not follow last time, and returns the shape
// behind it.
func (s *Scanner) member(i int, at *Shape, seen *map[string]struct{}) (int, *Shape) {
	if i >= len(s.b) || s.b[i] != '"' {
		return s.fail(BadJSON, i, "want a member name"), nil
	}
	end, flags := s.text(i + 1)
	if end < 0 {
		return -1, nil
	}
	raw := s.b[i:end]
	for _, k := range at.next {
		if string(k.raw) == string(raw) {
			at.likely = k
			return end, k
		}
	}
	next := s.follow(at, raw, Unquote(raw, flags), seen)
	if next.twice {
		return s.fail(DupKey, i, "member "+strconv.Quote(next.Name)+" stands twice"), nil
	}
	return end, next
}

// array reads the rest of a list whose bracket was read.
func (s *Scanner) array(i int, at *Shape, depth int) (int, Flags) {
	b := s.b
	var flags Flags
	if depth > MaxDepth {
		return s.fail(TooDeep, i-1, "nested deeper than "+strconv.Itoa(MaxDepth)), 0
	}
	if i < len(b) && isSpace(b[i]) {
		i, flags = space(b, i), flags|Loose
	}
	if i < len(b) && b[i] == ']' {
		return i + 1, flags
	}
	for {
		start, entry := i, len(s.tape)
		s.reserve()
		var kind Kind
		var f Flags
		var last uint32
		if i >= len(b) {
			return s.fail(BadJSON, i, "ends inside a list"), 0
		}
		switch c := b[i]; {
		case c == '"':
			i, f = s.text(i + 1)
			kind = String
		case c-'0' < 10 || c == '-':
			i, f = s.number(i)
			kind = Number
		case c == '{':
			i, last, f = s.inner(i+1, s.enter(at, true), depth+1)
			kind, flags = Object, flags|Nested
		case c == '[':
			i, f = s.array(i+1, at, depth+1)
			kind = Array
		default:
			i, kind = s.word(i)
		}
		if i < 0 {
			return -1, 0
		}
		flags |= f & (Loose | Nested)
		if s.taping {
			s.tape[entry] = Entry{uint32(start), uint32(start), uint32(i), uint32(len(s.tape)), 0, last, kind, f}
		}
		if i < len(b) && isSpace(b[i]) {
			i, flags = space(b, i), flags|Loose
		}
		if i >= len(b) {
			return s.fail(BadJSON, i, "ends inside a list"), 0
		}
		switch b[i] {
		case ',':
			i++
			if i < len(b) && isSpace(b[i]) {
				i, flags = space(b, i), flags|Loose
			}
		case ']':
			return i + 1, flags
		default:
			return s.fail(BadJSON, i, "want a comma or ]"), 0
		}
	}
}

func isSpace(c byte) bool { return c <= ' ' && (c == ' ' || c == '\t' || c == '\n' || c == '\r') }

func space(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// word reads true, false or null.
func (s *Scanner) word(i int) (int, Kind) {
	b := s.b[i:]
	switch {
	case len(b) >= 4 && string(b[:4]) == "true":
		return i + 4, True
	case len(b) >= 5 && string(b[:5]) == "false":
		return i + 5, False
	case len(b) >= 4 && string(b[:4]) == "null":
		return i + 4, Null
	}
	return s.fail(BadJSON, i, "no value starts here"), None
}
