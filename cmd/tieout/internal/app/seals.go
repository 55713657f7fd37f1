package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/store"
)

// Types of journal entries: what was seen of a log, and heads of the ledger
// that were signed.
const (
	entrySeal       = "seal"
	entryCheckpoint = "checkpoint"
)

// SealEntry is the journal's line about one sealed log. The seal itself, which
// names every file, is a blob.
type SealEntry struct {
	Schema  string          `json:"schema"`
	Log     string          `json:"log"`
	Profile string          `json:"profile"`
	Verdict string          `json:"verdict"` // of the log before it was sealed
	Records int64           `json:"records"`
	Bytes   int64           `json:"bytes"`
	Files   int             `json:"files"`
	Head    string          `json:"head"`
	Seal    evidence.Digest `json:"seal"`
	Index   int64           `json:"-"` // in the ledger
}

// checkpointEntry is the journal's line about a signed head.
type checkpointEntry struct {
	Schema string          `json:"schema"`
	Size   int64           `json:"size"`
	Root   string          `json:"root"`
	Note   evidence.Digest `json:"note"`
	Stamp  string          `json:"timestamp,omitempty"` // SHA-256 of a time-stamp over the note, which was checked
}

// ErrSealBroken is the error of sealing a log that an earlier seal contradicts.
var ErrSealBroken = errors.New("an earlier seal says otherwise: nothing was sealed")

// errUnsealable is the error of a log that was no single state while it was
// read.
var errUnsealable = errors.New("it changed while it was read: nothing was sealed; try again when nobody writes to it")

// Unsettled reports whether the error is one of a log that could not be judged.
func Unsettled(err error) bool { return errors.Is(err, errUnsealable) }

// SealName is what seals call a file: its path below the workspace, or else the
// whole of it. It follows links in the folders, so that one file has one name.
func (a *App) SealName(name string) string {
	full, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	full = resolved(full)
	if below, err := filepath.Rel(resolved(a.WS.Dir), full); err == nil && filepath.IsLocal(below) {
		full = below
	}
	return filepath.ToSlash(full)
}

// resolved follows links in the folders of a path as far as they exist.
func resolved(path string) string {
	if real, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(real, filepath.Base(path))
	}
	return path
}

// Seal checks logs, holds them against earlier seals, and puts what was seen
// of them into the ledger, whose head it signs then. Whatever the verdict on a
// log is, its state can be sealed, unless an earlier seal contradicts it.
func (a *App) Seal(ctx context.Context, paths []string, o integrity.Options) (*integrity.Report, []SealEntry, error) {
	key, err := LoadKey(a.WS)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: the ledger's head is signed: %w", err)
	}
	if o.Seals, err = a.Seals(ctx); err != nil {
		return nil, nil, err
	}
	o.Seal, o.SealName, o.Beside, o.Now = true, a.SealName, BesideOf(paths), a.Clock()
	o.Within, o.Gone = SealedPlaces(a.WS, paths)
	o.AsNamed = func(name string) string { return AsNamed(a.WS, name) }
	report, err := integrity.Verify(ctx, logfile.Paths(paths...), o)
	if err != nil {
		return nil, nil, err
	}
	var entries []store.Entry
	var out []SealEntry
	for _, l := range report.Logs {
		if l.Lost() {
			continue // what is there can be sealed all the same; the report names it
		}
		if l.Counts[integrity.SourceChanged] > 0 || l.Counts[integrity.Unreadable] > 0 {
			return report, nil, fmt.Errorf("seal %s: %w", l.Path, errUnsealable)
		}
		if broken := l.Counts[integrity.TailShorter] + l.Counts[integrity.HeadMismatch] + l.Counts[integrity.FileMissing]; broken > 0 && len(o.Seals) > 0 {
			return report, nil, fmt.Errorf("seal %s: %w", l.Path, ErrSealBroken)
		}
		e, entry, err := a.sealEntry(ctx, l)
		if err != nil {
			return nil, nil, fmt.Errorf("seal %s: %w", l.Path, err)
		}
		entries, out = append(entries, entry), append(out, e)
	}
	if len(out) == 0 {
		return report, nil, fmt.Errorf("seal: only logs that are not there any more were found: %w", ErrSealBroken)
	}
	first, err := a.Store.Append(ctx, entries...)
	if err != nil {
		return nil, nil, fmt.Errorf("seal: %w", err)
	}
	for i := range out {
		out[i].Index = first + int64(i)
	}
	return report, out, a.keepCheckpoint(ctx, key)
}

