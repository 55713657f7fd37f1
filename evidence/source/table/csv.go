package table

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxColumns bounds the header of a CSV file.
const maxColumns = 4096

// csvReader reads RFC 4180: quoted cells may hold line ends, a quotation mark
// in them is doubled. Unlike encoding/csv it bounds a row, and stops at a
// quotation mark out of place, after which nobody knows where rows begin.
type csvReader struct {
	lines     lines
	delimiter byte
	header    map[string]int
	names     []string
	row       []byte // the text of all cells of the row
	ends      []int
}

// newCSV begins with the header line, or takes the names that the format gives
// where it writes none.
func newCSV(r *bufio.Reader, delimiter byte, names []string) (*csvReader, error) {
	c := &csvReader{lines: lines{r: r}, delimiter: delimiter, header: map[string]int{}}
	cells, err := names, error(nil)
	if len(names) == 0 {
		cells, _, err = c.read()
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, &cutError{0, "it is empty: not even a header line"}
	case err != nil:
		return nil, err
	case len(cells) > maxColumns:
		return nil, &cutError{1, fmt.Sprintf("a header of more than %d columns", maxColumns)}
	}
	for i, name := range cells {
		name = strings.TrimSpace(name)
		if _, twice := c.header[name]; twice {
			return nil, &cutError{1, fmt.Sprintf("the header names column %d as an earlier one: rename one of them", i+1)}
		}
		c.header[name] = i
		c.names = append(c.names, name)
	}
	return c, nil
}

// read returns the cells of the next row and the line it begins at.
func (c *csvReader) read() ([]string, int64, error) {
	c.row, c.ends = c.row[:0], c.ends[:0]
	line, _, err := c.lines.next()
	for err == nil && len(line) == 0 { // an empty line is no row
		line, _, err = c.lines.next()
	}
	if err != nil {
		return nil, 0, err
	}
	at := c.lines.no
	if bytes.IndexByte(line, '"') < 0 {
		cells := strings.Split(string(line), string(c.delimiter))
		return cells, at, nil
	}
	for {
		var done bool
		if line, done, err = c.cell(line, at); err != nil {
			return nil, 0, err
		}
		c.ends = append(c.ends, len(c.row))
		if done {
			break
		}
	}
	text := string(c.row)
	cells := make([]string, len(c.ends))
	start := 0
	for i, end := range c.ends {
		cells[i], start = text[start:end], end
	}
	return cells, at, nil
}

// cell reads one cell from the rest of a line, and more lines if it is quoted
// over them. done says that it was the row's last.
func (c *csvReader) cell(line []byte, at int64) (rest []byte, done bool, err error) {
	if len(line) == 0 || line[0] != '"' {
		n := bytes.IndexByte(line, c.delimiter)
		if n < 0 {
			n = len(line)
		}
		if bytes.IndexByte(line[:n], '"') >= 0 {
			return nil, false, &cutError{c.lines.no, "a quotation mark inside a cell that is not quoted"}
		}
		c.row = append(c.row, line[:n]...)
		if n == len(line) {
			return nil, true, nil
		}
		return line[n+1:], false, nil
	}
	line = line[1:]
	for {
		n := bytes.IndexByte(line, '"')
		switch {
		case n < 0: // the cell goes on in the next line
			c.row = append(append(c.row, line...), '\n')
			if len(c.row) > maxRow {
				return nil, false, &cutError{at, fmt.Sprintf("a row longer than %d bytes: is a quotation mark missing?", maxRow)}
			}
			if line, _, err = c.lines.next(); errors.Is(err, io.EOF) {
				return nil, false, &cutError{at, "a quoted cell that does not end"}
			} else if err != nil {
				return nil, false, err
			}
			continue
		case n+1 < len(line) && line[n+1] == '"':
			c.row = append(c.row, line[:n+1]...)
			line = line[n+2:]
			continue
		}
		c.row = append(c.row, line[:n]...)
		switch line = line[n+1:]; {
		case len(line) == 0:
			return nil, true, nil
		case line[0] == c.delimiter:
			return line[1:], false, nil
		}
		return nil, false, &cutError{c.lines.no, "something behind the quotation mark that ends a cell"}
	}
}

// readCSV calls each with every row. A row with another number of cells than
// the header is rejected: which cell is missing cannot be known.
func (f *fileReader) readCSV(r *bufio.Reader) error {
	c, err := newCSV(r, f.c.delimiter, f.c.form.Header)
	if err != nil {
		return err
	}
	if err := f.bindHeader(c.header, c.names); err != nil {
		return err
	}
	for {
		cells, at, err := c.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(cells) != len(c.names) {
			err = f.reject(at, fmt.Sprintf("%d cells, and the header has %d", len(cells), len(c.names)))
		} else {
			err = f.take(&row{item: at, header: c.header, cells: cells})
		}
		if err != nil {
			return err
		}
	}
}
