package canon

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Number is a JSON number as it stood in the text: no digit is lost before
// somebody decides what it means.
type Number string

// Int64 returns the number as an integer, an error where it is none.
func (n Number) Int64() (int64, error) { return strconv.ParseInt(string(n), 10, 64) }

// Float64 returns the number as a double.
func (n Number) Float64() (float64, error) { return strconv.ParseFloat(string(n), 64) }

// MaxDepth is how deep objects and arrays may be nested.
const MaxDepth = 64

// SyntaxError says at which byte (from 0) the text stops being JSON, and why.
type SyntaxError struct {
	Offset int
	What   string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("JSON, byte %d: %s", e.Offset, e.What) }

// Parse reads exactly one JSON value: map[string]any, []any, string, Number,
// bool or nil. White space may stand around it, and nothing else.
func Parse(b []byte) (any, error) {
	p := parser{b: b}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	p.space()
	if p.i < len(b) {
		return nil, p.fail("bytes after the value")
	}
	return v, nil
}

// ParseObject reads one JSON object.
func ParseObject(b []byte) (map[string]any, error) {
	v, err := Parse(b)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, &SyntaxError{0, "want an object"}
	}
	return m, nil
}

// IsCanonical reports whether b is the canonical spelling of what it says.
func IsCanonical(b []byte) bool {
	v, err := Parse(b)
	if err != nil {
		return false
	}
	c, err := Append(make([]byte, 0, len(b)), v)
	return err == nil && string(c) == string(b)
}

type parser struct {
	b []byte
	i int
}

func (p *parser) fail(what string) error { return &SyntaxError{p.i, what} }

func (p *parser) space() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) value(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, p.fail("nested deeper than " + strconv.Itoa(MaxDepth))
	}
	if p.i >= len(p.b) {
		return nil, p.fail("ends too early")
	}
	switch c := p.b[p.i]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.text()
	case c == 't':
		return true, p.word("true")
	case c == 'f':
		return false, p.word("false")
	case c == 'n':
		return nil, p.word("null")
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	return nil, p.fail("no value starts here")
}

func (p *parser) word(w string) error {
	if len(p.b)-p.i < len(w) || string(p.b[p.i:p.i+len(w)]) != w {
		return p.fail("want " + w)
	}
	p.i += len(w)
	return nil
}

func (p *parser) object(depth int) (any, error) {
	p.i++
	m := map[string]any{}
	p.space()
	if p.i < len(p.b) && p.b[p.i] == '}' {
		p.i++
		return m, nil
	}
	for {
		p.space()
		if p.i >= len(p.b) || p.b[p.i] != '"' {
			return nil, p.fail("want a member name")
		}
		at := p.i
		k, err := p.text()
		if err != nil {
			return nil, err
		}
		if _, twice := m[k]; twice {
			return nil, &SyntaxError{at, fmt.Sprintf("member %q stands twice", k)}
		}
		p.space()
		if p.i >= len(p.b) || p.b[p.i] != ':' {
			return nil, p.fail("want a colon")
		}
		p.i++
		p.space()
		if m[k], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		p.space()
		if p.i >= len(p.b) {
			return nil, p.fail("ends inside an object")
		}
		switch p.b[p.i] {
		case ',':
			p.i++
		case '}':
			p.i++
			return m, nil
		default:
			return nil, p.fail("want a comma or }")
		}
	}
}

func (p *parser) array(depth int) (any, error) {
	p.i++
	a := []any{}
	p.space()
	if p.i < len(p.b) && p.b[p.i] == ']' {
		p.i++
		return a, nil
	}
	for {
		p.space()
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		a = append(a, v)
		p.space()
		if p.i >= len(p.b) {
			return nil, p.fail("ends inside an array")
		}
		switch p.b[p.i] {
		case ',':
			p.i++
		case ']':
			p.i++
			return a, nil
		default:
			return nil, p.fail("want a comma or ]")
		}
	}
}

func (p *parser) number() (any, error) {
	start := p.i
	if p.b[p.i] == '-' {
		p.i++
	}
	switch {
	case p.i >= len(p.b):
		return nil, p.fail("a number without digits")
	case p.b[p.i] == '0':
		p.i++
	case !p.digits():
		return nil, p.fail("a number without digits")
	}
	if p.i < len(p.b) && p.b[p.i] == '.' {
		p.i++
		if !p.digits() {
			return nil, p.fail("no digits after the point")
		}
	}
	if p.i < len(p.b) && (p.b[p.i] == 'e' || p.b[p.i] == 'E') {
		p.i++
		if p.i < len(p.b) && (p.b[p.i] == '+' || p.b[p.i] == '-') {
			p.i++
		}
		if !p.digits() {
			return nil, p.fail("no digits in the exponent")
		}
	}
	return Number(p.b[start:p.i]), nil
}

func (p *parser) digits() bool {
	start := p.i
	for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
		p.i++
	}
	return p.i > start
}

func (p *parser) text() (string, error) {
	p.i++
	start := p.i
	for p.i < len(p.b) { // the plain case needs no copy of its own
		c := p.b[p.i]
		if c == '"' {
			s := p.b[start:p.i]
			if !utf8.Valid(s) {
				return "", &SyntaxError{start, "text that is not UTF-8"}
			}
			p.i++
			return string(s), nil
		}
		if c == '\\' {
			return p.escaped(start)
		}
		if c < 0x20 {
			return "", p.fail("a control character in a text")
		}
		p.i++
	}
	return "", p.fail("ends inside a text")
}

func (p *parser) escaped(start int) (string, error) {
	out := append([]byte(nil), p.b[start:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				return "", &SyntaxError{start, "text that is not UTF-8"}
			}
			p.i++
			return string(out), nil
		case c < 0x20:
			return "", p.fail("a control character in a text")
		case c != '\\':
			out = append(out, c)
			p.i++
		default:
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return "", p.fail("ends inside a text")
}

func (p *parser) escape() (rune, error) {
	p.i++
	if p.i >= len(p.b) {
		return 0, p.fail("ends inside an escape")
	}
	c := p.b[p.i]
	p.i++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		r, err := p.hex4()
		if err != nil {
			return 0, err
		}
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		if len(p.b)-p.i < 6 || p.b[p.i] != '\\' || p.b[p.i+1] != 'u' {
			return 0, p.fail("half of a surrogate pair")
		}
		p.i += 2
		low, err := p.hex4()
		if err != nil {
			return 0, err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return 0, p.fail("half of a surrogate pair")
		}
		return r, nil
	}
	return 0, p.fail("unknown escape")
}

func (p *parser) hex4() (rune, error) {
	if len(p.b)-p.i < 4 {
		return 0, p.fail("ends inside an escape")
	}
	n, err := strconv.ParseUint(string(p.b[p.i:p.i+4]), 16, 32)
	if err != nil {
		return 0, p.fail("want four hex digits")
	}
	p.i += 4
	return rune(n), nil
}
