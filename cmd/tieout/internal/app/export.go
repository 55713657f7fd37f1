package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
)

// ExportOptions say what a package is to look like.
type ExportOptions struct {
	Formats       []string // none = the workspace's
	Out           string   // none = the workspace's
	Stage         string
	Dir           bool
	AcceptSecrets string   // why what looks like a secret may leave
	To            []string // age recipients; none = the workspace's
}

// Exported is a package that was written.
type Exported struct {
	*bundle.Written
	Stage       string   `json:"stage"`
	Reasons     int      `json:"reasons"` // why it is not complete
	FirstReason string   `json:"first_reason,omitempty"`
	VerifierKey string   `json:"verifier_key"`
	EncryptedTo []string `json:"encrypted_to,omitempty"`
	Timestamp   *Stamped `json:"timestamp,omitempty"` // none where the workspace asks for none
}

// Export writes the package of a run.
func (a *App) Export(ctx context.Context, run *Run, o ExportOptions) (*Exported, error) {
	if !slices.Contains([]string{"draft", "interim", "final"}, o.Stage) {
		return nil, fmt.Errorf("--stage %q: want draft, interim or final", o.Stage)
	}
	formats := formatsOf(a.WS, o.Formats)
	for _, f := range formats {
		if !slices.Contains(workspace.Formats, f) {
			return nil, fmt.Errorf("--format %q: this version writes %s", f, strings.Join(workspace.Formats, ", "))
		}
	}
	if run.Window != a.WS.Window || run.Type != a.WS.File.Engagement.Type {
		return nil, fmt.Errorf("export: the engagement is not what it was when run %s was made: run 'tieout test' anew", run.ID)
	}
	if o.Stage == "final" {
		early, err := a.Interim(ctx, run)
		if err == nil {
			err = mayBeFinal(early)
		}
		if err != nil {
			return nil, err
		}
	}
	to, seal, err := recipients(a.WS, o)
	if err != nil {
		return nil, err
	}
	key, path, made, err := EnsureKey(a.WS)
	if err != nil {
		return nil, err
	}
	if made {
		a.Say("made a key: %s; its verifier key is printed by 'tieout key show'", path)
	}
	if err := a.numberNow(ctx, run); err != nil {
		return nil, err
	}
	d, err := a.Dossier(ctx, run, o.Stage)
	if err != nil {
		return nil, err
	}
	in := bundle.Input{
		Slug: Slug(a.WS.File.Entity.Name), Dossier: d, Sheets: export.Sheets, Database: run.Database(), TestsSQL: catalog.TestsSQL(a.Catalog),
		Signer: key.Signer(ledger.RoleManifest), Dir: o.Dir, Seal: seal,
		Documents: func(d *export.Dossier, digest evidence.Digest) []bundle.Document {
			return Documents(d, digest, formats)
		},
	}
	for _, t := range run.Frozen.Tables {
		in.Tables = append(in.Tables, bundle.TableFile{Name: t.Name, Open: opener(filepath.Join(run.dir, filepath.FromSlash(t.Path)))})
	}
	if in.Files, err = a.packageFiles(ctx, d); err != nil {
		return nil, err
	}
	if err := a.leaks(ctx, &in, o.AcceptSecrets); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	if in.Ledger, err = a.packageLedger(ctx, d, key); err != nil {
		return nil, err
	}
	target, err := a.target(run, o, len(to) > 0)
	if err != nil {
		return nil, err
	}
	var stamp *Stamped
	in.Stamp = func(ctx context.Context, note []byte) (token []byte, err error) {
		token, stamp, err = a.timestamp(ctx, note)
		return token, err
	}
	a.Event("package_started", map[string]any{"path": target})
	written, err := bundle.Write(ctx, target, in)
	if err != nil {
		return nil, err
	}
	out := &Exported{Written: written, Stage: o.Stage, Reasons: len(d.Incomplete), VerifierKey: key.VerifierKey(ledger.RoleManifest), EncryptedTo: to, Timestamp: stamp}
	if len(d.Incomplete) > 0 {
		out.FirstReason = d.Incomplete[0]
	}
	a.Event("package_finished", out)
	return out, a.enterPackage(ctx, run, out)
}