func (a *App) sealEntry(ctx context.Context, l *integrity.Log) (SealEntry, store.Entry, error) {
	body, err := canon.Marshal(l.Sealed)
	if err != nil {
		return SealEntry{}, store.Entry{}, err
	}
	blob, _, err := a.Store.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return SealEntry{}, store.Entry{}, err
	}
	e := SealEntry{
		Schema: "tieout/seal-entry/v1", Log: l.Sealed.Log, Profile: l.Profile, Verdict: string(l.Verdict), Records: l.Records, Bytes: l.Bytes,
		Files: len(l.Sealed.Files), Head: l.Head, Seal: blob,
	}
	text, err := canon.Marshal(e)
	return e, store.Entry{Type: entrySeal, Key: e.Log, At: a.Clock(), Blobs: []evidence.Digest{blob}, JSON: text}, err
}

// keepCheckpoint signs the ledger's head and keeps the note, with a time-stamp
// over it where the workspace asks for one and it can be had.
func (a *App) keepCheckpoint(ctx context.Context, key *ledger.Keyring) error {
	note, err := a.checkpoint(ctx, key)
	if err != nil {
		return err
	}
	c, err := ledger.ClaimedCheckpoint(note)
	if err != nil {
		return err
	}
	blob, _, err := a.Store.Put(ctx, bytes.NewReader(note))
	if err != nil {
		return fmt.Errorf("keep the signed checkpoint: %w", err)
	}
	e, blobs := checkpointEntry{"tieout/checkpoint-entry/v1", c.Head.Size, c.Head.Root.String(), blob, ""}, []evidence.Digest{blob}
	token, _, err := a.timestamp(ctx, note)
	if err != nil {
		return err
	}
	if token != nil {
		stamp, _, err := a.Store.Put(ctx, bytes.NewReader(token))
		if err != nil {
			return fmt.Errorf("keep the time-stamp of the checkpoint: %w", err)
		}
		e.Stamp, blobs = stamp.String(), append(blobs, stamp)
	}
	text, err := canon.Marshal(e)
	if err != nil {
		return fmt.Errorf("keep the signed checkpoint: %w", err)
	}
	if _, err := a.Store.Append(ctx, store.Entry{Type: entryCheckpoint, Key: c.Origin, At: a.Clock(), Blobs: blobs, JSON: text}); err != nil {
		return fmt.Errorf("keep the signed checkpoint: %w", err)
	}
	return nil
}

// PriorSeals reads the seals of a workspace, and how they call files. A
// workspace in which nothing was kept yet has none.
func PriorSeals(ctx context.Context, w *workspace.Workspace) (_ []integrity.Seal, name func(string) string, err error) {
	head, err := headFile(w.Dir)
	if err != nil {
		return nil, nil, err
	}
	a := &App{WS: w}
	a.Store, err = store.Open(ctx, filepath.Join(w.StateDir(), "store"), store.Options{HeadFile: head, ReadOnly: true})
	if errors.Is(err, store.ErrNoStore) {
		return nil, a.SealName, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open the store of %s: %w", w.Dir, err)
	}
	defer func() { err = errors.Join(err, a.Store.Close()) }()
	seals, err := a.Seals(ctx)
	return seals, a.SealName, err
}

// maxSeal bounds a seal's text: a hundred thousand files with long names.
const maxSeal = 64 << 20

// Seals returns all seals, oldest first. Each is held against the ledger's own
// hash of its entry, and the ledger against every head of it that was signed: a
// seal that was changed in the store is an error, never an anchor.
func (a *App) Seals(ctx context.Context) ([]integrity.Seal, error) {
	var out []integrity.Seal
	for s, err := range a.Store.Entries(ctx, entrySeal, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the seals: %w", err)
		}
		seal, err := a.sealOf(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("read the seal at ledger entry %d: %w", s.Index, err)
		}
		out = append(out, *seal)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, a.signedHeads(ctx)
}

