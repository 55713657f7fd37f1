package freeze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
)

// ObsSuffix ends the name of a table that holds every observation of a kind.
const ObsSuffix = "_obs"

// Table is one table of the frozen database and of the JSONL file behind it.
type Table struct {
	Name    string
	SQL     string   // the CREATE TABLE statement
	Columns []Column // the members of a line; twins of times are not among them
	Key     []string // rows stand in ascending order of these, no two equal
	Index   []string // indexes, by their columns: a, or a+b
	OneRow  bool     // exactly one row: table period
	Parts   bool     // rows are stretches that together are all of time: table p

	schema  *evidence.Schema // nil for a system table
	key     []int
	members []int    // positions of Columns, in the canonical order of their names
	labels  []string // of Columns: the name as a line has it, with its colon
	raw     int      // position of _raw, of a kind's table
	missing int      // position of _missing, of a kind's table
}

// Column is one member of a line.
type Column struct {
	Name     string
	Type     evidence.Type
	Required bool
	Twin     string // the INTEGER column with a time's microseconds, or none
	PersonOf string // the column whose identities these persons are, or none

	enum  evidence.Column // the kind's column where it has a closed list of texts
	of    int             // position of PersonOf
	value int             // position among a record's values, of a person that of the identity; of a kind's column
}

// Tables returns every table of a frozen database: one per kind, one of all
// observations per kind named, and the system tables, sorted by name.
func Tables(params []controls.Param, observations []evidence.Kind) ([]*Table, error) {
	out, err := systemTables(params)
	if err != nil {
		return nil, err
	}
	for _, s := range kinds.All() {
		t, err := kindTable(s, string(s.Kind))
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	for _, k := range observations {
		s, ok := kinds.Of(k)
		if !ok {
			return nil, fmt.Errorf("observations of kind %q: there is no such kind", k)
		}
		t, err := kindTable(s, string(k)+ObsSuffix)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *Table) int { return strings.Compare(a.Name, b.Name) })
	for i := 1; i < len(out); i++ {
		if out[i].Name == out[i-1].Name {
			return nil, fmt.Errorf("table %s is asked for twice", out[i].Name)
		}
	}
	return out, nil
}

func kindTable(s *evidence.Schema, name string) (*Table, error) {
	t := &Table{Name: name, SQL: kinds.TableSQL(s, name), Key: []string{"_id"}, Index: s.Index, schema: s}
	if name != string(s.Kind) {
		t.Key = []string{"_id", "_observed_at", "_item"}
	}
	for _, c := range kinds.TableColumns(s) {
		of, value, known := s.Column(c.Of)
		switch {
		case c.Of == "":
			t.Columns = append(t.Columns, Column{Name: c.Name, Type: envelopeType(c.Name), Required: c.NotNil})
		case !known:
			return nil, fmt.Errorf("table %s: column %s comes from no column of the kind", name, c.Name)
		case c.Name == c.Of:
			t.Columns = append(t.Columns, Column{Name: c.Name, Type: of.Type, Required: c.NotNil, enum: of, value: value})
		case c.Name == c.Of+kinds.Twin:
			t.Columns[len(t.Columns)-1].Twin = c.Name
		case c.Name == c.Of+kinds.Person:
			t.Columns = append(t.Columns, Column{Name: c.Name, Type: of.Type, PersonOf: c.Of, value: value})
		default:
			return nil, fmt.Errorf("table %s: nothing says what column %s holds", name, c.Name)
		}
	}
	return t, t.prepare()
}

func envelopeType(name string) evidence.Type {
	switch name {
	case "_observed_at":
		return evidence.Time
	case "_item":
		return evidence.Int
	case "_missing":
		return evidence.List
	}
	return evidence.Text
}

// prepare fills what lines are read and written with.
func (t *Table) prepare() error {
	t.raw, t.missing = t.column("_raw"), t.column("_missing")
	for i := range t.Columns {
		t.Columns[i].of = t.column(t.Columns[i].PersonOf)
	}
	t.members, t.labels = make([]int, len(t.Columns)), make([]string, len(t.Columns))
	for i := range t.members {
		t.members[i] = i
		t.labels[i] = string(append(canon.AppendString(nil, t.Columns[i].Name), ':'))
	}
	slices.SortFunc(t.members, func(a, b int) int { return canon.Compare(t.Columns[a].Name, t.Columns[b].Name) })
	for _, k := range t.Key {
		i := t.column(k)
		if i < 0 || !t.Columns[i].Required {
			return fmt.Errorf("table %s: key %s is no required column", t.Name, k)
		}
		t.key = append(t.key, i)
	}
	return nil
}

func (t *Table) column(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// compareKeys orders two rows as the file must have them.
func (t *Table) compareKeys(a, b []any) int {
	for _, i := range t.key {
		c := 0
		switch x := a[i].(type) {
		case string:
			c = strings.Compare(x, b[i].(string))
		case int64:
			c = cmp.Compare(x, b[i].(int64))
		case evidence.Instant:
			c = cmp.Compare(x, b[i].(evidence.Instant))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// indexSQL returns the statements that make the indexes, which run after all
// rows are in. With a point in it, an index's name is never a table's.
func (t *Table) indexSQL() []string {
	var out []string
	for _, index := range t.Index {
		var columns []string
		for c := range strings.SplitSeq(index, evidence.IndexJoin) {
			columns = append(columns, kinds.Quote(c))
		}
		out = append(out, fmt.Sprintf("CREATE INDEX %s ON %s (%s)",
			kinds.Quote(t.Name+"."+index), kinds.Quote(t.Name), strings.Join(columns, ", ")))
	}
	return out
}

// insertSQL returns a statement that inserts n rows.
func (t *Table) insertSQL(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (", kinds.Quote(t.Name))
	width := 0
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(kinds.Quote(c.Name))
		width++
		if c.Twin != "" {
			b.WriteString(", " + kinds.Quote(c.Twin))
			width++
		}
	}
	row := "(?" + strings.Repeat(", ?", width-1) + ")"
	b.WriteString(") VALUES " + row + strings.Repeat(", "+row, n-1))
	return b.String()
}

// width is how many SQL columns a row has.
func (t *Table) width() int {
	n := len(t.Columns)
	for _, c := range t.Columns {
		if c.Twin != "" {
			n++
		}
	}
	return n
}
