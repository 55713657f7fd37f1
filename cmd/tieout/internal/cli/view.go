package cli

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
	"github.com/tieout/tieout/export"
)

// view is the part of a run that somebody wants to see. Everything is tested
// whatever is looked at.
type view struct {
	controls   []string // control or test ids; none = all
	components []string // none = all
}

// check refuses a name that is nothing's.
func (v view) check(a *app.App) error {
	var ids []string
	for _, c := range a.Catalog.Controls {
		ids = append(ids, c.ID)
		for _, t := range c.Tests {
			ids = append(ids, t.ID)
		}
	}
	for _, id := range v.controls {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("--control: there is no control or test %q%s", id, strictyaml.Nearest(id, ids))
		}
	}
	known := []string{controls.EntityComponent}
	for _, c := range a.WS.File.Components {
		known = append(known, c.ID)
	}
	for _, id := range v.components {
		if !slices.Contains(known, id) {
			return fmt.Errorf("--component: there is no component %q%s", id, strictyaml.Nearest(id, known))
		}
	}
	return nil
}

func (v view) results(run *app.Run) []controls.Result {
	var out []controls.Result
	for _, r := range run.Results {
		if len(v.controls) > 0 && !slices.Contains(v.controls, r.Control) && !slices.Contains(v.controls, r.Test) {
			continue
		}
		if len(v.components) > 0 && !slices.Contains(v.components, r.Component) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// Status documents, as design and docs promise them to scripts.
type (
	statusDoc struct {
		Schema         string                `json:"schema"`
		Run            string                `json:"run"`
		Period         statusPeriod          `json:"period"`
		Components     []controls.Component  `json:"components"`
		Cells          []statusCell          `json:"cells"`
		NotApplicable  []statusNotApplicable `json:"not_applicable"`
		Gaps           []evidence.Gap        `json:"gaps"`
		AutomatedShare float64               `json:"automated_share"`
		Interim        []app.Interim         `json:"interim,omitempty"`      // populations that end before the period does
		ReliesOn       []statusReliesOn      `json:"relies_on,omitempty"`    // never a pass: their tests have no result
		NotExamined    []string              `json:"not_examined,omitempty"` // tests that a type 1 engagement does not ask for
	}
	statusPeriod struct {
		From string          `json:"from"`
		To   string          `json:"to"`
		Type int             `json:"engagement_type"`
		AsOf string          `json:"as_of,omitempty"`
		Zone string          `json:"zone"`
		UTC  evidence.Window `json:"utc"`
	}
	statusCell struct {
		Component string          `json:"component"`
		Criterion string          `json:"criterion"`
		Controls  []statusControl `json:"controls"`
	}
	statusControl struct {
		ID         string       `json:"id"`
		Role       string       `json:"role"` // primary, supporting
		ManualOpen int          `json:"manual_open"`
		Tests      []statusTest `json:"tests"`
	}
	statusTest struct {
		ID            string         `json:"id"`
		State         controls.State `json:"state"`
		Words         string         `json:"words"` // the state as documents print it
		Population    int64          `json:"population"`
		Pass          int64          `json:"pass"`
		Deviation     int64          `json:"deviation"`
		Indeterminate int64          `json:"indeterminate"`
		Excluded      int64          `json:"excluded"`
		Reasons       []string       `json:"reasons,omitempty"`
	}
	statusReliesOn struct {
		controls.ReliesOn
		State string `json:"disposition"`
	}
	statusNotApplicable struct {
		Control   string `json:"control"`
		Component string `json:"component"`
		Reason    string `json:"reason"`
	}
)

// status makes the document of a run. manual counts the open manual points of
// each control.
func (v view) status(a *app.App, run *app.Run, manual map[string]int, early []app.Interim) statusDoc {
	doc := statusDoc{
		Schema: "tieout/status/v1", Run: run.ID, Period: periodOf(a, run),
		Components: a.WS.PlainComponents(), Cells: []statusCell{}, NotApplicable: []statusNotApplicable{}, Gaps: []evidence.Gap{},
		AutomatedShare: app.AutomatedShare(a.Catalog, a.WS.PlainComponents(), a.WS.File.Engagement.Categories, run),
	}
	doc.Gaps = append(doc.Gaps, run.Gaps...)
	doc.Interim, doc.NotExamined = early, a.NotExamined()
	for _, r := range a.ReliesOn {
		doc.ReliesOn = append(doc.ReliesOn, statusReliesOn{r, export.ReliesOnSubservice})
	}
	for _, n := range run.NotApplicable {
		doc.NotApplicable = append(doc.NotApplicable, statusNotApplicable{n.Control, n.Component, n.Reason})
	}
	byControl := map[[2]string][]statusTest{}
	for _, r := range v.results(run) {
		key := [2]string{r.Control, r.Component}
		byControl[key] = append(byControl[key], statusTest{r.Test, r.State, a.WS.Wording().Of(r.State), r.Population, r.Pass, r.Deviation, r.Indeterminate, r.Excluded, r.Reasons})
	}
	names := []string{controls.EntityComponent}
	for _, c := range doc.Components {
		names = append(names, c.ID)
	}
	names = append(names, app.Unmatched)
	for _, component := range names {
		for _, criterion := range a.Catalog.Criteria {
			cell := statusCell{Component: component, Criterion: criterion.ID}
			for _, c := range a.Catalog.Controls {
				tests := byControl[[2]string{c.ID, component}]
				role := ""
				switch {
				case slices.Contains(c.Primary, criterion.ID):
					role = "primary"
				case slices.Contains(c.Supporting, criterion.ID):
					role = "supporting"
				}
				if role != "" && len(tests) > 0 {
					cell.Controls = append(cell.Controls, statusControl{c.ID, role, manual[c.ID], tests})
				}
			}
			if len(cell.Controls) > 0 {
				doc.Cells = append(doc.Cells, cell)
			}
		}
	}
	return doc
}

func periodOf(a *app.App, run *app.Run) statusPeriod {
	e := a.WS.File.Engagement
	first, last := e.Days()
	stated := run.Window
	if a.WS.OneDay() {
		stated = a.WS.Stated()
	}
	return statusPeriod{From: first.String(), To: last.String(), Type: e.Type, AsOf: e.AsOf.String(), Zone: e.Zone, UTC: stated}
}
