package logfile

import (
	"fmt"
	"strings"
)

// arrayCutter finds the elements of one list in a JSON document, byte by byte,
// without understanding them: what an element holds is checked when it is
// scanned. Around the list it demands brackets, texts, commas and colons in
// their places, and no name twice, so that no second list can pass for the
// first. Numbers and words there are not looked into.
type arrayCutter struct {
	path  []string // names that lead to the list
	state arrayState
	outer []outerValue // objects and lists around the list, or beside it
	found bool

	name  []byte // the name being read, as it stands
	slash bool   // behind a backslash of a text

	depth  int  // open brackets inside an element
	quoted bool // inside a text of an element
}

type outerValue struct {
	object bool
	onPath bool // the path leads through it
	names  map[string]struct{}
	last   string // the name whose value comes or came
}

type arrayState uint8

const (
	valueComes   arrayState = iota
	valueOrEnd              // an outer list has begun
	nameComes               // behind a comma of an outer object
	nameOrEnd               // an outer object has begun
	inName                  // inside a name's quotes
	colonComes              // behind a name
	inText                  // inside an outer text
	inScalar                // inside an outer number or word
	behindValue             // a comma or a bracket comes
	elementOrEnd            // the list has begun
	elementComes            // behind a comma of the list
	inElement
	inPlain // an element that is no object and no list
	behindElement
	behindAll
)

// cutEvent is what a byte means for the elements.
type cutEvent uint8

const (
	nothing   cutEvent = iota
	begins             // the byte is an element's first
	endsWith           // the byte is an element's last
	endBefore          // an element ended before the byte
)

const maxOuterNames = 10_000

func newArrayCutter(at string) (*arrayCutter, error) {
	a := &arrayCutter{}
	if at == "" {
		return a, nil
	}
	if at[0] != '/' {
		return nil, fmt.Errorf("list at %q: want a JSON pointer such as /entries", at)
	}
	for _, p := range strings.Split(at[1:], "/") {
		a.path = append(a.path, strings.NewReplacer("~1", "/", "~0", "~").Replace(p))
	}
	return a, nil
}

// next takes one byte.
func (a *arrayCutter) next(c byte) (cutEvent, error) {
	switch a.state {
	case inElement:
		return a.element(c), nil
	case inText, inName:
		return nothing, a.outerText(c)
	case inPlain:
		switch {
		case isSpace(c):
			a.state = behindElement
		case c == ',':
			a.state = elementComes
		case c == ']':
			a.end()
		default:
			return nothing, nil
		}
		return endBefore, nil
	case inScalar:
		if !isSpace(c) && c != ',' && c != ']' && c != '}' {
			return nothing, nil
		}
		a.end()
	default:
	}
	if isSpace(c) {
		return nothing, nil
	}
	switch a.state {
	case elementOrEnd, elementComes:
		if c == ']' && a.state == elementOrEnd {
			a.end()
			return nothing, nil
		}
		return a.begin(c)
	case behindElement:
		switch c {
		case ',':
			a.state = elementComes
			return nothing, nil
		case ']':
			a.end()
			return nothing, nil
		}
		return nothing, errUnexpected(c)
	case valueComes, valueOrEnd:
		if c == ']' && a.state == valueOrEnd {
			return nothing, a.pop(c)
		}
		return nothing, a.value(c)
	case nameComes, nameOrEnd:
		switch {
		case c == '"':
			a.state, a.name = inName, a.name[:0]
			return nothing, nil
		case c == '}' && a.state == nameOrEnd:
			return nothing, a.pop(c)
		}
	case colonComes:
		if c == ':' {
			a.state = valueComes
			return nothing, nil
		}
	case behindValue:
		if c == ',' && len(a.outer) > 0 {
			a.state = valueComes
			if a.outer[len(a.outer)-1].object {
				a.state = nameComes
			}
			return nothing, nil
		}
		return nothing, a.pop(c)
	default:
	}
	return nothing, errUnexpected(c)
}

