package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
)

// runEntry is a run as the journal holds it: which freeze of which period it
// was, with which setup, and what it came to.
type runEntry struct {
	ID       string          `json:"id"`
	Tool     string          `json:"tool"`
	Config   evidence.Digest `json:"config_sha256"`
	Catalog  string          `json:"catalog_sha256"`
	Database evidence.Digest `json:"database_sha256"`
	Items    evidence.Digest `json:"items_sha256"`
	Results  evidence.Digest `json:"results_sha256"` // of states and counts of what deviates or is missing
	Scope    evidence.Digest `json:"scope_sha256"`   // blob with the components of the workspace
	Window   evidence.Window `json:"window"`

	At evidence.Instant `json:"-"` // of the entry
}

// entry returns the run as the journal is to hold it.
func (r *Run) entry(scope evidence.Digest) (map[string]any, error) {
	results, err := resultsDigest(r.Results)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"catalog_sha256": r.CatalogDigest, "config_sha256": r.ConfigDigest.String(), "database_sha256": r.Frozen.SHA256.String(),
		"id": r.ID, "items_sha256": r.ItemsSHA256.String(), "results_sha256": results.String(), "schema": runSchema, "scope_sha256": scope.String(), "tool": r.Tool,
		"window": map[string]any{"from": r.Window.From.String(), "to": r.Window.To.String()},
	}, nil
}

// resultsDigest names what a run came to, so that two runs can be told apart
// by it. How much was looked at grows with every pull and is no part of it.
func resultsDigest(results []controls.Result) (evidence.Digest, error) {
	var b bytes.Buffer
	for _, r := range results {
		line, err := canon.Marshal([]any{r.Test, r.Component, r.State.String(), r.Deviation, r.Indeterminate})
		if err != nil {
			return evidence.Digest{}, fmt.Errorf("name the results: %w", err)
		}
		b.Write(append(line, '\n'))
	}
	return evidence.DigestOf(b.Bytes()), nil
}

