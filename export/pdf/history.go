package pdf

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// Limits of this section; the workbook has every row.
const maxHistory = 200

func dispositionWords(x export.Disposition) safe {
	switch x.Disposition {
	case export.ReliesOnSubservice:
		return "relies on a subservice organisation"
	case export.NotExamined:
		return "not examined in type 1"
	}
	return "no result, see the reason"
}

// dispositionCounts counts what has no result for a reason.
func (r *report) dispositionCounts(add func(label safe, n int, words safe)) {
	n := map[string]int{}
	for _, x := range r.d.Dispositions {
		n[x.Disposition]++
	}
	if k := n[export.ReliesOnSubservice]; k > 0 {
		add("relies on a subservice organisation", k, "Pairs of control and component that somebody else answers for. None counts as tested; see page "+r.p.pageOf(secHistory)+".")
	}
	if k := n[export.NotExamined]; k > 0 {
		add("not examined in type 1", k, "Tests of what happened over time. A type 1 engagement is about one day.")
	}
}

// history sets who else is relied on, what is walked through, how often the
// period was frozen, and what became of the scope.
func (r *report) history() {
	p := r.p
	p.sectionPage("Reliance on others, freezes and scope over time", secHistory, true)
	r.reliesOn()
	if r.d.Engagement.Type == 1 {
		r.walkthroughs()
	}
	r.freezes()
	r.scopeHistory()
}

// more says how many rows are left out.
func (r *report) more(n int, sheet safe) {
	if n > maxHistory {
		r.p.note("… and " + num(n-maxHistory) + " more: workbook sheet " + sheet + ".")
	}
}

func firstOf[T any](list []T) []T { return list[:min(len(list), maxHistory)] }

func (r *report) reliesOn() {
	p := r.p
	p.h2("Relies on subservice organisations", 60)
	t := p.table(column{title: "Component, control", share: 120}, column{title: "Organisation, method", share: 130}, column{title: "Its controls that are to be there", share: 130},
		column{title: "Our monitoring control", share: 90}, column{title: "Its report", share: 110}, column{title: "Days without report", share: 60, right: true}, column{title: "Own data beside, no result", share: 120})
	cell := func(s safe) para { return para{st: cellStyle, text: s} }
	for _, x := range firstOf(r.d.ReliesOn) {
		report := safe("none on record")
		if !x.ReportFrom.IsZero() {
			report = day(x.ReportFrom) + " to " + day(x.ReportTo)
		}
		gap := cell(num(x.GapDays))
		if x.GapDays > 0 {
			gap.st = cellBold.in(amber)
		}
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(x.Component)}, {st: cellStyle, text: r.name(x.Control), goTo: "control:" + x.Control}},
			{cell(r.cell(x.Organisation)), {st: cellMuted, text: r.word(x.Method)}},
			{cell(orWord(r.list(x.CSOC), "none named"))}, {cell(orWord(r.name(x.OurControl), "none stated"))}, {cell(report)}, {gap},
			{cell(counted(x.Items, "item", "items") + ", " + num(x.Deviation) + " would deviate, " + num(x.Indeterminate) + " with a field missing")},
		}})
	}
	t.end("Management states no such reliance.")
	r.more(len(r.d.ReliesOn), "Relies On")
}

func (r *report) walkthroughs() {
	p := r.p
	p.h2("Walkthrough items", 60)
	p.prose("One item for each control, the last one before the end of the day, to walk through. It is no result, and no rate follows from it.")
	t := p.table(column{title: "Control, test", share: 90}, column{title: "Component", share: 80}, column{title: "Item", share: 140}, column{title: "Event time (UTC)", share: 120}, column{title: "Attributes", share: 300})
	for _, x := range firstOf(r.d.Walkthroughs) {
		var letters []para
		for _, l := range x.Letters {
			value := r.name(l.Value)
			if l.Value == controls.LetterNull {
				value = "missing"
			}
			letters = append(letters, para{st: cellMuted, text: r.name(l.Letter) + " " + value + ": " + r.cell(l.Words)})
		}
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(x.Control), goTo: "control:" + x.Control}, {st: cellMuted, text: r.name(x.Test)}},
			{{st: cellStyle, text: r.name(x.Component)}}, {{st: cellStyle, text: r.say(x.Item, 120, "data/walkthrough.jsonl")}}, {{st: cellStyle, text: r.name(x.At)}}, letters,
		}})
	}
	t.end("No item was found.")
	r.more(len(r.d.Walkthroughs), "Walkthrough")
}

func (r *report) freezes() {
	p, f := r.p, r.d.Freezes
	p.h2("Freezes of this period", 60)
	if f == nil {
		p.prose("The dossier does not say how often the period was frozen.")
		return
	}
	p.prose("This is freeze " + r.cell(export.FreezeWords(f)) + ". Each stands in workbook sheet Freezes.")
	if f.Previous == "" {
		return
	}
	p.h3("AGAINST THE FREEZE BEFORE IT", 50)
	if f.Why != "" {
		p.prose("Not compared: " + r.cell(f.Why) + ".")
	}
	fig := func(title safe) column { return column{title: title, share: 56, right: true} }
	t := p.table(column{title: "Kind of record", share: 150}, fig("Rows then"), fig("Rows now"), fig("Same"), fig("Changed"), fig("Vanished"), fig("Shown no more"), fig("Added"), fig("Of them late"), fig("Undated"))
	for _, x := range firstOf(f.Tables) {
		if x.Changed+x.Vanished+x.Gone+x.Added == 0 {
			continue
		}
		cells := [][]para{{{st: cellBold, text: r.name(x.Kind)}}}
		for _, n := range []int64{x.Then, x.Now, x.Same, x.Changed, x.Vanished, x.Gone, x.Added, x.LateAdded, x.Undated} {
			cells = append(cells, figure(n, controls.NoState))
		}
		t.row(row{cells: cells})
	}
	t.end("No row of any kind differs.")
	p.prose(counted(len(f.Results), "result is", "results are") + " not what they were: workbook sheet Restatement.")
}

func (r *report) scopeHistory() {
	p := r.p
	p.h2("Components over time", 60)
	p.prose("As the configuration of each run listed them. What was listed and taken out between two runs is not seen.")
	t := p.table(column{title: "Component", share: 110}, column{title: "First in configuration (UTC)", share: 110}, column{title: "Last (UTC)", share: 110}, column{title: "Removed (UTC)", share: 110},
		column{title: "Reason of exclusion", share: 200}, column{title: "Open deviations then", share: 70, right: true})
	for _, x := range firstOf(r.d.ScopeHistory) {
		cells := [][]para{{{st: cellBold, text: r.name(x.Component)}}, {{st: cellStyle, text: clock(x.First)}}, {{st: cellStyle, text: clock(x.Last)}}}
		if x.RemovedRun == "" {
			cells = append(cells, []para{{st: cellMuted, text: "–"}}, []para{{st: cellMuted, text: "–"}}, []para{{st: cellMuted, text: "–"}})
		} else {
			cells = append(cells, []para{{st: cellBold, text: clock(x.Removed)}}, []para{{st: cellStyle, text: orWord(r.cell(x.Reason), "no reason on record")}}, figure(x.OpenDeviations, controls.Deviation))
		}
		t.row(row{cells: cells})
	}
	t.end("The dossier does not say.")
	r.more(len(r.d.ScopeHistory), "Scope History")
}
