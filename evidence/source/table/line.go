package table

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
)

// cutError is the error of a file that ends, or stops making sense, before its
// end: what was read of it before stays, and a gap says that the rest is not known.
type cutError struct {
	line int64
	what string
}

func (e *cutError) Error() string {
	if e.line == 0 {
		return e.what
	}
	return fmt.Sprintf("line %d: %s", e.line, e.what)
}

// lines reads lines of bounded length.
type lines struct {
	r   *bufio.Reader
	no  int64 // of the line that next returned
	max int   // bytes of a line; maxRow if left out
	buf []byte
}

// next returns a line without its line end; it is valid until the next call.
// ended says whether a line end stood there.
func (l *lines) next() (line []byte, ended bool, err error) {
	l.buf = l.buf[:0]
	l.no++
	for {
		part, err := l.r.ReadSlice('\n')
		if bound := cmp.Or(l.max, maxRow); len(l.buf)+len(part) > bound {
			return nil, false, &cutError{l.no, fmt.Sprintf("longer than %d bytes", bound)}
		}
		switch {
		case err == nil && len(l.buf) == 0:
			return trimEnd(part), true, nil
		case err == nil:
			l.buf = append(l.buf, part...)
			return trimEnd(l.buf), true, nil
		case errors.Is(err, bufio.ErrBufferFull):
			l.buf = append(l.buf, part...)
		case err == io.EOF:
			l.buf = append(l.buf, part...)
			if len(l.buf) == 0 {
				return nil, false, io.EOF
			}
			return trimCR(l.buf), false, nil
		default:
			return nil, false, &cutError{l.no, "the file cannot be read further: " + err.Error()}
		}
	}
}

func trimEnd(b []byte) []byte { return trimCR(b[:len(b)-1]) }

func trimCR(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		b = b[:n-1]
	}
	return b
}
