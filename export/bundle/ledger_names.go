package bundle

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// named checks that the evidence of the dossier is what the ledger's entries
// name.
func (c *ledgerCheck) named(entries map[int64][]byte) error {
	unshown, told := 0, 0
	for _, e := range c.d.Evidence {
		leaf, shown := entries[e.LedgerIndex]
		if !shown {
			unshown++
			continue
		}
		if e.SHA256 != "" && bytes.Contains(leaf, []byte(`"`+e.SHA256+`"`)) {
			continue
		}
		in, whole, err := c.listed(leaf, e.SHA256)
		switch {
		case err != nil:
			return err
		case in:
		case !whole, e.File == "": // what stays elsewhere is named in the pull's manifest, which may be longer than an entry
			unshown++
		case told < maxTold:
			told++
			c.bad(LedgerMismatch, EntriesPath, "evidence %s with SHA-256 %s is not among what ledger entry %d names", e.ID, e.SHA256, e.LedgerIndex)
		}
	}
	for _, p := range c.d.Pulls {
		leaf, shown := entries[p.LedgerIndex]
		if shown && !bytes.Contains(leaf, []byte(`"source":`+string(canon.AppendString(nil, p.Source)))) {
			c.bad(LedgerMismatch, EntriesPath, "ledger entry %d is no pull of source %s", p.LedgerIndex, p.Source)
		}
		if !shown {
			unshown++
		}
	}
	for _, s := range c.d.Statements {
		leaf, shown := entries[s.LedgerIndex]
		if shown && !bytes.Contains(leaf, []byte(`"`+s.SHA256+`"`)) {
			c.bad(LedgerMismatch, EntriesPath, "ledger entry %d does not stand for statement %s", s.LedgerIndex, s.No)
		}
		if !shown {
			unshown++
		}
	}
	if unshown > 0 {
		c.note("%d of the dossier's pulls, evidence items and statements could not be found again in the ledger: the package does not show their entries or lists in full", unshown)
	}
	return nil
}

// listed reports whether one of the lists that a leaf names holds the digest,
// and whether all those lists are there.
func (c *ledgerCheck) listed(leaf []byte, digest string) (in, whole bool, err error) {
	m, err := canon.ParseObject(leaf)
	if err != nil {
		return false, false, fmt.Errorf("read an entry of the ledger: %w", err)
	}
	names, _ := m["lists"].([]any)
	whole = true
	for _, n := range names {
		name, _ := n.(string)
		if !c.files.has(listsFolder + name) {
			whole = false
			continue
		}
		if err := c.list(name); err != nil {
			return false, false, err
		}
		if c.last.holds(digest) {
			return true, true, nil
		}
	}
	return false, whole, nil
}

// digestList is a list of digests, one a line, in ascending order.
type digestList struct {
	name string
	text []byte
}

// digestLine is the length of its lines.
const digestLine = 65

func (l *digestList) holds(digest string) bool {
	n := len(l.text) / digestLine
	at := func(i int) string { return string(l.text[i*digestLine : (i+1)*digestLine-1]) }
	i := sort.Search(n, func(i int) bool { return at(i) >= digest })
	return i < n && at(i) == digest
}

// maxList bounds a list of digests, in bytes.
const maxList = 64 << 20

// list reads a list, unless it was the last one that was read: the evidence of
// one pull stands together.
func (c *ledgerCheck) list(name string) error {
	if c.last.name == name {
		return nil
	}
	c.last = digestList{name: name}
	b, err := readAll(c.ctx, c.files, listsFolder+name, maxList)
	if err != nil {
		return unlessForm(err, func(err error) { c.bad(LedgerMismatch, listsFolder+name, "%v", err) })
	}
	if got := evidence.DigestOf(b).String(); got != name {
		c.bad(LedgerMismatch, listsFolder+name, "its SHA-256 is %s, not the one that it is named by", got)
		return nil
	}
	c.last.text = b
	return nil
}
