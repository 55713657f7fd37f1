package pdf

import (
	"strings"

	"github.com/tieout/tieout/export"
)

const (
	preparedWords safe = "Prepared by the management of the entity named above, with the tool named above. " +
		"What follows are management's own test results. They are not a service auditor's tests, this is not a SOC 2 report, and it gives no opinion. "
	reliedWords safe = "The section “Can I rely on this?” says what each population rests on and what it cannot show."
)

// cover sets the first page: what this is, whether it is complete, and what it
// must not be taken for.
func (r *report) cover() {
	p, d := r.p, r.d
	p.newPage(false)
	p.anchor("section:cover")
	p.rect(0, 0, p.pageWidth(), 7, accent)
	p.y = 92
	p.flow(para{st: h3Style, text: "EVIDENCE PACKAGE ON AI COMPONENTS · " + r.stage()})
	p.y += 12
	title := orWord(r.name(d.Entity.Name), "Entity not named")
	st := titleStyle
	if len(p.faces.wrap(title, st, p.width())) > 2 {
		st = h1Style
	}
	p.flow(para{st: st, text: title})
	p.flow(para{st: subStyle, text: orWord(r.name(d.Entity.System), "System not named")})
	p.y += 14
	p.rule(p.left(), p.right(), p.y, 0.5, faint)
	p.y += 10
	e := d.Engagement
	rows := []pair{}
	switch e.Type {
	case 1:
		rows = append(rows, pair{"Engagement", []para{
			{st: bodyStyle, text: "SOC 2 Type 1, as of " + day(e.To)},
			{st: noteStyle, text: "From what was seen within " + counted(e.Within, "day", "days") + " of it. How things stood on that day; nothing is said of a period, and no rate is given."},
		}})
	case 2:
		rows = append(rows, says("Engagement", "SOC 2 Type 2, "+day(e.From)+" to "+day(e.To)+", both days included"))
	default:
		rows = append(rows, says("Engagement", "type not stated, "+day(e.From)+" to "+day(e.To)))
	}
	rows = append(rows,
		pair{"Zone", []para{
			{st: bodyStyle, text: orWord(r.name(e.Zone), "not stated")},
			{st: noteStyle, text: "In UTC: from " + when(e.Window.From) + " to before " + when(e.Window.To)},
		}},
		says("Categories", orNone(r.words(e.Categories))),
		says("Run", orWord(r.name(d.Run.ID), "not named")+", period frozen "+when(d.Run.At)),
		says("Tool", orWord(r.name(d.Run.Tool), "not stated")+", "+orWord(r.name(d.Run.Engine), "engine not stated")),
		says("Prepared by", orWord(r.name(d.Run.PreparedBy), "not stated")),
		pair{"Content digest", []para{{st: monoStyle, text: orWord(r.name(r.o.ContentDigest), "not stated")}}},
	)
	if d.Freezes != nil {
		rows = append(rows, says("Freeze", r.cell(export.FreezeWords(d.Freezes))))
	}
	if n := export.InterimCount(d); n > 0 {
		rows = append(rows, pair{"Interim", []para{{st: bodyStyle.in(amber), text: num(n) + " of " + counted(len(d.Populations), "population", "populations") + " pulled before the period's end: what came later is not in them."}}})
	}
	if d.Supersedes != "" {
		rows = append(rows, pair{"Supersedes", []para{
			{st: monoStyle, text: r.name(d.Supersedes)},
			{st: noteStyle, text: "This package corrects an earlier one, which stays as it was."},
		}})
	}
	p.pairs(96, rows...)
	p.y += 14
	r.completeness()
	_, statement := p.setLines(r.statementParas(), p.width())
	if p.room() > statement+5*leadStyle.lead+30 {
		r.guide()
	}
	r.disclaimer(statement)
}

