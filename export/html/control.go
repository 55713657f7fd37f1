package html

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
)

// controls puts each control with its tests, what they rest on, what they came
// to, and its candidate deviations.
func (r *report) controls() {
	matrix, summary, tests := r.lists["control_matrix"], r.lists["test_summary"], r.lists["tests"]
	results, sql := summary.rowsBy("test_id"), tests.rowsBy("test_id")
	r.put(markup("<p>"), matrix.Words, markup("</p>\n"))
	r.open(matrix)
	for i, c := range r.d.Controls {
		row := matrix.rows[i]
		r.put(markup(fmt.Sprintf("<article class=\"row control\" id=\"control-%d\">\n<h3>", i+1)), short(c.ID)+"  "+short(c.Title), markup("</h3>\n<p class=\"lead\">"))
		r.long(orWord(c.Statement, "The catalogue gives no statement."), matrix.path())
		r.put(markup("</p>\n"))
		r.cards(matrix, [][]any{row}, "control_id", "title", "statement")
		r.manual(c)
		for _, t := range c.Tests {
			r.test(t, summary, results[t.ID], tests, sql[t.ID])
			delete(results, t.ID)
		}
		if len(c.Tests) == 0 {
			r.put(markup("<p>No automated test belongs to this control: what is known about it are its manual points.</p>\n"))
		}
		r.controlDeviations(c)
		r.put(markup("</article>\n"))
	}
	r.shut()
	var left [][]any
	for _, x := range summary.rows {
		if _, open := results[summary.text(x, "test_id")]; open {
			left = append(left, x)
		}
	}
	if len(left) > 0 {
		r.put(markup("<h3>Results of tests that no control describes</h3>\n"))
		r.cards(summary, left)
	}
}

func (r *report) manual(c controls.Control) {
	l := r.lists["manual_points"]
	rows := l.rowsBy("control_id")[c.ID]
	if len(rows) == 0 {
		return
	}
	r.put(markup("<h4>Manual points</h4>\n<ul>\n"))
	for _, x := range rows {
		r.put(markup("<li>"), l.text(x, "manual_id")+" · "+l.text(x, "status")+" · ")
		r.long(l.text(x, "what"), l.path())
		for _, key := range []string{"document_ids", "attestation_ids", "coverage"} {
			if s := l.text(x, key); s != "" {
				r.put(" · ")
				r.long(s, l.path())
			}
		}
		r.put(markup("</li>\n"))
	}
	r.put(markup("</ul>\n"))
	if l.cut() {
		r.put(markup("<p class=\"where\">There may be more: <code>data/manual_points.jsonl</code>.</p>\n"))
	}
}

// Columns of the summary that stand once for a test, and not in each result.
var ofTest = []string{"test_id", "control_id", "test_in_words", "attributes", "test_kind", "parameters", "reperformable_from", "note"}

func (r *report) test(t controls.Test, summary *listing, results [][]any, tests *listing, sql [][]any) {
	r.put(markup("<section class=\"test\">\n<h4>Test "), short(t.ID), markup("</h4>\n<p>"))
	r.long(t.Words, tests.path())
	of := "run for each component"
	if t.Of == controls.OfEntity {
		of = "run once for the entity"
	}
	r.put(markup("</p>\n<p class=\"muted\">"), orWord(strings.ReplaceAll(string(t.Kind), "_", " "), "kind not stated")+" · "+of+" · re-performable from "+orWord(t.Reperform, "not stated"))
	if len(t.Params) > 0 {
		r.put(" · parameters " + strings.Join(t.Params, ", ") + " (section Parameters)")
	}
	r.put(markup("</p>\n"))
	if t.Kind == controls.Indicator {
		r.put(markup("<p class=\"muted\">An indicator: it gives people a signal and has no state.</p>\n"))
	}
	if len(results) == 0 {
		r.put(markup("<p>No result: no component in scope is concerned by this test.</p>\n"))
	} else {
		r.put(markup("<h5>Results</h5>\n"))
		r.cards(summary, results, ofTest...)
	}
	r.attributes(t)
	r.populations(t)
	if t.Note != "" {
		r.put(markup("<p><strong>What this test cannot show.</strong> "))
		r.long(t.Note, summary.path())
		r.put(markup("</p>\n"))
	}
	r.put(markup("<details><summary>Queries of the test (in full in tests.sql and data/tests.jsonl)</summary>\n"))
	for _, x := range sql {
		for i, c := range tests.Columns {
			s, ok := x[i].(string)
			if !ok || slices.Contains([]string{"test_id", "control_id", "test_in_words", "test_kind", "reperformable_from"}, c.Key) {
				continue
			}
			r.put(markup("<h5>"), c.Title, markup("</h5>\n<pre>"))
			r.long(s, "tests.sql")
			r.put(markup("</pre>\n"))
		}
	}
	r.put(markup("</details>\n</section>\n"))
}

