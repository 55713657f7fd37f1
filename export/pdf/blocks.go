package pdf

import "github.com/tieout/tieout/controls"

// para is one piece of running text in a style. It may lead somewhere and may
// carry the mark of a state.
type para struct {
	st     style
	text   safe
	goTo   string
	marked bool
	state  controls.State
}

// line is one line of a paragraph, ready to be set.
type line struct {
	*para
	text  safe
	first bool
}

const markWidth = 9.0

// setLines lays paragraphs out to a width.
func (p *paper) setLines(paras []para, width float64) (lines []line, height float64) {
	for i := range paras {
		q := &paras[i]
		w := width
		if q.marked {
			w -= markWidth
		}
		for n, text := range p.faces.wrap(q.text, q.st, w) {
			lines = append(lines, line{q, text, n == 0})
			height += q.st.lead
		}
	}
	return lines, height
}

// drawLine sets a line whose top is y.
func (p *paper) drawLine(l line, x, y, width float64, right bool) {
	if p.f == nil {
		return
	}
	base := y + l.st.lead*0.5 + l.st.size*0.34
	if l.marked {
		if l.first {
			p.mark(l.state, x, base, l.st.size)
		}
		x += markWidth
		width -= markWidth
	}
	w := 0.0
	if right || l.goTo != "" {
		w = p.faces.width(l.text, l.st)
	}
	if right {
		x += width - w
	}
	p.put(x, base, l.text, l.st)
	if l.goTo != "" {
		p.link(x, y, w, l.st.lead, l.goTo)
	}
}

// flow sets paragraphs over the full width, across pages where it must.
func (p *paper) flow(paras ...para) { p.flowIn(p.left(), p.width(), paras...) }

func (p *paper) flowIn(x, width float64, paras ...para) {
	lines, _ := p.setLines(paras, width)
	for i, l := range lines {
		h := l.st.lead
		if i == 0 && len(lines) > 1 {
			h *= 2 // no first line alone at the foot of a page
		}
		p.need(h)
		p.drawLine(l, x, p.y, width, false)
		p.y += l.st.lead
	}
}

// prose sets one paragraph of running text, no wider than reads well.
func (p *paper) prose(text safe) {
	p.flowIn(p.left(), min(p.width(), 500), para{st: bodyStyle, text: text})
	p.gap(5)
}

// bullet sets one point of a list, its lines hanging beside the dash.
func (p *paper) bullet(text safe) {
	p.need(min(2, float64(len(p.faces.wrap(text, bodyStyle, p.width()-10)))) * bodyStyle.lead)
	p.put(p.left(), p.y+bodyStyle.lead*0.5+bodyStyle.size*0.34, "–", bodyStyle.in(muted))
	p.flowIn(p.left()+10, p.width()-10, para{st: bodyStyle, text: text})
	p.gap(1.5)
}

func (p *paper) note(text safe) {
	p.flowIn(p.left(), min(p.width(), 520), para{st: noteStyle, text: text})
	p.gap(3)
}

// sectionPage begins a section on a new page.
func (p *paper) sectionPage(title safe, anchor string, landscape bool) {
	p.section = title
	p.newPage(landscape)
	p.sectionTitle(title, anchor)
}

// sectionHere begins a short section on the page that is being filled, where
// there is room for one.
func (p *paper) sectionHere(title safe, anchor string, landscape bool) {
	if p.landscape != landscape || p.room() < 0.4*p.body() {
		p.sectionPage(title, anchor, landscape)
		return
	}
	p.section = title
	p.gap(22)
	p.sectionTitle(title, anchor)
}

func (p *paper) sectionTitle(title safe, anchor string) {
	p.mention(title, 0, anchor)
	p.flow(para{st: h1Style, text: title})
	p.y += 3
	p.rule(p.left(), p.left()+36, p.y, 1.6, accent)
	p.y += 11
}

func (p *paper) h2(text safe, keep float64) {
	p.gap(11)
	p.need(h2Style.lead + keep)
	p.flow(para{st: h2Style, text: text})
	p.y += 3
}

func (p *paper) h3(text safe, keep float64) {
	p.gap(8)
	p.need(h3Style.lead + keep)
	p.flow(para{st: h3Style, text: text})
	p.y += 1.5
}

// pair is a label and what it says.
type pair struct {
	label safe
	value []para
}

func says(label, text safe) pair { return pair{label, []para{{st: bodyStyle, text: text}}} }

// pairs sets labels in a narrow column and their values beside them.
func (p *paper) pairs(labelWidth float64, list ...pair) {
	labels := bodyStyle.in(muted)
	for _, one := range list {
		x, w := p.left()+labelWidth, p.width()-labelWidth
		label, labelHigh := p.setLines([]para{{st: labels, text: one.label}}, labelWidth-10)
		value, high := p.setLines(one.value, w)
		if h := max(labelHigh, min(high, 4*bodyStyle.lead)); h > p.room() {
			p.need(h)
		}
		y, page := p.y, p.page
		for i, l := range label {
			p.drawLine(l, p.left(), y+float64(i)*labels.lead, labelWidth-10, false)
		}
		for _, l := range value {
			p.need(l.st.lead)
			p.drawLine(l, x, p.y, w, false)
			p.y += l.st.lead
		}
		if p.page == page {
			p.y = max(p.y, y+labelHigh)
		}
		p.y += 2.2
	}
}

// code sets lines in the fixed-width face on a tint, with a bar that shows
// where wrapped lines go on.
func (p *paper) code(list []safe) {
	const pad = 7.0
	x, w := p.left(), p.width()
	p.need(2*codeStyle.lead + 8)
	p.rect(x, p.y, w, 4, tint)
	p.y += 4
	for _, text := range list {
		wrapped := p.faces.wrap(text, codeStyle, w-2*pad)
		if len(wrapped) == 0 {
			wrapped = []safe{""}
		}
		for i, l := range wrapped {
			p.need(codeStyle.lead)
			p.rect(x, p.y, w, codeStyle.lead+0.3, tint)
			if i > 0 {
				p.rect(x+2.5, p.y+1, 0.8, codeStyle.lead-2, faint)
			}
			p.put(x+pad, p.y+codeStyle.lead*0.5+codeStyle.size*0.34, l, codeStyle)
			p.y += codeStyle.lead
		}
	}
	p.rect(x, p.y, w, 4, tint)
	p.y += 9
}

// panel sets paragraphs beside a coloured bar. It breaks across pages.
func (p *paper) panel(c rgb, paras ...para) {
	x, w := p.left()+11, p.width()-11
	lines, high := p.setLines(paras, w)
	if high < p.body()/2 {
		p.need(high + 6)
	}
	for _, l := range lines {
		p.need(l.st.lead)
		p.rect(p.left(), p.y, 2.4, l.st.lead+0.3, c)
		p.drawLine(l, x, p.y, w, false)
		p.y += l.st.lead
	}
	p.gap(8)
}
