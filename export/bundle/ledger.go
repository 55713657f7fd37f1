package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
)

// ledger writes what the package shows of the ledger.
func (w *writer) ledger() error {
	l := w.in.Ledger
	if l == nil {
		return nil
	}
	if l.Leaves == nil || len(l.Checkpoint) == 0 {
		return errors.New("show the ledger: a checkpoint and the leaves up to it are needed")
	}
	if err := w.write(CheckpointPath, writeBytes(l.Checkpoint)); err != nil {
		return err
	}
	err := w.write(LeavesPath, func(out io.Writer) error {
		for h, err := range l.Leaves() {
			if err != nil {
				return err
			}
			if _, err := io.WriteString(out, h.String()+"\n"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := w.write(EntriesPath, func(out io.Writer) error { return writeEntries(out, l.Entries) }); err != nil {
		return err
	}
	for _, list := range l.Lists {
		if err := w.take(listsFolder+list.SHA256.String(), list.Open); err != nil {
			return err
		}
	}
	return nil
}

func writeEntries(out io.Writer, entries []LedgerEntry) error {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b LedgerEntry) int { return cmp.Compare(a.Index, b.Index) })
	size := 0
	for _, e := range entries {
		if size += len(e.Leaf); size > maxEntries {
			return fmt.Errorf("the ledger's entries take more than the %d bytes that a verifier reads", maxEntries)
		}
		if !canon.IsCanonical(e.Leaf) {
			return fmt.Errorf("ledger entry %d is not canonical JSON", e.Index)
		}
		line, err := canon.Append([]byte(`{"index":`), e.Index)
		if err != nil {
			return err
		}
		line = append(append(line, `,"leaf":`...), e.Leaf...)
		if _, err := out.Write(append(line, '}', '\n')); err != nil {
			return err
		}
	}
	return nil
}

// parseEntry reads a line of logs/ledger/entries.jsonl, without its line end.
func parseEntry(line []byte) (LedgerEntry, error) {
	m, err := canon.ParseObject(line)
	if err != nil {
		return LedgerEntry{}, err
	}
	index, ok := m["index"].(canon.Number)
	leaf, has := m["leaf"].(map[string]any)
	if !ok || !has || len(m) != 2 || !canon.IsCanonical(line) {
		return LedgerEntry{}, errors.New("want the canonical JSON of an index and a leaf")
	}
	n, err := index.Int64()
	if err != nil || n < 0 {
		return LedgerEntry{}, fmt.Errorf("index %s is none", index)
	}
	body, err := canon.Append(nil, leaf)
	return LedgerEntry{Index: n, Leaf: body}, err
}

// tree is a ledger that grows by the hashes of its leaves.
type tree struct {
	size  int64
	roots []ledger.Hash // of the perfect subtrees, biggest first
}

func (t *tree) add(leaf ledger.Hash) {
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.roots) - 1
		leaf = tlog.NodeHash(t.roots[last], leaf)
		t.roots = t.roots[:last]
	}
	t.roots = append(t.roots, leaf)
	t.size++
}

// head returns the head so far.
func (t *tree) head() (ledger.Head, error) {
	if t.size == 0 {
		return ledger.HeadAt(0, nil)
	}
	last := len(t.roots) - 1
	h := t.roots[last]
	for i := last - 1; i >= 0; i-- {
		h = tlog.NodeHash(t.roots[i], h)
	}
	return ledger.Head{Size: t.size, Root: h}, nil
}

// parseLeaf reads a line of logs/ledger/leaves, without its line end.
func parseLeaf(line []byte) (ledger.Hash, error) {
	h, err := tlog.ParseHash(string(line))
	if err != nil || !bytes.Equal([]byte(h.String()), line) {
		return ledger.Hash{}, fmt.Errorf("%.60q is no base64 of a hash", line)
	}
	return h, nil
}
