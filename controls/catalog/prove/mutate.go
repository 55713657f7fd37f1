package prove

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// mutation takes values away from the examples of a test, and puts others in
// their place, one at a time.
//
// The rule it holds tests to: what is said without a value must be right
// whatever the value is. So with NULL in a column whose NULL means "not
// known", each letter is NULL or what it would be with every value that could
// stand there, and no item is lost. Where NULL means "there is none", it is a
// value like others.
type mutation struct {
	bench  *bench
	cells  []*cell
	others map[*cell][]any
	waived map[string]bool // column → whether the waiver was needed
	told   map[string]bool
	wrong  []error
}

func (b *bench) mutate(ctx context.Context) ([]error, error) {
	m := &mutation{bench: b, cells: b.cells(), others: map[*cell][]any{}, waived: map[string]bool{}, told: map[string]bool{}}
	for _, w := range b.test.Waived {
		m.waived[w.Column] = false
	}
	for _, c := range m.cells {
		m.others[c] = b.otherValues(c)
	}
	for i := range b.test.Examples {
		if err := m.example(ctx, &b.test.Examples[i]); err != nil {
			return nil, fmt.Errorf("example %q: %w", b.test.Examples[i].Name, err)
		}
	}
	for _, c := range m.cells {
		if !c.moved {
			m.refuse(c, "dead", "it is read, and no value of it changes anything in any example: leave it out, or add an example in which it decides")
		}
	}
	for _, column := range slices.Sorted(maps.Keys(m.waived)) {
		if !m.waived[column] {
			m.wrong = append(m.wrong, fmt.Errorf("waived: %s needs no waiver", column))
		}
	}
	return m.wrong, nil
}

// refuse notes one thing wrong with a column, once for all examples.
func (m *mutation) refuse(c *cell, what, format string, args ...any) {
	if _, isWaived := m.waived[c.name()]; isWaived {
		m.waived[c.name()] = true
		return
	}
	if key := c.name() + " " + what; !m.told[key] {
		m.told[key] = true
		m.wrong = append(m.wrong, fmt.Errorf("%s: %s", c.name(), fmt.Sprintf(format, args...)))
	}
}

func (m *mutation) example(ctx context.Context, e *controls.Example) error {
	if err := m.bench.load(ctx, e); err != nil {
		return err
	}
	base, err := m.bench.look(ctx)
	if err != nil {
		return err
	}
	for row := range m.bench.rows {
		for _, c := range m.cells {
			if m.bench.rows[row].table != c.table {
				continue
			}
			if err := m.cell(ctx, e, base, row, c); err != nil {
				return err
			}
			if err := m.bench.restore(ctx, row, c.index); err != nil {
				return err
			}
		}
	}
	return nil
}

// with puts a value into the cell and looks.
func (m *mutation) with(ctx context.Context, base map[string]seen, row int, c *cell, v any) (map[string]seen, error) {
	if err := m.bench.set(ctx, row, c.index, v); err != nil {
		return nil, err
	}
	got, err := m.bench.look(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s = %v in row %d: %w", c.name(), sqlValue(v), row+1, err)
	}
	c.moved = c.moved || !equal(base, got)
	return got, nil
}

func (m *mutation) cell(ctx context.Context, e *controls.Example, base map[string]seen, row int, c *cell) error {
	stated := m.bench.rows[row].values[c.index]
	var without []withoutValue
	for _, v := range m.absences(c, stated) {
		got, err := m.with(ctx, base, row, c, v)
		if err != nil {
			return err
		}
		if c.null == evidence.NullUnknown || c.table.Name == m.bench.test.Base {
			m.lost(e, c, base, got)
		}
		if c.null == evidence.NullUnknown {
			without = append(without, withoutValue{v, got})
		}
	}
	var empty map[string]seen
	if c.column().Type == evidence.List && !c.isPeople() {
		var err error
		if empty, err = m.with(ctx, base, row, c, emptyList); err != nil {
			return err
		}
	}
	if c.moved && len(without) == 0 && empty == nil {
		return nil // nothing to compare other values with
	}
	others := m.others[c]
	if c.isPeople() {
		others = m.bench.otherPeople(c, stated, others)
	}
	for _, v := range append([]any{stated}, others...) {
		got, err := m.with(ctx, base, row, c, v)
		if errors.Is(err, errTwice) {
			c.moved = true
			continue // two rows with one key: no state that a source can show
		}
		if err != nil {
			return err
		}
		for _, w := range without {
			if w.couldBe(v) {
				m.compare(e, c, w, v, got)
			}
		}
		if empty != nil {
			m.compareEmpty(e, c, empty, got)
		}
	}
	return nil
}

