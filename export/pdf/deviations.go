package pdf

import (
	"maps"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// deviationsFile holds every deviation in full.
const deviationsFile = "data/dossier.json"

// controlDeviations sets the candidate deviations of a control in full.
func (r *report) controlDeviations(c controls.Control) {
	p, list := r.p, r.deviations[c.ID]
	if len(list) == 0 {
		return
	}
	p.h2("Candidate deviations of this control", 90)
	p.note("A candidate until management confirms or rebuts it. Rebutted ones stay listed.")
	t := p.table(column{title: "No., test", share: 21}, column{title: "Item, component, time", share: 27},
		column{title: "What was found", share: 34}, column{title: "Management", share: 22})
	for i, x := range list {
		if r.inFull == maxInFull {
			t.end("")
			p.prose("… and " + counted(len(list)-i, "more candidate deviation", "more candidate deviations") + " of this control: " + deviationsFile + ", workbook sheet Deviations.")
			return
		}
		r.inFull++
		t.row(r.deviationRow(x))
	}
	t.end("")
}

func (r *report) deviationRow(x export.DeviationLine) row {
	facts := []para{{st: cellStyle, text: orWord(r.say(x.Facts, maxFacts, deviationsFile), "no facts recorded")}}
	if letters := r.letters(x.Letters); letters != "" {
		facts = append(facts, para{st: cellMuted, text: letters})
	}
	item := []para{
		{st: cellStyle, text: r.say(x.Item, maxCell, deviationsFile)},
		{st: cellMuted, text: r.name(x.Component)},
		{st: cellMuted, text: orWord(r.name(x.At), "time not stated")},
	}
	if len(x.Evidence) > 0 {
		item = append(item, para{st: cellMuted, text: "Evidence " + r.list(x.Evidence)})
	}
	said := r.managementSays(x)
	return row{anchor: "deviation:" + x.ID, cells: [][]para{
		{{st: cellBold, text: r.name(x.ID), marked: true, state: controls.Deviation}, {st: cellMuted, text: r.name(x.Test)}},
		item, facts, said,
	}}
}

// managementSays sets what people signed about a deviation.
func (r *report) managementSays(x export.DeviationLine) []para {
	said := []para{{st: cellBold, text: determination(r, x.Determination)}}
	add := func(st style, text safe) { said = append(said, para{st: st, text: text}) }
	if x.DeterminedBy != "" {
		add(cellMuted, "by "+r.name(x.DeterminedBy)+", "+when(x.DeterminedAt)+", "+r.reviewed(x.ReviewedBy))
	}
	if x.Reasons != "" {
		add(cellStyle, r.say(x.Reasons, maxFacts, deviationsFile))
	}
	if x.Response != "" {
		add(cellStyle, "Response: "+r.say(x.Response, maxFacts, deviationsFile))
	} else {
		add(cellMuted, "no response recorded")
	}
	if len(x.Documents) > 0 {
		add(cellMuted, "Documents "+r.list(x.Documents))
	}
	if len(x.Deficiencies) > 0 {
		add(cellMuted, "Deficiencies "+r.list(x.Deficiencies))
	}
	return said
}

func (r *report) reviewed(by string) safe {
	if by == "" {
		return "not reviewed"
	}
	return "reviewed by " + r.name(by)
}

// letters writes each attribute's letter and value, in order of the letters.
func (r *report) letters(m map[string]string) safe {
	var out safe
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			out += " · "
		}
		v := m[k]
		if v == controls.LetterNull {
			v = "missing"
		}
		out += r.name(k) + " " + r.name(v)
	}
	return out
}

// register sets one line for every candidate deviation, with the page that
// holds it in full.
func (r *report) register() {
	p, d := r.p, r.d
	p.sectionPage("Deviations register", secDeviations, false)
	p.prose("Every candidate deviation of this package, one line each. The page at the end of the line shows it in full; a line without a page stands in full in " + deviationsFile + " only.")
	r.registerAgrees()
	t := p.table(column{title: "No.", share: 14}, column{title: "Test", share: 19}, column{title: "Component", share: 16}, column{title: "Item", share: 25},
		column{title: "Criteria", share: 13}, column{title: "Management", share: 14}, column{title: "Page", share: 8, right: true})
	described := map[string]bool{}
	for _, c := range d.Controls {
		described[c.ID] = true
	}
	for i, x := range d.Deviations {
		if i == maxDeviations {
			break
		}
		to := "deviation:" + x.ID
		line := row{cells: [][]para{
			{{st: cellBold, text: r.name(x.ID), goTo: to}},
			{{st: cellStyle, text: r.name(x.Test)}},
			{{st: cellStyle, text: r.name(x.Component)}},
			{{st: cellStyle, text: r.say(x.Item, 90, deviationsFile)}},
			{{st: cellMuted, text: r.list(x.Criteria)}},
			{{st: cellStyle, text: determination(r, x.Determination)}},
			{{st: cellBold.in(accent), text: p.pageOf(to), goTo: to}},
		}}
		if !described[x.Control] { // no control page holds it: it stands here in full
			line.anchor = to
			line.under = []para{{st: cellStyle, text: "Control " + orWord(r.name(x.Control), "not named") + " is not described in the dossier. " + r.say(x.Facts, maxFacts, deviationsFile)}}
		}
		t.row(line)
	}
	t.end("No candidate deviation is on record.")
	if n := len(d.Deviations) - maxDeviations; n > 0 {
		p.prose("… and " + num(n) + " more: " + deviationsFile + ", workbook sheet Deviations.")
	}
	r.earlier()
}

// earlier sets the deviations of earlier runs that this one does not show.
func (r *report) earlier() {
	p, d := r.p, r.d
	if len(d.Earlier) == 0 {
		return
	}
	p.h2("Deviations of earlier runs that this run does not show", 90)
	p.note("Late or corrected data can make a deviation go away. Each keeps its number and stays listed, with what this run says of the item instead.")
	t := p.table(column{title: "No.", share: 14}, column{title: "Test", share: 19}, column{title: "Component", share: 16}, column{title: "Item", share: 22},
		column{title: "What this run says", share: 27}, column{title: "Management", share: 18})
	for i, x := range d.Earlier {
		if i == maxDeviations {
			break
		}
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(x.ID)}}, {{st: cellStyle, text: r.name(x.Test)}}, {{st: cellStyle, text: r.name(x.Component)}},
			{{st: cellStyle, text: r.say(x.Item, 90, deviationsFile)}}, {{st: cellStyle.in(amber), text: orWord(r.cell(x.Now), "not stated")}}, r.managementSays(x),
		}})
	}
	t.end("")
	if n := len(d.Earlier) - maxDeviations; n > 0 {
		p.prose("… and " + num(n) + " more: " + deviationsFile + ", workbook sheet Earlier Deviations.")
	}
}
