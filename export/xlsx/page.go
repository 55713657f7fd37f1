package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// flushAt is how many bytes of rows are gathered before they are compressed.
const flushAt = 64 << 10

// pageWriter writes the rows of one sheet of the package into its pages, each
// inside what the workbook library made for it.
type pageWriter struct {
	c     container
	shell *shell
	s     *section
	first int // number of the first page in the workbook, from 1
	rows  *rowWriter

	out  io.Writer
	buf  []byte
	tail []byte // what follows the rows of the page
	at   int    // page of the section
	on   int64  // rows on the page so far
}

// errChanged is the error of rows that are others the second time.
var errChanged = errors.New("the rows changed between counting and writing them")

func (p *pageWriter) write() error {
	if err := p.begin(); err != nil {
		return err
	}
	line := int64(0)
	for row, err := range p.s.Rows() {
		line++
		if err == nil {
			err = p.add(line, row)
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", line, err)
		}
	}
	if line != p.s.rows {
		return errChanged
	}
	return p.end()
}

func (p *pageWriter) add(line int64, row []any) (err error) {
	if p.on == p.s.pages[p.at].rows {
		if p.at+1 == len(p.s.pages) {
			return errChanged
		}
		if err := p.end(); err != nil {
			return err
		}
		p.at, p.on = p.at+1, 0
		if err := p.begin(); err != nil {
			return err
		}
	}
	p.on++
	if p.buf, err = p.rows.append(p.buf, p.on+1, line, row); err != nil {
		return err
	}
	if len(p.buf) >= flushAt {
		return p.flush()
	}
	return nil
}

// begin starts a page: what stands before its rows, and the header row.
func (p *pageWriter) begin() error {
	name := fmt.Sprintf("xl/worksheets/sheet%d.xml", p.first+p.at)
	part, err := p.shell.parts.take(name)
	if err != nil {
		return err
	}
	const end = "</sheetData>"
	at := bytes.Index(part, []byte(end))
	if at < 0 {
		return fmt.Errorf("the workbook library made %s without a place for rows", name)
	}
	p.tail = part[at:]
	p.buf = append(p.buf, part[:at]...)
	p.out, err = p.c.create(name)
	return err
}

// end finishes a page.
func (p *pageWriter) end() error {
	p.buf = append(p.buf, p.tail...)
	return p.flush()
}

func (p *pageWriter) flush() error {
	_, err := p.out.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}
