// Package leak looks for secrets in what is about to leave the house: tokens
// and keys of well-known shapes, in files that are read from front to back. It
// is a net with a known mesh: what has no shape of its own passes through.
package leak

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Found is a place that looks like a secret. The text itself is not kept.
type Found struct {
	Shape  string
	Offset int64 // in bytes, from 0
}

// A window is looked through at once; the next one begins with the last bytes
// of it, so that nothing is cut in two. No shape needs more than that.
const (
	window  = 256 << 10
	overlap = 4 << 10
)

// Find reads to the end and returns the first places, at most most. An error is
// one of reading: nothing is known then.
func Find(r io.Reader, most int) ([]Found, error) {
	var out []Found
	buf := make([]byte, window)
	at, kept := int64(0), 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return nil, fmt.Errorf("look for secrets: %w", err)
		}
		text := buf[:kept+n]
		end := len(text) // places from here on are seen in the next window
		if !last {
			end -= overlap
		}
		for i := range Shapes {
			s := &Shapes[i]
			for from := 0; from < end; {
				k := bytes.Index(text[from:], []byte(s.literal))
				if k < 0 || from+k >= end {
					break
				}
				if from += k; s.whole.Match(text[from:]) {
					out = append(out, Found{s.Name, at + int64(from)})
				}
				if len(out) == most {
					return out, nil
				}
				from += len(s.literal)
			}
		}
		if last {
			return out, nil
		}
		kept = copy(buf, text[end:])
		at += int64(end)
	}
}
