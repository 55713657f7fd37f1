package prove

import (
	"context"
	"errors"
	"fmt"

	"github.com/tieout/tieout/controls/catalog/statement"
)

// shipped runs the statements that a package carries and compares them with
// what the probe saw: the same items, the same counts, every other row of the
// base table under a stated reason.
func (b *bench) shipped(ctx context.Context, got map[string]seen) []error {
	var problems []error
	states := map[string]int64{}
	excluded := int64(0)
	for _, s := range got {
		if s.scope == int64(0) {
			excluded++
		} else {
			states[s.state]++
		}
	}
	items := map[string]int64{}
	err := b.each(ctx, b.test.ItemSQL, func(r map[string]any) error {
		state := r[statement.StateColumn].(string)
		if s, ok := got[fmt.Sprint(r["item"])]; !ok || s.state != state {
			return fmt.Errorf("item %v: the statement of all items says %s, and the one over what decides does not", r["item"], state)
		}
		items[state]++
		return nil
	})
	if err != nil {
		problems = append(problems, fmt.Errorf("items: %w", err))
	}
	counted := map[string]int64{}
	err = b.each(ctx, b.test.CountSQL, func(r map[string]any) error {
		for _, s := range []string{"pass", "deviation", "indeterminate", "not_due"} {
			if n := r[s].(int64); n > 0 {
				counted[s] += n
			}
		}
		return nil
	})
	if err != nil {
		problems = append(problems, fmt.Errorf("counts: %w", err))
	}
	for _, s := range []string{"pass", "deviation", "indeterminate", "not_due"} {
		if err == nil && (items[s] != states[s] || counted[s] != states[s]) {
			problems = append(problems, fmt.Errorf("%s: %d items by the probe, %d in the items, %d in the counts", s, states[s], items[s], counted[s]))
		}
	}
	reasons := int64(0)
	err = b.each(ctx, b.test.ExcludedSQL, func(r map[string]any) error {
		n := r["row_count"].(int64)
		reasons += n
		if r["reason"] == statement.Unexplained {
			problems = append(problems, fmt.Errorf("%d rows are no items, and no reason under excluded explains them", n))
		}
		return nil
	})
	if err != nil {
		problems = append(problems, fmt.Errorf("excluded: %w", err))
	}
	if err == nil && len(problems) == 0 && reasons != excluded {
		problems = append(problems, fmt.Errorf("%d rows are out of scope, and %d are counted by reason", excluded, reasons))
	}
	return problems
}

// each runs a statement and hands over row after row.
func (b *bench) each(ctx context.Context, query string, row func(map[string]any) error) (err error) {
	rows, err := b.db.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		m := map[string]any{}
		for i, c := range columns {
			m[c] = values[i]
		}
		if err := row(m); err != nil {
			return err
		}
	}
	return rows.Err()
}