func errUnexpected(c byte) error {
	return fmt.Errorf("no JSON: %q in a place where it cannot stand", c)
}

func (a *arrayCutter) begin(c byte) (cutEvent, error) {
	switch c {
	case '{', '[':
		a.state, a.depth, a.quoted, a.slash = inElement, 1, false, false
	case '"':
		a.state, a.depth, a.quoted, a.slash = inElement, 0, true, false
	case ',', ']', '}', ':':
		return nothing, errUnexpected(c)
	default:
		a.state = inPlain
	}
	return begins, nil
}

func (a *arrayCutter) element(c byte) cutEvent {
	switch {
	case a.slash:
		a.slash = false
		return nothing
	case a.quoted:
		a.slash = c == '\\'
		a.quoted = c != '"'
	case c == '"':
		a.quoted = true
	case c == '{' || c == '[':
		a.depth++
	case c == '}' || c == ']':
		a.depth--
	}
	if a.depth == 0 && !a.quoted {
		a.state = behindElement
		return endsWith
	}
	return nothing
}

// end closes the list.
func (a *arrayCutter) end() {
	a.state = behindValue
	if len(a.outer) == 0 {
		a.state = behindAll
	}
}

// value begins a value outside of the list, or the list itself.
func (a *arrayCutter) value(c byte) error {
	onPath := len(a.outer) <= len(a.path)
	for i, o := range a.outer {
		onPath = onPath && o.onPath && o.last == a.path[i]
	}
	if onPath && len(a.outer) == len(a.path) {
		if c != '[' {
			return fmt.Errorf("at %q stands no list", "/"+strings.Join(a.path, "/"))
		}
		a.found = true
		a.state = elementOrEnd
		return nil
	}
	if len(a.outer) >= MaxDepth {
		return fmt.Errorf("nested deeper than %d", MaxDepth)
	}
	switch c {
	case '{':
		a.outer = append(a.outer, outerValue{object: true, onPath: onPath, names: map[string]struct{}{}})
		a.state = nameOrEnd
	case '[':
		a.outer = append(a.outer, outerValue{})
		a.state = valueOrEnd
	case '"':
		a.state, a.slash = inText, false
	case ',', ']', '}', ':':
		return errUnexpected(c)
	default:
		a.state = inScalar
	}
	return nil
}

// pop closes an object or a list around the list, or beside it.
func (a *arrayCutter) pop(c byte) error {
	n := len(a.outer) - 1
	if n < 0 || a.outer[n].object != (c == '}') || c != '}' && c != ']' {
		return errUnexpected(c)
	}
	a.outer = a.outer[:n]
	a.state = behindValue
	if n == 0 {
		a.state = behindAll
	}
	return nil
}

func (a *arrayCutter) outerText(c byte) error {
	if a.state == inName {
		if len(a.name) > MaxRecord {
			return fmt.Errorf("a name of more than %d bytes", MaxRecord)
		}
		a.name = append(a.name, c)
	}
	switch {
	case a.slash:
		a.slash = false
	case c == '\\':
		a.slash = true
	case c < 0x20:
		return errUnexpected(c)
	case c == '"' && a.state == inText:
		a.state = behindValue
		if len(a.outer) == 0 {
			a.state = behindAll
		}
	case c == '"':
		a.state = colonComes
		return a.named()
	}
	return nil
}

// named enters a name that was read.
func (a *arrayCutter) named() error {
	s := Scanner{b: append([]byte{'"'}, a.name...)}
	if end, _ := s.text(1); end < 0 {
		return s.err
	}
	name := string(AppendUnquoted(nil, s.b))
	o := &a.outer[len(a.outer)-1]
	if _, twice := o.names[name]; twice {
		return fmt.Errorf("member %q stands twice", name)
	}
	if len(o.names) >= maxOuterNames {
		return fmt.Errorf("more than %d members around the list", maxOuterNames)
	}
	o.names[name] = struct{}{}
	o.last = name
	return nil
}
