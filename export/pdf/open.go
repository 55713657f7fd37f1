package pdf

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// runs sets the tool's own pulls: what was asked when, and how it ended.
func (r *report) runs() {
	p := r.p
	p.sectionHere("Tool runs", secRuns, true)
	p.prose("Every pull that this package rests on, those that failed too.")
	t := p.table(column{title: "Source", share: 110}, column{title: "Type", share: 80}, column{title: "Started (UTC)", share: 98}, column{title: "Finished (UTC)", share: 98},
		column{title: "Ended", share: 60}, column{title: "Principal", share: 110}, column{title: "Records", share: 58, right: true},
		column{title: "Source states", share: 58, right: true}, column{title: "Rejected", share: 50, right: true}, column{title: "Ledger entry", share: 50, right: true})
	for i, x := range r.d.Pulls {
		if i == maxRuns {
			break
		}
		t.row(r.runRow(x))
	}
	t.end("The dossier names no pull: nothing was collected, or nothing is known of how it was.")
	if n := len(r.d.Pulls) - maxRuns; n > 0 {
		p.prose("… and " + num(n) + " more: data/dossier.json")
	}
}

func (r *report) runRow(x export.Pull) row {
	cell := func(s safe) []para { return []para{{st: cellStyle, text: s}} }
	ended := cell(orWord(r.name(x.Status), "not stated"))
	if x.Status != "done" {
		ended[0].st = cellBold.in(amber)
	}
	line := row{cells: [][]para{
		{{st: cellBold, text: r.name(x.Source)}}, cell(r.name(x.Type)), cell(clock(x.Started)), cell(clock(x.Finished)), ended,
		cell(orWord(r.cell(x.Principal), "not stated")), cell(num(x.Records)), cell(stated(x.SourceCount)), cell(num(x.Rejected)), cell(num(x.LedgerIndex)),
	}}
	if x.Error != "" {
		line.under = []para{{st: cellStyle.in(amber), text: "Error: " + r.cell(x.Error)}}
	}
	return line
}

// notTested sets what is not known, and why.
func (r *report) notTested() {
	p, d := r.p, r.d
	p.sectionPage("Not tested, and why", secNotTested, false)
	p.prose("What stands here was not looked at, or could not be. It is neither a finding nor its absence.")
	p.h2("Why this package is not complete", 40)
	for _, why := range d.Incomplete {
		p.bullet(r.say(why, maxStatement, "data/dossier.json"))
	}
	if len(d.Incomplete) == 0 {
		p.prose(incompleteWithout(d.Complete))
	}
	p.h2("Results without a test, or with a field missing", 80)
	t := p.table(column{title: "Test", share: 22}, column{title: "Component", share: 20}, column{title: "State", share: 20}, column{title: "Why", share: 38}, column{title: "Page", share: 8, right: true})
	more := 0
	for _, x := range d.Results {
		switch {
		case x.State != controls.NotTested && x.State != controls.Indeterminate:
		case t.rows == maxOpen:
			more++
		default:
			t.row(r.openRow(x))
		}
	}
	t.end("No result is in either state.")
	if more > 0 {
		p.prose("… and " + num(more) + " more: data/dossier.json")
	}
	p.h2("Gaps on record", 80)
	for i, g := range d.Gaps {
		if i == maxGaps {
			p.prose("… and " + num(len(d.Gaps)-i) + " more: data/dossier.json")
			break
		}
		p.bullet(r.gapText(g))
	}
	if len(d.Gaps) == 0 {
		p.prose("None.")
	}
}

func incompleteWithout(complete bool) safe {
	if complete {
		return "The package is marked complete."
	}
	return "The package is marked not complete, and no reason is recorded."
}

func (r *report) openRow(x controls.Result) row {
	to := "test:" + x.Test
	var why []para
	for _, s := range x.Reasons {
		why = append(why, para{st: cellStyle, text: r.cell(s)})
	}
	switch {
	case x.State == controls.Indeterminate:
		why = append(why, para{st: cellStyle, text: counted(x.Indeterminate, "item", "items") + " with a missing field, of " + num(x.Population)})
	case len(why) == 0 && len(x.Gaps) > 0:
		why = append(why, para{st: cellStyle, text: r.gapText(x.Gaps[0])})
	case len(why) == 0:
		why = append(why, para{st: cellStyle.in(amber), text: "no reason is recorded"})
	}
	return row{cells: [][]para{
		{{st: cellBold, text: r.name(x.Test), goTo: to}}, {{st: cellStyle, text: r.name(x.Component)}},
		{{st: cellStyle.in(stateInk(x.State)), text: r.stateWords(x.State), marked: true, state: x.State}},
		why, {{st: cellBold.in(accent), text: r.p.pageOf(to), goTo: to}},
	}}
}