// runEntries returns every run of the journal, in order.
func (a *App) runEntries(ctx context.Context) ([]runEntry, error) {
	var out []runEntry
	for s, err := range a.Store.Entries(ctx, entryRun, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the runs: %w", err)
		}
		e := runEntry{At: s.At}
		if err := json.Unmarshal(s.JSON, &e); err != nil {
			return nil, fmt.Errorf("read the run at ledger entry %d: %w", s.Index, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// freezesOf returns the runs that froze the window, in order. A run that does
// not say which it froze may have been of this one.
func freezesOf(entries []runEntry, w evidence.Window) []runEntry {
	var out []runEntry
	for _, e := range entries {
		if e.Window == w || e.Window == (evidence.Window{}) {
			out = append(out, e)
		}
	}
	return out
}

// Restated is how a freeze relates to the one before it of the same window.
type Restated struct {
	Run     string              `json:"run"`
	At      evidence.Instant    `json:"at"`
	Why     string              `json:"why,omitempty"` // it could not be compared, in words
	Tables  []freeze.Difference `json:"tables,omitempty"`
	Results []ChangedResult     `json:"results,omitempty"`
}

// ChangedResult is a result that is not what it was. A result that was not
// there, or is there no more, has no state on that side.
type ChangedResult struct {
	Test      string         `json:"test"`
	Component string         `json:"component"`
	Then      controls.State `json:"then"`
	Now       controls.State `json:"now"`
	Deviation [2]int64       `json:"deviation"` // items, then and now
}

// restate compares the run with the freeze before it.
func (a *App) restate(ctx context.Context, run *Run) error {
	entries, err := a.runEntries(ctx)
	if err != nil {
		return err
	}
	earlier := freezesOf(entries, run.Window)
	if len(earlier) == 0 {
		return nil
	}
	last := earlier[len(earlier)-1]
	out := &Restated{Run: last.ID, At: last.At}
	run.Restated = out
	then, err := a.loadRun(last.ID)
	if errors.Is(err, fs.ErrNotExist) {
		out.Why = "the folder of that run is not there any more"
		return nil
	}
	if err != nil {
		return err
	}
	out.Results = changedResults(then.Results, run.Results)
	before, err := a.decidingOf(ctx, then)
	if err != nil {
		return err
	}
	after, err := a.decidingOf(ctx, run)
	if err != nil {
		return err
	}
	for _, t := range run.Frozen.Tables {
		d, err := compareTables(ctx, then, run, t)
		if err == nil && d != nil {
			err = a.gone(ctx, d, before, after)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			out.Why = "tables of that run are not there any more"
		case err != nil:
			return err
		case d != nil:
			out.Tables = append(out.Tables, *d)
		}
	}
	return nil
}

// compareTables compares one kind's table, nil where neither freeze has rows
// of it, or the kind is tieout's own account, which grows with every run.
func compareTables(ctx context.Context, then, now *Run, t freeze.TableReport) (*freeze.Difference, error) {
	schema, isKind := kinds.Of(t.Kind)
	i := slices.IndexFunc(then.Frozen.Tables, func(o freeze.TableReport) bool { return o.Name == t.Name })
	if !isKind || t.Name != string(t.Kind) || slices.Contains(selfSpec.Emits, t.Kind) || slices.Contains(boundSpec.Emits, t.Kind) {
		return nil, nil
	}
	if i < 0 {
		return nil, fmt.Errorf("compare freezes: table %s: %w", t.Name, fs.ErrNotExist)
	}
	old := then.Frozen.Tables[i]
	switch {
	case old.Rows == 0 && t.Rows == 0:
		return nil, nil
	case old.SHA256 == t.SHA256:
		return &freeze.Difference{Kind: t.Kind, Then: t.Rows, Now: t.Rows, Same: t.Rows}, nil
	}
	file := func(r *Run) string { return filepath.Join(r.dir, freeze.TablesDir, t.Name+".jsonl") }
	return freeze.Compare(ctx, schema, file(then), file(now), then.At)
}

// gone counts what sources showed for the freeze before and show no more. Of a
// pull that did not end well nothing is known.
func (a *App) gone(ctx context.Context, d *freeze.Difference, before, after map[string]kept) error {
	for _, source := range slices.Sorted(maps.Keys(before)) {
		old, new := before[source], after[source]
		if old.Index == new.Index || new.Entry.Error != "" || own(source) || !gives(old, d.Kind) {
			continue
		}
		if err := d.AddGone(a.recordsOf(ctx, old, d.Kind), a.recordsOf(ctx, new, d.Kind)); err != nil {
			return fmt.Errorf("compare the pulls of %s: %w", source, err)
		}
	}
	return nil
}

// decidingOf returns the deciding pulls of a run, by source.
func (a *App) decidingOf(ctx context.Context, r *Run) (map[string]kept, error) {
	pulls, err := a.pulls(ctx)
	if err != nil {
		return nil, err
	}
	return a.deciding(ctx, slices.DeleteFunc(pulls, func(k kept) bool { return !slices.Contains(r.Pulls, k.Index) }))
}

func gives(k kept, kind evidence.Kind) bool {
	return slices.ContainsFunc(k.Entry.Kinds, func(c engine.KindCount) bool { return c.Kind == kind && c.Put > 0 })
}

func changedResults(then, now []controls.Result) []ChangedResult {
	type pair struct{ test, component string }
	all := map[pair]*ChangedResult{}
	at := func(r controls.Result) *ChangedResult {
		p := pair{r.Test, r.Component}
		if all[p] == nil {
			all[p] = &ChangedResult{Test: r.Test, Component: r.Component}
		}
		return all[p]
	}
	for _, r := range then {
		c := at(r)
		c.Then, c.Deviation[0] = r.State, r.Deviation
	}
	for _, r := range now {
		c := at(r)
		c.Now, c.Deviation[1] = r.State, r.Deviation
	}
	var out []ChangedResult
	for _, c := range all {
		if c.Then != c.Now || c.Deviation[0] != c.Deviation[1] {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b ChangedResult) int {
		if a.Test != b.Test {
			return strings.Compare(a.Test, b.Test)
		}
		return strings.Compare(a.Component, b.Component)
	})
	return out
}
