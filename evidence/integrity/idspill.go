package integrity

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
)

// spillParts is how many files spilled ids are spread over by their first bits,
// so that each of them can be sorted in memory.
const spillParts = 256

// spilled is an id that memory had no room for, and where its record stands.
type spilled struct {
	hash         uint64
	file         uint32 // in the order of reading
	record, line uint64
	offset       uint64
}

const spilledSize = 8 + 4 + 3*8

// idSpill keeps ids on disk, in a folder of its own that close removes.
type idSpill struct {
	dir   string
	files []*os.File
	out   []*bufio.Writer
}

func newIDSpill() (*idSpill, error) {
	dir, err := os.MkdirTemp("", "tieout-ids-")
	if err != nil {
		return nil, err
	}
	s := &idSpill{dir: dir}
	for range spillParts {
		f, err := os.CreateTemp(dir, "")
		if err != nil {
			return nil, errors.Join(err, s.close())
		}
		s.files, s.out = append(s.files, f), append(s.out, bufio.NewWriterSize(f, 16<<10))
	}
	return s, nil
}

// add keeps one id.
func (s *idSpill) add(x spilled) error {
	var b [spilledSize]byte
	binary.LittleEndian.PutUint64(b[0:], x.hash)
	binary.LittleEndian.PutUint32(b[8:], x.file)
	binary.LittleEndian.PutUint64(b[12:], x.record)
	binary.LittleEndian.PutUint64(b[20:], x.line)
	binary.LittleEndian.PutUint64(b[28:], x.offset)
	_, err := s.out[x.hash>>56].Write(b[:])
	return err
}

// twice calls found for every id that was kept before, in the order of the log
// within each part.
func (s *idSpill) twice(found func(spilled)) error {
	for i, f := range s.files {
		if err := s.out[i].Flush(); err != nil {
			return err
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		text, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		ids := make([]spilled, 0, len(text)/spilledSize)
		for b := text; len(b) >= spilledSize; b = b[spilledSize:] {
			ids = append(ids, spilled{
				binary.LittleEndian.Uint64(b[0:]), binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint64(b[12:]),
				binary.LittleEndian.Uint64(b[20:]), binary.LittleEndian.Uint64(b[28:]),
			})
		}
		slices.SortFunc(ids, func(a, b spilled) int {
			return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.file, b.file), cmp.Compare(a.record, b.record))
		})
		var again []spilled
		for n := 1; n < len(ids); n++ {
			if ids[n].hash == ids[n-1].hash {
				again = append(again, ids[n])
			}
		}
		slices.SortFunc(again, func(a, b spilled) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.record, b.record)) })
		for _, x := range again {
			found(x)
		}
	}
	return nil
}

// close removes what was kept.
func (s *idSpill) close() error {
	var errs []error
	for _, f := range s.files {
		errs = append(errs, f.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(s.dir))...)
}