// attributes puts what each letter asks, with its counts over all results.
func (r *report) attributes(t controls.Test) {
	if len(t.Attributes) == 0 {
		return
	}
	sum := map[string]controls.LetterCount{}
	for _, x := range r.d.Results {
		if x.Test != t.ID {
			continue
		}
		for _, l := range x.Letters {
			n := sum[l.Letter]
			n.True, n.False, n.Null = n.True+l.True, n.False+l.False, n.Null+l.Null
			sum[l.Letter] = n
		}
	}
	r.put(markup("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Attribute</th><th scope=\"col\">What is true of an item that raises no deviation</th><th scope=\"col\" class=\"n\">True</th><th scope=\"col\" class=\"n\">False</th><th scope=\"col\" class=\"n\">Missing</th></tr></thead><tbody>\n"))
	for _, a := range t.Attributes {
		r.put(markup("<tr><th scope=\"row\">"), short(a.Letter), markup("</th><td>"))
		r.long(a.Words, "data/test_summary.jsonl")
		r.put(markup("</td>"))
		if n, ok := sum[a.Letter]; ok {
			r.put(markup("<td class=\"n\">"), n.True, markup("</td><td class=\"n\">"), n.False, markup("</td><td class=\"n\">"), n.Null, markup("</td></tr>\n"))
		} else {
			r.put(markup("<td class=\"n\">–</td><td class=\"n\">–</td><td class=\"n\">–</td></tr>\n"))
		}
	}
	r.put(markup("</tbody></table></div>\n"))
}

// populations says what proves complete and accurate what the test reads.
func (r *report) populations(t controls.Test) {
	r.put(markup("<h5>Population and what proves it complete</h5>\n"))
	some := false
	for _, x := range r.d.Populations {
		if !slices.Contains(x.Tests, t.ID) {
			continue
		}
		some = true
		count := "source states no count"
		if x.SourceCount >= 0 {
			count = "source " + grouped(x.SourceCount)
		}
		r.put(markup("<p><strong>"), short(x.ID)+" "+short(x.Title), markup("</strong> · "), count+", extracted "+grouped(x.Extracted)+", distinct "+grouped(x.Distinct)+", rejected "+grouped(x.Rejected)+
			" · second source: "+orWord(x.SecondSource, "none, so completeness rests on the source alone"))
		if x.SecondSource != "" {
			r.put("; difference: " + orWord(x.Difference, "not stated"))
		}
		if x.Interim != "" {
			r.put(" · not the whole period: ")
			r.long(x.Interim, "data/populations.jsonl")
		}
		for _, g := range x.Gaps {
			r.put(" · gap: ")
			r.long(g, "data/populations.jsonl")
		}
		r.put(markup(" · in full in section <a href=\"#populations\">Populations</a></p>\n"))
	}
	if !some {
		r.put(markup("<p class=\"muted\">No population names this test.</p>\n"))
	}
}

// controlDeviations puts the candidate deviations of a control in full.
func (r *report) controlDeviations(c controls.Control) {
	l := r.lists["deviations"]
	rows := l.rowsBy("control_id")[c.ID]
	all := 0
	for _, x := range r.d.Deviations {
		if x.Control == c.ID {
			all++
		}
	}
	if all == 0 {
		return
	}
	r.put(markup("<h4>Candidate deviations of this control</h4>\n"))
	if all > len(rows) {
		r.put(markup("<p class=\"where\"><strong>"), fmt.Sprintf("%s of %s stand here.", grouped(int64(len(rows))), grouped(int64(all))), markup("</strong> All: <code>data/deviations.jsonl</code>, workbook sheet Deviations.</p>\n"))
	}
	r.cards(l, rows, "control_id", "criteria")
}

// register puts a line for each candidate deviation. What no control page
// shows stands here in full.
func (r *report) register() {
	l := r.lists["deviations"]
	r.put(markup("<p>"), l.Words+" Each stands in full with its control.", markup("</p>\n"))
	if l.total == 0 {
		r.put(markup("<p class=\"muted\">No candidate deviation is on record.</p>\n"))
		return
	}
	number := map[string]int{}
	for i, c := range r.d.Controls {
		number[c.ID] = i + 1
	}
	var left [][]any
	r.open(l)
	r.put(markup("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Deviation</th><th scope=\"col\">Test</th><th scope=\"col\">Component</th><th scope=\"col\">Item</th><th scope=\"col\">Criteria</th><th scope=\"col\">Management determination</th></tr></thead><tbody>\n"))
	for _, x := range l.rows {
		r.put(markup("<tr class=\"row\" data-state=\""), short(l.text(x, "management_determination")), markup("\"><th scope=\"row\">"))
		if n := number[l.text(x, "control_id")]; n > 0 {
			r.put(markup(fmt.Sprintf("<a href=\"#control-%d\">", n)), short(l.text(x, "deviation_id")), markup("</a>"))
		} else {
			r.put(short(l.text(x, "deviation_id")))
			left = append(left, x)
		}
		r.put(markup("</th>"))
		for _, key := range []string{"test_id", "component_id", "item", "criteria", "management_determination"} {
			r.put(markup("<td>"))
			r.long(l.text(x, key), l.path())
			r.put(markup("</td>"))
		}
		r.put(markup("</tr>\n"))
	}
	r.put(markup("</tbody></table></div>\n"))
	r.shut()
	if len(left) > 0 {
		r.put(markup("<h3>Of controls that the dossier does not describe</h3>\n"))
		r.cards(l, left)
	}
}
