package pdf

import (
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// manualPoints sets what people and documents still owe.
func (r *report) manualPoints() {
	p := r.p
	p.sectionHere("Manual points open", secManual, false)
	open, given := r.manualCounts()
	p.prose(counted(open, "point is", "points are") + " open; " + counted(given, "has", "have") + " been provided. A document that was provided is evidence to read, not a result. A statement alone leaves a point open.")
	t := p.table(column{title: "No.", share: 20}, column{title: "What is owed", share: 54}, column{title: "Status", share: 24}, column{title: "Page", share: 8, right: true})
	for _, status := range []bool{false, true} {
		for _, m := range r.d.Manual {
			if (m.Status == export.ProvidedStatus) != status {
				continue
			}
			t.row(r.manualRow(m))
		}
	}
	t.end("The dossier names no manual point.")
}

func (r *report) manualRow(m export.ManualLine) row {
	to := "control:" + m.Control
	st := cellBold.in(amber)
	if m.Status == export.ProvidedStatus {
		st = cellStyle
	}
	status := []para{{st: st, text: orWord(r.name(m.Status), "open")}}
	if ids := slices.Concat(m.Documents, m.Attestations); len(ids) > 0 {
		status = append(status, para{st: cellMuted, text: r.list(ids)})
	}
	if m.Note != "" {
		status = append(status, para{st: cellMuted, text: r.cell(m.Note)})
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.name(m.ID), goTo: to}}, {{st: cellStyle, text: r.cell(m.Words)}},
		status, {{st: cellBold.in(accent), text: r.p.pageOf(to), goTo: to}},
	}}
}

// people sets what people provided and stated, each with who signed it.
func (r *report) people() {
	p, d := r.p, r.d
	p.sectionPage("Documents, statements and deficiencies", secPeople, false)
	p.prose("What people handed in and signed. A name is that of a key; whose key it is, management must say on another way than this package. " +
		"Preparer and reviewer are two keys with two names: one person who holds both would not be noticed here. All signed notes: " + export.StatementsFile + ".")
	r.documents()
	r.attestations()
	r.deficiencies()
	if n := len(d.Statements); n > 0 {
		p.note(counted(n, "statement is", "statements are") + " signed in all; each stands in workbook sheet Statements, those that no longer count too.")
	}
}

func (r *report) documents() {
	p, d := r.p, r.d
	p.h2("Documents", 70)
	t := p.table(column{title: "No., for", share: 22}, column{title: "Document", share: 34}, column{title: "Over the period", share: 28}, column{title: "Added, reviewed", share: 24})
	for i, x := range d.Documents {
		if i == maxPeople {
			break
		}
		t.row(r.documentRow(x))
	}
	t.end("No document was provided.")
	r.morePeople(len(d.Documents), "Manual Evidence")
}

func (r *report) documentRow(x export.DocumentLine) row {
	cell := func(s safe) para { return para{st: cellStyle, text: s} }
	small := func(s safe) para { return para{st: cellMuted, text: s} }
	title := []para{cell(r.cell(x.Title))}
	if x.Version != "" {
		title = append(title, small("version "+r.name(x.Version)))
	}
	if x.ApprovedBy != "" {
		title = append(title, small("approved by "+r.name(x.ApprovedBy)+" "+r.name(x.ApprovedOn)))
	}
	if x.Text != "" {
		title = append(title, small(r.cell(x.Text)))
	}
	cover := cell(r.cell(x.CoverWords))
	if x.Coverage != export.CoversWhole {
		cover.st = cellStyle.in(amber)
	}
	return row{
		cells: [][]para{
			{{st: cellBold, text: r.name(x.ID)}, small(r.list(x.Concerns))}, title,
			{cover, small("days: " + orWord(r.name(x.DateSource), "source not stated"))},
			{cell("by " + r.name(x.AddedBy)), small(when(x.AddedAt)), small(r.reviewed(x.ReviewedBy))},
		},
		under: []para{{st: cellMono, text: r.name(x.File) + " · SHA-256 " + r.name(x.SHA256)}},
	}
}

func (r *report) attestations() {
	p, d := r.p, r.d
	p.h2("Attestations", 70)
	p.note("What people state that no record shows. The control stays manual (statement provided).")
	t := p.table(column{title: "No., for", share: 22}, column{title: "Statement", share: 58}, column{title: "Signed", share: 28})
	for i, x := range d.Attestations {
		if i == maxPeople {
			break
		}
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(x.ID)}, {st: cellMuted, text: r.list(x.Concerns)}},
			{{st: cellStyle, text: r.say(x.Text, maxFacts, deviationsFile)}},
			{{st: cellStyle, text: "by " + r.name(x.By)}, {st: cellMuted, text: orWord(r.name(x.Role), "role not stated")}, {st: cellMuted, text: when(x.At) + ", " + r.reviewed(x.ReviewedBy)}},
		}})
	}
	t.end("Nobody attested anything.")
	r.morePeople(len(d.Attestations), "Attestations")
}

func (r *report) deficiencies() {
	p, d := r.p, r.d
	p.h2("Deficiencies", 70)
	t := p.table(column{title: "No., control", share: 22}, column{title: "What is weak", share: 42}, column{title: "Status", share: 20}, column{title: "Owner, due", share: 24})
	for i, x := range d.Deficiencies {
		if i == maxPeople {
			break
		}
		t.row(r.deficiencyRow(x))
	}
	t.end("No deficiency was taken down.")
	r.morePeople(len(d.Deficiencies), "Deficiencies")
}

func (r *report) deficiencyRow(x export.DeficiencyLine) row {
	small := func(s safe) para { return para{st: cellMuted, text: s} }
	status := para{st: cellBold.in(amber), text: orWord(r.name(x.Status), "open")}
	if x.Status == "verified" {
		status.st = cellStyle
	}
	line := row{cells: [][]para{
		{{st: cellBold, text: r.name(x.ID)}, small(r.list(x.Controls))},
		{{st: cellStyle, text: r.say(x.Text, maxFacts, deviationsFile)}},
		{status, small("severity " + r.name(x.Severity))},
		{{st: cellStyle, text: r.name(x.Owner)}, small("due " + r.name(x.Due))},
	}}
	under := func(s safe) { line.under = append(line.under, para{st: cellMuted, text: s}) }
	under("Taken down by " + r.name(x.OpenedBy) + ", " + when(x.OpenedAt))
	if len(x.Deviations) > 0 {
		under("Deviations " + r.list(x.Deviations))
	}
	if x.ClosedBy != "" {
		under("Closed by " + r.name(x.ClosedBy) + ", " + when(x.ClosedAt) + ": " + r.say(x.Action, maxFacts, deviationsFile))
	}
	if x.VerifiedBy != "" {
		under("Verified by " + r.name(x.VerifiedBy) + ", " + when(x.VerifiedAt) + ": " + r.say(x.Verified, maxFacts, deviationsFile))
	}
	return line
}

// morePeople says where the rest of a list stands.
func (r *report) morePeople(n int, sheet safe) {
	if n > maxPeople {
		r.p.prose("… and " + num(n-maxPeople) + " more: data/dossier.json, workbook sheet " + sheet + ".")
	}
}

// weakOf names the deficiencies of a control, with how far each has come.
func (r *report) weakOf(c controls.Control) []string {
	var out []string
	for _, x := range r.d.Deficiencies {
		if slices.Contains(x.Controls, c.ID) {
			out = append(out, x.ID+" "+x.Status)
		}
	}
	return out
}
