package table

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Bounds of a Parquet file. A page is held whole, one of every column at a time.
const (
	maxFooter     = 32 << 20
	maxPage       = 64 << 20
	maxPageValues = 4 << 20
	maxPages      = 512 << 20 // one of every column, unpacked
	maxNesting    = 32
)

// boundParquet looks at the file's end and at the head of every page before
// the library does, so that a small file cannot ask for all memory or for a
// stack without end.
func boundParquet(r io.ReaderAt, size int64) error {
	var tail [8]byte
	if size < 12 {
		return errors.New("it is no Parquet file: too short")
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return fmt.Errorf("its end cannot be read: %w", plain(err))
	}
	if string(tail[4:]) == "PARE" {
		return errors.New("its end is encrypted: hand it over without Parquet's own encryption")
	}
	length := int64(binary.LittleEndian.Uint32(tail[:4]))
	if string(tail[4:]) != "PAR1" || length > size-12 {
		return errors.New("it is no Parquet file, or it was cut off: its end is missing")
	}
	if length > maxFooter {
		return fmt.Errorf("the list of its parts has more than %d bytes", maxFooter)
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-8-length); err != nil {
		return fmt.Errorf("its end cannot be read: %w", plain(err))
	}
	scan := thriftScan{r: bufio.NewReader(io.NewSectionReader(r, size-8-length, length)), left: length}
	if err := scan.structure(0, nil); err != nil {
		return fmt.Errorf("the list of its parts is damaged: %w", err)
	}
	var meta format.FileMetaData
	if err := careful(func() error { return thrift.Unmarshal(new(thrift.CompactProtocol), footer, &meta) }); err != nil {
		return errors.New("the list of its parts is damaged")
	}
	if err := boundSchema(meta.Schema); err != nil {
		return err
	}
	for _, group := range meta.RowGroups {
		var sum int64
		for i := range group.Columns {
			largest, err := boundChunk(r, size, &group.Columns[i].MetaData)
			if err != nil {
				return err
			}
			if sum += largest; sum > maxPages {
				return fmt.Errorf("a page of each of its columns take more than %d bytes together: write it with smaller pages", maxPages)
			}
		}
	}
	return nil
}

// boundSchema checks that the tree of columns is one, and how deep it is.
func boundSchema(list []format.SchemaElement) error {
	if len(list) == 0 || len(list) > 4*maxColumns {
		return fmt.Errorf("it has no columns, or more than %d", maxColumns)
	}
	var open []int64 // children that are still to come, by depth
	for i := range list {
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			open[len(open)-1]--
		} else if i > 0 {
			return errors.New("the list of its columns is damaged")
		}
		n := list[i].NumChildren
		if n.Valid && n.V < 0 {
			return errors.New("the list of its columns is damaged")
		}
		if open = append(open, int64(n.V)); len(open) > maxNesting {
			return fmt.Errorf("its columns are nested deeper than %d", maxNesting)
		}
	}
	for _, n := range open {
		if n > 0 {
			return errors.New("the list of its columns is damaged")
		}
	}
	return nil
}

// boundChunk reads the heads of the pages of one column of a row group, and
// returns what the largest take unpacked.
func boundChunk(r io.ReaderAt, size int64, c *format.ColumnMetaData) (int64, error) {
	damaged := errors.New("the place of a column is damaged")
	start := c.DataPageOffset
	if d := c.DictionaryPageOffset; d > 0 && d < start {
		start = d
	}
	length := c.TotalCompressedSize
	if start < 4 || length < 0 || start > size || length > size-start {
		return 0, damaged
	}
	section := io.NewSectionReader(r, start, length)
	var at, data, dictionary int64
	var page []byte
	for at < length {
		if _, err := section.Seek(at, io.SeekStart); err != nil {
			return 0, err
		}
		head := pageHead{}
		scan := thriftScan{r: bufio.NewReaderSize(section, 512), left: length - at, number: head.number}
		if err := scan.structure(0, nil); err != nil {
			return 0, fmt.Errorf("the head of a page is damaged: %w", err)
		}
		if head.packed < 0 || head.unpacked < 0 || head.values < 0 {
			return 0, damaged
		}
		if head.packed > maxPage || head.unpacked > maxPage || head.values > maxPageValues {
			return 0, fmt.Errorf("a page of more than %d bytes or %d values: write it with smaller pages", maxPage, maxPageValues)
		}
		at = length - scan.left
		if head.packed > length-at {
			return 0, damaged
		}
		page = append(page[:0], make([]byte, head.packed)...)
		if _, err := r.ReadAt(page, start+at); err != nil {
			return 0, damaged
		}
		if err := head.boundPage(c.Codec, page); err != nil {
			return 0, err
		}
		cost := head.unpacked + 8*head.values
		if head.dictionary {
			dictionary = max(dictionary, cost)
		} else {
			data = max(data, cost)
		}
		at += head.packed
	}
	return data + dictionary, nil
}

