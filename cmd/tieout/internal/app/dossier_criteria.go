package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// criteria counts the results of each criterion's primary controls.
func (m *dossierMaker) criteria() []export.CriterionLine {
	byControl := map[string][]controls.Result{}
	for _, r := range m.run.Results {
		byControl[r.Control] = append(byControl[r.Control], r)
	}
	var out []export.CriterionLine
	for _, c := range m.app.Catalog.Criteria {
		line := export.CriterionLine{Criterion: c, InScope: slices.Contains(m.d.Engagement.Categories, c.Category)}
		for _, k := range m.app.Catalog.Controls {
			if slices.Contains(k.Supporting, c.ID) {
				line.Supporting = append(line.Supporting, k.ID)
			}
			if !slices.Contains(k.Primary, c.ID) {
				continue
			}
			line.Primary = append(line.Primary, k.ID)
			for _, r := range byControl[k.ID] {
				line.Counts.Add(r.State)
			}
		}
		out = append(out, line)
	}
	return out
}

// manual lists what people and documents owe.
func (a *App) manual() []export.ManualLine {
	var out []export.ManualLine
	asked := &export.Dossier{Engagement: a.Engagement()}
	for _, c := range a.Catalog.Controls {
		for _, p := range asked.Owed(c) {
			out = append(out, export.ManualLine{ID: p.ID, Control: c.ID, Words: p.Words, Status: "open"})
		}
	}
	return out
}

// incomplete says in words what keeps the package from being complete.
func (m *dossierMaker) incomplete() []string {
	var out []string
	for _, p := range m.d.Pulls {
		if p.Status == "failed" && m.manifests[p.Source] != nil && m.manifests[p.Source].Started == p.Started {
			out = append(out, fmt.Sprintf("source %s: the pull of %s did not end well: %s", p.Source, p.Started, p.Error))
		}
	}
	for _, l := range m.d.Logs {
		switch l.Verdict {
		case "broken", "indeterminate", "verified_with_gaps":
			out = append(out, fmt.Sprintf("log of source %s: %s", l.Source, strings.ReplaceAll(l.Verdict, "_", " ")))
		}
	}
	out = append(out, m.interimReasons()...)
	for _, u := range m.run.Frozen.Unmatched {
		if u.None+u.Unknown == 0 {
			continue
		}
		out = append(out, fmt.Sprintf("source %s: %d rows of %s name no component, %d name one that the workspace does not know", u.Source, u.None, u.Kind, u.Unknown))
	}
	return append(out, m.untested()...)
}

// untested says per test why it is not tested, once for all components.
func (m *dossierMaker) untested() []string {
	why := map[string][]string{}
	var order []string
	for _, r := range m.run.Results {
		if r.State != controls.NotTested {
			continue
		}
		if why[r.Test] == nil {
			order = append(order, r.Test)
		}
		for _, text := range r.Reasons {
			if !slices.Contains(why[r.Test], text) {
				why[r.Test] = append(why[r.Test], text)
			}
		}
	}
	var out []string
	for _, id := range order {
		out = append(out, fmt.Sprintf("test %s is %s: %s", id, m.app.WS.Wording().Of(controls.NotTested), strings.Join(why[id], "; ")))
	}
	return out
}
