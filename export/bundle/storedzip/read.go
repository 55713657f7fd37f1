package storedzip

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
)

// Found is an entry at its place.
type Found struct {
	Entry
	Offset int64 // of its first byte of content
	header int64 // of its local header
}

// Flaw is one way in which a file is not the canonical one.
type Flaw struct {
	Name string // of the entry concerned, or none
	What string
}

// Contents is what a file turned out to hold, read from its front.
type Contents struct {
	Entries []Found // in the order of the file
	Flaws   []Flaw  // none: the file is canonical, byte for byte
	Whole   bool    // every entry up to the directory could be told from the next
}

// maxFlaws bounds the flaws that are told; one is enough to refuse a file.
const maxFlaws = 20

// Read reads a container of the size from its front to its end, and compares
// each byte with the canonical container of what it meets. visit is called for
// each entry with the entry's bytes, of which it may leave some unread. An error
// means that reading failed, or visit did: it says nothing about the file.
func Read(ctx context.Context, file io.ReaderAt, size int64, visit func(name string, size int64, body io.Reader) error) (*Contents, error) {
	r := &reader{ctx: ctx, file: file, size: size, buf: make([]byte, 128<<10), out: &Contents{}}
	for {
		more, err := r.entry(visit)
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	if len(r.out.Entries) == 0 || r.lost {
		if len(r.out.Flaws) == 0 {
			r.flaw("", "no entry stands at its front")
		}
		return r.out, nil
	}
	return r.out, r.tail()
}

type reader struct {
	ctx       context.Context // of the one call of Read
	file      io.ReaderAt
	size, at  int64
	directory []byte
	buf       []byte
	out       *Contents
	lost      bool // where the next entry begins cannot be told
}

func (r *reader) flaw(name, format string, args ...any) {
	if len(r.out.Flaws) < maxFlaws {
		r.out.Flaws = append(r.out.Flaws, Flaw{name, fmt.Sprintf(format, args...)})
	}
}

// bytesAt reads n bytes, or reports that the file ends before.
func (r *reader) bytesAt(at, n int64) ([]byte, bool, error) {
	if n > r.size-at {
		return nil, false, nil
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r.file, at, n), b); err != nil {
		return nil, false, fmt.Errorf("read %d bytes at %d: %w", n, at, err)
	}
	return b, true, nil
}

// entry reads one entry. It reports false where no further one begins, or
// where it cannot be told where the next one would.
func (r *reader) entry(visit func(string, int64, io.Reader) error) (more bool, err error) {
	fixed, ok, err := r.bytesAt(r.at, localSize)
	if err != nil {
		return false, err
	}
	if !ok || le.Uint32(fixed) != localSignature {
		return false, nil
	}
	named, extra := int64(le.Uint16(fixed[26:])), int64(le.Uint16(fixed[28:]))
	header, ok, err := r.bytesAt(r.at, localSize+named+extra)
	if err != nil {
		return false, err
	}
	if !ok {
		r.lost = true
		r.flaw("", "byte %d: the header of an entry does not fit into the file", r.at)
		return false, nil
	}
	name := string(header[localSize : localSize+named])
	size := int64(le.Uint32(fixed[18:]))
	if field := header[localSize+named:]; size == full32 && len(field) == 20 && le.Uint16(field) == zip64Field {
		size = int64(le.Uint64(field[12:])) // a negative one fits into no file
	}
	begin := r.at + int64(len(header))
	if name == "" || named > MaxName || size < 0 || size > r.size-begin {
		r.lost = true
		r.flaw(name, "byte %d: an entry of %d bytes does not fit, or its name has %d bytes", r.at, size, named)
		return false, nil
	}
	sum := crc32.NewIEEE()
	body := io.TeeReader(&contextReader{r.ctx, io.NewSectionReader(r.file, begin, size)}, sum)
	if err := visit(name, size, body); err != nil {
		return false, err
	}
	if _, err := io.CopyBuffer(onlyWriter{io.Discard}, body, r.buf); err != nil {
		return false, fmt.Errorf("read entry %q: %w", name, err)
	}
	e := Entry{Name: name, Size: size, CRC32: sum.Sum32()}
	if want := appendLocal(nil, e); !bytes.Equal(header, want) {
		r.flaw(name, "byte %d: its header is not the canonical one: %s", r.at, difference(header, want))
	}
	if n := len(r.out.Entries); n > 0 && name <= r.out.Entries[n-1].Name {
		r.flaw(name, "byte %d: it stands after %q: names are sorted, and none stands twice", r.at, r.out.Entries[n-1].Name)
	}
	r.out.Entries = append(r.out.Entries, Found{Entry: e, Offset: begin, header: r.at})
	r.directory = appendCentral(r.directory, e, r.at)
	r.at = begin + size
	return true, nil
}

// tail compares the rest of the file with the directory of the entries met.
func (r *reader) tail() error {
	want := appendEnd(r.directory, int64(len(r.out.Entries)), r.at, int64(len(r.directory)))
	rest := r.size - r.at
	got := make([]byte, min(rest, int64(len(want))))
	if _, err := io.ReadFull(io.NewSectionReader(r.file, r.at, int64(len(got))), got); err != nil {
		return fmt.Errorf("read the directory: %w", err)
	}
	r.out.Whole = len(got) >= 4 && le.Uint32(got) == centralSignature
	for i := range got {
		if got[i] != want[i] {
			r.flaw("", "byte %d: the directory is not that of the entries before it", r.at+int64(i))
			break
		}
	}
	switch d := rest - int64(len(want)); {
	case d > 0:
		r.flaw("", "%d bytes too many: the canonical container of its %d entries ends at byte %d", d, len(r.out.Entries), r.size-d)
	case d < 0:
		r.flaw("", "%d bytes too few: the directory is cut or lacks entries", -d)
	}
	return nil
}

// fields of a local header, by where they end.
var fields = []struct {
	end  int
	name string
}{{6, "version"}, {8, "flags"}, {10, "compression method"}, {12, "time"}, {14, "date"}, {18, "CRC-32"}, {22, "compressed size"}, {26, "size"}, {28, "length of the name"}, {localSize, "length of the extra field"}}

// difference names the first field in which two headers differ.
func difference(got, want []byte) string {
	for _, f := range fields {
		if !bytes.Equal(got[:f.end], want[:f.end]) {
			return f.name
		}
	}
	return "extra field"
}

// contextReader ends with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
