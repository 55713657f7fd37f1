package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
)

// shelf is where the files of a package can be read, by path.
type shelf interface {
	has(path string) bool
	open(ctx context.Context, path string) (io.ReadCloser, error)
}

// ledgerCheck checks what a package shows of the ledger against the dossier,
// and against a checkpoint that somebody kept.
type ledgerCheck struct {
	ctx   context.Context // of the one check
	files shelf
	d     *export.Dossier
	keys  []note.Verifier          // for checkpoints; none: signatures are not checked
	all   bool                     // the tool that wrote the package shows every entry
	sum   func(path string) string // the SHA-256 of a file of the package
	since []byte                   // signed note that the reader kept, or none

	problems []Problem
	notes    []string // what could not be checked, in sentences
	last     digestList
	open     bool   // something could not be looked at that decides about the verdict
	behind   bool   // the ledger is shorter than the checkpoint given: why, cannot be told
	proved   string // what was proved beyond agreement with itself, or none
	level    int
}

func (c *ledgerCheck) bad(code Code, path, format string, args ...any) {
	c.problems = append(c.problems, Problem{code, path, fmt.Sprintf(format, args...)})
}

func (c *ledgerCheck) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// run does all of it. An error means that it could not look.
func (c *ledgerCheck) run() error {
	if !c.files.has(CheckpointPath) {
		if len(c.since) > 0 {
			c.bad(LedgerMismatch, CheckpointPath, "the package shows no ledger, so it cannot be compared with the checkpoint given")
		} else {
			c.absent()
		}
		return nil
	}
	older, err := c.older()
	if err != nil {
		return err
	}
	head, ok, err := c.checkpoint()
	if err != nil || !ok {
		return err
	}
	entries, err := c.entries()
	if err != nil {
		return err
	}
	return c.leaves(head, older, entries)
}

// absent says what stays open where the package shows no ledger at all.
func (c *ledgerCheck) absent() {
	r := &c.d.Run
	rests := []string{}
	count := func(n int, what string) {
		if n > 0 {
			rests = append(rests, fmt.Sprintf("%d %s", n, what))
		}
	}
	count(len(c.d.Pulls), "pulls")
	count(len(c.d.Evidence), "evidence items")
	count(len(c.d.Statements), "statements of people")
	count(len(c.d.Samples), "plans of samples")
	if r.LedgerOrigin != "" || r.LedgerSize != 0 || r.LedgerRoot != "" {
		rests = append(rests, fmt.Sprintf("a ledger of %d entries", r.LedgerSize))
	}
	if len(rests) == 0 {
		c.note("the package shows no ledger: nothing says when its evidence was collected")
		return
	}
	c.undecided("the dossier names %s, and the package shows no ledger: nothing says when its evidence was collected, whether anything was left out, and whether samples were planned before they were drawn; ask for a package with logs/ledger/", strings.Join(rests, ", "))
}

// undecided says that something could not be looked at, so that the package
// cannot be called valid.
func (c *ledgerCheck) undecided(format string, args ...any) {
	c.open = true
	c.note(format, args...)
}

// older reads the checkpoint that the reader kept.
func (c *ledgerCheck) older() (*ledger.Head, error) {
	if len(c.since) == 0 {
		return nil, nil
	}
	kept, err := ledger.ClaimedCheckpoint(c.since)
	if err != nil {
		return nil, fmt.Errorf("read the checkpoint that the package is to be compared with: %w", err)
	}
	if kept.Origin != c.d.Run.LedgerOrigin {
		c.bad(LedgerMismatch, CheckpointPath, "the checkpoint given is of ledger %q, the package's is %q", kept.Origin, c.d.Run.LedgerOrigin)
		return nil, nil
	}
	c.signature(c.since, kept.Origin, "the checkpoint given")
	return &kept.Head, nil
}

// signature checks a checkpoint's signature as far as keys were given.
func (c *ledgerCheck) signature(msg []byte, origin, what string) {
	if len(c.keys) == 0 {
		c.note("the signature of %s was not checked: no key for checkpoints was given", what)
		return
	}
	_, err := ledger.ParseCheckpoint(msg, origin, c.keys...)
	var unknown *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unknown):
		c.note("%s is signed by a key that was not given", what)
	case err != nil:
		c.bad(LedgerMismatch, CheckpointPath, "%s: %v", what, err)
	}
}

// checkpoint reads the package's checkpoint and compares it with the dossier.
func (c *ledgerCheck) checkpoint() (ledger.Head, bool, error) {
	msg, err := readAll(c.ctx, c.files, CheckpointPath, ledger.MaxNote)
	if err != nil {
		return ledger.Head{}, false, unlessForm(err, func(err error) { c.bad(LedgerMismatch, CheckpointPath, "%v", err) })
	}
	cp, err := ledger.ClaimedCheckpoint(msg)
	if err != nil {
		c.bad(LedgerMismatch, CheckpointPath, "%v", err)
		return ledger.Head{}, false, nil
	}
	run := &c.d.Run
	if cp.Origin != run.LedgerOrigin || cp.Head.Size != run.LedgerSize || cp.Head.Root.String() != run.LedgerRoot {
		c.bad(LedgerMismatch, CheckpointPath, "it is of %s with %d entries and root %s; the dossier names %s with %d and %s",
			cp.Origin, cp.Head.Size, cp.Head.Root, run.LedgerOrigin, run.LedgerSize, run.LedgerRoot)
		return ledger.Head{}, false, nil
	}
	c.signature(msg, cp.Origin, "the package's checkpoint")
	return cp.Head, true, nil
}

