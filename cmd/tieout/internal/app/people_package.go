package app

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
)

// peopleFiles are the documents that people provided, and what they signed.
func (a *App) peopleFiles(ctx context.Context, d *export.Dossier) ([]bundle.File, error) {
	var out []bundle.File
	for _, x := range d.Documents {
		digest, err := evidence.ParseDigest(x.SHA256)
		if err != nil {
			return nil, err
		}
		out = append(out, bundle.File{Path: x.File, Open: a.blob(ctx, digest)})
	}
	if len(d.Statements) == 0 {
		return out, nil
	}
	var notes bytes.Buffer
	for s, err := range a.Store.Entries(ctx, entryStatement, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the statements: %w", err)
		}
		signed, msg, err := a.signed(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("read the statement at ledger entry %d: %w", s.Index, err)
		}
		notes.Write(bundle.StatementLine(signed.Key, s.Index, msg))
	}
	return append(out, bundle.File{Path: export.StatementsFile, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(notes.Bytes())), nil
	}}), nil
}

// numberNow gives numbers to the deviations of a run that was kept before
// numbers were.
func (a *App) numberNow(ctx context.Context, run *Run) error {
	entries, err := a.numberDeviations(ctx, run)
	if err != nil || len(entries) == 0 {
		return err
	}
	if _, err := a.Store.Append(ctx, entries...); err != nil {
		return fmt.Errorf("number the deviations: %w", err)
	}
	return nil
}
