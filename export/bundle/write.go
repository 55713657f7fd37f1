package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/export"
)

// Write writes the package to the target, which must not exist: a package that
// was handed out is never replaced. Equal inputs give equal bytes. After an
// error, or when the context ends, nothing is left.
//
// What is known to be wrong is not written: numbers of the dossier that are not
// those of the files and items, a register that lacks a deviating item, text
// that is no SQL in tests.sql.
func Write(ctx context.Context, target string, in Input) (*Written, error) {
	w, err := write(ctx, target, in, createFile)
	if err != nil {
		return nil, fmt.Errorf("write package %s: %w", target, err)
	}
	return w, nil
}

func write(ctx context.Context, target string, in Input, create func(string) (io.WriteCloser, error)) (_ *Written, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, errors.New("it exists already, and a package is never replaced: choose another name"))
	}
	s, err := newStage(ctx, target, in.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.create, s.seal = create, in.Seal
	w := &writer{stage: s, in: &in}
	out, err := w.layers()
	if err != nil {
		return nil, err
	}
	out.Path = target
	return out, w.finish(target)
}

// check reports what is missing.
func (in *Input) check() error {
	switch {
	case in.Dossier == nil || in.Dossier.Items == nil || in.Sheets == nil:
		return errors.New("a dossier with items, and sheets of it, are needed")
	case len(in.Dossier.Results) == 0:
		return errors.New("the dossier has no result: a package that shows nothing would be taken for one that shows no deviation; run 'tieout test' first")
	case len(in.Tables) == 0 || in.Database == "" || len(in.TestsSQL) == 0:
		return errors.New("the frozen tables, their database and the tests are needed")
	case in.Dir && in.Seal != nil:
		return errors.New("a folder cannot be encrypted as one: write a zip file")
	case in.Signer == nil:
		return errors.New("a key is needed to sign the manifest; make one with 'tieout key new'")
	case in.Slug == "" || len(in.Slug) > 64 || strings.Trim(in.Slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("the entity's short name %.80q: want small letters, digits and hyphens", in.Slug)
	}
	return checkTestsSQL(in.TestsSQL)
}

// checkTestsSQL reports a line that a plain sqlite3 would take for a command of
// its own, which can run programs.
func checkTestsSQL(sql []byte) error {
	n := 0
	for line := range bytes.Lines(sql) {
		n++
		if trimmed := bytes.TrimLeft(line, " \t\v\f\r"); len(trimmed) > 0 && trimmed[0] == '.' {
			return fmt.Errorf("%s, line %d begins with a dot: sqlite3 would take it for a command", TestsPath, n)
		}
	}
	return nil
}

// writer makes the layers of a package, one after the other.
type writer struct {
	*stage
	in    *Input
	d     *export.Dossier // as the package holds it
	tally *tally
	rows  []RowCount
}

func (w *writer) layers() (*Written, error) {
	if err := w.content(); err != nil {
		return nil, err
	}
	root, err := Root(w.files())
	if err != nil {
		return nil, err
	}
	if err := w.documents(root); err != nil {
		return nil, err
	}
	files := w.files()
	slices.SortFunc(files, comparePaths)
	slices.SortFunc(w.rows, func(a, b RowCount) int { return strings.Compare(a.Path, b.Path) })
	m := makeManifest(w.d, w.in.Slug, root, w.tally.items, w.rows, files)
	if err := m.check(); err != nil {
		return nil, err
	}
	found := checkContent(w.d, m, w.tally)
	if len(found) == 0 {
		c := &ledgerCheck{ctx: w.ctx, files: w.stage, d: w.d}
		if err := c.run(); err != nil {
			return nil, err
		}
		found = c.problems
	}
	if len(found) > 0 {
		return nil, fmt.Errorf("%s: %s (%s)", found[0].Path, found[0].Note, found[0].Code)
	}
	body, err := canon.Marshal(m)
	if err != nil {
		return nil, err
	}
	if len(body) > maxManifest {
		return nil, fmt.Errorf("the manifest takes %d bytes, at most %d can be read again: put fewer files into one package", len(body), maxManifest)
	}
	digest := evidence.DigestOf(body)
	signature, err := sign(w.in.Signer, w.in.Slug, digest, root)
	if err != nil {
		return nil, err
	}
	beside := []FileEntry{{Path: ManifestPath, SHA256: digest}, {Path: SignaturePath, SHA256: evidence.DigestOf(signature)}}
	if stamp, err := w.stamp(signature); err != nil {
		return nil, err
	} else if stamp != nil {
		beside = append(beside, *stamp)
	}
	out := &Written{PackageID: m.PackageID, ContentDigest: root, ManifestSHA256: digest, Complete: w.d.Complete}
	for _, f := range []struct {
		path string
		body []byte
	}{{ManifestPath, body}, {SignaturePath, signature}, {SumsPath, sums(files, beside...)}} {
		if err := w.put(f.path, "", writeBytes(f.body)); err != nil {
			return nil, err
		}
	}
	out.Files = len(w.entries)
	for _, e := range w.entries {
		out.Bytes += e.Bytes
	}
	return out, nil
}

// stamp has the signed note stamped and writes what came of it.
func (w *writer) stamp(note []byte) (*FileEntry, error) {
	if w.in.Stamp == nil {
		return nil, nil
	}
	token, err := w.in.Stamp(w.ctx, note)
	if err != nil || token == nil {
		return nil, err
	}
	if len(token) > rfc3161.MaxToken {
		return nil, fmt.Errorf("%s: %d bytes are more than the %d that can be read again", TimestampPath, len(token), rfc3161.MaxToken)
	}
	return &FileEntry{Path: TimestampPath, SHA256: evidence.DigestOf(token)}, w.put(TimestampPath, "", writeBytes(token))
}

func writeBytes(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}

func (w *writer) documents(root evidence.Digest) error {
	if err := w.write(ReadmePath, func(out io.Writer) error { return writeReadme(out, w.d, root) }); err != nil {
		return err
	}
	if err := w.write(VerifierPath, writeBytes(Verifier)); err != nil {
		return err
	}
	if w.in.Documents == nil {
		return nil
	}
	for _, d := range w.in.Documents(w.d, root) {
		if r, ok := roleOf(d.Path); !ok || r != RoleDocument {
			return fmt.Errorf("document %.130q: documents stand at report.pdf, workbook.xlsx, index.html or below oscal/", d.Path)
		}
		if err := w.write(d.Path, d.Write); err != nil {
			return err
		}
	}
	return nil
}
