package html

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// heading is a section of the page.
type heading struct {
	id, title string
	body      func()
}

// sections are the parts of the page in the order in which it is to be read.
// What no part shows by name follows by itself, so that no sheet can be
// forgotten.
func (r *report) sections() []heading {
	if r.heads != nil {
		return r.heads
	}
	sheet := func(id, file string) heading {
		r.shown[file] = true
		return heading{id, r.lists[file].Name, func() { r.list(r.lists[file]) }}
	}
	own := func(id, title string, body func(), files ...string) heading {
		for _, f := range files {
			r.shown[f] = true
		}
		return heading{id, title, body}
	}
	r.shown["readme"] = true // about the workbook
	out := []heading{
		sheet("reliance", "reliance"),
		own("check", "Check this package", r.check),
		own("glance", "Result at a glance", r.glance),
		sheet("scope", "scope"),
		sheet("components", "components"),
		own("matrix", "Controls by component", r.matrix),
		own("criteria", "Criteria", r.criteria, "criteria_matrix"),
		own("controls", "Controls", r.controls, "control_matrix", "test_summary", "tests"),
		own("deviations", "Deviations", r.register, "deviations"),
		sheet("earlier", "earlier_deviations"),
		sheet("populations", "populations"),
		sheet("logs", "log_integrity"),
		sheet("evidence", "evidence_index"),
		sheet("not-tested", "not_tested"),
		sheet("detail", "test_detail"),
	}
	for i, f := range r.order {
		if !r.shown[f] {
			out = append(out, sheet(fmt.Sprintf("more-%d", i), f))
		}
	}
	out = append(out, own("limits", "Limits", r.limits))
	r.heads = out
	return r.heads
}

const preparedWords = "Prepared by the management of the entity named above, with the tool named above. What follows are management's own test results. " +
	"They are not a service auditor's tests, this is not a SOC 2 report, and it gives no opinion."

// cover says what this is, whether it is complete, and what it must not be
// taken for.
func (r *report) cover() {
	d, e := r.d, r.d.Engagement
	r.put(markup("<header>\n<p class=\"over\">Evidence package on AI components · "), orWord(d.Stage, "stage not stated"), markup("</p>\n<h1>"), orWord(short(d.Entity.Name), "Entity not named"),
		markup("</h1>\n<p class=\"sub\">"), orWord(short(d.Entity.System), "System not named"), markup("</p>\n"))
	line := "SOC 2, type not stated, " + orWord(e.From.String(), "(no first day)") + " to " + orWord(e.To.String(), "(no last day)")
	switch e.Type {
	case 1:
		line = "SOC 2 Type 1, as of " + e.To.String()
	case 2:
		line = "SOC 2 Type 2, " + e.From.String() + " to " + e.To.String() + ", both days included"
	}
	r.put(markup("<dl class=\"facts\">\n"))
	r.fact("Engagement", line+"; zone "+orWord(e.Zone, "not stated"))
	r.fact("Run", orWord(d.Run.ID, "not named")+", period frozen "+orWord(moment(d), "at an unknown time"))
	r.fact("Tool", orWord(d.Run.Tool, "not stated")+", "+orWord(d.Run.Engine, "engine not stated"))
	r.fact("Prepared by", orWord(d.Run.PreparedBy, "not stated"))
	r.fact("Content digest", orWord(r.o.ContentDigest, "not stated"))
	if d.Supersedes != "" {
		r.fact("Corrects the package with content digest", d.Supersedes)
	}
	r.put(markup("</dl>\n"))
	if d.Complete && len(d.Incomplete) == 0 {
		r.put(markup("<p class=\"box\"><strong>Complete.</strong> No gap and no open source stands on record for what is in scope. This says nothing about the results.</p>\n"))
	} else {
		r.put(markup("<div class=\"box open\"><p><strong>NOT COMPLETE.</strong> Results that are missing here are not known; they are neither good nor bad.</p>\n<ul>\n"))
		for _, why := range d.Incomplete {
			r.put(markup("<li>"))
			r.long(why, "data/dossier.json")
			r.put(markup("</li>\n"))
		}
		if len(d.Incomplete) == 0 {
			r.put(markup("<li>The dossier gives no reason. Ask management for one before relying on anything here.</li>\n"))
		}
		r.put(markup("</ul></div>\n"))
	}
	r.put(markup("<p class=\"box\">"), preparedWords+" "+export.MeaningWords(e)+" The first section lists what this package cannot show.", markup("</p>\n</header>\n"))
}

