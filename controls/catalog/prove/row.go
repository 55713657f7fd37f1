package prove

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Period of every example.
var (
	periodStart = mustInstant("2026-01-01T00:00:00Z")
	periodEnd   = mustInstant("2026-07-01T00:00:00Z")
)

func mustInstant(s string) evidence.Instant {
	i, err := evidence.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return i
}

// row is one row of an example: a value per column of the table, as SQLite
// takes it, without the twins of times.
type row struct {
	table  *freeze.Table
	values []any // nil, int64, float64, string, evidence.Instant
}

// newRow reads one row of an example, the n-th of its table. What is left out
// is NULL; what the freeze would add is added.
func newRow(t *freeze.Table, n int, given map[string]any) (*row, error) {
	r := &row{table: t, values: make([]any, len(t.Columns))}
	known := map[string]bool{}
	for i := range t.Columns {
		c := &t.Columns[i]
		known[c.Name] = true
		v, stated := given[c.Name]
		if !stated {
			r.values[i] = r.standIn(c, n)
			continue
		}
		var err error
		if r.values[i], err = convert(c, v); err != nil {
			return nil, fmt.Errorf("table %s, row %d: %w", t.Name, n, err)
		}
	}
	for name := range given {
		if !known[name] {
			names := make([]string, len(t.Columns))
			for i := range t.Columns {
				names[i] = t.Columns[i].Name
			}
			return nil, fmt.Errorf("table %s, row %d: there is no column %q%s", t.Name, n, name, strictyaml.Nearest(name, names))
		}
	}
	for i := range t.Columns {
		if r.values[i] == nil && t.Columns[i].Required {
			return nil, fmt.Errorf("table %s, row %d: %s is required", t.Name, n, t.Columns[i].Name)
		}
	}
	return r, nil
}

// standIn is the value of a column that an example leaves out. Everybody is a
// person of their own.
func (r *row) standIn(c *freeze.Column, n int) any {
	switch c.Name {
	case "_id":
		return fmt.Sprintf("%s-%d", r.table.Name, n)
	case "_source":
		return "example"
	case "_observed_at":
		return periodEnd
	case "_raw":
		return strings.Repeat("0", 64)
	case "_item", "gap_no":
		return int64(n)
	}
	if c.PersonOf != "" {
		for i := range r.table.Columns {
			if r.table.Columns[i].Name == c.PersonOf {
				return r.values[i]
			}
		}
	}
	return nil
}

// standInComponents are the components of an example that lists none: those
// that its rows name, each a private model that decides by itself.
func standInComponents(e *controls.Example) []map[string]any {
	var names []string
	for _, rows := range e.Rows {
		for _, r := range rows {
			if id, ok := r["component_id"].(string); ok && !slices.Contains(names, id) {
				names = append(names, id)
			}
		}
	}
	slices.Sort(names)
	var out []map[string]any
	for _, n := range names {
		out = append(out, map[string]any{"component_id": n, "name": n, "kind": "ml_model", "deployment": "private", "decision_effect": "automated"})
	}
	return out
}

// convert turns a value from YAML into the column's.
func convert(c *freeze.Column, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	text, isText := v.(string)
	if n, ok := v.(strictyaml.Number); ok {
		text, isText = string(n), true
	}
	switch c.Type {
	case evidence.Text, evidence.Decimal:
		if isText && text != "" {
			return text, nil
		}
	case evidence.Int:
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i, nil
		}
	case evidence.Real:
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, nil
		}
	case evidence.Bool:
		if b, ok := v.(bool); ok {
			return boolValue(b), nil
		}
	case evidence.Time:
		return evidence.ParseInstant(text)
	case evidence.List:
		return listText(v)
	}
	return nil, fmt.Errorf("%s: %v is no %s", c.Name, v, c.Type)
}

func boolValue(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

// listText writes a list as the frozen database holds it. A null stands for a
// person who could not be resolved.
func listText(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%v is no list", v)
	}
	out := make([]any, len(list))
	for i, e := range list {
		switch e := e.(type) {
		case nil:
		case string:
			out[i] = e
		case strictyaml.Number:
			out[i] = string(e)
		default:
			return nil, fmt.Errorf("%v in a list is no text", e)
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// id is the rowid of the n-th row: its key where that is one number, which
// SQLite takes for the same thing.
func (r *row) id(n int) int64 {
	if len(r.table.Key) == 1 {
		for i, c := range r.table.Columns {
			if key, ok := r.values[i].(int64); ok && c.Name == r.table.Key[0] {
				return key
			}
		}
	}
	return int64(n)
}

// arguments returns the row as SQL values, with the twins of times.
func (r *row) arguments() []any {
	var out []any
	for i := range r.table.Columns {
		out = append(out, sqlValue(r.values[i]))
		if r.table.Columns[i].Twin != "" {
			out = append(out, twinValue(r.values[i]))
		}
	}
	return out
}

func sqlValue(v any) any {
	if i, ok := v.(evidence.Instant); ok {
		return i.String()
	}
	return v
}

func twinValue(v any) any {
	if i, ok := v.(evidence.Instant); ok {
		return int64(i)
	}
	return nil
}

// sqlColumns returns the names of the columns that arguments gives values for.
func sqlColumns(t *freeze.Table) []string {
	var out []string
	for _, c := range t.Columns {
		out = append(out, kinds.Quote(c.Name))
		if c.Twin != "" {
			out = append(out, kinds.Quote(c.Twin))
		}
	}
	return out
}

// policyRows are the rows of table p of an example, and that of table period.
func (s *Schema) policyRows(e *controls.Example) ([]*row, error) {
	var policies []controls.Policy
	for _, p := range s.params {
		if stated, ok := e.Params[p.Name]; ok {
			policies = append(policies, stated...)
		} else if v := s.defaults[p.Name]; v != nil {
			policies = append(policies, controls.Policy{Param: p.Name, Value: v})
		}
	}
	stretches, err := freeze.Stretches(evidence.Window{From: periodStart, To: periodEnd}, s.params, policies)
	if err != nil {
		return nil, err
	}
	out := []*row{{table: s.tables["period"], values: []any{periodStart, periodEnd}}}
	for _, values := range stretches {
		for i, v := range values {
			if list, ok := v.([]string); ok {
				b, err := json.Marshal(list)
				if err != nil {
					return nil, err
				}
				values[i] = string(b)
			}
		}
		out = append(out, &row{table: s.tables["p"], values: values})
	}
	return out, nil
}