// guide leads to the pages to read first.
func (r *report) guide() {
	p := r.p
	p.gap(8)
	for _, to := range []struct {
		words  safe
		anchor string
	}{
		{"Read first: Can I rely on this?", secReliance}, {"How to verify this package", secVerify},
		{"Result at a glance", secGlance}, {"Not tested, and why", secNotTested},
	} {
		p.flow(para{st: leadStyle.in(accent), text: to.words + ", page " + p.pageOf(to.anchor), goTo: to.anchor})
	}
}

func (r *report) statementParas() []para {
	words := preparedWords + r.p.faces.clean(export.MeaningWords(r.d.Engagement)) + " " + reliedWords
	return []para{{st: h3Style, text: "WHAT THIS DOCUMENT IS, AND IS NOT"}, {st: bodyStyle, text: words}}
}

// disclaimer sets the statement at the foot of the cover.
func (r *report) disclaimer(high float64) {
	p := r.p
	p.gap(16)
	p.need(high)
	p.y = max(p.y, p.bottom()-high-6)
	p.rule(p.left(), p.right(), p.y-9, 0.5, faint)
	p.flow(r.statementParas()...)
}

// completeness says on the cover whether the package is complete, and why not.
func (r *report) completeness() {
	d := r.d
	big := style{bold, 13, 18, ink}
	if r.complete() {
		r.p.panel(accent,
			para{st: big, text: "COMPLETE"},
			para{st: bodyStyle, text: "No gap and no open source stands on record for what is in scope. This says nothing about the results."})
		return
	}
	paras := []para{{st: big.in(alarm), text: "NOT COMPLETE"}}
	if len(d.Incomplete) == 0 {
		paras = append(paras, para{st: bodyStyle, text: "The dossier gives no reason. Ask management for one before relying on anything here."})
	}
	if d.Complete {
		paras = append(paras, para{st: bodyStyle, text: "The dossier is marked complete, yet it lists reasons why it is not. The reasons win."})
	}
	for i, why := range d.Incomplete {
		if i == maxReasons {
			paras = append(paras, para{st: bodyStyle, goTo: secNotTested,
				text: "… and " + counted(len(d.Incomplete)-i, "more reason", "more reasons") + ", all of them on page " + r.p.pageOf(secNotTested)})
			break
		}
		paras = append(paras, para{st: bodyStyle, text: "– " + r.say(why, 220, "section “Not tested and why”")})
	}
	r.p.panel(alarm, paras...)
}

// words turns names of closed lists, such as processing_integrity, into words.
func (r *report) words(list []string) safe {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ReplaceAll(s, "_", " ")
	}
	return r.list(out)
}

// word is words for one name.
func (r *report) word(s string) safe { return r.name(strings.ReplaceAll(s, "_", " ")) }

func orWord(s, otherwise safe) safe {
	if s == "" {
		return otherwise
	}
	return s
}

// contents sets the list of sections and controls with their pages.
func (r *report) contents() {
	p := r.p
	p.section = "Contents"
	p.newPage(false)
	p.anchor("section:contents")
	p.flow(para{st: h1Style, text: "Contents"})
	p.y += 8
	for _, e := range p.known.entries {
		st, indent := contentBold, 0.0
		if e.level > 0 {
			st, indent = contentStyle, 14
		}
		p.need(st.lead)
		x, base := p.left()+indent, p.y+st.lead*0.5+st.size*0.34
		title := r.fit(e.title, st, p.right()-x-60)
		p.put(x, base, title, st)
		page := p.pageOf(e.anchor)
		p.putRight(p.right(), base, page, st)
		if e.level > 0 {
			p.leaders(x+p.faces.width(title, st)+6, p.right()-p.faces.width(page, st)-6, base, st)
		}
		p.link(p.left(), p.y, p.width(), st.lead, e.anchor)
		p.y += st.lead
	}
}

// leaders leads the eye from a title to its page number.
func (p *paper) leaders(x1, x2, base float64, st style) {
	if p.f == nil || x2-x1 < 10 {
		return
	}
	p.drawing(faint, 0.6)
	p.f.SetDashPattern([]float64{0.6, 2.4}, 0)
	p.f.Line(x1, base-1, x2, base-1)
	p.f.SetDashPattern(nil, 0)
}