// pageHead is what is needed of the head of a page.
type pageHead struct {
	unpacked, packed, values int64
	encoding, levels         int64
	dictionary               bool
	second, plain            bool // the second form of pages; not packed although the column is
}

// number takes one number of the head by the numbers of its fields.
func (h *pageHead) number(path []int64, v int64) {
	switch {
	case len(path) == 1 && path[0] == 2:
		h.unpacked = v
	case len(path) == 1 && path[0] == 3:
		h.packed = v
	case len(path) == 2 && path[1] == 1 && (path[0] == 5 || path[0] == 7 || path[0] == 8):
		h.values = v
		h.dictionary, h.second = path[0] == 7, path[0] == 8
	case len(path) == 2 && (path[0] == 5 && path[1] == 2 || path[0] == 8 && path[1] == 4):
		h.encoding = v
	case len(path) == 2 && path[0] == 8 && (path[1] == 5 || path[1] == 6):
		if v < 0 || v > maxPage {
			v = 2 * maxPage // more than any page has
		}
		h.levels += v
	case len(path) == 2 && path[0] == 8 && path[1] == 7:
		h.plain = v == 0
	}
}

// thriftScan goes over a structure in Thrift's compact form without keeping it.
type thriftScan struct {
	r      *bufio.Reader
	left   int64
	number func(path []int64, v int64)
}

var errThrift = errors.New("it ends too early, or is nested too deep")

func (s *thriftScan) byte() (byte, error) {
	b, err := s.r.ReadByte()
	if s.left--; err != nil || s.left < 0 {
		return 0, errThrift
	}
	return b, nil
}

func (s *thriftScan) varint() (uint64, error) {
	var v uint64
	for shift := 0; shift < 70; shift += 7 {
		b, err := s.byte()
		if err != nil {
			return 0, err
		}
		v |= uint64(b&0x7f) << min(shift, 63)
		if b < 0x80 {
			return v, nil
		}
	}
	return 0, errThrift
}

func (s *thriftScan) skip(n uint64) error {
	if n > uint64(max(s.left, 0)) {
		return errThrift
	}
	d, err := s.r.Discard(int(n))
	s.left -= int64(d)
	if err != nil {
		return errThrift
	}
	return nil
}

func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

func (s *thriftScan) structure(depth int, path []int64) error {
	if depth > maxNesting {
		return errThrift
	}
	var field int64
	for {
		head, err := s.byte()
		if err != nil || head == 0 {
			return err
		}
		if delta := head >> 4; delta != 0 {
			field += int64(delta)
		} else {
			v, err := s.varint()
			if err != nil {
				return err
			}
			field = zigzag(v)
		}
		if err := s.value(head&15, depth, append(path, field), true); err != nil {
			return err
		}
	}
}

func (s *thriftScan) value(kind byte, depth int, path []int64, inStruct bool) error {
	if depth > maxNesting {
		return errThrift
	}
	switch kind {
	case 1, 2: // in a structure the kind is the value
		if inStruct {
			if s.number != nil {
				s.number(path, int64(2-kind))
			}
			return nil
		}
		return s.skip(1)
	case 3:
		return s.skip(1)
	case 4, 5, 6:
		v, err := s.varint()
		if err == nil && s.number != nil {
			s.number(path, zigzag(v))
		}
		return err
	case 7:
		return s.skip(8)
	case 8:
		n, err := s.varint()
		if err != nil {
			return err
		}
		return s.skip(n)
	case 9, 10:
		return s.list(depth, path)
	case 11:
		return s.pairs(depth, path)
	case 12:
		return s.structure(depth+1, path)
	case 13:
		return s.skip(16)
	}
	return errThrift
}

func (s *thriftScan) list(depth int, path []int64) error {
	head, err := s.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = s.varint(); err != nil {
			return err
		}
	}
	for range n {
		if err := s.value(head&15, depth+1, append(path, -1), false); err != nil {
			return err
		}
	}
	return nil
}

func (s *thriftScan) pairs(depth int, path []int64) error {
	n, err := s.varint()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := s.byte()
	if err != nil {
		return err
	}
	for range n {
		for _, kind := range []byte{kinds >> 4, kinds & 15} {
			if err := s.value(kind, depth+1, append(path, -1), false); err != nil {
				return err
			}
		}
	}
	return nil
}
