package bundle

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
)

// scope compares the components and the period that the dossier names with
// those of the tables, and what it says to have no result with what it follows
// from: applicability is computed from them.
func (v *verifier) scope() ([]Problem, error) {
	var out []Problem
	bad := func(format string, args ...any) {
		out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf(format, args...)})
	}
	var want, got []string
	for _, c := range v.d.Components {
		want = append(want, fmt.Sprintf("%q: %q, %q, %q, %q", c.ID, c.Name, c.Kind, c.Deployment, c.Effect))
	}
	err := v.eachRow("component", func(text func(string) string) {
		got = append(got, fmt.Sprintf("%q: %q, %q, %q, %q", text("component_id"), text("name"), text("kind"), text("deployment"), text("decision_effect")))
	})
	if err != nil {
		return nil, err
	}
	for _, x := range onlyIn(want, got) {
		bad("component %s is not as table component has it", x)
	}
	for _, x := range onlyIn(got, want) {
		bad("table component has component %s, and the dossier does not name it so", x)
	}
	err = v.eachRow("period", func(text func(string) string) {
		w, start := v.d.Engagement.Window, text("start_at")
		early := v.oneDay() && start < w.From.String() // the days before, in which things may have been seen
		if start != w.From.String() && !early || text("end_at") != w.To.String() {
			bad("the dossier's period is %s to %s, table period has %s to %s", w.From, w.To, start, text("end_at"))
		}
	})
	if err != nil {
		return nil, err
	}
	var follow, said []string
	for _, r := range v.d.ReliesOn {
		follow = append(follow, export.ReliesOnSubservice+" "+r.Control+"  "+r.Component)
	}
	for _, c := range v.d.Controls {
		for _, t := range c.Tests {
			if v.oneDay() && t.Kind != controls.ConfigState {
				follow = append(follow, export.NotExamined+" "+c.ID+" "+t.ID+" ")
			}
		}
	}
	for _, x := range v.d.Dispositions {
		said = append(said, x.Disposition+" "+x.Control+" "+x.Test+" "+x.Component)
	}
	for _, x := range onlyIn(said, follow) {
		bad("disposition %q: nothing says why: no reliance on somebody else, and no kind of engagement", x)
	}
	for _, x := range onlyIn(follow, said) {
		bad("disposition %q follows from the engagement and is not there", x)
	}
	return out, nil
}

func (v *verifier) oneDay() bool { return v.d.Engagement.Type == 1 }

// examined are the tests that the engagement asks for, none where it is all of
// them: one of a single day asks how things are set, not how they went.
func (v *verifier) examined() []string {
	if !v.oneDay() {
		return nil
	}
	var out []string
	for _, c := range v.d.Controls {
		for _, t := range c.Tests {
			if t.Kind == controls.ConfigState {
				out = append(out, t.ID)
			}
		}
	}
	return out
}

// eachRow hands over the rows of a small table of the package.
func (v *verifier) eachRow(table string, row func(text func(string) string)) (err error) {
	r, err := v.c.open(v.ctx, "data/tables/"+table+".jsonl")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for line, err := range linesOf(r) {
		if err != nil {
			return err
		}
		m, err := canon.ParseObject(line)
		if err != nil {
			return fmt.Errorf("table %s: %w: %w", table, errForm, err)
		}
		row(func(name string) string {
			s, _ := m[name].(string)
			return s
		})
	}
	return nil
}

// compareScope compares which control has a result for which component, which
// concerns none, and what stands beside a reliance, with what was computed.
func (v *verifier) compareScope(o *evaluate.Outcome) []Problem {
	var out []Problem
	bad := func(format string, args ...any) {
		out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf(format, args...)})
	}
	results, reasons, named := map[subject]bool{}, map[[2]string]string{}, map[[2]string]bool{}
	for _, r := range v.d.Results {
		results[subject{r.Test, r.Component}] = true
	}
	for _, r := range o.Results {
		s := subject{r.Test, r.Component}
		if !results[s] {
			bad("control %s concerns %s, and there is no result of %s for it: running the test on the tables gives %d items", r.Control, r.Component, r.Test, r.Population)
		}
		delete(results, s)
	}
	for _, r := range v.d.Results {
		if results[subject{r.Test, r.Component}] {
			bad("there is a result of %s for %s, which control %s does not concern, or which somebody else answers for", r.Test, r.Component, r.Control)
		}
	}
	for _, n := range o.NotApplicable {
		reasons[[2]string{n.Control, n.Component}] = n.Reason
	}
	if len(v.d.NotApplicable) > 0 && !v.sameTool() {
		v.notChecked("the words in which %d controls are said not to apply: they are those of %s; verify with that version", len(v.d.NotApplicable), v.d.Run.Tool)
	}
	for _, n := range v.d.NotApplicable {
		pair := [2]string{n.Control, n.Component}
		switch reason, ok := reasons[pair]; {
		case !ok:
			bad("control %s is said not to apply to %s: by the catalogue and what is stated of the component it does", n.Control, n.Component)
		case named[pair]:
			bad("control %s is said twice not to apply to %s", n.Control, n.Component)
		case reason != n.Reason && v.sameTool():
			bad("control %s does not apply to %s because %s; another reason is stated: %.200s", n.Control, n.Component, reason, n.Reason)
		}
		named[pair] = true
	}
	for _, n := range o.NotApplicable {
		if !named[[2]string{n.Control, n.Component}] {
			bad("control %s does not apply to %s, and the dossier does not say so: %s", n.Control, n.Component, n.Reason)
		}
	}
	return append(out, v.compareReliance(o)...)
}

// compareReliance counts again what the entity's own rows show of controls that
// somebody else carries out.
func (v *verifier) compareReliance(o *evaluate.Outcome) []Problem {
	var out []Problem
	for _, r := range v.d.ReliesOn {
		var n evaluate.Relied
		for _, x := range o.Relied {
			if x.Control == r.Control && x.Component == r.Component {
				n.Items, n.Deviation, n.Indeterminate = n.Items+x.Items, n.Deviation+x.Deviation, n.Indeterminate+x.Indeterminate
			}
		}
		if n.Items != r.Items || n.Deviation != r.Deviation || n.Indeterminate != r.Indeterminate {
			out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf("control %s for %s, on which %.60q is relied: the tables show %d items beside, %d that would deviate, %d with a field missing; it states %d, %d, %d",
				r.Control, r.Component, r.Organisation, n.Items, n.Deviation, n.Indeterminate, r.Items, r.Deviation, r.Indeterminate)})
		}
	}
	return out
}

// onlyIn returns what is in the one list and not in the other, or not as often.
func onlyIn(one, other []string) []string {
	left := slices.Clone(other)
	var out []string
	for _, x := range one {
		if i := slices.Index(left, x); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			out = append(out, x)
		}
	}
	return out
}