func moment(d *export.Dossier) string {
	if d.Run.At == 0 {
		return ""
	}
	return cellText(d.Run.At)
}

func (r *report) fact(name, value string) {
	r.put(markup("<div><dt>"), name, markup("</dt><dd>"))
	r.long(value, "data/dossier.json")
	r.put(markup("</dd></div>\n"))
}

// long puts text of any length, cut with a word on what is left.
func (r *report) long(s, where string) {
	head, rest := clip(s, maxCell)
	r.put(head)
	if rest != "" {
		r.put(markup("<span class=\"cut\">"), rest+where+")", markup("</span>"))
	}
}

func (r *report) contents() {
	r.put(markup("<nav aria-label=\"Contents\"><ol>\n"))
	for _, s := range r.sections() {
		n := ""
		for _, f := range r.order {
			if l := r.lists[f]; l.Name == s.title {
				n = " (" + grouped(l.total) + ")"
			}
		}
		r.put(markup("<li><a href=\"#"), markup(s.id), markup("\">"), s.title, markup("</a>"), n, markup("</li>\n"))
	}
	r.put(markup("</ol></nav>\n"))
}

// check is the place for the script that compares a package with its manifest.
func (r *report) check() {
	r.put(markup(`<p>This page was made by whoever made the package, so it cannot vouch for it. What decides is this, run by you, with a key that you were given on another way:</p>
<pre>tieout verify package PACKAGE --key VKEY</pre>
<noscript><p>The script of this page does not run here, so it cannot compare files with the manifest. Nothing else is missing: every list below is complete or names the file that is.</p></noscript>
<div id="checker" hidden>
<p>Without installing anything, this page can compare every file of a package with the package's manifest. Nothing leaves this computer; the page is not allowed to use a network.</p>
<p class="pick"><label>The package as a zip file <input type="file" id="zip" accept=".zip"></label> <label>or unpacked, as a folder <input type="file" id="folder" webkitdirectory></label></p>
<div id="verdict" role="status" aria-live="polite"></div>
</div>
`))
}

func (r *report) glance() {
	counts, signals := export.StateCounts{}, 0
	for _, x := range r.d.Results {
		if x.State == controls.NoState {
			signals++
		}
		counts.Add(x.State)
	}
	r.put(markup("<p>A result is what one test came to for one component, or for the entity as a whole. No count is a measure of quality.</p>\n<div class=\"scroll\"><table class=\"slim\"><thead><tr><th scope=\"col\">State of the result</th><th scope=\"col\" class=\"n\">Results</th></tr></thead><tbody>\n"))
	row := func(words string, n int64) {
		r.put(markup("<tr><th scope=\"row\">"))
		r.state(words)
		r.put(markup("</th><td class=\"n\">"), n, markup("</td></tr>\n"))
	}
	for _, s := range states {
		row(r.d.Engagement.Wording().Of(s), int64(counts.Of(s)))
	}
	row("signal only, no state", int64(signals))
	without := int64(0)
	l := r.lists["test_summary"]
	for _, x := range l.rows {
		if strings.HasPrefix(l.text(x, "state"), "no result") {
			without++
		}
	}
	row("no result on record", without)
	open := int64(0)
	for _, m := range r.d.Manual {
		if m.Status != export.ProvidedStatus {
			open++
		}
	}
	row("manual points open", open)
	r.put(markup("</tbody></table></div>\n<p>"), counted(int64(len(r.d.Deviations)), "candidate deviation stands", "candidate deviations stand")+" in the register below. Each is a candidate until management confirms or rebuts it; rebutted ones stay listed and counted.", markup("</p>\n"))
}

