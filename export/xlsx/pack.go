package xlsx

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// level is the compression's. A higher one makes the file a seventh smaller
// and takes twice the time.
const level = 1

// entryTime is the earliest time that a container's entry can have.
var entryTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// container writes the workbook's parts, one after the other.
type container struct{ zw *zip.Writer }

// pack writes the container: the types and relations first, so that a reader
// of the first bytes knows what it is, then the sheets with their rows, then
// the other parts by name.
func pack(w io.Writer, b []section, s *shell) error {
	c := container{zip.NewWriter(w)}
	deflate, err := flate.NewWriter(nil, level)
	if err != nil {
		return err
	}
	c.zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		deflate.Reset(w) // entries are written one after the other
		return deflate, nil
	})
	if err := c.parts(s.parts, "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"); err != nil {
		return err
	}
	first := 1
	for i := range b {
		p := pageWriter{c: c, shell: s, s: &b[i], first: first, rows: newRowWriter(&b[i], s.styles)}
		if err := p.write(); err != nil {
			return fmt.Errorf("sheet %s: %w", b[i].Name, err)
		}
		first += len(b[i].pages)
	}
	if err := c.parts(s.parts, slices.SortedFunc(maps.Keys(s.parts), partOrder)...); err != nil {
		return err
	}
	return c.zw.Close()
}

// partOrder is by name, but with the parts of the workbook itself before the
// document's properties.
func partOrder(a, b string) int {
	if x, y := strings.HasPrefix(a, "xl/"), strings.HasPrefix(b, "xl/"); x != y {
		if x {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

func (c container) create(name string) (io.Writer, error) {
	return c.zw.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: entryTime})
}

// parts writes the named parts and takes them out of the collection.
func (c container) parts(all parts, names ...string) error {
	for _, name := range names {
		part, err := all.take(name)
		if err != nil {
			return err
		}
		w, err := c.create(name)
		if err != nil {
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
