package export

import "github.com/tieout/tieout/controls"

// lookup finds things of a dossier by what names them.
type lookup struct {
	d       *Dossier
	results map[string][]controls.Result // by test
	notFor  map[[2]string]string         // control, component → reason
	manual  map[string]ManualLine        // by id
	tests   map[string]bool              // described by a control
}

func newLookup(d *Dossier) *lookup {
	x := &lookup{d: d, results: map[string][]controls.Result{}, notFor: map[[2]string]string{}, manual: map[string]ManualLine{}, tests: map[string]bool{}}
	for _, r := range d.Results {
		x.results[r.Test] = append(x.results[r.Test], r)
	}
	for _, n := range d.NotApplicable {
		x.notFor[[2]string{n.Control, n.Component}] = n.Reason
	}
	for _, m := range d.Manual {
		x.manual[m.ID] = m
	}
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			x.tests[t.ID] = true
		}
	}
	return x
}

// concerned names the components, or the entity, for which the test should
// have a result.
func (x *lookup) concerned(c controls.Control, t controls.Test) []string {
	var out []string
	if t.Of == controls.OfEntity {
		if _, not := x.notFor[[2]string{c.ID, controls.EntityComponent}]; !not {
			out = append(out, controls.EntityComponent)
		}
		return out
	}
	for _, k := range x.d.Components {
		if _, not := x.notFor[[2]string{c.ID, k.ID}]; !not {
			out = append(out, k.ID)
		}
	}
	return out
}

// disposed returns why the test has no result, for each of those, or once for
// all of them.
func (x *lookup) disposed(c controls.Control, t controls.Test) []Disposition {
	var out []Disposition
	for _, id := range x.concerned(c, t) {
		if p, ok := x.d.Disposed(c.ID, t.ID, id); ok && p.Component == "" {
			return []Disposition{p}
		} else if ok {
			out = append(out, p)
		}
	}
	return out
}

// missing names those of them that have none, and no reason for that either.
func (x *lookup) missing(c controls.Control, t controls.Test) []string {
	has := map[string]bool{}
	for _, r := range x.results[t.ID] {
		has[r.Component] = true
	}
	var out []string
	for _, id := range x.concerned(c, t) {
		if _, known := x.d.Disposed(c.ID, t.ID, id); !has[id] && !known {
			out = append(out, id)
		}
	}
	return out
}

// of counts a control's results by state, its signals, its results that are
// missing, and the deviating items of its results.
func (x *lookup) of(c controls.Control) (counts StateCounts, signals, missing int, deviating int64) {
	for _, t := range c.Tests {
		for _, r := range x.results[t.ID] {
			if r.State == controls.NoState {
				signals++
				continue
			}
			counts.Add(r.State)
			deviating += r.Deviation
		}
		missing += len(x.missing(c, t))
	}
	return counts, signals, missing, deviating
}

// Owed are the manual points of a control that the engagement asks for: none
// where it leaves out every category that the control's primary criteria are of.
func (d *Dossier) Owed(c controls.Control) []controls.ManualPoint {
	if ok, _ := c.Applies.In(d.Engagement.Categories); !ok {
		return nil
	}
	return c.Manual
}

// manualStatus is what is on record of a manual point of the catalogue.
func (x *lookup) manualStatus(p controls.ManualPoint) string {
	m, ok := x.manual[p.ID]
	if !ok {
		return "status not recorded"
	}
	return orElse(m.Status, "open")
}

// manualOpen counts what is still owed for a control: its points that are not
// provided, and those on record that the catalogue does not name.
func (x *lookup) manualOpen(c controls.Control) int64 {
	n, named := int64(0), map[string]bool{}
	for _, p := range x.d.Owed(c) {
		named[p.ID] = true
		if x.manualStatus(p) != "provided" {
			n++
		}
	}
	for _, m := range x.d.Manual {
		if m.Control == c.ID && !named[m.ID] && m.Status != "provided" {
			n++
		}
	}
	return n
}
