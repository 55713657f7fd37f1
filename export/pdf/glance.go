package pdf

import "github.com/tieout/tieout/controls"

// glance sets the counts of all results and the candidate deviations. It gives
// no share, no grade and no total that would read as one.
func (r *report) glance() {
	p, d := r.p, r.d
	p.sectionPage("Result at a glance", secGlance, false)
	p.prose("A result is what one test came to for one component, or for the entity as a whole. The states, with signals if there are any, add up to all results in this package. No count is a measure of quality.")
	t := p.table(column{title: "State of the result", share: 30}, column{title: "Results", share: 11, right: true}, column{title: "What the words mean", share: 59})
	for _, s := range states {
		t.row(row{cells: [][]para{
			{{st: cellBold.in(stateInk(s)), text: r.stateWords(s), marked: true, state: s}},
			{{st: cellBold, text: num(r.counts.Of(s))}},
			{{st: cellStyle, text: stateMeaning[s]}},
		}})
	}
	plain := func(label safe, n int, words safe) {
		t.row(row{cells: [][]para{{{st: cellStyle, text: label}}, {{st: cellBold, text: num(n)}}, {{st: cellStyle, text: words}}}})
	}
	if r.signals > 0 {
		plain("signal only, no state", r.signals, "Indicators give people something to look at. They decide nothing.")
	}
	if n := r.allMissing(); n > 0 {
		plain("without result", n, "The dossier holds neither a result nor a reason why the test does not apply. Nothing is known; management must explain it.")
	}
	plain("not applicable", len(d.NotApplicable), "Pairs of control and component that do not concern each other. The reason stands on the control's page.")
	r.dispositionCounts(plain)
	open, given := r.manualCounts()
	plain("manual points open", open, "What a person or a document still owes. Listed in section “Manual points open”.")
	plain("manual points provided", given, "A document or statement is there. That is no result of a test.")
	t.end("")
	if unlisted := r.unlisted(); unlisted > 0 {
		p.panel(alarm, para{st: bodyStyle, text: counted(unlisted, "result belongs", "results belong") + " to a test or component that the dossier does not describe. They are counted above and appear on no control page: see data/dossier.json."})
	}
	r.glanceDeviations()
}

func (r *report) manualCounts() (open, given int) {
	for _, m := range r.d.Manual {
		if m.Status == "provided" {
			given++
		} else {
			open++
		}
	}
	return open, given
}

// unlisted counts results that no control page will show.
func (r *report) unlisted() int {
	tests := map[string]bool{}
	for _, c := range r.d.Controls {
		for _, t := range c.Tests {
			tests[t.ID] = true
		}
	}
	n := 0
	for _, x := range r.d.Results {
		if !tests[x.Test] || !r.known[x.Component] {
			n++
		}
	}
	return n
}

func (r *report) glanceDeviations() {
	p, d := r.p, r.d
	p.h2("Candidate deviations", 110)
	by := map[string]int{}
	for _, x := range d.Deviations {
		by[x.Determination]++
	}
	other := len(d.Deviations) - by["open"] - by["confirmed"] - by["rebutted"]
	words := counted(len(d.Deviations), "candidate deviation stands", "candidate deviations stand") + " in the register: " +
		num(by["open"]) + " open, " + num(by["confirmed"]) + " confirmed by management, " + num(by["rebutted"]) + " rebutted by management."
	if other > 0 {
		words += " " + num(other) + " without a determination that this report knows."
	}
	p.prose(words + " A rebutted one stays counted and listed.")
	r.registerAgrees()
	if len(d.Deviations) > maxGlance {
		r.deviationsByTest()
		return
	}
	t := p.table(column{title: "No.", share: 14}, column{title: "Test", share: 20}, column{title: "Component", share: 18},
		column{title: "Item", share: 24}, column{title: "Management", share: 14}, column{title: "Page", share: 8, right: true})
	for _, x := range d.Deviations {
		to := "deviation:" + x.ID
		t.row(row{cells: [][]para{
			{{st: cellBold, text: r.name(x.ID), goTo: to, marked: true, state: controls.Deviation}},
			{{st: cellStyle, text: r.name(x.Test), goTo: "control:" + x.Control}},
			{{st: cellStyle, text: r.name(x.Component)}},
			{{st: cellStyle, text: r.say(x.Item, 80, "register")}},
			{{st: cellStyle, text: determination(r, x.Determination)}},
			{{st: cellBold.in(accent), text: p.pageOf(to), goTo: to}},
		}})
	}
	t.end("No candidate deviation stands in the register. What was not tested, or where a field is missing, is counted above.")
}

// registerAgrees says so where the register and the results count differently.
func (r *report) registerAgrees() {
	if r.candidates == int64(len(r.d.Deviations)) {
		return
	}
	r.p.panel(alarm, para{st: bodyStyle, text: "The results count " + counted(r.candidates, "deviating item", "deviating items") + ", the register holds " +
		counted(len(r.d.Deviations), "line", "lines") + ". The two must be equal: do not rely on either until management explains the difference."})
}

// deviationsByTest lists many deviations by their test; the register has each.
func (r *report) deviationsByTest() {
	p := r.p
	p.note("Each of them stands in the register from page " + p.pageOf(secDeviations) + ", and in full on its control's page. By test:")
	t := p.table(column{title: "Test", share: 20}, column{title: "What it asks", share: 54},
		column{title: "Candidates", share: 13, right: true}, column{title: "Page", share: 9, right: true})
	listed := 0
	for _, c := range r.d.Controls {
		for _, test := range c.Tests {
			n := 0
			for _, x := range r.deviations[c.ID] {
				if x.Test == test.ID {
					n++
				}
			}
			if n == 0 {
				continue
			}
			listed += n
			to := "test:" + test.ID
			t.row(row{cells: [][]para{
				{{st: cellBold, text: r.name(test.ID), goTo: to, marked: true, state: controls.Deviation}},
				{{st: cellStyle, text: r.cell(test.Words)}},
				{{st: cellStyle, text: num(n)}},
				{{st: cellBold.in(accent), text: p.pageOf(to), goTo: to}},
			}})
		}
	}
	if rest := len(r.d.Deviations) - listed; rest > 0 {
		t.texts("other", "Deviations of tests that the dossier does not describe: in the register only.", num(rest), p.pageOf(secDeviations))
	}
	t.end("")
}

func determination(r *report, s string) safe {
	switch s {
	case "open", "":
		return "open"
	case "confirmed", "rebutted":
		return safe(s)
	}
	return r.name(s)
}
