package kinds

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// TableColumn is one column of a kind's table in the frozen database.
type TableColumn struct {
	Name   string
	SQL    string // INTEGER, REAL or TEXT
	Of     string // the schema column it comes from; "" for the envelope
	Check  string // a CHECK expression, or none
	NotNil bool
}

// Twin and Person are the suffixes of the columns that a freeze adds: the
// integer microseconds of a time, and the persons behind identities.
const (
	Twin   = "_us"
	Person = "_person"
)

// TableColumns returns the columns of the kind's table, in order: the
// envelope, then each schema column with what the freeze adds to it.
func TableColumns(s *evidence.Schema) []TableColumn {
	cols := []TableColumn{
		{Name: "_id", SQL: "TEXT", NotNil: true},
		{Name: "_source", SQL: "TEXT", NotNil: true},
		{Name: "_observed_at", SQL: "TEXT", NotNil: true},
		{Name: "_raw", SQL: "TEXT", NotNil: true},
		{Name: "_item", SQL: "INTEGER", NotNil: true},
		{Name: "_missing", SQL: "TEXT"},
	}
	for _, c := range s.Columns {
		t := TableColumn{Name: c.Name, Of: c.Name, SQL: "TEXT", NotNil: c.Null == evidence.NullRequired}
		switch c.Type {
		case evidence.Int:
			t.SQL = "INTEGER"
		case evidence.Bool:
			t.SQL, t.Check = "INTEGER", c.Name+" IN (0, 1)"
		case evidence.Real:
			t.SQL = "REAL"
		case evidence.List:
			t.Check = c.Name + " IS NULL OR json_valid(" + c.Name + ")"
		default:
			t.Check = c.Name + " <> ''"
		}
		cols = append(cols, t)
		if c.Type == evidence.Time {
			cols = append(cols, TableColumn{Name: c.Name + Twin, SQL: "INTEGER", Of: c.Name, NotNil: t.NotNil})
		}
		if c.Person {
			cols = append(cols, TableColumn{Name: c.Name + Person, SQL: "TEXT", Of: c.Name})
		}
	}
	return cols
}

// TableSQL returns the CREATE TABLE statement of the kind under the given
// table name, which is the kind's or, for every observation, <kind>_obs.
func TableSQL(s *evidence.Schema, table string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", Quote(table))
	for _, c := range TableColumns(s) {
		fmt.Fprintf(&b, "  %s %s", c.Name, c.SQL)
		if c.NotNil {
			b.WriteString(" NOT NULL")
		}
		if c.Check != "" {
			fmt.Fprintf(&b, " CHECK (%s)", c.Check)
		}
		b.WriteString(",\n")
	}
	key := "_id"
	if table != string(s.Kind) {
		key = "_id, _observed_at, _item"
	}
	fmt.Fprintf(&b, "  PRIMARY KEY (%s)\n) STRICT", key)
	return b.String()
}

// Quote writes an SQL name so that a word of the language can be a name too.
// A kind's name holds no quotation mark: Parse saw to that.
func Quote(name string) string { return `"` + name + `"` }
