package pdf

import (
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// controls sets a page or more for each control.
func (r *report) controls() {
	for i, c := range r.d.Controls {
		r.control(i, c)
	}
}

func (r *report) control(i int, c controls.Control) {
	p := r.p
	p.section = "Control " + r.name(c.ID)
	p.newPage(false)
	if i == 0 {
		p.mention("Controls", 0, "section:controls")
	}
	p.mention(r.name(c.ID)+"  "+r.name(c.Title), 1, "control:"+c.ID)
	p.flow(para{st: h3Style, text: orWord(r.word(c.Family), "family not stated") + " control · severity " + orWord(r.name(c.Severity), "not stated") +
		" · " + orWord(r.word(c.Nature), "nature not stated") + " · " + orWord(r.word(c.Frequency), "frequency not stated")})
	p.y += 2
	p.flow(para{st: controlStyle, text: r.name(c.ID) + "  " + r.name(c.Title)})
	p.y += 4
	statement := r.statement(c.Statement, leadStyle, "catalog/")
	if c.Statement == "" {
		statement = []para{{st: leadStyle.in(muted), text: "The catalogue gives no statement."}}
	}
	p.flow(statement...)
	p.gap(7)
	rows := []pair{
		{"Primary criteria", r.criteriaLines(c.Primary)},
	}
	if len(c.Supporting) > 0 {
		rows = append(rows, pair{"Supporting", r.criteriaLines(c.Supporting)})
	}
	rows = append(rows,
		pair{"Applies to", r.applies(c)},
		pair{"Manual points", r.manualLines(c)},
		says("Deficiencies", orNone(r.list(r.weakOf(c)))),
		says("Catalogue file", orWord(r.name(c.Source), "not stated")),
	)
	if c.Limit != "" {
		rows = append(rows, pair{"Limit", r.statement(c.Limit, bodyStyle, "catalog/")})
	}
	p.pairs(92, rows...)
	if len(c.Tests) == 0 {
		p.gap(6)
		p.prose("No automated test belongs to this control: what is known about it are the manual points above.")
	}
	for _, t := range c.Tests {
		r.test(c, t)
	}
	r.controlDeviations(c)
	r.auditorBox()
}

func (r *report) criteriaLines(ids []string) []para {
	if len(ids) == 0 {
		return []para{{st: bodyStyle.in(muted), text: "none"}}
	}
	var out []para
	for _, id := range ids {
		text := r.name(id)
		if x, ok := r.criteria[id]; !ok {
			text += "  (not described in the dossier)"
		} else {
			text += "  " + r.cell(x.Title)
			if !x.InScope {
				text += " (outside the engagement)"
			}
		}
		out = append(out, para{st: bodyStyle, text: text})
	}
	return out
}

// applies names the components that the control concerns, and for the others
// the reason why not.
func (r *report) applies(c controls.Control) []para {
	var in []string
	for _, x := range r.d.Components {
		if _, not := r.notFor[[2]string{c.ID, x.ID}]; !not {
			in = append(in, x.ID)
		}
	}
	text := orWord(r.list(in), "no component in scope")
	if !ofComponent(c) && len(c.Tests) > 0 {
		text = "the entity as a whole"
	}
	out := []para{{st: bodyStyle, text: text}}
	list := r.notForOf[c.ID]
	for i, x := range list {
		if i == maxList {
			out = append(out, para{st: noteStyle, text: "… and " + num(len(list)-i) + " more: data/dossier.json"})
			break
		}
		out = append(out, para{st: noteStyle, text: "Not applicable to " + r.name(x.Component) + ": " + orWord(r.cell(x.Reason), "no reason given")})
	}
	return out
}

func (r *report) manualLines(c controls.Control) []para {
	list := r.manual[c.ID]
	seen := map[string]bool{}
	var out []para
	add := func(id, words string, status safe, open bool) {
		st := bodyStyle
		if open {
			st = bodyStyle.in(amber)
		}
		out = append(out, para{st: st, text: r.name(id) + "  " + status + "  " + r.cell(words)})
	}
	for _, m := range list {
		seen[m.ID] = true
		status := orWord(r.name(m.Status), "open")
		if ids := slices.Concat(m.Documents, m.Attestations); len(ids) > 0 {
			status += " (" + r.list(ids) + ")"
		}
		add(m.ID, m.Words, status, m.Status != export.ProvidedStatus)
	}
	for _, m := range r.d.Owed(c) {
		if !seen[m.ID] {
			add(m.ID, m.Words, "status not recorded", true)
		}
	}
	if len(out) == 0 {
		return []para{{st: bodyStyle.in(muted), text: "none"}}
	}
	return out
}

// manualOpen counts what is still owed for the control.
func (r *report) manualOpen(c controls.Control) int {
	provided := map[string]bool{}
	n := 0
	for _, m := range r.manual[c.ID] {
		provided[m.ID] = true
		if m.Status != "provided" {
			n++
		}
	}
	for _, m := range r.d.Owed(c) {
		if !provided[m.ID] {
			n++
		}
	}
	return n
}

// auditorBox leaves room for what only the auditor may write.
func (r *report) auditorBox() {
	p := r.p
	const small, large = 56.0, 88.0
	p.gap(10)
	p.need(small + 2)
	high := min(large, p.room()-2)
	p.frame(p.left(), p.y, p.width(), high, 0.6, muted)
	p.put(p.left()+8, p.y+13, "FOR THE AUDITOR", headStyle)
	p.putRight(p.right()-8, p.y+13, "left empty by management", smallStyle)
	p.y += high + 2
}

// parameters says, for each parameter that a test reads, which value was in
// force, since when, and by whose word.
func (r *report) parameters(t controls.Test) {
	if len(t.Params) == 0 {
		return
	}
	p := r.p
	p.h3("PARAMETERS", 50)
	tb := p.table(column{title: "Parameter", share: 28}, column{title: "Value", share: 26}, column{title: "In force from", share: 22}, column{title: "Stated by", share: 24})
	for _, name := range t.Params {
		list := r.policies[name]
		label := []para{{st: cellBold, text: r.name(name)}, {st: cellMuted, text: r.cell(r.params[name].Words)}}
		add := func(value, from, by safe) {
			tb.row(row{cells: [][]para{label, {{st: cellStyle, text: value}}, {{st: cellStyle, text: from}}, {{st: cellStyle, text: by}}}})
		}
		if len(list) == 0 {
			add("not set", "", "no value is recorded")
		}
		for _, x := range list {
			by := orWord(r.name(x.ApprovedBy), "policy, no approver named")
			from := when(x.From)
			if x.From == 0 {
				from = "always"
			}
			if x.Default {
				by, from = "default of the catalogue: no policy stated", "whole period"
			} else if x.ApprovedBy != "" {
				by = "policy, approved by " + by
			}
			add(orWord(r.cell(r.params[name].Show(x.Value)), "not set"), from, by)
		}
	}
	tb.end("")
}

// sql prints a query as it stands, to a limit.
func (r *report) sql(text string) {
	lines := r.p.faces.lines(strings.TrimRight(strings.Trim(text, "\r\n"), " \t\r\n"))
	shown := lines
	if len(lines) > maxSQLLines {
		shown = lines[:maxSQLLines]
	}
	for i, l := range shown {
		if cut := []rune(l); len(cut) > 600 {
			shown[i] = safe(cut[:600]) + "… (" + num(len(cut)-600) + " more characters: tests.sql)"
		}
	}
	if n := len(lines) - len(shown); n > 0 {
		shown = append(shown[:len(shown):len(shown)], "… ("+counted(n, "more line", "more lines")+": tests.sql)")
	}
	r.p.code(shown)
}
