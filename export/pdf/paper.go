package pdf

import (
	"fmt"

	"github.com/jung-kurt/gofpdf"
)

// place is a spot that links lead to.
type place struct {
	page int
	y    float64
}

// entry is one line of the contents, and one bookmark.
type entry struct {
	title  safe
	level  int
	anchor string
}

// plan is what a document knows of itself once it has been laid out: where
// everything stands, and how many pages there are.
type plan struct {
	anchors map[string]place
	entries []entry
	pages   int
}

func (p *plan) equal(o *plan) bool {
	if p.pages != o.pages || len(p.entries) != len(o.entries) || len(p.anchors) != len(o.anchors) {
		return false
	}
	for i := range p.entries {
		if p.entries[i] != o.entries[i] {
			return false
		}
	}
	for name, at := range p.anchors {
		if o.anchors[name] != at {
			return false
		}
	}
	return true
}

// paper is the stack of pages being filled. Without a PDF document behind it,
// it measures only: the same code that draws the report then finds out where
// everything will stand.
type paper struct {
	faces *typefaces
	f     *gofpdf.Fpdf // nil while measuring
	known *plan        // from the pass before
	now   plan         // of this pass

	wide, high float64 // of a portrait page
	landscape  bool
	page       int
	y          float64
	section    safe // in the running head
	furniture  func(p *paper)
	links      map[string]int

	font faceID // what the document is set to, to say it once only
	size float64
	text rgb
	fill rgb
	draw rgb
}

const (
	marginTop    = 66.0
	marginBottom = 60.0
)

func newPaper(faces *typefaces, f *gofpdf.Fpdf, known *plan, wide, high float64) *paper {
	return &paper{
		faces: faces, f: f, known: known, wide: wide, high: high,
		now: plan{anchors: map[string]place{}}, links: map[string]int{},
		text: rgb{-1, 0, 0}, fill: rgb{-1, 0, 0}, draw: rgb{-1, 0, 0},
	}
}

func (p *paper) pageWidth() float64 {
	if p.landscape {
		return p.high
	}
	return p.wide
}

func (p *paper) pageHeight() float64 {
	if p.landscape {
		return p.wide
	}
	return p.high
}

func (p *paper) left() float64 {
	if p.landscape {
		return 46
	}
	return 56
}

func (p *paper) right() float64  { return p.pageWidth() - p.left() }
func (p *paper) width() float64  { return p.right() - p.left() }
func (p *paper) bottom() float64 { return p.pageHeight() - marginBottom }
func (p *paper) room() float64   { return p.bottom() - p.y }

// body is the height between the margins of the present page.
func (p *paper) body() float64 { return p.bottom() - marginTop }

// newPage begins a page.
func (p *paper) newPage(landscape bool) {
	p.landscape = landscape
	p.page++
	p.now.pages = p.page
	p.y = marginTop
	if p.f != nil {
		orientation := "P"
		if landscape {
			orientation = "L"
		}
		p.f.AddPageFormat(orientation, gofpdf.SizeType{Wd: p.wide, Ht: p.high})
		p.font, p.size = faceCount, 0
	}
	if p.furniture != nil {
		p.furniture(p)
	}
}

// need begins another page unless h points are left on this one.
func (p *paper) need(h float64) {
	if h > p.room() && p.y > marginTop {
		p.newPage(p.landscape)
	}
}

// gap leaves white space, except at the top of a page.
func (p *paper) gap(h float64) {
	if p.y > marginTop {
		p.y = min(p.y+h, p.bottom())
	}
}

// anchor names the present spot. The first of a name counts.
func (p *paper) anchor(name string) {
	if _, taken := p.now.anchors[name]; !taken && name != "" {
		p.now.anchors[name] = place{p.page, p.y}
	}
}

// mention puts the present spot into the contents and the bookmarks.
func (p *paper) mention(title safe, level int, anchor string) {
	if n := len(p.now.entries); n == 0 {
		level = 0
	} else {
		level = min(level, p.now.entries[n-1].level+1)
	}
	p.anchor(anchor)
	p.now.entries = append(p.now.entries, entry{title, level, anchor})
	if p.f != nil {
		// The library measures every bookmark from the height of the last
		// page, which is a portrait one.
		p.use(cellStyle)
		p.f.Bookmark(string(title), level, p.high-p.pageHeight()+p.y-12)
	}
}

// pageOf returns the page that the anchor stands on, and "" where there is no
// such anchor.
func (p *paper) pageOf(anchor string) safe {
	if at, ok := p.known.anchors[anchor]; ok {
		return num(at.page)
	}
	return ""
}

func (p *paper) link(x, y, w, h float64, anchor string) {
	at, ok := p.known.anchors[anchor]
	if p.f == nil || !ok {
		return
	}
	id, ok := p.links[anchor]
	if !ok {
		id = p.f.AddLink()
		p.f.SetLink(id, max(at.y-14, 0), at.page)
		p.links[anchor] = id
	}
	p.f.Link(x, y, w, h, id)
}

// check reports an error of the PDF library, which keeps the first one and
// from then on does nothing.
func (p *paper) check() error {
	if p.f != nil && p.f.Err() {
		return fmt.Errorf("set page %d: %w", p.page, p.f.Error())
	}
	return nil
}
