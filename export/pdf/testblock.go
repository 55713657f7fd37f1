package pdf

import (
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// test sets one test of a control: what it asks, of what, and what came out.
func (r *report) test(c controls.Control, t controls.Test) {
	p := r.p
	p.gap(14)
	p.need(150)
	p.rule(p.left(), p.right(), p.y, 0.9, accent)
	p.y += 7
	p.anchor("test:" + t.ID)
	p.flow(para{st: h2Style, text: "Test " + r.name(t.ID)})
	p.y += 1
	p.flow(r.statement(t.Words, bodyStyle, "catalog/")...)
	p.y += 2
	of := safe("run for each component")
	if t.Of == controls.OfEntity {
		of = "run once for the entity"
	}
	p.flow(para{st: noteStyle, text: orWord(r.word(string(t.Kind)), "kind not stated") + " · " + of +
		" · re-performable from " + orWord(r.name(t.Reperform), "not stated") + " · reads " + r.reads(t)})
	if t.Kind == controls.Indicator {
		p.flow(para{st: noteStyle, text: "An indicator: it gives people a signal and has no state."})
	}
	r.testResults(c, t)
	r.attributes(t)
	r.parameters(t)
	p.h3("POPULATION AND SCOPE", 60)
	if base := t.Base; base != "" {
		p.note("Every row of table " + r.name(base) + " is either an item, or excluded for a stated reason, or has a missing field that decides it.")
	}
	sql := strings.Trim(t.Population, "\r\n")
	if t.Scope != "" {
		sql += "\n-- x is in scope where\n" + strings.Trim(t.Scope, "\r\n")
	}
	if t.NotDue != "" {
		sql += "\n-- x is not due where\n" + strings.Trim(t.NotDue, "\r\n")
	}
	r.sql(sql)
	if t.Note != "" {
		p.h3("WHAT THIS TEST CANNOT SHOW", 30)
		p.flow(r.statement(t.Note, bodyStyle, "catalog/")...)
		p.gap(5)
	}
}

func (r *report) reads(t controls.Test) safe {
	var tables []string
	for _, x := range t.Reads {
		if len(tables) == 0 || tables[len(tables)-1] != x.Table {
			tables = append(tables, x.Table)
		}
	}
	return orWord(r.list(tables), "no table on record")
}

// testResults sets a row for every component that the test should have a
// result for. A result that is missing shows as missing.
func (r *report) testResults(c controls.Control, t controls.Test) {
	fig := func(title safe) column { return column{title: title, share: 10.5, right: true} }
	heads := r.heads()
	tb := r.p.table(column{title: "Result for", share: 37}, fig("Population"), fig(heads[5]), fig(heads[0]),
		fig(heads[1]), fig(heads[4]), fig("Excluded rows"))
	r.p.gap(4)
	r.p.need(80)
	seen := map[string]bool{}
	for _, x := range r.results[t.ID] {
		seen[x.Component] = true
		tb.row(r.resultRow(t, x))
	}
	want := []string{controls.EntityComponent}
	if t.Of != controls.OfEntity {
		want = want[:0]
		for _, x := range r.d.Components {
			want = append(want, x.ID)
		}
	}
	for _, id := range want {
		if _, not := r.notFor[[2]string{c.ID, id}]; seen[id] || not {
			continue
		}
		if x, known := r.d.Disposed(c.ID, t.ID, id); known {
			tb.row(row{cells: [][]para{{{st: cellBold, text: r.name(id)}, {st: cellStyle.in(muted), text: dispositionWords(x)}}},
				under: []para{{st: cellMuted, text: orWord(r.cell(x.Reason), "no reason given")}}})
			continue
		}
		tb.row(row{cells: [][]para{{{st: cellBold, text: r.name(id)}, {st: cellBold.in(amber), text: "no result in the dossier"}}},
			under: []para{{st: cellMuted, text: "Neither a result nor a reason why the test does not apply is recorded. Nothing is known for this component."}}})
	}
	tb.end("No result: no component in scope is concerned by this test.")
}

func (r *report) resultRow(t controls.Test, x controls.Result) row {
	head := []para{
		{st: cellBold, text: r.name(x.Component)},
		{st: cellStyle.in(stateInk(x.State)), text: r.stateWords(x.State), marked: true, state: x.State},
	}
	cells := [][]para{head}
	if x.State == controls.NotTested {
		// Counts of what could not be looked at would read as a finding.
		for range 6 {
			cells = append(cells, []para{{st: cellMuted, text: "–"}})
		}
		if x.Population > 0 {
			cells[1] = figure(x.Population, controls.NoState)
		}
	} else {
		cells = append(cells, figure(x.Population, controls.NoState), figure(x.Pass, controls.Pass), figure(x.Deviation, controls.Deviation),
			figure(x.Indeterminate, controls.Indeterminate), figure(x.NotDue, controls.NotDue), figure(x.Excluded, controls.NoState))
	}
	return row{cells: cells, under: r.resultNotes(t, x)}
}

// resultNotes says under a result why it is not tested, what was excluded, and
// how each attribute came out where several components share a test.
func (r *report) resultNotes(t controls.Test, x controls.Result) []para {
	var out []para
	for _, why := range x.Reasons {
		out = append(out, para{st: cellStyle, text: "Why: " + r.say(why, maxStatement, "data/dossier.json")})
	}
	for i, g := range x.Gaps {
		if i == maxList {
			out = append(out, para{st: cellMuted, text: "… and " + num(len(x.Gaps)-i) + " more gaps: data/dossier.json"})
			break
		}
		out = append(out, para{st: cellStyle, text: "Gap: " + r.gapText(g)})
	}
	if x.State == controls.NotTested && len(x.Reasons)+len(x.Gaps) == 0 {
		out = append(out, para{st: cellStyle.in(amber), text: "Why: no reason is recorded. Ask management."})
	}
	if x.State != controls.NotTested && x.Pass+x.Deviation+x.Indeterminate+x.NotDue != x.Population {
		out = append(out, para{st: cellStyle.in(alarm), text: "These counts do not add up to the population. Do not rely on this row until management explains it."})
	}
	if len(x.ExcludedBy) > 0 {
		text, sum := safe("Excluded: "), int64(0)
		for i, e := range x.ExcludedBy {
			sum += e.Rows
			if i > 0 {
				text += " · "
			}
			text += r.word(e.Reason) + " " + num(e.Rows)
		}
		out = append(out, para{st: cellMuted, text: text})
		if sum != x.Excluded {
			out = append(out, para{st: cellStyle.in(alarm), text: "The reasons do not add up to the excluded rows: " + num(sum) + " and " + num(x.Excluded) + "."})
		}
	}
	if t.Of != controls.OfEntity && len(r.results[t.ID]) > 1 && len(x.Letters) > 0 {
		text := safe("Attributes true / false / missing: ")
		for i, l := range x.Letters {
			if i > 0 {
				text += " · "
			}
			text += r.name(l.Letter) + " " + num(l.True) + " / " + num(l.False) + " / " + num(l.Null)
		}
		out = append(out, para{st: cellMuted, text: text})
	}
	return out
}

func (r *report) gapText(g evidence.Gap) safe {
	what := r.name(string(g.Kind))
	if len(g.Columns) > 0 {
		what += " (" + r.list(g.Columns) + ")"
	}
	whom := safe("every component")
	if g.Component != "" {
		whom = r.name(g.Component)
	}
	text := what + ", " + whom + ", " + when(g.From) + " to " + when(g.To) + ": " + r.word(string(g.Reason))
	if g.Detail != "" {
		text += "; " + r.cell(g.Detail)
	}
	if g.Source != "" {
		text += " (source " + r.name(g.Source) + ")"
	}
	return text
}

// attributes sets what each letter asks, with its counts over all results.
func (r *report) attributes(t controls.Test) {
	if len(t.Attributes) == 0 {
		return
	}
	r.p.h3("ATTRIBUTES, OVER ALL RESULTS OF THIS TEST", 60)
	sum := map[string]*controls.LetterCount{}
	for _, x := range r.results[t.ID] {
		for _, l := range x.Letters {
			if sum[l.Letter] == nil {
				sum[l.Letter] = &controls.LetterCount{}
			}
			sum[l.Letter].True += l.True
			sum[l.Letter].False += l.False
			sum[l.Letter].Null += l.Null
		}
	}
	fig := func(title safe) column { return column{title: title, share: 10, right: true} }
	tb := r.p.table(column{title: "", share: 5}, column{title: "What is true of an item that raises no deviation", share: 65}, fig("True"), fig("False"), fig("Missing"))
	for _, a := range t.Attributes {
		cells := [][]para{{{st: cellBold, text: r.name(a.Letter)}}, {{st: cellStyle, text: r.say(a.Words, maxCell, "catalog/")}}}
		if n := sum[a.Letter]; n == nil {
			none := []para{{st: cellMuted, text: "–"}}
			cells = append(cells, none, none, none)
		} else {
			cells = append(cells, figure(n.True, controls.Pass), figure(n.False, controls.Deviation), figure(n.Null, controls.Indeterminate))
		}
		tb.row(row{cells: cells})
	}
	tb.end("")
}
