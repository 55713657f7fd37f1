package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// listLine is the length of a line of a list: a digest and a line end.
const listLine = 65

// PutList keeps a blob that lists digests, one a line, for an entry that stands
// for more blobs than a leaf can name. A set of digests has one list: it is
// sorted and names each once. Every blob in it must be kept already.
func (s *Store) PutList(ctx context.Context, digests []evidence.Digest) (evidence.Digest, error) {
	sorted := slices.Clone(digests)
	slices.SortFunc(sorted, compareDigests)
	sorted = slices.Compact(sorted)
	if err := s.kept(ctx, sorted); err != nil {
		return evidence.Digest{}, fmt.Errorf("keep a list of blobs: %w", err)
	}
	var text bytes.Buffer
	text.Grow(len(sorted) * listLine)
	for _, d := range sorted {
		text.WriteString(d.String())
		text.WriteByte('\n')
	}
	d, _, err := s.Put(ctx, &text)
	return d, err
}

// ReadList yields the digests in a list that PutList kept, in ascending order.
// An error is yielded last, ErrDamaged or ErrMismatch among others, and what
// came before it proves nothing.
func (s *Store) ReadList(ctx context.Context, d evidence.Digest) iter.Seq2[evidence.Digest, error] {
	return func(yield func(evidence.Digest, error) bool) {
		r, _, err := s.Open(ctx, d)
		if err != nil {
			yield(evidence.Digest{}, err)
			return
		}
		defer func() { _ = r.Close() }() // only read from
		for e, err := range readList(r) {
			if err != nil {
				err = fmt.Errorf("list %s: %w", d, mismatchFirst(r, err))
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// readList reads the lines of a list, and refuses what PutList would not have
// written.
func readList(r io.Reader) iter.Seq2[evidence.Digest, error] {
	return func(yield func(evidence.Digest, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		line := make([]byte, listLine)
		var last evidence.Digest
		for n := int64(1); ; n++ {
			_, err := io.ReadFull(in, line)
			if errors.Is(err, io.EOF) {
				return
			}
			var d evidence.Digest
			switch {
			case errors.Is(err, io.ErrUnexpectedEOF):
				err = fmt.Errorf("%w: it ends inside line %d", ErrDamaged, n)
			case err != nil:
			case line[listLine-1] != '\n':
				err = fmt.Errorf("%w: line %d does not end after a digest", ErrDamaged, n)
			default:
				if d, err = evidence.ParseDigest(string(line[:listLine-1])); err != nil {
					err = fmt.Errorf("%w: line %d: %w", ErrDamaged, n, err)
				} else if compareDigests(last, d) >= 0 {
					err = fmt.Errorf("%w: line %d is not in ascending order", ErrDamaged, n)
				}
			}
			last = d
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

// mismatchFirst returns the digest's mismatch where that is why the bytes of r
// could not be understood, and err otherwise.
func mismatchFirst(r io.Reader, err error) error {
	if errors.Is(err, ErrMismatch) {
		return err
	}
	if _, e := io.Copy(io.Discard, r); errors.Is(e, ErrMismatch) {
		return e
	}
	return err
}

func compareDigests(a, b evidence.Digest) int { return bytes.Compare(a[:], b[:]) }
