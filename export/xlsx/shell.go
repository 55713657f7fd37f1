package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/xuri/excelize/v2"
)

// shell is the workbook without its rows: every part by its path, and the
// styles that the rows use.
type shell struct {
	parts  parts
	styles *styles
}

// parts collects what the workbook library would put into its container.
type parts map[string]*bytes.Buffer

// Create implements excelize.ZipWriter.
func (p parts) Create(name string) (io.Writer, error) {
	p[name] = new(bytes.Buffer)
	return p[name], nil
}

// take returns a part and removes it from the collection.
func (p parts) take(name string) ([]byte, error) {
	part := p[name]
	if part == nil {
		return nil, fmt.Errorf("the workbook library made no part %s", name)
	}
	delete(p, name)
	return part.Bytes(), nil
}

// AddFS implements excelize.ZipWriter. The library never calls it.
func (p parts) AddFS(fs.FS) error { return fmt.Errorf("no folder can be added to the workbook") }

// Close implements excelize.ZipWriter.
func (p parts) Close() error { return nil }

// makeShell makes the parts of a workbook in which every page has its header,
// widths, table and print set-up.
func makeShell(b []section, a about) (*shell, error) {
	f := excelize.NewFile()
	defer f.Close()
	st, err := makeStyles(f)
	if err != nil {
		return nil, err
	}
	first := true
	for i := range b {
		for _, p := range b[i].pages {
			if first {
				err = f.SetSheetName("Sheet1", p.name)
				first = false
			} else {
				_, err = f.NewSheet(p.name)
			}
			if err == nil {
				err = setPage(f, st, &b[i], p, a)
			}
			if err != nil {
				return nil, fmt.Errorf("sheet %s: %w", p.name, err)
			}
		}
	}
	stamp := a.at.Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: a.title, Subject: "Management's own test results. Not an auditor's report.",
		Creator: a.creator, LastModifiedBy: a.creator, Created: stamp, Modified: stamp,
	}); err != nil {
		return nil, err
	}
	if err := f.SetAppProps(&excelize.AppProperties{Application: "tieout"}); err != nil {
		return nil, err
	}
	out := &shell{parts: parts{}, styles: st}
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return out.parts })
	if _, err := f.WriteToBuffer(); err != nil {
		return nil, err
	}
	return out, nil
}
