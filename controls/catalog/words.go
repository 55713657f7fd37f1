package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Reading is what a test reads of one table, in the words of its kind.
type Reading struct {
	Table   string        // with _obs for every observation of a kind; or component or slot
	Kind    evidence.Kind // empty of a table that comes from the workspace
	Columns []string      // of the kind, sorted; none where rows are only counted
}

// Name says in words what is read.
func (r Reading) Name() string {
	switch {
	case r.Table == "slot":
		return "the slots of the schedule"
	case r.Table == "component":
		return "the list of components"
	case r.Table != string(r.Kind) && r.Kind != "":
		return "every observation of " + string(r.Kind)
	}
	return r.Table
}

// Readings returns what decides about a test's items, by table. It is made from
// t.Reads. The period, values of policy and the component's bare id are left
// out: they stand beside every item.
func Readings(t *controls.Test) []Reading {
	var out []Reading
	for _, r := range t.Reads {
		if r.Table == "p" || r.Table == "period" {
			continue
		}
		i := slices.IndexFunc(out, func(o Reading) bool { return o.Table == r.Table })
		if i < 0 {
			i = len(out)
			x := Reading{Table: r.Table, Kind: evidence.Kind(strings.TrimSuffix(r.Table, freeze.ObsSuffix))}
			if _, ok := kinds.Of(x.Kind); !ok {
				x.Kind = ""
			}
			out = append(out, x)
		}
		if name := columnName(out[i].Kind, r.Column); name != "" && !slices.Contains(out[i].Columns, name) {
			out[i].Columns = append(out[i].Columns, name)
		}
	}
	out = slices.DeleteFunc(out, func(r Reading) bool {
		return r.Table == "component" && slices.Equal(r.Columns, []string{"component_id"})
	})
	slices.SortFunc(out, func(a, b Reading) int { return strings.Compare(a.Table, b.Table) })
	for _, r := range out {
		slices.Sort(r.Columns)
	}
	return out
}

// columnName is the column of the kind behind one of its table, none for those
// that every table has.
func columnName(kind evidence.Kind, column string) string {
	s, ok := kinds.Of(kind)
	if !ok {
		return column
	}
	for _, c := range kinds.TableColumns(s) {
		if c.Name == column {
			return c.Of
		}
	}
	return ""
}

// AppliesWords says whom a control concerns.
func AppliesWords(a controls.Applies) string {
	var parts []string
	for _, p := range []struct {
		list  []string
		words string
	}{
		{a.Kinds, "of kind %s"}, {a.Deployments, "run as %s"}, {a.Effects, "whose decisions are %s"}, {a.Data, "with data of class %s"},
	} {
		if len(p.list) > 0 {
			parts = append(parts, fmt.Sprintf(p.words, plain(strings.Join(p.list, " or "))))
		}
	}
	words := "every component"
	if len(parts) > 0 {
		words = "components " + strings.Join(parts, ", ")
	}
	if !slices.Contains(a.Categories, "security") && len(a.Categories) > 0 {
		words += ", in an engagement that covers " + plain(strings.Join(a.Categories, " or "))
	}
	if a.Because != "" {
		words += ". " + strings.TrimSuffix(a.Because, ".")
	}
	return words
}

// RefWords names the cross-references of a control, a framework each.
func RefWords(r controls.Refs) []string {
	var out []string
	for _, f := range []struct {
		name string
		ids  []string
	}{
		{"NIST AI RMF 1.0", r.AIRMF}, {"ISO/IEC 42001:2023 Annex A", r.ISO42001}, {"NIST SP 800-53 Rev. 5", r.SP80053}, {"EU AI Act, articles", r.EUAIAct},
	} {
		if len(f.ids) > 0 {
			out = append(out, f.name+": "+strings.Join(f.ids, ", "))
		}
	}
	return out
}

// DefaultWords says which value stands in where no policy is stated.
func DefaultWords(p controls.Param) string {
	if p.Default == nil {
		return "no default: only the entity can say"
	}
	return "default " + p.Show(p.Default)
}

func plain(s string) string { return strings.ReplaceAll(s, "_", " ") }
