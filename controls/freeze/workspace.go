package freeze

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
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
	rows["period"] = [][]any{{in.Window.From, in.Window.To}}
	if rows["p"], err = Stretches(in.Window, in.Params, in.Policies); err != nil {
		return nil, err
	}
	rows["param"], err = policyRows(in.Policies)
	return rows, err
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
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
