package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
)

// selfSource is the id under which tieout's account of its own work is kept:
// which sources were pulled when, what became of their rows, and with which
// setup. Its own pulls are left out, or each run would change its own input.
const selfSource = "tieout/runs"

var selfSpec = source.Spec{
	Name: "journal", Summary: "tieout's own journal: sources, pulls, counts and setups",
	Emits: []evidence.Kind{"evidence_count", "evidence_late", "evidence_run", "evidence_setup", "evidence_source"},
}

// account is what the journal says of tieout's own work.
type account struct {
	Sources []accountSource `json:"sources"`
	Pulls   []accountPull   `json:"pulls"`
	Setups  []accountSetup  `json:"setups"`
	Late    []lateRow       `json:"late"`
}

type accountSource struct {
	ID    string           `json:"id"`
	Type  string           `json:"type"`
	Since evidence.Instant `json:"named_since"`
}

type accountPull struct {
	Index  int64        `json:"ledger_index"`
	Entry  engine.Entry `json:"entry"`
	Counts []countLine  `json:"counts"`
}

type countLine struct {
	Kind evidence.Kind `json:"kind"`
	Read int64         `json:"read"`
}

type accountSetup struct {
	Part  string           `json:"part"`
	Value string           `json:"value"`
	Since evidence.Instant `json:"first_used_at"`
}

// self shows the journal's account of tieout's own work as records.
func (a *App) self(ctx context.Context, pulls []kept) error {
	acc, err := a.account(ctx, pulls)
	if err != nil {
		return fmt.Errorf("put tieout's own account together: %w", err)
	}
	o := &ownSource{about: "tieout's journal", body: acc, put: func(raw evidence.Digest, out source.Sink) error { return acc.put(raw, out) }, provides: selfSpec.Emits}
	_, err = a.pullOwn(ctx, selfSource, selfSpec, o)
	return err
}

func (a *App) account(ctx context.Context, pulls []kept) (*account, error) {
	first, err := a.Store.Entry(ctx, 0)
	if err != nil {
		return nil, err
	}
	acc := &account{}
	for _, s := range a.WS.Sources {
		line := accountSource{s.ID, s.Type, first.At}
		for i, k := range ofSource(pulls, s.ID) {
			if i == 0 || k.Entry.Started < line.Since {
				line.Since = k.Entry.Started
			}
		}
		acc.Sources = append(acc.Sources, line)
	}
	for _, k := range pulls {
		if !slices.ContainsFunc(a.WS.Sources, func(s workspace.Source) bool { return s.ID == k.Entry.Source }) {
			continue
		}
		res, err := a.manifest(ctx, k) // the entry cuts long lists of dropped rows
		if err != nil {
			return nil, err
		}
		p := accountPull{Index: k.Index, Entry: k.Entry}
		for _, c := range res.Kinds {
			p.Counts = append(p.Counts, countLine{c.Kind, c.Accounted()})
		}
		acc.Pulls = append(acc.Pulls, p)
	}
	if acc.Setups, err = a.setups(ctx); err != nil {
		return nil, err
	}
	acc.Late, err = a.lateRows(ctx, pulls)
	return acc, err
}

func ofSource(pulls []kept, id string) []kept {
	var out []kept
	for _, k := range pulls {
		if k.Entry.Source == id {
			out = append(out, k)
		}
	}
	return out
}

// setups returns every setup that a run worked with, the one under way too.
func (a *App) setups(ctx context.Context) ([]accountSetup, error) {
	var out []accountSetup
	use := func(part, value string, at evidence.Instant) {
		if value != "" && !slices.ContainsFunc(out, func(s accountSetup) bool { return s.Part == part && s.Value == value }) {
			out = append(out, accountSetup{part, value, at})
		}
	}
	for s, err := range a.Store.Entries(ctx, entryRun, 0) {
		if err != nil {
			return nil, err
		}
		var e struct {
			Catalog string `json:"catalog_sha256"`
			Config  string `json:"config_sha256"`
			Tool    string `json:"tool"`
		}
		if err := json.Unmarshal(s.JSON, &e); err != nil {
			return nil, fmt.Errorf("read the run at ledger entry %d: %w", s.Index, err)
		}
		use("config", e.Config, s.At)
		use("catalog", e.Catalog, s.At)
		use("tool", e.Tool, s.At)
	}
	use("config", a.WS.Digest.String(), a.Clock())
	use("catalog", a.Catalog.Digest, a.Clock())
	use("tool", a.Tool, a.Clock())
	return out, nil
}

func (acc *account) put(raw evidence.Digest, out source.Sink) error {
	item := int64(0)
	put := func(kind evidence.Kind, columns map[string]any) error {
		item++
		return putRecord(out, kind, raw, item, columns)
	}
	for _, s := range acc.Sources {
		if err := put("evidence_source", map[string]any{"source_id": s.ID, "source_type": s.Type, "named_since": s.Since}); err != nil {
			return err
		}
	}
	for _, p := range acc.Pulls {
		id := strconv.FormatInt(p.Index, 10)
		err := put("evidence_run", map[string]any{
			"run_id": id, "source_id": p.Entry.Source, "started_at": p.Entry.Started, "finished_at": p.Entry.Finished, "ended_well": p.Entry.Error == "", "gap_count": int64(p.Entry.GapCount),
		})
		if err != nil {
			return err
		}
		for i, c := range p.Entry.Kinds {
			columns := map[string]any{
				"run_id": id, "kind": string(c.Kind), "read_count": p.Counts[i].Read, "kept_count": c.Put, "rejected_count": c.Rejected, "conflict_count": c.Conflicts, "basis": c.Basis,
			}
			if c.Total != nil {
				columns["source_count"] = *c.Total
			}
			if err := put("evidence_count", columns); err != nil {
				return err
			}
		}
	}
	for _, l := range acc.Late {
		err := put("evidence_late", map[string]any{
			"source_id": l.Source, "kind": string(l.Kind), "record_id": l.Record, "native_key": l.Key, "happened_at": l.At,
			"missed_run": strconv.FormatInt(l.MissedBy, 10), "missed_at": l.MissedAt, "shown_run": strconv.FormatInt(l.ShownBy, 10), "shown_at": l.ShownAt,
		})
		if err != nil {
			return err
		}
	}
	for _, s := range acc.Setups {
		if err := put("evidence_setup", map[string]any{"part": s.Part, "value": s.Value, "first_used_at": s.Since}); err != nil {
			return err
		}
	}
	return nil
}
