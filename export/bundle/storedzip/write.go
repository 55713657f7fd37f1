package storedzip

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// MaxName bounds a name, in bytes.
const MaxName = 255

// Writer writes a container. It writes to w in order and never goes back.
type Writer struct {
	w         io.Writer
	offset    int64
	last      string
	count     int64
	directory []byte
	buf       []byte
	err       error
}

// NewWriter returns a writer that has written nothing yet.
func NewWriter(w io.Writer) *Writer { return &Writer{w: w, buf: make([]byte, 128<<10)} }

// Add writes an entry with the bytes of r. Names must come in ascending order,
// and the bytes must be as many and have the CRC that the entry says. After an
// error the container cannot be used.
func (w *Writer) Add(e Entry, r io.Reader) error {
	if w.err == nil {
		w.err = w.add(e, r)
	}
	return w.err
}

func (w *Writer) add(e Entry, r io.Reader) error {
	if e.Name == "" || len(e.Name) > MaxName || e.Size < 0 {
		return fmt.Errorf("entry %.80q with %d bytes: a name of 1 to %d bytes and a size are needed", e.Name, e.Size, MaxName)
	}
	if e.Name <= w.last {
		return fmt.Errorf("entry %q comes after %q: names are sorted, and none stands twice", e.Name, w.last)
	}
	head := appendLocal(nil, e)
	if _, err := w.w.Write(head); err != nil {
		return fmt.Errorf("write the header of %s: %w", e.Name, err)
	}
	sum := crc32.NewIEEE()
	n, err := io.CopyBuffer(onlyWriter{io.MultiWriter(w.w, sum)}, io.LimitReader(r, e.Size), w.buf)
	if err != nil {
		return fmt.Errorf("write %s: %w", e.Name, err)
	}
	switch more, err := io.CopyN(io.Discard, r, 1); {
	case err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("read %s: %w", e.Name, err)
	case n != e.Size || more > 0 || sum.Sum32() != e.CRC32:
		return fmt.Errorf("%s changed while it was read", e.Name)
	}
	w.directory = appendCentral(w.directory, e, w.offset)
	w.offset += int64(len(head)) + e.Size
	w.last = e.Name
	w.count++
	return nil
}

// Close writes the directory. It does not close what is written to.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	w.err = errors.New("the container is closed already")
	_, err := w.w.Write(appendEnd(w.directory, w.count, w.offset, int64(len(w.directory))))
	if err != nil {
		return fmt.Errorf("write the directory: %w", err)
	}
	return nil
}

// onlyWriter hides what else a writer could do, so that the buffer given is
// the one used.
type onlyWriter struct{ io.Writer }
