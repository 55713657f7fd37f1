package tui

import (
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// index finds things of a dossier by what names them.
type index struct {
	d        *export.Dossier
	controls map[string]*controls.Control
	tests    map[string]*controls.Test
	criteria map[string]*export.CriterionLine
	byTest   map[string][]controls.Result
	byOwner  map[[2]string][]controls.Result // control, component
	notFor   map[[2]string]string            // control, component → reason
	manual   map[string][]export.ManualLine  // by control
	owners   []string                        // the entity, the components, and who else has results
}

func newIndex(d *export.Dossier) *index {
	x := &index{
		d: d, controls: map[string]*controls.Control{}, tests: map[string]*controls.Test{}, criteria: map[string]*export.CriterionLine{},
		byTest: map[string][]controls.Result{}, byOwner: map[[2]string][]controls.Result{}, notFor: map[[2]string]string{}, manual: map[string][]export.ManualLine{},
	}
	for i := range d.Controls {
		c := &d.Controls[i]
		x.controls[c.ID] = c
		for j := range c.Tests {
			x.tests[c.Tests[j].ID] = &c.Tests[j]
		}
	}
	for i := range d.Criteria {
		x.criteria[d.Criteria[i].ID] = &d.Criteria[i]
	}
	has := map[string]bool{}
	for _, r := range d.Results {
		x.byTest[r.Test] = append(x.byTest[r.Test], r)
		key := [2]string{r.Control, r.Component}
		x.byOwner[key] = append(x.byOwner[key], r)
		has[r.Component] = true
	}
	for _, n := range d.NotApplicable {
		x.notFor[[2]string{n.Control, n.Component}] = n.Reason
	}
	for _, m := range d.Manual {
		x.manual[m.Control] = append(x.manual[m.Control], m)
	}
	x.owners = append(x.owners, controls.EntityComponent)
	for _, c := range d.Components {
		x.owners = append(x.owners, c.ID)
	}
	for _, r := range d.Results {
		if has[r.Component] && !slices.Contains(x.owners, r.Component) {
			x.owners = append(x.owners, r.Component)
		}
	}
	return x
}

// cell counts the results of a criterion's primary controls for a component.
func (x *index) cell(c *export.CriterionLine, owner string) export.StateCounts {
	var n export.StateCounts
	for _, id := range c.Primary {
		n = add(n, x.owner(id, owner))
	}
	return n
}

// owner counts the results of a control for a component.
func (x *index) owner(control, owner string) export.StateCounts {
	var n export.StateCounts
	for _, r := range x.byOwner[[2]string{control, owner}] {
		n.Add(r.State)
	}
	return n
}

// control counts the results of a control for all.
func (x *index) control(id string) export.StateCounts {
	var n export.StateCounts
	for _, o := range x.owners {
		n = add(n, x.owner(id, o))
	}
	return n
}

func add(a, b export.StateCounts) export.StateCounts {
	a.Deviation += b.Deviation
	a.Indeterminate += b.Indeterminate
	a.NotTested += b.NotTested
	a.NotOccurring += b.NotOccurring
	a.NotDue += b.NotDue
	a.Pass += b.Pass
	return a
}

// worse orders counts by what needs attention first.
func worse(a, b export.StateCounts) int {
	for _, s := range states {
		if d := b.Of(s) - a.Of(s); d != 0 {
			return d
		}
	}
	return 0
}

func (x *index) component(id string) *controls.Component {
	for i := range x.d.Components {
		if x.d.Components[i].ID == id {
			return &x.d.Components[i]
		}
	}
	return nil
}

// wording says how states are printed: for a type 1 engagement, as of its day.
func (x *index) wording() controls.Wording {
	if x.d.Engagement.Type == 1 {
		return controls.Wording{AsOf: x.d.Engagement.To}
	}
	return controls.Wording{}
}

// targets lists every place that an id names, for the jump.
func (x *index) targets() []target {
	var out []target
	for _, c := range x.d.Criteria {
		out = append(out, target{kind: atCriterion, id: c.ID})
	}
	for _, c := range x.d.Controls {
		out = append(out, target{kind: atControl, id: c.ID})
		for _, t := range c.Tests {
			out = append(out, target{kind: atTest, id: t.ID})
		}
		for _, m := range c.Manual {
			out = append(out, target{kind: atControl, id: c.ID, sub: m.ID})
		}
	}
	for _, o := range x.owners {
		out = append(out, target{kind: atComponent, id: o})
	}
	for _, l := range x.d.Logs {
		out = append(out, target{kind: atLog, id: l.Source})
	}
	for _, v := range x.d.Documents {
		out = append(out, target{kind: atDocument, id: v.ID})
	}
	for _, v := range x.d.Deviations {
		out = append(out, target{kind: atDeviation, id: v.ID})
	}
	for _, v := range x.d.Earlier {
		out = append(out, target{kind: atDeviation, id: v.ID})
	}
	return out
}

// named lists at most n places whose id is the text, then those whose id
// begins with it, then those that hold it.
func (x *index) named(s string, n int) []target {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" {
		return nil
	}
	var exact, begin, hold []target
	for _, t := range x.targets() {
		id := strings.ToLower(t.name())
		switch {
		case id == s:
			exact = append(exact, t)
		case strings.HasPrefix(id, s):
			begin = append(begin, t)
		case strings.Contains(id, s):
			hold = append(hold, t)
		}
	}
	out := slices.Concat(exact, begin, hold)
	return out[:min(n, len(out))]
}
