package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/export"
)

// entryMembers are what an entry of the ledger may consist of. None sorts
// behind type, so that an entry ends with what it is.
var entryMembers = []string{"at", "blobs", "json", "key", "lists", "schema", "type"}

// checkEntry reports whether a leaf says what it is an entry of.
func checkEntry(leaf []byte) error {
	m, err := canon.ParseObject(leaf)
	if err != nil {
		return err
	}
	for k := range m {
		if !slices.Contains(entryMembers, k) {
			return fmt.Errorf("an entry has no member %.60q", k)
		}
	}
	if kind, _ := m["type"].(string); kind == "" || m["schema"] != "tieout/entry/v1" {
		return errors.New("it is no entry of tieout/entry/v1 with a type")
	}
	return nil
}

// whole checks that every entry is shown in full. A hash alone does not say
// whether a statement, a plan of a sample or a seal stands behind it.
func (c *ledgerCheck) whole(size int64, shown int) {
	missing := size - int64(shown)
	if missing <= 0 {
		return
	}
	if c.all {
		c.bad(LedgerMismatch, EntriesPath, "%d of %d ledger entries are not shown in full, and %s shows every one: they may hold statements, plans and draws of samples, or seals that the package leaves out", missing, size, c.d.Run.Tool)
		return
	}
	c.undecided("%d of %d ledger entries, which are not shown in full: they may hold statements, plans and draws of samples, or seals that the package leaves out; ask for a package that shows them", missing, size)
}

// statements checks that the dossier leaves out no statement of the ledger.
func (c *ledgerCheck) statements(entries map[int64][]byte) {
	listed := map[int64]bool{}
	for _, s := range c.d.Statements {
		listed[s.LedgerIndex] = true
		if leaf, shown := entries[s.LedgerIndex]; shown && !bytes.HasSuffix(leaf, []byte(`"type":"statement"}`)) {
			c.bad(LedgerMismatch, EntriesPath, "ledger entry %d does not stand for statement %s: it is no statement", s.LedgerIndex, s.No)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(entries)) {
		if bytes.HasSuffix(entries[at], []byte(`"type":"statement"}`)) && !listed[at] {
			c.bad(LedgerMismatch, EntriesPath, "ledger entry %d is a statement that the dossier leaves out: %s", at, export.StatementsFile)
		}
	}
}
