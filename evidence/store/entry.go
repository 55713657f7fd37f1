package store

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// MaxLeaf bounds the leaf of one entry, in bytes. What is bigger is a blob.
const MaxLeaf = 64 << 10

// maxType bounds the type of an entry, in bytes.
const maxType = 64

// Entry is one row of the journal. The store does not interpret its JSON.
type Entry struct {
	Type  string            // such as pull, verdict, freeze, run, package, seal: a-z, 0-9, '_', '-', '.'
	Key   string            // what it is about, such as a source id; may repeat, later entries come after
	At    evidence.Instant  // of the run
	Blobs []evidence.Digest // blobs it stands for, each kept before the entry is appended; a few hundred at most
	Lists []evidence.Digest // blobs that each hold a list of further digests, one a line: PutList makes them
	JSON  []byte            // canonical JSON (package canon), refused otherwise
}

// Stored is an entry at its place in the ledger.
type Stored struct {
	Index int64 // of the leaf, from 0
	Entry
}

// check reports why the entry cannot be appended.
func (e Entry) check() error {
	if e.Type == "" || len(e.Type) > maxType || strings.ContainsFunc(e.Type, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
	}) {
		return fmt.Errorf("its type is %.100q: want 1 to %d of a-z, 0-9, '_', '-' and '.'", e.Type, maxType)
	}
	if !utf8.ValidString(e.Key) || strings.ContainsRune(e.Key, 0) {
		return fmt.Errorf("its key %.100q is no text", e.Key)
	}
	if y := e.At.Time().Year(); y < 1 || y > 9999 {
		return fmt.Errorf("its time lies in year %d: want 1 to 9999", y)
	}
	for _, digests := range [][]evidence.Digest{e.Blobs, e.Lists} {
		for _, d := range digests {
			if d.IsZero() {
				return errors.New("it names a blob by a digest that was never set")
			}
		}
	}
	if !canon.IsCanonical(e.JSON) {
		return errors.New("its JSON is not canonical: write it with canon.Marshal")
	}
	if n := len(Leaf(e)); n > MaxLeaf {
		return fmt.Errorf("it takes %d bytes and an entry may take %d: put the bulk into a blob and name its digest", n, MaxLeaf)
	}
	return nil
}
