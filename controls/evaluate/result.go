package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/evidence"
)

// result says what the current test came to for one component. The population
// is counted whatever the state: it is what could be seen.
func (j *judge) result(component string, t *tally) controls.Result {
	r := controls.Result{
		Test: j.test.ID, Control: j.test.Control, Component: component, Population: t.population,
		Pass: t.states[controls.Pass], Deviation: t.states[controls.Deviation], Indeterminate: t.states[controls.Indeterminate], NotDue: t.states[controls.NotDue],
		ExcludedBy: t.reasons,
	}
	if !j.isBlind(component) {
		r.Letters = t.letters
	}
	for _, e := range t.reasons {
		r.Excluded += e.Rows
	}
	j.notLooked(&r, t)
	switch {
	case j.test.Kind == controls.Indicator:
	case len(r.Reasons) > 0:
		r.State = controls.NotTested
	default:
		r.State = t.state()
	}
	return r
}

// isBlind reports whether what a test compares a component's items with could
// not be seen. What it would say of them is no finding then. Rows that are
// missing beside them leave what is said of those that are there, unless those
// were seen too far from the day that is asked about.
func (j *judge) isBlind(component string) bool {
	if j.in.Blind != nil {
		return j.in.Blind(j.test.ID, component)
	}
	if blind, known := j.blind[component]; known {
		return blind
	}
	base := evidence.Kind(strings.TrimSuffix(j.test.Base, obsSuffix))
	unset := slices.ContainsFunc(j.begun.Unset, func(u unset) bool { return concerns(u.Component, component) })
	blind := unset || j.unscheduled() || len(j.missing(component)) > 0
	for _, g := range j.in.Gaps {
		rowsOfBase := g.Kind == base && len(g.Columns) == 0 && g.Reason != evidence.GapFarFromDay
		blind = blind || !rowsOfBase && concerns(g.Component, component) && j.reads.hit(g, j.in.Window)
	}
	j.blind[component] = blind
	return blind
}

// unscheduled reports whether the test waits for slots that nobody stated.
func (j *judge) unscheduled() bool {
	return slices.ContainsFunc(j.begun.Reads, func(r controls.Read) bool { return r.Table == "slot" }) &&
		!slices.ContainsFunc(j.in.Expected, func(e controls.Expected) bool { return e.Test == j.test.ID })
}

// notLooked adds every reason why what was counted may not be all there is.
func (j *judge) notLooked(r *controls.Result, t *tally) {
	add := func(why string) {
		if !slices.Contains(r.Reasons, why) {
			r.Reasons = append(r.Reasons, why)
		}
	}
	for _, g := range j.in.Gaps {
		if concerns(g.Component, r.Component) && j.reads.hit(g, j.in.Window) {
			r.Gaps = append(r.Gaps, g)
			add(gapWords(g))
		}
	}
	if j.unscheduled() {
		add("no schedule is stated for it: add one under expected in the workspace")
	}
	for _, u := range j.begun.Unset {
		if concerns(u.Component, r.Component) {
			add(j.unsetWords(u))
		}
	}
	for _, why := range j.missing(r.Component) {
		add(why)
	}
	if n := t.excludedFor(statement.Unexplained); n > 0 {
		g := evidence.Gap{
			Kind: evidence.Kind(strings.TrimSuffix(j.test.Base, obsSuffix)), From: j.in.Window.From, To: j.in.Window.To, Reason: evidence.GapCountMismatch, Rows: n,
			Detail: fmt.Sprintf("%d rows of %s are no items of %s, and none of its reasons explains why", n, j.test.Base, j.test.ID),
		}
		r.Gaps = append(r.Gaps, g)
		add(g.Detail)
	}
}

// concerns reports whether what is said of one component, or of all, touches
// the result of another. The entity's result is touched by every component.
func concerns(gap, result string) bool {
	return gap == "" || gap == result || result == controls.EntityComponent
}

func gapWords(g evidence.Gap) string {
	words := string(g.Kind)
	if len(g.Columns) > 0 {
		words += " (" + strings.Join(g.Columns, ", ") + ")"
	}
	words += ": " + strings.ReplaceAll(string(g.Reason), "_", " ")
	if g.Source != "" {
		words += ", source " + g.Source
	}
	if g.Detail != "" {
		words += ": " + g.Detail
	}
	return words
}
