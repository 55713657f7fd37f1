package freeze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// systemTables returns the tables that come from the workspace and not from a
// source. The parameters' names become column names, so they are checked here
// too: a package's catalogue is a stranger's file.
func systemTables(params []controls.Param) ([]*Table, error) {
	p := &Table{Name: "p", Key: []string{"from_at"}, Parts: true, Columns: slices.Clone(stretchColumns)}
	seen := map[string]bool{}
	for _, c := range p.Columns {
		seen[c.Name], seen[c.Twin] = true, true
	}
	for _, param := range params {
		if !plainName(param.Name) {
			return nil, fmt.Errorf("parameter %q: a name is lower-case letters, digits and _, and begins with a letter", param.Name)
		}
		typ, ok := paramTypes[param.Type]
		if !ok {
			return nil, fmt.Errorf("parameter %s has unknown type %q", param.Name, param.Type)
		}
		name := ParamColumn(param)
		if seen[name] {
			return nil, fmt.Errorf("parameter %s: table p has a column %s already", param.Name, name)
		}
		seen[name] = true
		p.Columns = append(p.Columns, Column{Name: name, Type: typ})
	}
	tables := []*Table{p, {
		Name: "period", Key: []string{"start_at"}, OneRow: true, Columns: []Column{
			{Name: "start_at", Type: evidence.Time, Required: true, Twin: "start_us"},
			{Name: "end_at", Type: evidence.Time, Required: true, Twin: "end_us"},
		},
	}, {
		Name: "component", Key: []string{"component_id"}, Columns: []Column{
			{Name: "component_id", Type: evidence.Text, Required: true},
			{Name: "name", Type: evidence.Text},
			{Name: "kind", Type: evidence.Text},
			{Name: "deployment", Type: evidence.Text},
			{Name: "decision_effect", Type: evidence.Text},
		},
	}, {
		Name: "slot", Key: []string{"test_id", "slot_no"}, Columns: []Column{
			{Name: "test_id", Type: evidence.Text, Required: true},
			{Name: "slot_no", Type: evidence.Int, Required: true},
			{Name: "from_at", Type: evidence.Time, Required: true, Twin: "from_us"},
			{Name: "to_at", Type: evidence.Time, Required: true, Twin: "to_us"},
			{Name: "due_at", Type: evidence.Time, Required: true, Twin: "due_us"},
		},
	}, {
		Name: "param", Key: []string{"param", "effective_from"}, Columns: []Column{
			{Name: "param", Type: evidence.Text, Required: true},
			{Name: "effective_from", Type: evidence.Time, Required: true, Twin: "effective_from_us"},
			{Name: "value", Type: evidence.Text, Required: true},
			{Name: "approved_by", Type: evidence.Text},
			{Name: "is_default", Type: evidence.Bool, Required: true},
		},
	}, {
		Name: "gap", Key: []string{"gap_no"}, Columns: []Column{
			{Name: "gap_no", Type: evidence.Int, Required: true},
			{Name: "kind", Type: evidence.Text, Required: true},
			{Name: "column_names", Type: evidence.List},
			{Name: "component_id", Type: evidence.Text},
			{Name: "from_at", Type: evidence.Time, Required: true, Twin: "from_us"},
			{Name: "to_at", Type: evidence.Time, Required: true, Twin: "to_us"},
			{Name: "reason", Type: evidence.Text, Required: true},
			{Name: "source", Type: evidence.Text},
			{Name: "detail", Type: evidence.Text},
			{Name: "row_count", Type: evidence.Int},
		},
	}}
	for _, t := range tables {
		t.SQL = t.createSQL()
		if err := t.prepare(); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

var paramTypes = map[string]evidence.Type{
	"duration": evidence.Int, "int": evidence.Int, "rank": evidence.Int,
	"real": evidence.Real, "text": evidence.Text, "list": evidence.List,
}

// ParamColumn returns the column of table p that holds the parameter: its own
// name, with _us behind it where it is a duration in microseconds.
func ParamColumn(p controls.Param) string {
	if p.Type == "duration" {
		return p.Name + kinds.Twin
	}
	return p.Name
}

func plainName(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// createSQL writes the CREATE TABLE statement of a system table.
func (t *Table) createSQL() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", kinds.Quote(t.Name))
	for _, c := range t.Columns {
		typ, check := "TEXT", ""
		name := kinds.Quote(c.Name)
		switch c.Type {
		case evidence.Int:
			typ = "INTEGER"
		case evidence.Real:
			typ = "REAL"
		case evidence.Bool:
			typ, check = "INTEGER", " CHECK ("+name+" IN (0, 1))"
		case evidence.List:
			check = " CHECK (" + name + " IS NULL OR json_valid(" + name + "))"
		default:
			check = " CHECK (" + name + " <> '')"
		}
		null := ""
		if c.Required {
			null = " NOT NULL"
		}
		fmt.Fprintf(&b, "  %s %s%s%s,\n", name, typ, null, check)
		if c.Twin != "" {
			fmt.Fprintf(&b, "  %s INTEGER%s,\n", kinds.Quote(c.Twin), null)
		}
	}
	keys := make([]string, len(t.Key))
	for i, k := range t.Key {
		keys[i] = kinds.Quote(k)
	}
	fmt.Fprintf(&b, "  PRIMARY KEY (%s)\n) STRICT", strings.Join(keys, ", "))
	return b.String()
}
