package bundle

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// VerifyOptions say against what a package is verified, and what it is made
// again with. What is nil is not run, and the report says so.
type VerifyOptions struct {
	Keys     []note.Verifier     // from outside the package: ReadKeys
	Since    []byte              // a checkpoint that the reader kept: a signed note
	TSARoots []*x509.Certificate // of authorities whose time-stamps count, from outside the package
	Tool     string              // this program, in the words of a dossier's Run.Tool

	// NoRebuild leaves out everything that is made again: database, tests, rows
	// and documents.
	NoRebuild bool
	TempDir   string // for the rebuilt database; the system's where empty

	Sheets    func(*export.Dossier) []export.Sheet
	Documents func(*export.Dossier, evidence.Digest) []Document
	TestsSQL  func(*controls.Catalog) []byte

	// Catalog is the program's own catalogue. A package that this program wrote
	// holds its controls, each as it is: others may stand beside them.
	Catalog *controls.Catalog

	// Recount runs the count statements of the catalogue on a database that was
	// rebuilt from the package's lines. Both are a stranger's: it is the
	// function's part to run them where they can harm nothing.
	Recount func(ctx context.Context, database string, catalog *controls.Catalog) (evaluate.Recounted, error)

	// Reperform runs the item statements on the same database and judges what they
	// give, as evaluate.Run does.
	Reperform func(ctx context.Context, in evaluate.Input, item func(controls.Item) error) (*evaluate.Outcome, error)
}

// Verify checks the package at the path, a folder or a zip file. It trusts no
// key in it, opens no database of it and writes nothing beside it.
//
// The error means that there is nothing that could be checked: exit code 2.
// Whatever is wrong with a package is in the report.
func Verify(ctx context.Context, path string, o VerifyOptions) (*Report, error) {
	c, err := openContainer(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("verify package %s: %w", path, err)
	}
	v := &verifier{ctx: ctx, o: &o, c: c, r: newReport(path)}
	err = v.run()
	v.existed()
	if err = errors.Join(err, c.close()); err != nil {
		return nil, fmt.Errorf("verify package %s: %w", path, err)
	}
	v.conclude()
	return v.r, nil
}

func newReport(path string) *Report {
	return &Report{
		Schema: reportSchema, Path: path, Signature: Signature{State: NotChecked}, Timestamp: Timestamp{State: TimestampNotChecked}, LedgerWords: ledgerWords[0],
		Incomplete: []string{}, Problems: []Problem{}, NotChecked: []string{}, Rebuild: map[string]Rebuilt{"pdf": NotRun, "xlsx": NotRun, "html": NotRun},
	}
}

// verifier is one verification.
type verifier struct {
	ctx    context.Context // of the one call of Verify
	o      *VerifyOptions
	c      *container
	r      *Report
	m      *Manifest
	d      *export.Dossier
	tally  *tally
	behind bool // the package's ledger is shorter than the checkpoint given
	open   bool // something could not be looked at that decides about the verdict
}

func (v *verifier) bad(code Code, path, format string, args ...any) {
	v.r.Problems = append(v.r.Problems, Problem{code, path, fmt.Sprintf(format, args...)})
}

func (v *verifier) notChecked(format string, args ...any) {
	v.r.NotChecked = append(v.r.NotChecked, fmt.Sprintf(format, args...))
}

// undecided says that something could not be looked at, so that the package
// cannot be called valid.
func (v *verifier) undecided(format string, args ...any) {
	v.open = true
	v.notChecked(format, args...)
}

// bareClaims names what a package says and nothing in it can be held against.
const bareClaims = "what nothing in a package can be held against, so that it stays its writer's word: who prepared it (prepared_by), the digest of the configuration, the ledger's birth and the level it claims, a component's classes of data, the engagement's categories, " +
	"whom the entity relies on, components left out and why, the scope's history, earlier freezes, the tool's own record, limits, and whether reasons are missing for not being complete; of pulls and evidence times, principals, titles, methods, and what was rejected or withheld; of populations the counts that sources " +
	"stated, the second source, gaps and definitions; of results that nothing could be compared, and why; of logs coverage, the findings' words and segments; and the rows of \"Can I rely on this?\""

// run checks layer after layer, outside in. What a broken layer covers is not
// read: its findings would be those of other bytes than were signed.
func (v *verifier) run() error {
	v.r.Problems = append(v.r.Problems, v.c.problems...)
	if !v.c.readable {
		v.notChecked("anything inside: the container cannot be read from its front to its end")
		return nil
	}
	if err := v.manifest(); err != nil {
		return v.orChanged(err)
	}
	if v.m == nil {
		v.notChecked("anything beyond the manifest, since that is not to be had")
		return nil
	}
	v.files()
	if len(v.r.Problems) > 0 && v.failed() {
		v.notChecked("what the files say, since they are not those of a manifest that holds")
		return nil
	}
	v.notChecked("%s", bareClaims)
	for _, check := range []func() error{v.dossier, v.rows, v.content, v.controls, v.logs, v.statements, v.samples, v.ledger, v.database, v.documents} {
		if err := check(); err != nil {
			return v.orChanged(err)
		}
		if v.d == nil {
			break
		}
	}
	return nil
}

// orChanged turns a file that changed while it was read into an open question,
// and one that is not of its form into a problem.
func (v *verifier) orChanged(err error) error {
	if errors.Is(err, errForm) {
		v.bad(ManifestInvalid, "", "%v", err)
		return nil
	}
	if errors.Is(err, errChanged) {
		v.undecided("the rest: %v", err)
		return nil
	}
	return err
}

// failed reports whether a problem makes the package invalid. That a key is not
// known, or that the ledger ends before the checkpoint given, leaves it open.
func (v *verifier) failed() bool {
	return slices.ContainsFunc(v.r.Problems, func(p Problem) bool {
		return p.Code != KeyUnknown && (p.Code != LedgerRollback || !v.behind)
	})
}

func (v *verifier) conclude() {
	switch {
	case v.failed():
		v.r.Verdict = Invalid
	case v.open || v.behind || v.r.Signature.State != SignatureValid:
		v.r.Verdict = Indeterminate
	default:
		v.r.Verdict = Valid
	}
}

// sameTool reports whether this program wrote the package, as it says, so that
// what is made again must be equal.
func (v *verifier) sameTool() bool { return v.o.Tool != "" && v.d.Run.Tool == v.o.Tool }
