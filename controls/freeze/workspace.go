package freeze

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// systemRows returns the rows of the tables that come from the workspace, by
// table, each in the order of its columns.
func systemRows(in *Input) (map[string][][]any, error) {
	rows := map[string][][]any{"gap": gapRows(in.Gaps)}
	for _, c := range in.Components {
		rows["component"] = append(rows["component"], []any{c.ID, orNull(c.Name), orNull(c.Kind), orNull(c.Deployment), orNull(c.Effect)})
	}
	slices.SortFunc(rows["component"], func(a, b []any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	slots, err := Slots(in.Expected, in.Window, in.Zone)
	if err != nil {
		return nil, err
	}
	for _, s := range slots {
		rows["slot"] = append(rows["slot"], []any{s.Test, s.No, s.From, s.To, s.To})
	}
	p, err := policyRow(in)
	if err != nil {
		return nil, err
	}
	rows["p"] = [][]any{p}
	rows["param"], err = policyRows(in.Policies)
	return rows, err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// policyRow makes the row of table p: the period, and of each parameter the
// value that is in force when the period ends. A parameter without one is NULL.
func policyRow(in *Input) ([]any, error) {
	row := []any{in.Window.From, in.Window.To}
	for _, param := range in.Params {
		var inForce *controls.Policy
		for i := range in.Policies {
			p := &in.Policies[i]
			if p.Param == param.Name && p.From < in.Window.To && (inForce == nil || p.From > inForce.From) {
				inForce = p
			}
		}
		if inForce == nil {
			row = append(row, nil)
			continue
		}
		v, err := paramValue(param, inForce.Value)
		if err != nil {
			return nil, err
		}
		row = append(row, v)
	}
	for _, p := range in.Policies {
		if !slices.ContainsFunc(in.Params, func(q controls.Param) bool { return q.Name == p.Param }) {
			return nil, fmt.Errorf("policy %s: the catalogue has no such parameter", p.Param)
		}
	}
	return row, nil
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

// gapRows numbers the gaps in an order that depends on nothing but them.
func gapRows(gaps []evidence.Gap) [][]any {
	sorted := slices.Clone(gaps)
	text := func(g evidence.Gap) string {
		return strings.Join([]string{g.Component, g.Source, string(g.Reason), strings.Join(g.Columns, ","), g.Detail, strconv.FormatInt(g.Rows, 10)}, "\x00")
	}
	slices.SortStableFunc(sorted, func(a, b evidence.Gap) int {
		return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), strings.Compare(text(a), text(b)))
	})
	var rows [][]any
	for i, g := range sorted {
		row := []any{int64(i + 1), string(g.Kind), nil, orNull(g.Component), g.From, g.To, string(g.Reason), orNull(g.Source), orNull(g.Detail), nil}
		if len(g.Columns) > 0 {
			row[2] = slices.Clone(g.Columns)
		}
		if g.Rows != 0 {
			row[9] = g.Rows
		}
		rows = append(rows, row)
	}
	return rows
}
