package pdf

import "github.com/tieout/tieout/export"

// requests sets what auditors usually ask for, and how far the package answers.
func (r *report) requests() {
	p := r.p
	list, err := export.AnswerRequests(r.d)
	p.sectionPage("Annex: request list", secRequests, true)
	if err != nil { // a mistake in this program, never in a dossier
		p.prose("The list could not be made: " + r.cell(err.Error()))
		return
	}
	p.prose("What auditors usually ask for about AI components, in our words, and what of it this package holds. “Provided” means that it is there, not what it shows. Evidence ids in full: workbook sheet Request List.")
	t := p.table(column{title: "No.", share: 26, right: true}, column{title: "Request", share: 200}, column{title: "Criteria", share: 62}, column{title: "Status", share: 84},
		column{title: "Provided", share: 190}, column{title: "Still missing", share: 190}, column{title: "Evidence", share: 76})
	for _, a := range list {
		t.row(r.requestRow(a))
	}
	t.end("")
}

func (r *report) requestRow(a export.RequestAnswer) row {
	lines := func(list []string, st style, none safe) []para {
		var out []para
		for i, s := range list {
			if i == maxReasons {
				out = append(out, para{st: cellMuted, text: "… and " + num(len(list)-i) + " more: workbook sheet Request List"})
				break
			}
			out = append(out, para{st: st, text: r.cell(s)})
		}
		if out == nil {
			out = []para{{st: cellMuted, text: none}}
		}
		return out
	}
	status := cellBold
	if a.Status != export.RequestProvided && a.Status != export.RequestNot {
		status = cellBold.in(amber)
	}
	ids := a.Evidence
	evidence := para{st: cellMuted, text: "none"}
	switch {
	case len(ids) > 4:
		evidence.text = r.list(ids[:4]) + " and " + num(len(ids)-4) + " more"
	case len(ids) > 0:
		evidence.text = r.list(ids)
	}
	return row{cells: [][]para{
		{{st: cellBold, text: num(a.No)}}, {{st: cellStyle, text: r.cell(a.Ask)}, {st: cellMuted, text: r.name(a.Form)}}, {{st: cellMuted, text: r.list(a.Criteria)}},
		{{st: status, text: safe(a.Status)}}, lines(a.Provided, cellStyle, "nothing"), lines(a.Missing, cellStyle.in(amber), "nothing"), {evidence},
	}}
}
