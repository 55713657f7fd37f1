package prove

import (
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Schema is every table that a test could read.
type Schema struct {
	params   []controls.Param
	defaults map[string]any // by parameter
	tables   map[string]*freeze.Table
}

// NewSchema returns the frozen database's tables for a catalogue's parameters.
// Defaults are their values by name, as Go values.
func NewSchema(params []controls.Param, defaults map[string]any) (*Schema, error) {
	var observed []evidence.Kind
	for _, s := range kinds.All() {
		observed = append(observed, s.Kind)
	}
	tables, err := freeze.Tables(params, observed)
	if err != nil {
		return nil, err
	}
	s := &Schema{params: params, defaults: defaults, tables: map[string]*freeze.Table{}}
	for _, t := range tables {
		s.tables[t.Name] = t
	}
	return s, nil
}

// tablesOf returns the tables whose names stand in a test's SQL or in its
// examples, and those that every statement needs.
func (s *Schema) tablesOf(t *controls.Test) ([]*freeze.Table, error) {
	names := []string{"p", "period", "component"}
	add := func(name string) {
		if s.tables[name] != nil && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, sql := range []string{t.ItemSQL, t.ExcludedSQL} {
		words, _, err := statement.Names(strings.ReplaceAll(sql, `"`, " "))
		if err != nil {
			return nil, err
		}
		for _, w := range words {
			add(w)
		}
	}
	for _, e := range t.Examples {
		for name := range e.Rows {
			add(name)
		}
	}
	slices.Sort(names)
	out := make([]*freeze.Table, len(names))
	for i, n := range names {
		out[i] = s.tables[n]
	}
	return out, nil
}

// nullOf says what NULL means in a column of a frozen table.
func nullOf(table string, c *freeze.Column) evidence.Null {
	if c.Required {
		return evidence.NullRequired
	}
	s, isKind := kinds.Of(evidence.Kind(baseName(table)))
	switch {
	case isKind && c.PersonOf != "":
		return evidence.NullUnknown // nobody could be resolved
	case isKind:
		if k, _, ok := s.Column(c.Name); ok {
			return k.Null
		}
		return evidence.NullNone // _missing
	case table == "component":
		return evidence.NullUnknown
	}
	return evidence.NullNone
}

func baseName(table string) string { return strings.TrimSuffix(table, freeze.ObsSuffix) }
