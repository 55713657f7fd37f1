package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// Kind names a kind of record, such as "change". It is never renamed.
type Kind string

// Type is the type of a column.
type Type string

// Column types, the Go value each takes in Record.Values, and what it is in
// the frozen database.
const (
	Text    Type = "text"    // string; never empty; TEXT
	Int     Type = "int"     // int64; INTEGER
	Real    Type = "real"    // float64, finite; REAL
	Bool    Type = "bool"    // bool; INTEGER 0 or 1
	Time    Type = "time"    // Instant; TEXT of fixed width, and an INTEGER twin <name>_us
	List    Type = "list"    // []string, order as observed; TEXT with a JSON array
	Decimal Type = "decimal" // string such as "12.30"; TEXT
)

// Null is what an absent value of a column means. It is declared once per
// column, because SQL has one NULL for three different facts.
type Null string

// The three meanings.
const (
	NullUnknown  Null = "unknown"  // not known: a test that needs it is indeterminate
	NullNone     Null = "none"     // known not to exist or not to have happened: an open end
	NullRequired Null = "required" // a row without it is rejected: keys and links
)

// Shape says how observations of one object are put together.
type Shape string

// The three shapes.
const (
	Event    Shape = "event"    // happened once; observations repeat it
	Dated    Shape = "dated"    // lives and carries its own dates: the latest observation knows most
	Snapshot Shape = "snapshot" // a state without dates of its own: the last observation up to the period's end counts
)

// Column is one column of a kind.
type Column struct {
	Name   string
	Type   Type
	Null   Null
	Words  string   // what it holds, with units, and what NULL means where it is NullNone
	Enum   []string // closed list of texts, or none
	Ends   bool     // a time that sources state as a last day: a bare date means the midnight that ends it
	Person bool     // holds an identity (or a list of them); the freeze adds <name>_person
}

// IndexJoin stands between the columns of one index.
const IndexJoin = "+"

// personTwin ends the name of the column with the person behind an identity.
const personTwin = "_person"

// Schema is one kind of record: its columns, in their fixed order.
type Schema struct {
	Kind     Kind
	Title    string
	Words    string // what one row is
	Standard string // the standard its names come from, where there is one
	Shape    Shape
	Key      []string // required columns that together name one object
	At       string   // the time column that places a row in a period, or none
	Index    []string // columns that tests join on, of an identity also the person, <name>_person; several columns of one index stand as a+b
	Columns  []Column

	byName map[string]int
}

// Prepare checks the schema and builds its look-up. It must be called once
// before the schema is used; package kinds does.
func (s *Schema) Prepare() error {
	s.byName = make(map[string]int, len(s.Columns))
	for i, c := range s.Columns {
		if _, twice := s.byName[c.Name]; twice {
			return fmt.Errorf("kind %s: column %s is declared twice", s.Kind, c.Name)
		}
		s.byName[c.Name] = i
		switch c.Type {
		case Text, Int, Real, Bool, Time, List, Decimal:
		default:
			return fmt.Errorf("kind %s: column %s has unknown type %q", s.Kind, c.Name, c.Type)
		}
		switch c.Null {
		case NullUnknown, NullNone, NullRequired:
		default:
			return fmt.Errorf("kind %s: column %s: null is %q, want unknown, none or required", s.Kind, c.Name, c.Null)
		}
		if c.Ends && c.Type != Time {
			return fmt.Errorf("kind %s: column %s ends days, so it must be a time", s.Kind, c.Name)
		}
		if c.Person && c.Type != Text && c.Type != List {
			return fmt.Errorf("kind %s: column %s holds people, so it must be text or list", s.Kind, c.Name)
		}
		if len(c.Enum) > 0 && c.Type != Text {
			return fmt.Errorf("kind %s: column %s has an enum, so it must be text", s.Kind, c.Name)
		}
	}
	switch s.Shape {
	case Event, Dated, Snapshot:
	default:
		return fmt.Errorf("kind %s: shape is %q, want event, dated or snapshot", s.Kind, s.Shape)
	}
	if s.At != "" {
		if i, ok := s.byName[s.At]; !ok || s.Columns[i].Type != Time {
			return fmt.Errorf("kind %s: at names %q, which is no time column", s.Kind, s.At)
		}
	}
	if len(s.Key) == 0 {
		return fmt.Errorf("kind %s: no key", s.Kind)
	}
	for _, n := range s.Key {
		if i, ok := s.byName[n]; !ok || s.Columns[i].Null != NullRequired {
			return fmt.Errorf("kind %s: key names %q, which is no required column", s.Kind, n)
		}
	}
	for _, index := range s.Index {
		for n := range strings.SplitSeq(index, IndexJoin) {
			of, isPerson := strings.CutSuffix(n, personTwin)
			i, ok := s.byName[of]
			if !ok || isPerson && !s.Columns[i].Person {
				return fmt.Errorf("kind %s: index names %q, which is no column", s.Kind, n)
			}
		}
	}
	return nil
}

// Column returns the named column and its position.
func (s *Schema) Column(name string) (Column, int, bool) {
	i, ok := s.byName[name]
	if !ok {
		return Column{}, 0, false
	}
	return s.Columns[i], i, true
}

// HasComponent reports whether rows of this kind belong to a component.
func (s *Schema) HasComponent() bool {
	_, ok := s.byName["component_id"]
	return ok
}

// Check reports what is wrong with a value for the column. A nil value is
// right unless the column is required.
func (c Column) Check(v any) error {
	if v == nil {
		if c.Null == NullRequired {
			return fmt.Errorf("%s is required", c.Name)
		}
		return nil
	}
	ok := false
	switch c.Type {
	case Text, Decimal:
		s, is := v.(string)
		if is && s == "" {
			return fmt.Errorf("%s is empty text: leave it out instead", c.Name)
		}
		if is && len(c.Enum) > 0 && !slices.Contains(c.Enum, s) {
			return fmt.Errorf("%s is %q, want one of %v", c.Name, s, c.Enum)
		}
		ok = is
	case Int:
		_, ok = v.(int64)
	case Real:
		var f float64
		f, ok = v.(float64)
		if ok && (f != f || f > 1.7e308 || f < -1.7e308) {
			return fmt.Errorf("%s is not a finite number", c.Name)
		}
	case Bool:
		_, ok = v.(bool)
	case Time:
		_, ok = v.(Instant)
	case List:
		_, ok = v.([]string)
	}
	if !ok {
		return fmt.Errorf("%s has a value of Go type %T, want column type %s", c.Name, v, c.Type)
	}
	return nil
}
