package workspace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// checkReliesOn sees to it that every entry names components of the workspace
// and says what an auditor asks about a subservice organisation.
func (w *Workspace) checkReliesOn(wrong func(string, ...any)) {
	known := []string{controls.EntityComponent}
	for _, c := range w.File.Components {
		known = append(known, c.ID)
	}
	seen := map[[3]string]bool{}
	for _, r := range w.File.ReliesOn {
		where := fmt.Sprintf("relies_on, %s for %s", r.Control, r.Component)
		key := [3]string{r.Component, r.Control, r.Organisation}
		switch {
		case !slices.Contains(known, r.Component):
			wrong("%s: there is no component %q%s", where, r.Component, strictyaml.Nearest(r.Component, known))
		case r.Control == "" || r.Organisation == "":
			wrong("%s: control and organisation are needed", where)
		case !slices.Contains(controls.Methods, r.Method):
			wrong("%s: method is %q, want one of %s", where, r.Method, strings.Join(controls.Methods, ", "))
		case r.Method == "carve_out" && (len(r.CSOC) == 0 || r.OurControl == ""):
			wrong("%s: a carve-out names in csoc the controls that %s is to have, and in our_control the one that watches it", where, r.Organisation)
		case r.ReportFrom.IsZero() != r.ReportTo.IsZero() || r.ReportTo.Before(r.ReportFrom.Time):
			wrong("%s: report_from and report_to are the first and the last day that the report covers, or both left out", where)
		case seen[key]:
			wrong("%s stands twice with %s", where, r.Organisation)
		}
		seen[key] = true
		for _, id := range r.CSOC {
			if !plainID(id) {
				wrong("%s: csoc %q: use letters, digits, '-', '_' and '.'", where, id)
			}
		}
	}
}

// Reliances returns what is relied on, checked against the catalogue: every
// control that is named is there, and concerns the component.
func (w *Workspace) Reliances(catalog *controls.Catalog) ([]controls.ReliesOn, error) {
	var ids []string
	for _, c := range catalog.Controls {
		ids = append(ids, c.ID)
	}
	var out []controls.ReliesOn
	for _, r := range w.File.ReliesOn {
		for _, id := range []string{r.Control, r.OurControl} {
			if id != "" && !slices.Contains(ids, id) {
				return nil, fmt.Errorf("%s: relies_on: there is no control %q%s", FileName, id, strictyaml.Nearest(id, ids))
			}
		}
		i := slices.IndexFunc(catalog.Controls, func(c controls.Control) bool { return c.ID == r.Control })
		for _, c := range w.PlainComponents() {
			if c.ID != r.Component {
				continue
			}
			if applies, why := catalog.Controls[i].Applies.Concerns(c, w.File.Engagement.Categories); !applies {
				return nil, fmt.Errorf("%s: relies_on: %s does not concern %s: %s", FileName, r.Control, r.Component, why)
			}
		}
		out = append(out, controls.ReliesOn(r))
	}
	return out, nil
}

// checkRecords sees to it that change records name sources of the workspace.
func (w *Workspace) checkRecords(wrong func(string, ...any)) {
	var ids []string
	for _, s := range w.Sources {
		ids = append(ids, s.ID)
	}
	of := map[string]bool{}
	for _, r := range w.File.Records {
		for _, id := range []string{r.Of, r.In} {
			if !slices.Contains(ids, id) {
				wrong("change_records: there is no source %q%s", id, strictyaml.Nearest(id, ids))
			}
		}
		if of[r.Of] {
			wrong("change_records: source %s stands twice under of", r.Of)
		}
		of[r.Of] = true
	}
}
