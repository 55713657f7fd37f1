package pdf

import (
	"github.com/jung-kurt/gofpdf"

	"github.com/tieout/tieout/controls"
)

// use sets the face, size and colour, where they are not set already.
func (p *paper) use(st style) {
	if p.font != st.face || p.size != st.size {
		p.f.SetFont(p.faces.list[st.face].family, p.faces.list[st.face].style, st.size)
		p.font, p.size = st.face, st.size
	}
	if p.text != st.ink {
		p.f.SetTextColor(st.ink.r, st.ink.g, st.ink.b)
		p.text = st.ink
	}
}

// put sets one line with its base line at y.
func (p *paper) put(x, y float64, text safe, st style) {
	if p.f == nil || text == "" {
		return
	}
	from, face := 0, st.face
	for i, r := range text {
		want := p.faces.faceOf(st.face, r)
		if want == face {
			continue
		}
		x = p.run(x, y, text[from:i], st, face)
		from, face = i, want
	}
	p.run(x, y, text[from:], st, face)
}

func (p *paper) run(x, y float64, text safe, st style, face faceID) float64 {
	if text == "" {
		return x
	}
	st.face = face
	p.use(st)
	p.f.Text(x, y, string(text))
	return x + p.faces.width(text, st)
}

func (p *paper) putRight(x, y float64, text safe, st style) {
	if p.f != nil {
		p.put(x-p.faces.width(text, st), y, text, st)
	}
}

func (p *paper) rect(x, y, w, h float64, c rgb) {
	if p.f == nil {
		return
	}
	p.filling(c)
	p.f.Rect(x, y, w, h, "F")
}

func (p *paper) frame(x, y, w, h, line float64, c rgb) {
	if p.f == nil {
		return
	}
	p.drawing(c, line)
	p.f.Rect(x, y, w, h, "D")
}

func (p *paper) rule(x1, x2, y, line float64, c rgb) {
	if p.f == nil {
		return
	}
	p.drawing(c, line)
	p.f.Line(x1, y, x2, y)
}

func (p *paper) filling(c rgb) {
	if p.fill != c {
		p.f.SetFillColor(c.r, c.g, c.b)
		p.fill = c
	}
}

func (p *paper) drawing(c rgb, line float64) {
	if p.draw != c {
		p.f.SetDrawColor(c.r, c.g, c.b)
		p.draw = c
	}
	p.f.SetLineWidth(line)
}

// mark draws the small sign of a state. Every state has a shape of its own.
func (p *paper) mark(s controls.State, x, base, size float64) {
	if p.f == nil {
		return
	}
	c := stateInk(s)
	h := size * 0.62
	top, mid := base-size*0.66, base-size*0.35
	at := func(dx, dy float64) gofpdf.PointType { return gofpdf.PointType{X: x + dx, Y: top + dy} }
	p.filling(c)
	p.drawing(c, 0.7)
	switch s {
	case controls.Deviation:
		p.f.Polygon([]gofpdf.PointType{at(h/2, -0.5), at(h+0.5, h/2), at(h/2, h+0.5), at(-0.5, h/2)}, "F")
	case controls.Indeterminate:
		p.f.Polygon([]gofpdf.PointType{at(h/2, 0), at(h, h), at(0, h)}, "D")
	case controls.NotTested:
		p.f.Rect(x, top, h, h, "D")
		p.f.Line(x, top+h, x+h, top)
	case controls.NotOccurring:
		p.f.Circle(x+h/2, mid, h/2, "D")
	case controls.NotDue:
		p.f.Line(x, mid, x+h, mid)
		p.f.Line(x+h, mid-h/3, x+h, mid+h/3)
	case controls.Pass:
		p.f.Circle(x+h/2, mid, h/3.2, "F")
	default:
		p.f.Line(x+h/2, top, x+h/2, top+h)
	}
}