// absences are the ways in which a value of the column is not there. Persons
// are found for every identity of a list or not, so of those it is elements.
func (m *mutation) absences(c *cell, stated any) []any {
	switch n := len(elementsOf(stated)); {
	case c.isPeople() && n == 0:
		return nil
	case c.isPeople():
		return []any{listOf(make([]any, n)...)}
	case c.column().Type == evidence.List && c.null == evidence.NullUnknown:
		return []any{nil, unknownList}
	}
	return []any{nil}
}

// withoutValue is what a test says when a value is not known.
type withoutValue struct {
	value any // nil, or a list of what is not known
	got   map[string]seen
}

// couldBe reports whether the absent value could be v: of a list whose length
// is known, only lists of that length.
func (w withoutValue) couldBe(v any) bool {
	return v != nil && (w.value == nil || len(elementsOf(v)) == len(elementsOf(w.value)))
}

// lost refuses a population that drops rows of its base table.
func (m *mutation) lost(e *controls.Example, c *cell, base, got map[string]seen) {
	for _, item := range slices.Sorted(maps.Keys(base)) {
		if _, ok := got[item]; !ok {
			m.refuse(c, "lost", "item %s of example %q is gone from the population without a value", item, e.Name)
		}
	}
}

// compare holds what was said without a value against what is said with one.
func (m *mutation) compare(e *controls.Example, c *cell, without withoutValue, value any, with map[string]seen) {
	name := "NULL"
	if without.value != nil {
		name = without.value.(string)
	}
	for _, item := range slices.Sorted(maps.Keys(with)) {
		w, ok := without.got[item]
		if !ok {
			continue
		}
		v := with[item]
		say := func(what string, said, would any) {
			m.refuse(c, what, "with %s, %s of item %s of example %q is %s; with %v it is %s, so it is not known", name, what, item, e.Name, triple(said), sqlValue(value), triple(would))
		}
		if w.scope == nil {
			continue
		}
		if w.scope != v.scope {
			say("the scope", w.scope, v.scope)
			continue
		}
		if v.scope == int64(0) {
			continue
		}
		if w.notDue != nil && w.notDue != v.notDue && (w.state == "deviation" || v.state == "deviation") {
			say("not_due", w.notDue, v.notDue)
			continue
		}
		if w.notDue == int64(1) || v.notDue == int64(1) {
			continue
		}
		for i := range w.letters {
			if w.letters[i] != nil && w.letters[i] != v.letters[i] {
				say(m.bench.test.Attributes[i].Letter, w.letters[i], v.letters[i])
			}
		}
	}
}

// compareEmpty refuses an item that passes because a list is empty, where
// another list would make it deviate: nothing to object to is how a list looks
// that nobody filled in.
func (m *mutation) compareEmpty(e *controls.Example, c *cell, empty, with map[string]seen) {
	for _, item := range slices.Sorted(maps.Keys(empty)) {
		if v, ok := with[item]; ok && empty[item].state == "pass" && empty[item].scope == int64(1) && v.state == "deviation" {
			m.refuse(c, "empty", "with an empty list item %s of example %q passes, and with another it deviates: say what an empty list means", item, e.Name)
		}
	}
}

func triple(v any) string {
	switch v {
	case int64(1):
		return "true"
	case int64(0):
		return "false"
	}
	return "NULL"
}

func equal(a, b map[string]seen) bool {
	return maps.EqualFunc(a, b, func(x, y seen) bool {
		return x.place == y.place && x.scope == y.scope && x.notDue == y.notDue && slices.Equal(x.letters, y.letters)
	})
}
