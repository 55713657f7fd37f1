package ledger

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a leaf, node or root of the tree. Its text form is base64.
type Hash = tlog.Hash

// HashReader reads stored hashes by their position in the order in which they
// are stored: see tlog.StoredHashIndex.
type HashReader = tlog.HashReader

// Head is the state of a ledger at one size.
type Head struct {
	Size int64 `json:"size"`
	Root Hash  `json:"root"`
}

// HeadAt computes the head at the size from stored hashes. The empty ledger has
// a head too.
func HeadAt(size int64, r HashReader) (Head, error) {
	if size < 0 {
		return Head{}, fmt.Errorf("root of a ledger of %d entries: a size is never negative", size)
	}
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return Head{}, fmt.Errorf("root of a ledger of %d entries: %w", size, err)
	}
	return Head{Size: size, Root: root}, nil
}

// ProveInclusion returns the hashes, from the leaf's sibling upwards, that show
// that the entry at the index is in the ledger of the given size.
func ProveInclusion(index, size int64, r HashReader) ([]Hash, error) {
	p, err := tlog.ProveRecord(size, index, r)
	if err != nil {
		return nil, fmt.Errorf("prove entry %d of %d: %w", index, size, err)
	}
	return p, nil
}

// CheckInclusion reports why the proof does not show that the leaf hash stands
// at the index below the head, or nil if it does.
func CheckInclusion(proof []Hash, head Head, index int64, leaf Hash) error {
	if err := tlog.CheckRecord(proof, head.Size, head.Root, index, leaf); err != nil {
		return fmt.Errorf("check entry %d of %d: %w", index, head.Size, err)
	}
	return nil
}

// ProveConsistency returns the hashes that show that the ledger of the older
// size is a prefix of the newer one.
func ProveConsistency(older, newer int64, r HashReader) ([]Hash, error) {
	if older == 0 && newer >= 0 {
		return []Hash{}, nil // every ledger begins with nothing
	}
	p, err := tlog.ProveTree(newer, older, r)
	if err != nil {
		return nil, fmt.Errorf("prove that %d entries begin with the first %d: %w", newer, older, err)
	}
	return p, nil
}

// CheckConsistency reports why the proof does not show that the older head is
// a prefix of the newer one, or nil if it does.
func CheckConsistency(proof []Hash, older, newer Head) error {
	if older.Size == 0 {
		empty, err := HeadAt(0, nil)
		if err != nil {
			return err
		}
		if len(proof) != 0 || older.Root != empty.Root || newer.Size < 0 {
			return fmt.Errorf("check consistency from the empty ledger: its root or the proof is wrong")
		}
		if newer.Size == 0 && newer.Root != empty.Root {
			return fmt.Errorf("check consistency of two empty ledgers: the newer root is not that of an empty ledger")
		}
		return nil
	}
	if err := tlog.CheckTree(proof, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("check that %d entries begin with the first %d: %w", newer.Size, older.Size, err)
	}
	return nil
}
