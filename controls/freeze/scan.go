package freeze

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// MaxLine bounds one line of a table, its line end included.
const MaxLine = 2 << 20

// parseLine reads one line, without its line end, into row. It takes exactly
// what appendLine writes: members in canonical order, each in its one spelling
// and of its column's type. Everything else is an error, so a line that was
// read is known to be the line that would be written again.
func (t *Table) parseLine(line []byte, row []any) error {
	clear(row)
	s := scanner{b: line}
	if !s.take('{') {
		return s.fail("want an object")
	}
	next := 0 // members before this one are behind us
	for !s.take('}') {
		if next > 0 && !s.take(',') {
			return s.fail("want a comma or }")
		}
		name, err := s.text()
		if err != nil {
			return err
		}
		if !s.take(':') {
			return s.fail("want a colon")
		}
		if next, err = t.memberAfter(next, name); err != nil {
			return err
		}
		i := t.members[next-1]
		if row[i], err = s.value(&t.Columns[i]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if s.i < len(s.b) {
		return s.fail("bytes after the object")
	}
	return t.check(row)
}

// memberAfter returns the position behind the named member, which must come
// at or after position from in the canonical order.
func (t *Table) memberAfter(from int, name string) (int, error) {
	for n := from; n < len(t.members); n++ {
		if t.Columns[t.members[n]].Name == name {
			return n + 1, nil
		}
	}
	if t.column(name) >= 0 {
		return 0, fmt.Errorf("member %s stands twice or out of order", name)
	}
	return 0, fmt.Errorf("member %q is no column of table %s", name, t.Name)
}

// scanner walks over one line. It knows no white space: there is none.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) fail(what string) error { return &canon.SyntaxError{Offset: s.i, What: what} }

func (s *scanner) take(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) value(c *Column) (any, error) {
	switch c.Type {
	case evidence.Text, evidence.Decimal:
		v, err := s.text()
		if err == nil && v == "" {
			return nil, s.fail("empty text: a missing value is left out")
		}
		return v, err
	case evidence.Time:
		return s.instant()
	case evidence.Int:
		return s.integer()
	case evidence.Real:
		return s.real()
	case evidence.Bool:
		return s.boolean()
	case evidence.List:
		return s.list(c.PersonOf != "")
	}
	return nil, s.fail("a column of unknown type " + string(c.Type))
}

// text reads a string in its canonical spelling.
func (s *scanner) text() (string, error) {
	start := s.i
	if !s.take('"') {
		return "", s.fail("want a text")
	}
	escaped := false
	for s.i < len(s.b) && s.b[s.i] != '"' {
		switch c := s.b[s.i]; {
		case c == '\\':
			escaped = true
			s.i++ // what follows cannot end the text
		case c < 0x20:
			return "", s.fail("a control character in a text")
		}
		s.i++
	}
	if !s.take('"') {
		return "", s.fail("ends inside a text")
	}
	raw := s.b[start:s.i]
	if !escaped {
		if !utf8.Valid(raw) {
			return "", &canon.SyntaxError{Offset: start, What: "text that is not UTF-8"}
		}
		return string(raw[1 : len(raw)-1]), nil
	}
	v, err := canon.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("text at byte %d: %w", start, err)
	}
	text, _ := v.(string)
	if !bytes.Equal(canon.AppendString(make([]byte, 0, len(raw)), text), raw) {
		return "", &canon.SyntaxError{Offset: start, What: "a text that is not in its canonical spelling"}
	}
	return text, nil
}

func (s *scanner) instant() (any, error) {
	text, err := s.text()
	if err != nil {
		return nil, err
	}
	at, err := evidence.ParseInstant(text)
	if err != nil {
		return nil, err
	}
	var again [32]byte
	if string(at.Append(again[:0])) != text {
		return nil, fmt.Errorf("time %q: want UTC with six decimals, such as %s", text, at)
	}
	return at, nil
}

// number returns the bytes up to what can end a number.
func (s *scanner) number() string {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] != ',' && s.b[s.i] != '}' {
		s.i++
	}
	return string(s.b[start:s.i])
}

func (s *scanner) integer() (any, error) {
	text := s.number()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return nil, fmt.Errorf("%.40q is no whole number in its canonical spelling", text)
	}
	return n, nil
}

func (s *scanner) real() (any, error) {
	text := s.number()
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("%.40q is no number", text)
	}
	if again, err := canon.AppendFloat(nil, f); err != nil || string(again) != text {
		return nil, fmt.Errorf("number %.40q is not in its canonical spelling", text)
	}
	return f, nil
}

func (s *scanner) boolean() (any, error) {
	switch rest := s.b[s.i:]; {
	case bytes.HasPrefix(rest, []byte("true")):
		s.i += len("true")
		return true, nil
	case bytes.HasPrefix(rest, []byte("false")):
		s.i += len("false")
		return false, nil
	}
	return nil, s.fail("want true or false")
}

func (s *scanner) list(persons bool) (any, error) {
	if !s.take('[') {
		return nil, s.fail("want a list")
	}
	list := []string{}
	for !s.take(']') {
		if len(list) > 0 && !s.take(',') {
			return nil, s.fail("want a comma or ]")
		}
		if persons && bytes.HasPrefix(s.b[s.i:], []byte("null")) {
			s.i += len("null")
			list = append(list, "")
			continue
		}
		text, err := s.text()
		if err != nil {
			return nil, err
		}
		if persons && text == "" {
			return nil, s.fail("an empty person: nobody is null")
		}
		list = append(list, text)
	}
	return list, nil
}
