package pdf

import (
	"errors"
	"fmt"
	"io"

	"github.com/jung-kurt/gofpdf"

	"github.com/tieout/tieout/export"
)

// Options say how the report is set, and what the package is identified by.
type Options struct {
	Paper         string // A4 or Letter; A4 where none is named
	ContentDigest string // root over the package's content, 64 hex digits
}

// Encoder prints report.pdf.
type Encoder struct{ Options Options }

var _ export.Encoder = Encoder{}

// Format returns the name that users ask for it by.
func (Encoder) Format() string { return "pdf" }

// File returns the path in the package.
func (Encoder) File() string { return "report.pdf" }

// Encode writes the dossier as a PDF.
func (e Encoder) Encode(w io.Writer, d *export.Dossier) error { return Encode(w, d, e.Options) }

// maxPasses bounds the search for a layout in which every page number that is
// printed is the right one. The second pass finds it; the third sees that.
const maxPasses = 5

// Encode writes the dossier as a PDF. Equal dossiers and options give equal
// bytes. It writes nothing unless the whole document could be made.
func Encode(w io.Writer, d *export.Dossier, o Options) (err error) {
	defer func() {
		// The PDF library panics where it meets what it cannot set.
		if r := recover(); r != nil {
			err = fmt.Errorf("set the report: %v; the other documents of the package hold the same results: leave pdf out of --format", r)
		}
	}()
	if d == nil {
		return errors.New("set the report: no dossier")
	}
	wide, high, err := paperSize(o.Paper)
	if err != nil {
		return err
	}
	at := d.Run.At.Time()
	if y := at.Year(); y < 1970 || y > 9999 {
		return fmt.Errorf("set the report: the run's time %s lies outside the years 1970 to 9999", d.Run.At)
	}
	faces, err := loadTypefaces()
	if err != nil {
		return err
	}
	known, err := settle(faces, d, o, wide, high)
	if err != nil {
		return err
	}
	f := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: gofpdf.SizeType{Wd: wide, Ht: high}})
	f.SetCreationDate(at)
	f.SetModificationDate(at)
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetProducer("tieout", true)
	f.SetCreator(string(faces.clean(d.Run.Tool)), true)
	f.SetTitle(string("Evidence package: "+faces.clean(d.Entity.Name)+", "+faces.clean(d.Entity.System)), true)
	f.SetSubject("Management's own test results. Not an auditor's report.", true)
	faces.embed(f)
	p := newPaper(faces, f, known, wide, high)
	newReport(d, o, p).write()
	if err := p.check(); err != nil {
		return fmt.Errorf("set the report: %w", err)
	}
	if !p.now.equal(known) {
		return errors.New("set the report: the page numbers did not come out as planned")
	}
	if err := f.Output(w); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// settle lays the report out without drawing until two passes agree.
func settle(faces *typefaces, d *export.Dossier, o Options, wide, high float64) (*plan, error) {
	known := &plan{anchors: map[string]place{}}
	for range maxPasses {
		p := newPaper(faces, nil, known, wide, high)
		newReport(d, o, p).write()
		if p.now.equal(known) {
			return known, nil
		}
		known = &p.now
	}
	return nil, errors.New("set the report: the page numbers do not settle")
}

func paperSize(name string) (wide, high float64, err error) {
	switch name {
	case "", "A4":
		return 595.28, 841.89, nil
	case "Letter":
		return 612, 792, nil
	}
	return 0, 0, fmt.Errorf("paper %q: choose A4 or Letter", name)
}
