package ledger

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Edge is the right edge of a growing tree: the roots of the perfect subtrees
// that the entries so far fall into, biggest first. It is all that is needed to
// append and to know the root, and it stays below 64 hashes for any size. The
// zero value is the empty ledger. It is not safe for concurrent use.
type Edge struct {
	size  int64
	roots []Hash
}

// EdgeAt reads the edge of a ledger of the given size.
func EdgeAt(size int64, r HashReader) (*Edge, error) {
	if size < 0 {
		return nil, fmt.Errorf("edge of a ledger of %d entries: a size is never negative", size)
	}
	e := &Edge{size: size}
	if size == 0 {
		return e, nil
	}
	var positions []int64
	for first, left := int64(0), size; left > 0; {
		level := bits.Len64(uint64(left)) - 1
		positions = append(positions, tlog.StoredHashIndex(level, first>>level))
		first += int64(1) << level
		left -= int64(1) << level
	}
	roots, err := r.ReadHashes(positions)
	if err != nil {
		return nil, fmt.Errorf("edge of a ledger of %d entries: %w", size, err)
	}
	if len(roots) != len(positions) {
		return nil, fmt.Errorf("edge of a ledger of %d entries: asked for %d hashes, got %d", size, len(positions), len(roots))
	}
	e.roots = append(e.roots, roots...)
	return e, nil
}

// Size returns how many entries the ledger has.
func (e *Edge) Size() int64 { return e.size }

// Append adds an entry and returns the hashes to store for it, in order; the
// first belongs at tlog.StoredHashIndex(0, size before the call), the others
// behind it.
func (e *Edge) Append(leaf []byte) []Hash {
	h := tlog.RecordHash(leaf)
	stored := []Hash{h}
	for n := e.size; n&1 == 1; n >>= 1 {
		last := len(e.roots) - 1
		h = tlog.NodeHash(e.roots[last], h)
		e.roots = e.roots[:last]
		stored = append(stored, h)
	}
	e.roots = append(e.roots, h)
	e.size++
	return stored
}

// Head returns the head of the ledger so far.
func (e *Edge) Head() Head {
	if e.size == 0 {
		return Head{Root: sha256.Sum256(nil)}
	}
	last := len(e.roots) - 1
	h := e.roots[last]
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(e.roots[i], h)
	}
	return Head{Size: e.size, Root: h}
}