// matrix counts results by control and component, never one word for all.
func (r *report) matrix() {
	type pair struct{ control, component string }
	l := r.lists["test_summary"]
	cells := map[pair]map[string]int64{}
	for _, x := range l.rows {
		k := pair{l.text(x, "control_id"), orWord(l.text(x, "component_id"), everyComponent)}
		if cells[k] == nil {
			cells[k] = map[string]int64{}
		}
		cells[k][l.text(x, "state")]++
	}
	not := map[pair]bool{}
	for _, x := range r.d.NotApplicable {
		not[pair{x.Control, x.Component}] = true
	}
	heads := []string{controls.EntityComponent}
	for _, c := range r.d.Components {
		heads = append(heads, c.ID)
	}
	r.put(markup("<p>Each cell counts results, one for each test of the control, not items. The entity's column holds tests that are run once for all.</p>\n<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th scope=\"col\">Control</th>"))
	for _, h := range heads {
		r.put(markup("<th scope=\"col\">"), short(h), markup("</th>"))
	}
	r.put(markup("</tr></thead><tbody>\n"))
	for i, c := range r.d.Controls {
		r.put(markup(fmt.Sprintf("<tr><th scope=\"row\"><a href=\"#control-%d\">", i+1)), short(c.ID), markup("</a> "), short(c.Title), markup("</th>"))
		for _, h := range heads {
			r.put(markup("<td>"))
			some := false
			for _, k := range []pair{{c.ID, h}, {c.ID, everyComponent}} {
				if h == controls.EntityComponent && k.component == everyComponent {
					continue
				}
				r.cellCounts(cells[k])
				some = some || len(cells[k]) > 0
			}
			if not[pair{c.ID, h}] {
				r.put(markup("<span class=\"muted\">not applicable</span>"))
			} else if !some {
				r.put(markup("<span class=\"muted\">–</span>"))
			}
			r.put(markup("</td>"))
		}
		r.put(markup("</tr>\n"))
	}
	r.put(markup("</tbody></table></div>\n"))
}

// everyComponent stands for a row that concerns all of them alike.
const everyComponent = "\x00every"

func (r *report) cellCounts(by map[string]int64) {
	left := len(by)
	put := func(words string) {
		if n := by[words]; n > 0 {
			left--
			r.put(markup("<div>"), n, " ")
			r.state(words)
			r.put(markup("</div>"))
		}
	}
	for _, s := range states {
		put(r.d.Engagement.Wording().Of(s))
	}
	if left == 0 {
		return
	}
	for _, words := range sortedKeys(by) {
		if r.stateOf(words) == controls.NoState {
			put(words)
		}
	}
}

// criteria shows each criterion with counts of its primary controls' results.
func (r *report) criteria() {
	l := r.lists["criteria_matrix"]
	r.put(markup("<p>"), l.Words, markup("</p>\n"))
	r.open(l)
	r.put(markup("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Criterion</th><th scope=\"col\">Controls, primary and supporting</th><th scope=\"col\">Results of primary controls</th><th scope=\"col\">What no record can show</th></tr></thead><tbody>\n"))
	for i, x := range l.rows {
		c := r.d.Criteria[i]
		r.put(markup("<tr class=\"row\"><th scope=\"row\">"), short(c.ID)+" ", markup("<span class=\"plain\">"), short(c.Title), markup("</span><br><span class=\"muted\">"), l.text(x, "category")+", "+l.text(x, "group"))
		if !c.InScope {
			r.put(", outside the engagement")
		}
		r.put(markup("</span></th><td>"), orWord(l.text(x, "primary_controls"), "none"), markup("<br><span class=\"muted\">"), orWord(l.text(x, "supporting_controls"), "no supporting control"), markup("</span></td><td>"))
		any := false
		for _, s := range states {
			if n := c.Counts.Of(s); n > 0 {
				any = true
				r.put(markup("<div>"), n, " ")
				r.state(r.d.Engagement.Wording().Of(s))
				r.put(markup("</div>"))
			}
		}
		if n, _ := l.get(x, "without_result").(int64); n > 0 {
			r.put(markup("<div>"), n, " without result", markup("</div>"))
		}
		if c.ManualOpen > 0 {
			r.put(markup("<div>"), counted(int64(c.ManualOpen), "manual point open", "manual points open"), markup("</div>"))
		}
		if !any {
			r.put(markup("<span class=\"muted\">no result</span>"))
		}
		r.put(markup("</td><td>"))
		r.long(c.Limit, l.path())
		r.put(markup("</td></tr>\n"))
	}
	r.put(markup("</tbody></table></div>\n"))
	r.shut()
}

func (r *report) limits() {
	r.put(markup("<ul>\n"))
	for _, s := range r.d.Limits {
		r.put(markup("<li>"))
		r.long(s, "data/dossier.json")
		r.put(markup("</li>\n"))
	}
	if len(r.d.Limits) == 0 {
		r.put(markup("<li>The dossier states none. That does not mean that there are none.</li>\n"))
	}
	r.put(markup("</ul>\n<p>Signs that hide or reorder text are shown by their code point, such as ⟦U+202E⟧; bytes that are no UTF-8 as ⟦0xFF⟧. The exact text stands in <code>data/</code>. Columns for the auditor are in the workbook only. Times are UTC unless a zone is named.</p>\n"))
}
