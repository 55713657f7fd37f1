package pdf

import "github.com/tieout/tieout/controls"

// scope sets what is inside the boundary, what was left out, and by whom.
func (r *report) scope() {
	p, d := r.p, r.d
	p.sectionPage("Scope and components", secScope, false)
	p.prose(counted(len(d.Components), "component stands", "components stand") + " inside the boundary of the system that management describes.")
	t := p.table(column{title: "Component", share: 25}, column{title: "Kind, deployment, effect", share: 22},
		column{title: "Data, vendors", share: 21}, column{title: "Owner", share: 16}, column{title: "In production", share: 16})
	for _, c := range d.Components {
		since := []para{{st: cellStyle, text: "since " + day(c.Since)}}
		if !c.Retired.IsZero() {
			since = append(since, para{st: cellBold, text: "retired " + day(c.Retired)})
		}
		var under []para
		if c.Function != "" {
			under = []para{{st: cellMuted, text: r.cell(c.Function)}}
		}
		t.row(row{under: under, cells: [][]para{
			{{st: cellBold, text: r.name(c.ID)}, {st: cellStyle, text: r.name(c.Name)}},
			{{st: cellStyle, text: r.words([]string{c.Kind, c.Deployment, c.Effect})}},
			{{st: cellStyle, text: orWord(r.words(c.Data), "data not stated")}, {st: cellMuted, text: r.vendors(c)}},
			{{st: cellStyle, text: orWord(r.cell(c.Owner), "not stated")}},
			since,
		}})
	}
	t.end("The dossier names no component.")

	p.h2("Left out of scope", 70)
	t = p.table(column{title: "Component", share: 25}, column{title: "Reason, as management gives it", share: 50}, column{title: "Approved by", share: 25})
	for _, x := range d.Excluded {
		t.texts(r.name(x.ID), orWord(r.cell(x.Reason), "no reason given"), orWord(r.cell(x.ApprovedBy), "nobody named"))
	}
	t.end("Management left no component out.")

	p.h2("Criteria outside the engagement", 50)
	var out []string
	for _, c := range d.Criteria {
		if !c.InScope {
			out = append(out, c.ID)
		}
	}
	p.prose(orWord(r.list(out), "None of those that the dossier names."))
}

func (r *report) vendors(c controls.Component) safe {
	if len(c.Vendors) == 0 {
		return "no vendor named"
	}
	return "vendors: " + r.list(c.Vendors)
}
