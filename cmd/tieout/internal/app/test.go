package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Test freezes the period from everything that was collected and evaluates
// the catalogue on it. Equal inputs give the run that is there already.
func (a *App) Test(ctx context.Context, sandbox []string) (_ *Run, err error) {
	pulls, err := a.pulls(ctx)
	if err != nil {
		return nil, err
	}
	if len(pulls) == 0 {
		return nil, errors.New("test: nothing was collected yet: run 'tieout collect' first")
	}
	if a.computesBounds() {
		if err := a.bounds(ctx, pulls); err != nil {
			return nil, err
		}
	}
	if err := a.weaknesses(ctx); err != nil {
		return nil, err
	}
	if err := a.self(ctx, pulls); err != nil {
		return nil, err
	}
	if pulls, err = a.pulls(ctx); err != nil {
		return nil, err
	}
	run := &Run{
		Schema: runSchema, At: a.Clock(), Tool: a.Tool, Type: a.WS.File.Engagement.Type, Window: a.WS.Window, ConfigDigest: a.WS.Digest, CatalogDigest: a.Catalog.Digest,
	}
	if run.Ledger, err = a.Store.Head(ctx); err != nil {
		return nil, fmt.Errorf("test: %w", err)
	}
	for _, k := range pulls {
		run.Pulls = append(run.Pulls, k.Index)
	}
	if err := os.MkdirAll(a.runsDir(), 0o755); err != nil {
		return nil, fmt.Errorf("test: %w", err)
	}
	if run.dir, err = os.MkdirTemp(a.runsDir(), ".partial-"); err != nil {
		return nil, fmt.Errorf("test: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(run.dir))
		}
	}()
	if err := a.freeze(ctx, run, pulls); err != nil {
		return nil, err
	}
	if err := a.evaluate(ctx, run, sandbox); err != nil {
		return nil, err
	}
	if err := a.restate(ctx, run); err != nil {
		return nil, err
	}
	return a.keepRun(ctx, run)
}

func (a *App) freeze(ctx context.Context, run *Run, pulls []kept) error {
	a.Event("freeze_started", nil)
	manifests, err := a.manifests(ctx, pulls)
	if err != nil {
		return err
	}
	if run.Gaps, err = a.gapsOf(manifests); err != nil {
		return err
	}
	in := freeze.Input{
		Window: a.WS.Window, Zone: a.WS.Zone, Components: a.WS.PlainComponents(), Match: matchRules(a.WS), Outside: excludedIDs(a.WS), Params: a.Catalog.Params,
		Policies: a.Policies, Expected: expected(a.WS), Gaps: run.Gaps,
		ObsKinds: catalog.Observed(a.Catalog),
		Records:  func(k evidence.Kind) iter.Seq2[*evidence.Record, error] { return a.records(ctx, pulls, k) },
	}
	if in.Records, err = a.countOnce(ctx, in.Records, run); err != nil {
		return err
	}
	if err := a.admit(ctx, &in, manifests, run); err != nil {
		return err
	}
	in.Gaps = run.Gaps
	if run.Frozen, err = freeze.Freeze(ctx, run.dir, in); err != nil {
		return err
	}
	a.Event("freeze_finished", map[string]any{"database_sha256": run.Frozen.SHA256})
	return nil
}

// records yields all observations of a kind over all pulls, in order.
func (a *App) records(ctx context.Context, pulls []kept, k evidence.Kind) iter.Seq2[*evidence.Record, error] {
	var seqs []iter.Seq2[*evidence.Record, error]
	for _, p := range pulls {
		for _, c := range p.Entry.Kinds {
			if c.Kind == k && c.Put > 0 {
				seqs = append(seqs, a.recordsOf(ctx, p, k))
			}
		}
	}
	return freeze.Merge(seqs...)
}

func (a *App) recordsOf(ctx context.Context, p kept, k evidence.Kind) iter.Seq2[*evidence.Record, error] {
	return func(yield func(*evidence.Record, error) bool) {
		for line, err := range a.Store.ReadRecords(ctx, p.Entry.Records) {
			if err != nil {
				yield(nil, fmt.Errorf("read the records of %s: %w", p.Entry.Source, err))
				return
			}
			if other, known := kindOfLine(line); known && other != k {
				continue // decoded when its own kind is asked for
			}
			r, err := evidence.DecodeRecord(line, kinds.Of)
			if err != nil {
				yield(nil, fmt.Errorf("read the records of %s: %w", p.Entry.Source, err))
				return
			}
			if r.Schema.Kind == k && !yield(r, nil) {
				return
			}
		}
	}
}

// kindOfLine returns the kind of a record's canonical line without decoding it,
// and whether there is such a kind. Quotes within a text are escaped, so what
// looks like the member is the member.
func kindOfLine(line []byte) (evidence.Kind, bool) {
	_, rest, _ := bytes.Cut(line, []byte(`"_kind":"`))
	name, _, _ := bytes.Cut(rest, []byte{'"'})
	_, known := kinds.Of(evidence.Kind(name))
	return evidence.Kind(name), known
}

func (a *App) evaluate(ctx context.Context, run *Run, sandbox []string) error {
	a.Event("tests_started", nil)
	f, err := os.OpenFile(filepath.Join(run.dir, itemsFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep the items: %w", err)
	}
	w := newDigestWriter(f)
	buf := bufio.NewWriterSize(w, 256<<10)
	in := evaluate.Input{
		Database: run.Database(), Catalog: a.Catalog, Components: a.WS.PlainComponents(), Categories: a.WS.File.Engagement.Categories, Window: a.WS.Window, Expected: expected(a.WS), Gaps: run.Gaps,
		Missing: run.Frozen.Missing, ReliesOn: a.ReliesOn, TestIDs: a.examinedIDs(),
	}
	var line []byte
	write := func(i controls.Item) (err error) {
		if line, err = appendItem(line[:0], &i); err != nil {
			return err
		}
		_, err = buf.Write(line)
		return err
	}
	var out *evaluate.Outcome
	if len(sandbox) > 0 {
		out, err = evaluate.RunSandboxed(ctx, sandbox, in, write)
	} else {
		out, err = evaluate.Run(ctx, in, write)
	}
	if e := errors.Join(buf.Flush(), f.Sync(), f.Close()); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("test: %w", err)
	}
	run.ItemsSHA256 = w.sum()
	run.Results, run.NotApplicable, run.Relied = out.Results, out.NotApplicable, out.Relied
	if a.WS.OneDay() {
		in.TestIDs = nil
		if run.Walkthroughs, err = evaluate.Walkthroughs(ctx, in); err != nil {
			return fmt.Errorf("test: %w", err)
		}
	}
	a.Event("tests_finished", map[string]any{"results": len(run.Results)})
	return nil
}

func matchRules(w *workspace.Workspace) []freeze.Match {
	var out []freeze.Match
	for _, c := range w.File.Components {
		for _, m := range c.Match {
			out = append(out, freeze.Match{Component: c.ID, Source: m.Source, Where: m.Where})
		}
	}
	return out
}

func expected(w *workspace.Workspace) []controls.Expected {
	var out []controls.Expected
	for _, e := range w.File.Expected {
		out = append(out, controls.Expected{Test: e.Test, Every: e.Every})
	}
	return out
}

func excludedIDs(w *workspace.Workspace) []string {
	var out []string
	for _, x := range w.File.Exclude {
		out = append(out, x.Component)
	}
	return out
}
