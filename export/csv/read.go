package csv

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// MaxLine bounds one line, its quoted line ends included, in bytes.
const MaxLine = 16 << 20

// ErrForm is the error of bytes that are not in this package's spelling. It is a
// finding, unlike an error of a disk that could not be read.
var ErrForm = errors.New("not in the form that CSV files of a package have")

// Cell is what one cell says. A cell that is no text holds the spelling of a
// number or of a boolean, or nothing.
type Cell struct {
	Text  bool // it was quoted
	Value string
}

// Reader reads what this package writes, and nothing else: another spelling of
// the same cells is an error.
type Reader struct {
	r     *bufio.Reader
	cells []Cell
	buf   []byte
	line  int64
}

// NewReader returns a reader before the first line, which is the header.
func NewReader(r io.Reader) *Reader { return &Reader{r: bufio.NewReaderSize(r, 64<<10)} }

// Read returns the cells of the next line, or io.EOF. They are valid until the
// next call.
func (r *Reader) Read() ([]Cell, error) {
	r.cells, r.buf = r.cells[:0], r.buf[:0]
	if _, err := r.r.Peek(1); err != nil {
		return nil, err //nolint:wrapcheck // io.EOF is the answer
	}
	r.line++
	for {
		cell, last, err := r.cell()
		if err != nil {
			if err == io.EOF { //nolint:errorlint // a wrapped EOF is a file that could not be read to its end
				err = fmt.Errorf("%w: the line has no end", ErrForm)
			}
			return nil, fmt.Errorf("CSV, line %d, cell %d: %w", r.line, len(r.cells)+1, err)
		}
		r.cells = append(r.cells, cell)
		if last {
			return r.cells, nil
		}
	}
}

func (r *Reader) next() (byte, error) {
	c, err := r.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if len(r.buf) >= MaxLine {
		return 0, fmt.Errorf("%w: the line is longer than %d bytes", ErrForm, MaxLine)
	}
	r.buf = append(r.buf, c)
	return c, nil
}

// cell reads one cell and what ends it. last reports that it ends the line.
func (r *Reader) cell() (Cell, bool, error) {
	start := len(r.buf)
	c, err := r.next()
	if err != nil {
		return Cell{}, false, err
	}
	if c == '"' {
		return r.text()
	}
	for c != ',' && c != '\r' {
		if c <= ' ' || c > '~' || c == '"' || c == '\'' {
			return Cell{}, false, fmt.Errorf("%w: byte %#02x stands outside quotes", ErrForm, c)
		}
		if c, err = r.next(); err != nil {
			return Cell{}, false, err
		}
	}
	value := string(r.buf[start : len(r.buf)-1])
	last, err := r.end(c)
	return Cell{Value: value}, last, err
}

// text reads the rest of a quoted cell.
func (r *Reader) text() (Cell, bool, error) {
	var out []byte
	for {
		c, err := r.next()
		if err != nil {
			return Cell{}, false, err
		}
		if c == '"' {
			if c, err = r.next(); err != nil {
				return Cell{}, false, err
			}
			if c != '"' {
				if !utf8.Valid(out) {
					return Cell{}, false, fmt.Errorf("%w: text that is not UTF-8", ErrForm)
				}
				value := Unescape(string(out))
				if Escape(value) != string(out) {
					return Cell{}, false, fmt.Errorf("%w: text that a spreadsheet could take for a formula, or a needless apostrophe", ErrForm)
				}
				last, err := r.end(c)
				return Cell{Text: true, Value: value}, last, err
			}
		}
		out = append(out, c)
	}
}

// end checks the byte behind a cell: a comma, or the line's end.
func (r *Reader) end(c byte) (last bool, err error) {
	if c == ',' {
		return false, nil
	}
	if c == '\r' {
		if c, err = r.next(); err != nil {
			return false, err
		}
		if c == '\n' {
			return true, nil
		}
	}
	return false, fmt.Errorf("%w: byte %#02x stands behind a cell", ErrForm, c)
}
