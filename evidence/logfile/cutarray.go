package logfile

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

var (
	errLongElement = errors.New("a record that is too long to be read")
	errEarly       = errors.New("the document ends early")
)

// cutArray cuts buf behind its last whole element, and reads on where it holds
// none.
func (c *Cutter) cutArray(buf []byte) (Chunk, error) {
	a := c.array
	var spans []Span
	start, from := -1, 0
	for {
		for i := from; i < len(buf) && c.failed == nil; i++ {
			event, err := a.next(buf[i])
			if err != nil {
				c.stop(c.offset+int64(i), err)
			}
			if start >= 0 && i-start >= MaxRecord {
				c.stop(c.offset+int64(start), errLongElement)
				break
			}
			switch event {
			case begins:
				start = i
			case endsWith:
				spans = append(spans, Span{uint32(start), uint32(i + 1)})
				start = -1
			case endBefore:
				spans = append(spans, Span{uint32(start), uint32(i)})
				start = -1
			case nothing:
			}
		}
		if len(buf) == 0 && c.ended && a.state == behindAll && a.found && c.failed == nil {
			return Chunk{}, io.EOF
		}
		if c.ended && c.failed == nil {
			c.failed = a.unfinished(c.offset + int64(len(buf)))
		}
		switch {
		case c.failed != nil && len(spans) == 0:
			return Chunk{}, c.failed
		case c.ended: // a failure comes behind what was found
			return Chunk{Data: buf, Offset: c.offset, Spans: spans, Last: c.failed == nil}, nil
		case start < 0 || len(spans) > 0:
			return c.partOfArray(buf, spans, start), nil
		}
		from = len(buf)
		buf = c.fill(buf, min(2*len(buf), start+MaxRecord+2))
	}
}

// unfinished says why a document that ended at the offset has no whole list.
func (a *arrayCutter) unfinished(offset int64) error {
	switch {
	case a.state != behindAll:
		return &CutError{offset, errEarly}
	case !a.found:
		return &CutError{offset, fmt.Errorf("the document has no list at %q", "/"+strings.Join(a.path, "/"))}
	}
	return nil
}

// partOfArray keeps an element that has only begun for the next chunk.
func (c *Cutter) partOfArray(buf []byte, spans []Span, start int) Chunk {
	out := Chunk{Data: buf, Offset: c.offset, Spans: spans}
	if start >= 0 {
		out.Data = buf[:start]
		c.carry = append(c.carry, buf[start:]...)
		c.array.state = elementComes
	}
	c.offset += int64(len(out.Data))
	return out
}
