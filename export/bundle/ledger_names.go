package bundle

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// named checks that the evidence of the dossier is what the ledger's entries
// name.
func (c *ledgerCheck) named(entries map[int64][]byte) error {
	c.inside()
	lost, told := lostNames{}, 0
	for _, e := range c.d.Evidence {
		leaf, shown := entries[e.LedgerIndex]
		if !shown {
			lost.add("evidence", e.ID)
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
			lost.add("evidence", e.ID)
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
			lost.add("pulls", p.Source)
		}
	}
	for _, s := range c.d.Statements {
		leaf, shown := entries[s.LedgerIndex]
		if shown && !bytes.Contains(leaf, []byte(`"`+s.SHA256+`"`)) {
			c.bad(LedgerMismatch, EntriesPath, "ledger entry %d does not stand for statement %s", s.LedgerIndex, s.No)
		}
		if !shown {
			lost.add("statements", s.No)
		}
	}
	for _, what := range sortedKeys(lost) {
		names := lost[what]
		c.note("whether %d %s of the dossier stand in the ledger, since the package does not show their entries or lists in full: %s", len(names), what, firstOf(names))
	}
	return nil
}

// lostNames are those whose entry is not shown, by what they are.
type lostNames map[string][]string

func (l lostNames) add(what, name string) { l[what] = append(l[what], name) }

// firstOf names the first few.
func firstOf(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}

// inside checks that whatever names an entry of the ledger names one that the
// ledger has.
func (c *ledgerCheck) inside() {
	told := 0
	check := func(what, name string, at int64) {
		if (at < 0 || at >= c.d.Run.LedgerSize) && told < maxTold {
			told++
			c.bad(LedgerMismatch, DossierPath, "%s %s names ledger entry %d, and the ledger has %d entries, numbered from 0", what, name, at, c.d.Run.LedgerSize)
		}
	}
	for _, e := range c.d.Evidence {
		check("evidence", e.ID, e.LedgerIndex)
	}
	for _, p := range c.d.Pulls {
		check("the pull of source", p.Source, p.LedgerIndex)
	}
	for _, s := range c.d.Statements {
		check("statement", s.No, s.LedgerIndex)
	}
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
