package evaluate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/evaluate/readonly"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// unset is a parameter that a test needs and that had no value at the time.
type unset struct {
	Column    string           `json:"column"`              // of table p
	Before    evidence.Instant `json:"before"`              // it has a value from then on; the end of time where it never has
	Component string           `json:"component,omitempty"` // whose items need it; none where all do
}

// policies are the stretches in which parameters have no value, by column.
type policies struct {
	period evidence.Window
	holes  map[string][]evidence.Window // in order
}

func readPolicies(ctx context.Context, db *readonly.DB) (*policies, error) {
	p := &policies{holes: map[string][]evidence.Window{}}
	instant := func(v any) evidence.Instant {
		us, _ := v.(int64)
		return evidence.Instant(us)
	}
	err := each(ctx, db, "SELECT period.start_us, period.end_us FROM period", nil, func(v []any) error {
		p.period = evidence.Window{From: instant(v[0]), To: instant(v[1])}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var names []string
	var from, to int
	err = each(ctx, db, "SELECT * FROM p ORDER BY p.from_at", func(columns []string) error {
		names, from, to = columns, slices.Index(columns, "from_us"), slices.Index(columns, "to_us")
		return nil
	}, func(v []any) error {
		for i := range v {
			if v[i] == nil {
				p.holes[names[i]] = append(p.holes[names[i]], evidence.Window{From: instant(v[from]), To: instant(v[to])})
			}
		}
		return nil
	})
	return p, err
}

// unset returns the parameters without which the test says nothing: those that
// never have a value, those that had none when an item of it was judged, and
// those that make or choose its items and had none in part of the period.
func (p *policies) unset(ctx context.Context, db *readonly.DB, t *controls.Test, reads []controls.Read) ([]unset, error) {
	choosing, err := choosingParams(t)
	if err != nil {
		return nil, err
	}
	var out []unset
	open := map[string][]evidence.Window{}
	for _, column := range paramsOf(reads) {
		holes := p.holes[column]
		for _, h := range holes {
			if h.To == controls.Ever.To || slices.Contains(choosing, column) && h.Overlaps(p.period) {
				out = append(out, unset{Column: column, Before: endOf(holes, h)})
				holes = nil
				break
			}
		}
		if len(holes) > 0 {
			open[column] = holes
		}
	}
	if len(open) == 0 {
		return out, nil
	}
	met, err := statement.Met(t)
	if err != nil || met == "" {
		return out, err
	}
	err = each(ctx, db, met+"\nORDER BY component, from_at", nil, func(v []any) error {
		component, _ := v[0].(string)
		text, _ := v[1].(string)
		from, err := evidence.ParseInstant(text)
		if err != nil {
			return fmt.Errorf("table p: %w", err)
		}
		for _, column := range paramsOf(reads) {
			for _, h := range open[column] {
				if u := (unset{Column: column, Before: endOf(open[column], h), Component: component}); h.From == from && !slices.Contains(out, u) {
					out = append(out, u)
				}
			}
		}
		return nil
	})
	return out, err
}

// choosingParams are the columns of p that make or choose a test's items.
func choosingParams(t *controls.Test) ([]string, error) {
	out, err := statement.Of("p", t.Population)
	if err != nil {
		return nil, err
	}
	scope, err := statement.Of("p", t.Scope)
	return append(out, scope...), err
}

// policy returns the values by which the only row with the key is judged.
func (e *explainer) policy(ctx context.Context, item string) ([]InForce, error) {
	sql := []string{e.test.Scope, e.test.NotDue}
	for _, a := range e.test.Attributes {
		sql = append(sql, a.SQL)
	}
	var out []InForce
	for _, p := range e.params {
		column := freeze.ParamColumn(p)
		names, err := statement.Of("p", strings.Join(sql, "\n"))
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, column) {
			continue
		}
		query, err := statement.Letter(e.test, "p."+column)
		if err != nil {
			return nil, err
		}
		err = each(ctx, e.db, "SELECT q.A FROM (\n"+query+"\n) AS q WHERE CAST(q.item AS TEXT) = "+textLiteral(item), nil, func(v []any) error {
			out = append(out, InForce{Param: p.Name, Value: v[0], Words: p.Show(listOr(v[0], p.Type))})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// listOr reads the JSON text of a list, and leaves every other value as it is.
func listOr(v any, typ string) any {
	text, isText := v.(string)
	var list []string
	if typ == "list" && isText && json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	return v
}

// endOf returns the moment at which the stretches that follow on one of them
// end.
func endOf(holes []evidence.Window, h evidence.Window) evidence.Instant {
	for _, next := range holes {
		if next.From == h.To {
			h.To = next.To
		}
	}
	return h.To
}

var stretchColumns = append([]string{"", "from_at", "from_us", "to_at", "to_us"}, statement.PeriodColumns...)

// paramsOf returns the columns of table p among the reads that are parameters.
func paramsOf(reads []controls.Read) []string {
	var out []string
	for _, r := range reads {
		if r.Table == "p" && !slices.Contains(stretchColumns, r.Column) {
			out = append(out, r.Column)
		}
	}
	return out
}

// paramNames returns the parameters among the reads.
func paramNames(params []controls.Param, reads []controls.Read) []string {
	var out []string
	for _, column := range paramsOf(reads) {
		out = append(out, paramName(params, column))
	}
	return out
}

// paramName returns the parameter behind a column of table p.
func paramName(params []controls.Param, column string) string {
	for _, p := range params {
		if freeze.ParamColumn(p) == column {
			return p.Name
		}
	}
	return column
}

// unsetWords says what is missing and where to state it.
func (j *judge) unsetWords(u unset) string {
	name := paramName(j.in.Catalog.Params, u.Column)
	if u.Before == controls.Ever.To {
		return fmt.Sprintf("parameter %s is not set: state it under policies in the workspace", name)
	}
	return fmt.Sprintf("parameter %s has no value before %s, and this test asks for one from then: state under policies in the workspace what was in force", name, u.Before)
}
