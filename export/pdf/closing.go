package pdf

import "github.com/tieout/tieout/export"

// evidence sets the first raw files of the package; the workbook has them all.
func (r *report) evidence() {
	p, d := r.p, r.d
	p.sectionPage("Evidence index", secEvidence, true)
	intro := counted(len(d.Evidence), "raw file is", "raw files are") + " held or named by this package."
	if len(d.Evidence) > maxEvidence {
		intro += " The first " + num(maxEvidence) + " follow; all " + num(len(d.Evidence)) + " rows: workbook sheet Evidence Index."
	}
	p.prose(intro)
	t := p.table(column{title: "No.", share: 60}, column{title: "Title", share: 140}, column{title: "Source, system", share: 122}, column{title: "Collected (UTC)", share: 98},
		column{title: "File", share: 118}, column{title: "Bytes", share: 62, right: true}, column{title: "SHA-256", share: 156}, column{title: "Ledger entry", share: 44, right: true})
	for i, x := range d.Evidence {
		if i == maxEvidence {
			break
		}
		t.row(r.evidenceRow(x))
	}
	t.end("No raw file is held or named.")
}

func (r *report) evidenceRow(x export.EvidenceItem) row {
	cell := func(s safe) para { return para{st: cellStyle, text: s} }
	small := func(s safe) para { return para{st: cellMuted, text: s} }
	file := para{st: cellMono, text: r.name(x.File)}
	if x.File == "" {
		file = para{st: cellStyle.in(amber), text: "withheld: " + orWord(r.cell(x.Withheld), "no reason recorded")}
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.name(x.ID)}},
		{cell(r.cell(x.Title)), small(r.list(x.Kinds))},
		{cell(r.name(x.Source)), small(r.cell(x.System))},
		{cell(clock(x.CollectedAt)), small(r.list([]string{x.CollectedBy, x.Method}))},
		{file},
		{cell(num(x.Bytes))},
		{{st: cellMono, text: r.name(x.SHA256)}},
		{cell(num(x.LedgerIndex))},
	}}
}

// limits sets what this package cannot show, and what is not in it.
func (r *report) limits() {
	p, d := r.p, r.d
	p.sectionPage("Limits, and what is not included", secLimits, false)
	p.h2("Standing limits", 40)
	for _, s := range d.Limits {
		p.bullet(r.say(s, maxStatement, "data/dossier.json"))
	}
	if len(d.Limits) == 0 {
		p.prose("The dossier states none. That does not mean that there are none.")
	}
	p.h2("Limits of each criterion in scope", 60)
	t := p.table(column{title: "Criterion", share: 14}, column{title: "What no record can show about it", share: 86})
	for _, c := range d.Criteria {
		if c.InScope && c.Limit != "" {
			t.row(row{cells: [][]para{{{st: cellBold, text: r.name(c.ID)}}, {{st: cellStyle, text: r.cell(c.Limit)}}}})
		}
	}
	t.end("No limit is recorded for a criterion in scope.")
	p.h2("Not included", 60)
	t = p.table(column{title: "What", share: 30}, column{title: "Why", share: 40}, column{title: "How to obtain it", share: 30})
	for _, x := range d.NotIncluded {
		t.texts(r.cell(x.What), orWord(r.cell(x.Why), "no reason given"), orWord(r.cell(x.How), "not stated"))
	}
	t.end("Nothing is listed as left out.")
	p.h2("How text is shown here", 60)
	p.prose("Signs that hide, reorder or have no glyph in this document's typefaces are shown by their code point, such as ⟦U+202E⟧; bytes that are no UTF-8 as ⟦0xFF⟧. Scripts written from right to left and combining marks are shown so too. The exact text stands in data/. Longer texts are cut with a count of what is left and the file that holds it. All times are UTC unless a zone is named.")
}
