package pdf

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// faceID names one of the three embedded faces.
type faceID int

const (
	sans faceID = iota
	bold
	mono // also stands in for glyphs that the other two lack
	faceCount
)

// perEm is the unit of all advances: 1/1000 of the type size, as in PDF.
const perEm = 1000

// basicPlane is the number of code points that the PDF library can set.
const basicPlane = 0x10000

type typeface struct {
	family, style string
	ttf           []byte
	advance       []uint16 // by code point; 0 = the face has no glyph
}

// typefaces holds what is needed to measure text without the PDF library.
type typefaces struct {
	list      [faceCount]typeface
	printable []bool // by code point: some face has the glyph, and it is safe to show as it is
}

var loadTypefaces = sync.OnceValues(func() (*typefaces, error) {
	t := &typefaces{list: [faceCount]typeface{
		sans: {family: "text", ttf: liberationsansregular.TTF},
		bold: {family: "text", style: "B", ttf: liberationsansbold.TTF},
		mono: {family: "mono", ttf: dejavusansmono.TTF},
	}}
	for i := range t.list {
		if err := t.list[i].measure(); err != nil {
			return nil, fmt.Errorf("read the embedded typeface %d: %w", i, err)
		}
	}
	t.printable = make([]bool, basicPlane)
	for r := range t.printable {
		t.printable[r] = t.hasGlyph(rune(r)) && showsItself(rune(r))
	}
	return t, nil
})

func (f *typeface) measure() error {
	parsed, err := sfnt.Parse(f.ttf)
	if err != nil {
		return err
	}
	var buf sfnt.Buffer
	f.advance = make([]uint16, basicPlane)
	for r := range rune(basicPlane) {
		glyph, err := parsed.GlyphIndex(&buf, r)
		if err != nil {
			return err
		}
		if glyph == 0 {
			continue
		}
		width, err := parsed.GlyphAdvance(&buf, glyph, fixed.I(perEm), font.HintingNone)
		if err != nil {
			return err
		}
		f.advance[r] = uint16(width.Round())
	}
	return nil
}

func (t *typefaces) hasGlyph(r rune) bool {
	for i := range t.list {
		if t.list[i].advance[r] != 0 {
			return true
		}
	}
	return false
}

// faceOf returns the face that sets r where want is asked for.
func (t *typefaces) faceOf(want faceID, r rune) faceID {
	switch {
	case t.list[want].advance[r] != 0:
		return want
	case t.list[mono].advance[r] != 0:
		return mono
	default:
		return sans
	}
}

func (t *typefaces) advanceOf(want faceID, r rune) int {
	if a := t.list[want].advance[r]; a != 0 {
		return int(a)
	}
	return int(t.list[t.faceOf(want, r)].advance[r])
}

// width returns how wide the text is, in points.
func (t *typefaces) width(text safe, st style) float64 {
	sum := 0
	for _, r := range text {
		sum += t.advanceOf(st.face, r)
	}
	return float64(sum) * st.size / perEm
}

// embed gives the faces to the PDF library. Each document has its own copy of
// the bytes, because the library writes behind the end of tables it pads.
func (t *typefaces) embed(f *gofpdf.Fpdf) {
	for i := range t.list {
		f.AddUTF8FontFromBytes(t.list[i].family, t.list[i].style, bytes.Clone(t.list[i].ttf))
	}
}