// target is where the package goes. A package is never written over another.
func (a *App) target(run *Run, o ExportOptions, sealed bool) (string, error) {
	dir := o.Out
	if dir == "" {
		dir = a.WS.OutDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("make the folder for packages: %w", err)
	}
	e := a.WS.File.Engagement
	first, last := e.Days()
	days := first.String() + "_" + last.String()
	if a.WS.OneDay() {
		days = first.String()
	}
	base := fmt.Sprintf("%s_soc2-type%d_%s_%s_%s", Slug(a.WS.File.Entity.Name), e.Type, days, run.ID, o.Stage)
	for n := 1; n < 1000; n++ {
		name := base
		if n > 1 {
			name += fmt.Sprintf("_%d", n)
		}
		if !o.Dir {
			name += ".zip"
		}
		if sealed {
			name += ".age"
		}
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", fmt.Errorf("write the package: %w", err)
		}
	}
	return "", fmt.Errorf("write the package: %s holds a thousand packages of this run", dir)
}

func opener(path string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(path) }
}

// packageFiles are the files that go in as they are: raw evidence, reports on
// logs, and the catalogue as it was used.
func (a *App) packageFiles(ctx context.Context, d *export.Dossier) ([]bundle.File, error) {
	var out []bundle.File
	for _, e := range d.Evidence {
		if e.File == "" {
			continue
		}
		digest, err := evidence.ParseDigest(e.SHA256)
		if err != nil {
			return nil, err
		}
		out = append(out, bundle.File{Path: e.File, Open: a.blob(ctx, digest)})
	}
	people, err := a.peopleFiles(ctx, d)
	if err != nil {
		return nil, err
	}
	out = append(out, people...)
	logs, err := a.logVerdicts(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range logs {
		out = append(out, bundle.File{Path: logFile(l.Source), Open: a.blob(ctx, l.Report)})
	}
	body, err := canon.Marshal(a.Catalog)
	if err != nil {
		return nil, fmt.Errorf("write the catalogue: %w", err)
	}
	return append(out, bundle.File{Path: "catalog/catalog.json", Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }}), nil
}

func (a *App) blob(ctx context.Context, d evidence.Digest) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		r, _, err := a.Store.Open(ctx, d)
		return r, err
	}
}

// packageLedger is the ledger as the package shows it: its signed head, and
// every leaf by its hash and in full. A hash alone does not say what it is of,
// so whoever left out leaves could leave out statements and plans of samples.
func (a *App) packageLedger(ctx context.Context, d *export.Dossier, key *ledger.Keyring) (*bundle.Ledger, error) {
	checkpoint, err := a.checkpoint(ctx, key)
	if err != nil {
		return nil, err
	}
	out := &bundle.Ledger{Checkpoint: checkpoint, Leaves: a.leafHashes(ctx, d.Run.LedgerSize)}
	for s, err := range a.Store.Entries(ctx, "", 0) {
		if err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		if s.Index >= d.Run.LedgerSize {
			break // entered since
		}
		out.Entries = append(out.Entries, bundle.LedgerEntry{Index: s.Index, Leaf: store.Leaf(s.Entry)})
		for _, l := range s.Lists {
			if !slices.ContainsFunc(out.Lists, func(o bundle.LedgerList) bool { return o.SHA256 == l }) {
				out.Lists = append(out.Lists, bundle.LedgerList{SHA256: l, Open: a.blob(ctx, l)})
			}
		}
	}
	return out, nil
}

// leafHashes yields the hash of every leaf up to the size, in order.
func (a *App) leafHashes(ctx context.Context, size int64) func() iterHashes {
	return func() iterHashes {
		return func(yield func(ledger.Hash, error) bool) {
			const step = 1024
			for first := int64(0); first < size; first += step {
				var at []int64
				for n := first; n < min(first+step, size); n++ {
					at = append(at, tlog.StoredHashIndex(0, n))
				}
				hashes, err := a.Store.Hashes(ctx).ReadHashes(at)
				if err != nil {
					yield(ledger.Hash{}, fmt.Errorf("read the ledger: %w", err))
					return
				}
				for _, h := range hashes {
					if !yield(h, nil) {
						return
					}
				}
			}
		}
	}
}

// enterPackage enters the package into the journal.
func (a *App) enterPackage(ctx context.Context, run *Run, made *Exported) error {
	body, err := canon.Marshal(map[string]any{
		"content_digest": made.ContentDigest.String(), "manifest_sha256": made.ManifestSHA256.String(), "name": filepath.Base(made.Path),
		"run": run.ID, "schema": "tieout/package-entry/v1", "stage": made.Stage,
	})
	if err == nil {
		_, err = a.Store.Append(ctx, store.Entry{Type: entryPackage, Key: run.ID, At: a.Clock(), JSON: body})
	}
	if err != nil {
		return fmt.Errorf("the package %s is written and sound, but entering it into the journal was not possible: %w", made.Path, err)
	}
	return nil
}
