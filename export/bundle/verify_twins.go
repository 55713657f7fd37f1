package bundle

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export/csv"
)

// twins reads a file of lines beside its CSV twin, cell by cell, and returns
// how many rows the lines have.
func (v *verifier) twins(path, twin string) (n int64, err error) {
	if !v.c.has(twin) {
		v.bad(FileMissing, twin, "%s has no twin", path)
		return v.countLines(path)
	}
	lines, err := v.c.open(v.ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	cells, err := v.c.open(v.ctx, twin)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, cells.Close()) }()
	t := &twinReader{csv: csv.NewReader(cells)}
	told := false
	tell := func(p, format string, args ...any) {
		if !told {
			v.bad(CountMismatch, p, format, args...)
		}
		told = true
	}
	if err := t.header(); err != nil {
		return 0, unlessCSVForm(err, func(err error) { tell(twin, "%v", err) })
	}
	next, stop := iter.Pull2(linesOf(lines))
	defer stop()
	for {
		line, err, ok := next()
		if err != nil {
			return n, unlessForm(err, func(err error) { tell(path, "line %d: %v", n+1, err) })
		}
		if !ok {
			break
		}
		n++
		if told {
			continue
		}
		if err := t.compare(line); err != nil {
			if err := unlessCSVForm(err, func(err error) { tell(twin, "row %d: %v", n, err) }); err != nil {
				return n, err
			}
		}
	}
	if !told {
		if _, err := t.csv.Read(); !errors.Is(err, io.EOF) {
			if err != nil {
				return n, unlessCSVForm(err, func(err error) { tell(twin, "%v", err) })
			}
			tell(twin, "it has more rows than the %d of %s", n, path)
		}
	}
	_, err = io.Copy(io.Discard, cells) // so that what follows is known to be unchanged too
	return n, err
}

// unlessCSVForm is unlessForm for a CSV file, of which every other error is
// one of its form too.
func unlessCSVForm(err error, tell func(error)) error {
	if errors.Is(err, errForm) || errors.Is(err, csv.ErrForm) {
		tell(err)
		return nil
	}
	return err
}

// twinReader compares lines with the rows of a CSV file.
type twinReader struct {
	csv  *csv.Reader
	keys []string
}

func (t *twinReader) header() error {
	cells, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("it has no line of names: %w", errForm)
	}
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range cells {
		if !c.Text || seen[c.Value] {
			return fmt.Errorf("its line of names has %q twice or without quotes: %w", c.Value, errForm)
		}
		seen[c.Value] = true
		t.keys = append(t.keys, c.Value)
	}
	return nil
}

// compare reads the next row and compares it with the line.
func (t *twinReader) compare(line []byte) error {
	m, err := canon.ParseObject(line)
	if err != nil || !canon.IsCanonical(line) {
		return fmt.Errorf("the line is not the canonical JSON of a row: %w", errForm)
	}
	cells, err := t.csv.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("it has fewer rows than the lines: %w", errForm)
	}
	if err != nil {
		return err
	}
	if len(cells) != len(t.keys) {
		return fmt.Errorf("%d cells under %d names: %w", len(cells), len(t.keys), errForm)
	}
	met := 0
	for i, c := range cells {
		x, has := m[t.keys[i]]
		if has {
			met++
		}
		if want, ok := cellOf(x, has); !ok || c != want {
			return fmt.Errorf("%s is %.80q and in the line %.80q: %w", t.keys[i], c.Value, fmt.Sprint(x), errForm)
		}
	}
	if met != len(m) {
		return fmt.Errorf("the line has members that the twin has no column for: %w", errForm)
	}
	return nil
}

// cellOf returns the cell that a member's value has. An absent member is an
// empty cell, and null stands in no line.
func cellOf(x any, has bool) (csv.Cell, bool) {
	switch x := x.(type) {
	case string:
		return csv.Cell{Text: true, Value: x}, true
	case canon.Number:
		return csv.Cell{Value: string(x)}, true
	case bool:
		return csv.Cell{Value: fmt.Sprint(x)}, true
	}
	return csv.Cell{}, !has
}