// maxEntries bounds the leaves that are shown in full, in bytes.
const maxEntries = 256 << 20

// entries reads the leaves that are shown in full, by index.
func (c *ledgerCheck) entries() (map[int64][]byte, error) {
	out := map[int64][]byte{}
	if !c.files.has(EntriesPath) {
		c.note("the package shows no entry of the ledger in full")
		return out, nil
	}
	r, err := c.files.open(c.ctx, EntriesPath)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read from
	n, last, size := 0, int64(-1), 0
	for line, err := range linesOf(r) {
		if err != nil {
			return nil, unlessForm(err, func(err error) { c.bad(LedgerMismatch, EntriesPath, "line %d: %v", n+1, err) })
		}
		n++
		e, err := parseEntry(line)
		if err == nil && e.Index <= last {
			err = fmt.Errorf("entry %d comes after entry %d", e.Index, last)
		}
		if err == nil {
			err = checkEntry(e.Leaf)
		}
		if err != nil {
			c.bad(LedgerMismatch, EntriesPath, "line %d: %v", n, err)
			return out, nil
		}
		last = e.Index
		if size += len(e.Leaf); size > maxEntries {
			c.bad(LedgerMismatch, EntriesPath, "line %d: more than %d bytes of entries", n, maxEntries)
			return out, nil
		}
		out[e.Index] = e.Leaf
	}
	return out, nil
}

// leaves grows the ledger from the hashes of its leaves and compares it with
// the checkpoints and entries on the way.
func (c *ledgerCheck) leaves(head ledger.Head, older *ledger.Head, entries map[int64][]byte) error {
	if !c.files.has(LeavesPath) {
		c.bad(FileMissing, LeavesPath, "the package shows a checkpoint but not the leaves below it")
		return nil
	}
	if older != nil && older.Size > head.Size {
		c.bad(LedgerRollback, LeavesPath, "the checkpoint given has %d entries, the package's ledger %d: either entries were taken away, or the package is older than the checkpoint; ask for one made since", older.Size, head.Size)
		c.behind, older = true, nil
	}
	r, err := c.files.open(c.ctx, LeavesPath)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read from
	t := &tree{}
	met := 0
	if older != nil {
		if err := c.meets(t, *older); err != nil {
			return err
		}
	}
	for line, err := range linesOf(r) {
		if err != nil {
			return unlessForm(err, func(err error) { c.bad(LedgerMismatch, LeavesPath, "line %d: %v", t.size+1, err) })
		}
		h, err := parseLeaf(line)
		if err != nil {
			c.bad(LedgerMismatch, LeavesPath, "line %d: %v", t.size+1, err)
			return nil
		}
		if leaf, shown := entries[t.size]; shown {
			met++
			if tlog.RecordHash(leaf) != h {
				c.bad(LedgerMismatch, EntriesPath, "entry %d is not the leaf that the ledger has there", t.size)
			}
		}
		t.add(h)
		if err := c.sealed(t); err != nil {
			return err
		}
		if older != nil {
			if err := c.meets(t, *older); err != nil {
				return err
			}
		}
	}
	now, err := t.head()
	if err != nil {
		return err
	}
	if now != head {
		c.bad(LedgerMismatch, LeavesPath, "the %d leaves give root %s; the checkpoint is of %d and root %s", now.Size, now.Root, head.Size, head.Root)
		return nil
	}
	if met != len(entries) {
		c.bad(LedgerMismatch, EntriesPath, "%d entries stand beyond the end of the ledger", len(entries)-met)
	}
	c.whole(head.Size, met)
	c.statements(entries)
	c.logs(entries)
	c.samples(entries)
	return c.named(entries)
}

// meets compares the ledger so far with the older head, where it is as big.
func (c *ledgerCheck) meets(t *tree, older ledger.Head) error {
	if t.size != older.Size {
		return nil
	}
	got, err := t.head()
	if err != nil {
		return err
	}
	if got.Root != older.Root {
		c.bad(LedgerRollback, LeavesPath, "the ledger's first %d entries are not those of the checkpoint given: it was rewritten", older.Size)
		return nil
	}
	c.level = 2
	c.proved = fmt.Sprintf("append-only since the checkpoint given, which has %d entries", older.Size)
	return nil
}

// unlessForm tells what is wrong with a file's form, and returns an error that
// is none of its form: one of reading.
func unlessForm(err error, tell func(error)) error {
	if errors.Is(err, errForm) {
		tell(err)
		return nil
	}
	return err
}

// readAll reads a small file whole.
func readAll(ctx context.Context, files shelf, path string, limit int64) (_ []byte, err error) {
	r, err := files.open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read %s: more than %d bytes: %w", path, limit, errForm)
	}
	return b, nil
}
