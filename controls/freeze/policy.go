package freeze

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// stretchColumns are the columns of table p before those of the parameters:
// the stretch, and the period, which is the same in every row.
var stretchColumns = []Column{
	{Name: "from_at", Type: evidence.Time, Required: true, Twin: "from_us"},
	{Name: "to_at", Type: evidence.Time, Required: true, Twin: "to_us"},
	{Name: "start_at", Type: evidence.Time, Required: true, Twin: "start_us"},
	{Name: "end_at", Type: evidence.Time, Required: true, Twin: "end_us"},
}

// Stretches makes the rows of table p, a value per column: one row for each
// stretch of time in which no value changes. The first begins and the last ends
// with controls.Ever, so each moment lies in exactly one. A parameter that has
// no value yet is nil. What comes into force only after the period judges
// nothing in it, so the last stretch has the values at the period's end.
func Stretches(w evidence.Window, params []controls.Param, policies []controls.Policy) ([][]any, error) {
	for _, p := range policies {
		if !slices.ContainsFunc(params, func(q controls.Param) bool { return q.Name == p.Param }) {
			return nil, fmt.Errorf("policy %s: the catalogue has no such parameter", p.Param)
		}
	}
	var rows [][]any
	for _, from := range changes(w, policies) {
		row := []any{from, controls.Ever.To, w.From, w.To}
		for _, param := range params {
			v, err := valueAt(param, policies, from)
			if err != nil {
				return nil, err
			}
			row = append(row, v)
		}
		if n := len(rows); n > 0 {
			if reflect.DeepEqual(rows[n-1][len(stretchColumns):], row[len(stretchColumns):]) {
				continue // stated anew, and the same
			}
			rows[n-1][1] = from
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// changes returns the moments at which some value comes into force, in order.
func changes(w evidence.Window, policies []controls.Policy) []evidence.Instant {
	out := []evidence.Instant{controls.Ever.From}
	for _, p := range policies {
		if from := p.InForceFrom(); from < w.To {
			out = append(out, from)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// valueAt returns the value of a parameter that is in force at a moment, nil
// where there is none yet.
func valueAt(param controls.Param, policies []controls.Policy, at evidence.Instant) (any, error) {
	var inForce *controls.Policy
	for i := range policies {
		p := &policies[i]
		if p.Param == param.Name && p.InForceFrom() <= at && (inForce == nil || p.InForceFrom() > inForce.InForceFrom()) {
			inForce = p
		}
	}
	if inForce == nil {
		return nil, nil
	}
	return paramValue(param, inForce.Value)
}

// paramValue sees to it that a policy's value has its parameter's type.
func paramValue(p controls.Param, v any) (any, error) {
	var typ evidence.Type
	switch v := v.(type) {
	case int64:
		typ = evidence.Int
	case float64:
		typ = evidence.Real
	case string:
		if v != "" {
			typ = evidence.Text
		}
	case []string:
		typ = evidence.List
	}
	if typ == "" || typ != paramTypes[p.Type] {
		return nil, fmt.Errorf("policy %s: a value of Go type %T (%v) is no %s", p.Name, v, v, p.Type)
	}
	return v, nil
}

// policyRows makes the rows of table param: every value with its date.
func policyRows(policies []controls.Policy) ([][]any, error) {
	sorted := slices.Clone(policies)
	slices.SortStableFunc(sorted, func(a, b controls.Policy) int {
		return cmp.Or(strings.Compare(a.Param, b.Param), cmp.Compare(a.From, b.From))
	})
	var rows [][]any
	for i, p := range sorted {
		if i > 0 && sorted[i-1].Param == p.Param && sorted[i-1].From == p.From {
			return nil, fmt.Errorf("policy %s has two values from %s on: give each its own effective_from", p.Param, p.From)
		}
		value, err := canon.Append(nil, p.Value)
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", p.Param, err)
		}
		rows = append(rows, []any{p.Param, p.From, string(value), orNull(p.ApprovedBy), p.Default})
	}
	return rows, nil
}

// partition sees to it that the rows of table p, handed over one by one, are
// stretches that leave no moment out and share none, all of one period. A file
// from elsewhere could leave out the stretch that its items fall into.
type partition struct {
	to     evidence.Instant // where the next row begins
	period evidence.Window
	begun  bool
}

func (p *partition) add(row []any) error {
	from, to := row[0].(evidence.Instant), row[1].(evidence.Instant)
	period := evidence.Window{From: row[2].(evidence.Instant), To: row[3].(evidence.Instant)}
	if !p.begun {
		p.begun, p.to, p.period = true, controls.Ever.From, period
	}
	switch {
	case from != p.to || to <= from:
		return fmt.Errorf("the stretch from %s to %s does not begin at %s, where the one before it ends", from, to, p.to)
	case period != p.period:
		return fmt.Errorf("the period from %s to %s is another than that of the row before", period.From, period.To)
	}
	p.to = to
	return nil
}

// end is called after the last row.
func (p *partition) end() error {
	if !p.begun || p.to != controls.Ever.To {
		return fmt.Errorf("the stretches leave out the time up to %s", controls.Ever.To)
	}
	return nil
}

// samePeriod sees to it that tables p and period, where both are there, state
// one period: some tests read it from the one and some from the other.
func samePeriod(ctx context.Context, conn *sql.Conn, tables []TableFile) error {
	for _, name := range []string{"p", "period"} {
		if !slices.ContainsFunc(tables, func(t TableFile) bool { return t.Table.Name == name }) {
			return nil
		}
	}
	others := 0
	query := "SELECT count(*) FROM p CROSS JOIN period WHERE p.start_at <> period.start_at OR p.end_at <> period.end_at"
	if err := conn.QueryRowContext(ctx, query).Scan(&others); err != nil {
		return fmt.Errorf("compare the periods of tables p and period: %w", err)
	}
	if others > 0 {
		return errors.New("tables p and period state different periods")
	}
	return nil
}
