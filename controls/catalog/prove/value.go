package prove

import (
	"encoding/json"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Lists with nothing known about them, as the frozen database would hold them.
const (
	emptyList   = "[]"
	unknownList = "[null]"
)

// otherValues returns values that could stand in a column in place of one that
// is missing: what its rows and rows of the same column elsewhere hold in any
// example, the texts that the test's SQL compares with, and extremes.
func (b *bench) otherValues(c *cell) []any {
	var out []any
	add := func(v any) {
		if v != nil && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	column := c.column()
	for i := range b.test.Examples {
		for _, rows := range b.test.Examples[i].Rows {
			for _, given := range rows {
				for _, name := range []string{column.Name, column.PersonOf} {
					if v, ok := given[name]; ok {
						if v, err := convert(column, v); err == nil {
							add(v)
						}
					}
				}
			}
		}
	}
	switch column.Type {
	case evidence.Bool:
		return []any{int64(0), int64(1)}
	case evidence.Int:
		for _, v := range []int64{0, 1, -1, 1 << 53} {
			add(v)
		}
	case evidence.Real:
		for _, v := range []float64{0, 1, -1, 1e12} {
			add(v)
		}
	case evidence.Time:
		for _, v := range []evidence.Instant{periodStart - 1, periodStart, periodEnd - 1, periodEnd, periodStart - 1e15, periodEnd + 1e15} {
			add(v)
		}
	case evidence.List:
		add(emptyList)
		for _, v := range b.listElements(out) {
			add(v)
		}
	default:
		for _, v := range b.otherTexts(c) {
			add(v)
		}
	}
	return out
}

// otherTexts are the closed list of a column that has one, else the texts of
// the test's SQL and one that stands nowhere.
func (b *bench) otherTexts(c *cell) []any {
	var out []any
	if s, ok := kinds.Of(evidence.Kind(baseName(c.table.Name))); ok {
		if k, _, ok := s.Column(c.column().Name); ok && len(k.Enum) > 0 {
			for _, v := range k.Enum {
				out = append(out, v)
			}
			return out
		}
	}
	for _, t := range b.texts {
		out = append(out, t)
	}
	return append(out, "another one")
}

// listElements makes a list of each element of the lists given, and one of an
// element that stands nowhere.
func (b *bench) listElements(lists []any) []any {
	out := []any{listOf("another one")}
	for _, l := range lists {
		if elements := elementsOf(l); len(elements) > 1 {
			for _, e := range elements {
				out = append(out, listOf(e))
			}
		}
	}
	return out
}

// elementsOf returns the elements of a list as the database holds it.
func elementsOf(list any) []any {
	var out []any
	if text, ok := list.(string); ok && json.Unmarshal([]byte(text), &out) == nil {
		return out
	}
	return nil
}

// listOf writes a list of texts and nulls. Those can always be written.
func listOf(elements ...any) string {
	text, err := json.Marshal(elements)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// otherPeople returns lists in which one person of the list given is another:
// one that stands in a list of the column anywhere, or nobody known.
func (b *bench) otherPeople(c *cell, list any, values []any) []any {
	var candidates, out []any
	for _, v := range values {
		for _, e := range elementsOf(v) {
			if !slices.Contains(candidates, e) {
				candidates = append(candidates, e)
			}
		}
	}
	people := elementsOf(list)
	for i := range people {
		for _, e := range candidates {
			other := slices.Clone(people)
			other[i] = e
			out = append(out, listOf(other...))
		}
	}
	return out
}

// textsOf returns the texts that stand in a test's SQL.
func textsOf(t *controls.Test) ([]string, error) {
	var out []string
	parts := []string{t.Population, t.Scope, t.NotDue}
	for _, a := range t.Attributes {
		parts = append(parts, a.SQL)
	}
	for _, sql := range parts {
		_, texts, err := statement.Names(sql)
		if err != nil {
			return nil, err
		}
		for _, s := range texts {
			if s != "" && s != unknownList && s != emptyList && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}
