package bundle

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/csv"
)

// content writes the first layer. From the dossier on, everything is made from
// what the package holds and no longer from what was handed in.
func (w *writer) content() error {
	body, err := canon.Marshal(w.in.Dossier)
	if err != nil {
		return fmt.Errorf("write the dossier: %w", err)
	}
	if w.d, err = readDossier(bytes.NewReader(body)); err != nil {
		return fmt.Errorf("the dossier could not be read again as it was written: %w", err)
	}
	if err := w.write(DossierPath, writeBytes(body)); err != nil {
		return err
	}
	if err := w.items(); err != nil {
		return err
	}
	w.d.Items = itemsOf(func() (io.ReadCloser, error) { return os.Open(w.place(ItemsPath)) })
	for _, s := range w.in.Sheets(w.d) {
		if err := w.sheet(&s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	if err := w.write(NotIncludedPath, func(out io.Writer) error { return writeNotIncluded(out, w.d) }); err != nil {
		return err
	}
	if err := w.write(TestsPath, writeBytes(w.in.TestsSQL)); err != nil {
		return err
	}
	for _, t := range w.in.Tables {
		if err := w.table(t); err != nil {
			return err
		}
	}
	if err := w.take(DatabasePath, func() (io.ReadCloser, error) { return os.Open(w.in.Database) }); err != nil {
		return err
	}
	for _, f := range w.in.Files {
		switch r, _ := roleOf(f.Path); r {
		case RoleEvidence, RoleLog, RoleCatalog, RoleManual:
		default:
			return fmt.Errorf("file %.130q: files that go in as they are stand below evidence/, logs/, catalog/ or manual/", f.Path)
		}
		if err := w.take(f.Path, f.Open); err != nil {
			return err
		}
	}
	return w.ledger()
}

// items writes the items and counts them.
func (w *writer) items() error {
	w.tally = newTally(w.d)
	err := w.write(ItemsPath, func(out io.Writer) error {
		var line []byte
		for it, err := range w.in.Dossier.Items() {
			if err != nil {
				return err
			}
			if line, err = appendItem(line[:0], it); err != nil {
				return fmt.Errorf("item %d of %s: %w", it.No, it.Test, err)
			}
			if len(line) > maxLine {
				return fmt.Errorf("item %d of %s takes %d bytes, at most %d can be read again", it.No, it.Test, len(line), maxLine)
			}
			w.tally.add(it)
			if _, err := out.Write(line); err != nil {
				return err
			}
		}
		return nil
	})
	w.rows = append(w.rows, RowCount{Path: ItemsPath, Rows: w.tally.total})
	return err
}

// sheet writes a sheet's lines and their twin in one pass over its rows.
func (w *writer) sheet(s *export.Sheet) error {
	if s.File == "" || s.File == "items" {
		return fmt.Errorf("a sheet cannot have the file name %q", s.File)
	}
	rows, err := newRowWriter(s)
	if err != nil {
		return err
	}
	path, twin := "data/"+s.File+".jsonl", "csv/"+s.File+".csv"
	count := RowCount{Path: path, CSV: twin}
	err = w.write(path, func(lines io.Writer) error {
		return w.write(twin, func(twins io.Writer) error {
			var err error
			count.Rows, err = rows.writeAll(lines, twins)
			return err
		})
	})
	w.rows = append(w.rows, count)
	return err
}

// writeAll writes every row of the sheet to both, and returns how many.
func (w *rowWriter) writeAll(lines, twins io.Writer) (n int64, err error) {
	if _, err := twins.Write(csv.AppendHeader(nil, w.keys)); err != nil {
		return 0, err
	}
	var line, twin []byte
	for row, err := range w.sheet.Rows() {
		n++
		if err != nil {
			return n, fmt.Errorf("row %d: %w", n, err)
		}
		if line, twin, err = w.appendRow(line[:0], twin[:0], row); err != nil {
			return n, fmt.Errorf("row %d: %w", n, err)
		}
		if max(len(line), len(twin)) > maxLine {
			return n, fmt.Errorf("row %d takes %d bytes, at most %d can be read again", n, max(len(line), len(twin)), maxLine)
		}
		if _, err := lines.Write(line); err != nil {
			return n, err
		}
		if _, err := twins.Write(twin); err != nil {
			return n, err
		}
	}
	return n, nil
}

func writeNotIncluded(out io.Writer, d *export.Dossier) error {
	rows, err := newRowWriter(notIncludedSheet(d))
	if err != nil {
		return err
	}
	_, err = rows.writeAll(io.Discard, out)
	return err
}

// table takes a table's lines and counts them.
func (w *writer) table(t TableFile) error {
	path := "data/tables/" + t.Name + ".jsonl"
	if r, _ := roleOf(path); r != RoleTable || t.Open == nil {
		return fmt.Errorf("table %.80q: a table has a plain name and can be opened", t.Name)
	}
	count := RowCount{Path: path}
	err := w.take(path, func() (io.ReadCloser, error) {
		r, err := t.Open()
		if err != nil {
			return nil, err
		}
		count.Rows = 0
		return &lineCounter{r, &count.Rows}, nil
	})
	w.rows = append(w.rows, count)
	return err
}

// lineCounter counts the lines of what is read through it.
type lineCounter struct {
	io.ReadCloser
	n *int64
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	*c.n += int64(bytes.Count(p[:n], []byte{'\n'}))
	return n, err
}
