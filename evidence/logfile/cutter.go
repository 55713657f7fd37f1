package logfile

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/tieout/tieout/evidence"
)

// Framing is how records stand in a file.
type Framing string

// The framings.
const (
	JSONL     Framing = "jsonl"      // one object a line
	JSONArray Framing = "json-array" // a list of objects, alone or inside a document
)

// Span is where a record stands in a chunk.
type Span struct{ Start, End uint32 }

// Chunk is a contiguous piece of a file that holds whole records.
type Chunk struct {
	Data   []byte
	Offset int64  // of Data in the unpacked file
	Spans  []Span // of a list: its records; of JSONL none, since line ends mark them
	Last   bool   // nothing follows; a line of it may lack its end

	// TooLong is the length of a record that is longer than MaxRecord. Data is
	// empty then, and Offset is where the record begins.
	TooLong int64
}

// Summer sums up the bytes of a file. What is written to it stays as it is until
// Flush is called.
type Summer interface {
	io.Writer
	Flush()
	Sum() [32]byte
}

type plainSum struct{ hash.Hash }

func (plainSum) Flush() {}

// Sum implements Summer.
func (s plainSum) Sum() [32]byte { return [32]byte(s.Hash.Sum(nil)) }

// Cutter cuts a file into chunks and sums up its bytes.
type Cutter struct {
	r       io.Reader
	size    int
	carry   []byte
	offset  int64 // of what is carried
	sum     Summer
	read    int64
	started bool
	ended   bool
	failed  error // given once all before it was handed out
	array   *arrayCutter

	// BOM says, once the first chunk was read, that a byte order mark stood at
	// the start.
	BOM bool
}

// NewCutter returns a cutter that makes chunks of about size bytes. For a list,
// at is the JSON pointer of the list in the document.
func NewCutter(r io.Reader, size int, framing Framing, at string) (*Cutter, error) {
	c := &Cutter{r: r, size: max(size, 16), sum: plainSum{sha256.New()}}
	if framing == JSONArray {
		a, err := newArrayCutter(at)
		if err != nil {
			return nil, err
		}
		c.array = a
	}
	return c, nil
}

// SumWith lets s sum up the file's bytes. It must be called before Next.
func (c *Cutter) SumWith(s Summer) { c.sum = s }

// Bytes returns how many unpacked bytes were read.
func (c *Cutter) Bytes() int64 { return c.read }

// SHA256 returns the digest of the unpacked bytes that were read.
func (c *Cutter) SHA256() evidence.Digest { return c.sum.Sum() }

var (
	errUTF16  = errors.New("it is UTF-16: only UTF-8 is read")
	errLayers = errors.New("a packed file inside a packed file: only one layer is unpacked")
)

// Next returns the next chunk in buf's memory or, where that is too small, in
// new memory. After the last chunk it returns io.EOF. An error comes after all
// records that stand before the place it is about, and nothing comes after it.
func (c *Cutter) Next(buf []byte) (Chunk, error) {
	switch {
	case c.failed != nil && len(c.carry) == 0:
		return Chunk{}, c.failed
	case c.ended && c.started && len(c.carry) == 0:
		return Chunk{}, io.EOF
	}
	c.sum.Flush() // buf may hold what was summed up
	buf = append(buf[:0], c.carry...)
	c.carry = c.carry[:0]
	want := max(c.size, len(buf)+c.size/4)
	for {
		buf = c.fill(buf, want)
		if !c.started {
			buf = c.start(buf)
		}
		if c.array != nil {
			return c.cutArray(buf)
		}
		if c.ended && c.failed == nil {
			return c.last(buf), nil
		}
		if end := bytes.LastIndexByte(buf, '\n') + 1; end > 0 {
			return c.part(buf, end), nil
		}
		if c.failed != nil {
			return Chunk{}, c.failed
		}
		if len(buf) > MaxRecord {
			return c.tooLong(buf)
		}
		want = min(2*len(buf), MaxRecord+1)
	}
}

func (c *Cutter) last(buf []byte) Chunk {
	return Chunk{Data: buf, Offset: c.offset, Last: true}
}

// part hands out what stands before end and keeps the rest for the next chunk,
// if more can come.
func (c *Cutter) part(buf []byte, end int) Chunk {
	out := Chunk{Data: buf[:end], Offset: c.offset}
	if c.failed == nil {
		c.carry = append(c.carry, buf[end:]...)
	}
	c.offset += int64(end)
	return out
}

// fill reads until buf has want bytes, or there is no more.
func (c *Cutter) fill(buf []byte, want int) []byte {
	for len(buf) < want && !c.ended {
		if cap(buf) < want {
			buf = append(make([]byte, 0, want), buf...)
		}
		n, err := c.r.Read(buf[len(buf):want])
		_, _ = c.sum.Write(buf[len(buf) : len(buf)+n]) // a sum cannot fail
		c.read += int64(n)
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			c.ended = true
		case err != nil:
			c.ended, c.failed = true, &CutError{c.read, err}
		}
	}
	return buf
}

func (c *Cutter) start(buf []byte) []byte {
	c.started = true
	switch {
	case bytes.HasPrefix(buf, []byte("\xef\xbb\xbf")):
		c.BOM = true
		c.offset = 3
		return buf[3:]
	case bytes.HasPrefix(buf, []byte("\xff\xfe")) || bytes.HasPrefix(buf, []byte("\xfe\xff")):
		c.stop(0, errUTF16)
	case bytes.HasPrefix(buf, gzipMagic) || bytes.HasPrefix(buf, zstdMagic):
		c.stop(0, errLayers)
	default:
		return buf
	}
	return buf[:0]
}

// stop ends the cutting at an offset of the unpacked file. What follows is only
// summed up, as far as it can be read.
func (c *Cutter) stop(offset int64, err error) {
	rest := make([]byte, 64<<10)
	for !c.ended {
		c.sum.Flush()
		rest = c.fill(rest[:0], cap(rest))
	}
	c.failed = &CutError{offset, err}
}

// CutError says from which byte on a file cannot be cut into records.
type CutError struct {
	Offset int64 // in the unpacked file
	Err    error
}

func (e *CutError) Error() string { return fmt.Sprintf("byte %d: %v", e.Offset, e.Err) }

// Unwrap returns what happened there.
func (e *CutError) Unwrap() error { return e.Err }

// tooLong drops the rest of a line that is longer than any record may be, and
// goes on behind it.
func (c *Cutter) tooLong(buf []byte) (Chunk, error) {
	out := Chunk{Offset: c.offset, TooLong: int64(len(buf))}
	for {
		c.sum.Flush()
		buf = c.fill(buf[:0], c.size)
		if end := bytes.IndexByte(buf, '\n'); end >= 0 {
			out.TooLong += int64(end)
			c.offset += out.TooLong + 1
			c.carry = append(c.carry[:0], buf[end+1:]...)
			return out, nil
		}
		out.TooLong += int64(len(buf))
		if c.ended {
			c.offset += out.TooLong
			return out, nil
		}
	}
}
