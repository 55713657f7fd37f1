package engine

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// arenaSize is how many bytes of lines are sorted in memory before they are
// spilled to a file.
const arenaSize = 32 << 20

// chunkSize is how much memory for lines is asked for at a time.
const chunkSize = 1 << 20

// maxLine bounds one canonical line. The frozen database takes no longer one.
const maxLine = 2 << 20

// entry is a canonical line with what it is sorted by: the order is one of the
// records themselves, so it does not depend on the order in which they came.
type entry struct {
	kind uint16
	id   [20]byte
	at   evidence.Instant
	item int64
	raw  evidence.Digest
	sum  [16]byte // of the record's content without its place
	line []byte
}

func (a *entry) sameObject(b *entry) bool { return a.kind == b.kind && a.id == b.id && a.at == b.at }

func compare(a, b *entry) int {
	if c := cmp.Compare(a.kind, b.kind); c != 0 {
		return c
	}
	if c := bytes.Compare(a.id[:], b.id[:]); c != 0 {
		return c
	}
	if c := cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.item, b.item)); c != 0 {
		return c
	}
	return cmp.Or(bytes.Compare(a.raw[:], b.raw[:]), bytes.Compare(a.sum[:], b.sum[:]))
}

// sorter sorts any number of lines within a bounded memory.
type sorter struct {
	dir     string // where runs are spilled; "" is the system's directory
	limit   int
	used    int    // bytes of the lines in memory
	chunk   []byte // the newest part of them
	entries []entry
	runs    []*os.File
}

// add copies the line.
func (s *sorter) add(e entry) error {
	if s.used+len(e.line) > s.limit && len(s.entries) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if cap(s.chunk)-len(s.chunk) < len(e.line) {
		s.chunk = make([]byte, 0, max(chunkSize, len(e.line)))
	}
	start := len(s.chunk)
	s.chunk = append(s.chunk, e.line...)
	e.line = s.chunk[start:len(s.chunk):len(s.chunk)]
	s.used += len(e.line)
	s.entries = append(s.entries, e)
	return nil
}

func (s *sorter) sort() {
	slices.SortFunc(s.entries, func(a, b entry) int { return compare(&a, &b) })
}

const headSize = 2 + 20 + 8 + 8 + 32 + 16 + 4

func (s *sorter) spill() error {
	s.sort()
	f, err := os.CreateTemp(s.dir, "tieout-sort-*")
	if err != nil {
		return fmt.Errorf("sort the records of a pull: %w", err)
	}
	s.runs = append(s.runs, f)
	w := bufio.NewWriterSize(f, 256<<10)
	var head [headSize]byte
	for i := range s.entries {
		e := &s.entries[i]
		b := binary.BigEndian.AppendUint16(head[:0], e.kind)
		b = append(b, e.id[:]...)
		b = binary.BigEndian.AppendUint64(b, uint64(e.at))
		b = binary.BigEndian.AppendUint64(b, uint64(e.item))
		b = append(append(b, e.raw[:]...), e.sum[:]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.line)))
		if _, err = w.Write(b); err == nil {
			_, err = w.Write(e.line)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("sort the records of a pull in %s: %w", f.Name(), err)
	}
	clear(s.entries) // they hold the chunks
	s.used, s.chunk, s.entries = 0, nil, s.entries[:0]
	return nil
}

// close removes what was spilled.
func (s *sorter) close() error {
	var first error
	for _, f := range s.runs {
		if err := cmp.Or(f.Close(), os.Remove(f.Name())); err != nil && first == nil {
			first = fmt.Errorf("clean up after sorting: %w", err)
		}
	}
	s.runs, s.chunk, s.entries = nil, nil, nil
	return first
}

// each calls f with every entry in order. The entry is valid during the call only.
func (s *sorter) each(f func(*entry) error) error {
	s.sort()
	if len(s.runs) == 0 {
		for i := range s.entries {
			if err := f(&s.entries[i]); err != nil {
				return err
			}
		}
		return nil
	}
	h := make(runHeap, 0, len(s.runs)+1)
	for _, file := range s.runs {
		h = append(h, &run{r: bufio.NewReaderSize(file, 256<<10)})
	}
	h = append(h, &run{left: s.entries})
	open := h[:0]
	for _, r := range h {
		more, err := r.next()
		if err != nil {
			return err
		}
		if more {
			open = append(open, r)
		}
	}
	h = open
	heap.Init(&h)
	for len(h) > 0 {
		if err := f(&h[0].e); err != nil {
			return err
		}
		more, err := h[0].next()
		switch {
		case err != nil:
			return err
		case more:
			heap.Fix(&h, 0)
		default:
			heap.Pop(&h)
		}
	}
	return nil
}

// run is one sorted stretch: a spilled file, or what is left in memory.
type run struct {
	r    *bufio.Reader
	left []entry
	e    entry
	buf  []byte
}

func (r *run) next() (bool, error) {
	if r.r == nil {
		if len(r.left) == 0 {
			return false, nil
		}
		r.e, r.left = r.left[0], r.left[1:]
		return true, nil
	}
	var head [headSize]byte
	switch _, err := io.ReadFull(r.r, head[:]); {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read back a sorted run: %w", err)
	}
	b := head[:]
	r.e.kind = binary.BigEndian.Uint16(b)
	copy(r.e.id[:], b[2:])
	r.e.at = evidence.Instant(binary.BigEndian.Uint64(b[22:]))
	r.e.item = int64(binary.BigEndian.Uint64(b[30:]))
	copy(r.e.raw[:], b[38:])
	copy(r.e.sum[:], b[70:])
	n := int(binary.BigEndian.Uint32(b[86:]))
	if n > maxLine {
		return false, fmt.Errorf("read back a sorted run: a line of %d bytes", n)
	}
	r.buf = slices.Grow(r.buf[:0], n)[:n]
	if _, err := io.ReadFull(r.r, r.buf); err != nil {
		return false, fmt.Errorf("read back a sorted run: %w", err)
	}
	r.e.line = r.buf
	return true, nil
}

type runHeap []*run

func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return compare(&h[i].e, &h[j].e) < 0 }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