func (a *App) sealOf(ctx context.Context, s store.Stored) (*integrity.Seal, error) {
	hashes, err := a.Store.Hashes(ctx).ReadHashes([]int64{tlog.StoredHashIndex(0, s.Index)})
	if err != nil {
		return nil, err
	}
	if hashes[0] != tlog.RecordHash(store.Leaf(s.Entry)) {
		return nil, fmt.Errorf("%w: it is not the entry that the ledger holds", store.ErrDamaged)
	}
	var e SealEntry
	if err := json.Unmarshal(s.JSON, &e); err != nil {
		return nil, err
	}
	body, err := a.readBlob(ctx, e.Seal, maxSeal)
	if err != nil {
		return nil, err
	}
	seal := &integrity.Seal{}
	if err := json.Unmarshal(body, seal); err != nil {
		return nil, err
	}
	if seal.Schema != integrity.SealSchema {
		return nil, fmt.Errorf("its schema is %q: this version reads %s", seal.Schema, integrity.SealSchema)
	}
	return seal, nil
}

// signedHeads holds the ledger against every head of it that was signed and
// kept.
func (a *App) signedHeads(ctx context.Context) error {
	key, err := LoadKey(a.WS)
	if err != nil {
		return fmt.Errorf("check the signed heads of the ledger: %w", err)
	}
	verifier, err := ledger.ParseVerifier(key.VerifierKey(ledger.RoleCheckpoint))
	if err != nil {
		return fmt.Errorf("check the signed heads of the ledger: %w", err)
	}
	for s, err := range a.Store.Entries(ctx, entryCheckpoint, 0) {
		if err == nil {
			err = a.signedHead(ctx, s, func(note []byte) (ledger.Checkpoint, error) {
				return ledger.ParseCheckpoint(note, ledger.Origin(Slug(a.WS.File.Entity.Name)), verifier)
			})
		}
		if err != nil {
			return fmt.Errorf("check the signed head at ledger entry %d: %w", s.Index, err)
		}
	}
	return nil
}

func (a *App) signedHead(ctx context.Context, s store.Stored, parse func([]byte) (ledger.Checkpoint, error)) error {
	var e checkpointEntry
	if err := json.Unmarshal(s.JSON, &e); err != nil {
		return err
	}
	note, err := a.readBlob(ctx, e.Note, ledger.MaxNote)
	if err != nil {
		return err
	}
	c, err := parse(note)
	if err != nil {
		return err
	}
	head, err := ledger.HeadAt(c.Head.Size, a.Store.Hashes(ctx))
	if err != nil {
		return err
	}
	if head != c.Head || c.Head.Size > s.Index {
		return fmt.Errorf("%w: the ledger is not the one that was signed", store.ErrDamaged)
	}
	return nil
}

// BesideOf reports whether files of the same log lie in the folder of a file
// that was named, without having been named themselves.
func BesideOf(paths []string) func(name string) bool {
	named := map[string]bool{}
	var folders []string
	for _, p := range paths {
		named[filepath.Clean(p)] = true
		folders = append(folders, filepath.Clean(p))
	}
	return func(name string) bool {
		dir := filepath.Dir(filepath.FromSlash(name))
		for _, f := range folders {
			if below, err := filepath.Rel(f, dir); err == nil && filepath.IsLocal(below) {
				return false // the whole folder was named
			}
		}
		beside, err := os.ReadDir(dir)
		if err != nil {
			return false // the file itself was read from there: it is gone since
		}
		stem := logfile.Stem(filepath.ToSlash(filepath.Join(dir, filepath.Base(name))))
		for _, d := range beside {
			b := filepath.Join(dir, d.Name())
			if d.Type().IsRegular() && !named[filepath.Clean(b)] && logfile.LooksLikeLog(d.Name()) && logfile.Stem(filepath.ToSlash(b)) == stem {
				return true
			}
		}
		return false
	}
}
