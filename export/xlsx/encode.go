package xlsx

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// Options say what the package is identified by.
type Options struct {
	ContentDigest string // root over the package's content, 64 hex digits
}

// Encoder prints workbook.xlsx.
type Encoder struct{ Options Options }

var _ export.Encoder = Encoder{}

// Format returns the name that users ask for it by.
func (Encoder) Format() string { return "xlsx" }

// File returns the path in the package.
func (Encoder) File() string { return "workbook.xlsx" }

// Encode writes the dossier as a workbook.
func (e Encoder) Encode(w io.Writer, d *export.Dossier) error { return Encode(w, d, e.Options) }

// Encode writes the dossier as a workbook. Equal dossiers and options give
// equal bytes. It reads the rows of each sheet twice, once to count them, and
// holds none. What was written before an error is no workbook.
func Encode(w io.Writer, d *export.Dossier, o Options) error {
	if d == nil {
		return errors.New("write the workbook: no dossier")
	}
	at := d.Run.At.Time()
	if y := at.Year(); y < 1970 || y > 9999 {
		return fmt.Errorf("write the workbook: the run's time %s lies outside the years 1970 to 9999", d.Run.At)
	}
	if err := write(w, export.Sheets(d), aboutOf(d, o)); err != nil {
		return fmt.Errorf("write the workbook: %w", err)
	}
	return nil
}

// about is what the workbook says of itself.
type about struct {
	title, creator, digest string
	complete               bool
	deviating              string // see deviationWords
	at                     time.Time
	maxRows                int64 // rows of one sheet, its header too
}

// excelRows is how many rows a sheet can hold.
const excelRows = 1_048_576

// deviationWords is how the state of an item that deviates is printed.
func (a about) deviationWords() string {
	if a.deviating == "" {
		return controls.Deviation.Words()
	}
	return a.deviating
}

func aboutOf(d *export.Dossier, o Options) about {
	return about{
		title:   "Evidence package: " + d.Entity.Name + ", " + d.Entity.System,
		creator: d.Run.Tool, digest: o.ContentDigest,
		complete: d.Complete && len(d.Incomplete) == 0, deviating: d.Engagement.Wording().Of(controls.Deviation),
		at: d.Run.At.Time(), maxRows: excelRows,
	}
}

func write(w io.Writer, sheets []export.Sheet, a about) error {
	b, err := plan(sheets, a)
	if err != nil {
		return err
	}
	s, err := makeShell(b, a)
	if err != nil {
		return fmt.Errorf("make the empty sheets: %w", err)
	}
	return pack(w, b, s)
}
