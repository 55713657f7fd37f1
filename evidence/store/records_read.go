package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
)

// ReadRecords yields the lines of a blob that a RecordsWriter wrote, without
// their line ends. A line's bytes hold until the next one. An error is yielded
// last, and then the lines before it prove nothing: whether the bytes match
// their digest is known at their end.
func (s *Store) ReadRecords(ctx context.Context, d evidence.Digest) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		r, _, err := s.Open(ctx, d)
		if err != nil {
			yield(nil, fmt.Errorf("read records: %w", err))
			return
		}
		defer func() { _ = r.Close() }() // only read from
		for line, err := range readLines(r) {
			if err != nil {
				err = fmt.Errorf("read records of blob %s: %w", d, mismatchFirst(r, err))
			}
			if !yield(line, err) {
				return
			}
		}
	}
}

// readLines inflates lines of records, and refuses what a RecordsWriter would
// not have written.
func readLines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(recordsWindow))
		if err != nil {
			yield(nil, err)
			return
		}
		defer z.Close()
		lines := lineReader{in: bufio.NewReaderSize(z, 128<<10)}
		for n := int64(1); ; n++ {
			line, err := lines.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

// lineReader reads lines of bounded length.
type lineReader struct {
	in   *bufio.Reader
	long []byte // a line that does not fit the buffer of in
}

// next returns a line without its line end, or io.EOF after the last one.
func (l *lineReader) next() ([]byte, error) {
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		if len(l.long)+len(part) > MaxLine+1 {
			return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrDamaged, MaxLine)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
			continue
		case errors.Is(err, io.EOF) && len(l.long)+len(part) > 0:
			return nil, fmt.Errorf("%w: it has no end", ErrDamaged)
		case err != nil:
			return nil, err
		}
		if len(l.long) > 0 {
			l.long = append(l.long, part...)
			part = l.long
		}
		if len(part) == 1 {
			return nil, fmt.Errorf("%w: it is empty", ErrDamaged)
		}
		return part[:len(part)-1], nil
	}
}
