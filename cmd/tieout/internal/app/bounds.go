package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
)

// boundSource is the id under which computed bounds are kept.
const boundSource = "tieout/bounds"

var boundSpec = source.Spec{
	Name: "bounds", Summary: "exact bounds of shares that samples show, computed for the pairs that occur", Emits: []evidence.Kind{"qa_bound"},
}

// pair is a sample: how many were looked at, and how many were right.
type pair struct {
	N int64 `json:"samples"`
	K int64 `json:"correct"`
}

// bounds computes the bound of every sample that a slot of the period holds.
// SQL could not: its sums lose what is small.
func (a *App) bounds(ctx context.Context, pulls []kept) error {
	var slots []freeze.Slot
	for _, t := range catalog.Tests(a.Catalog) {
		if !statement.Mentions(t.ItemSQL, "qa_bound") {
			continue
		}
		var due []controls.Expected
		for _, e := range expected(a.WS) {
			if e.Test == t.ID {
				due = append(due, e)
			}
		}
		more, err := freeze.Slots(due, a.WS.Window, a.WS.Zone)
		if err != nil {
			return err
		}
		slots = append(slots, more...)
	}
	pairs, err := a.pairs(ctx, pulls, slots)
	if err != nil {
		return fmt.Errorf("compute bounds: %w", err)
	}
	o := &ownSource{about: "exact lower bounds of the samples of each slot", body: pairs}
	o.put = func(raw evidence.Digest, out source.Sink) error {
		for i, p := range pairs {
			bound, err := sample.Lower95(p.N, p.K)
			if err != nil {
				return err
			}
			r := kinds.New("qa_bound")
			r.Raw, r.Item = raw, int64(i+1)
			for column, v := range map[string]any{"samples": p.N, "correct": p.K, "lower95": bound} {
				if err := r.Set(column, v); err != nil {
					return err
				}
			}
			if err := out.Put(r); err != nil {
				return err
			}
		}
		return nil
	}
	_, err = a.pullOwn(ctx, boundSource, boundSpec, o)
	return err
}

// pairs counts the samples of each component and slot, as the test does.
func (a *App) pairs(ctx context.Context, pulls []kept, slots []freeze.Slot) ([]pair, error) {
	count := map[string]*pair{}
	last := ""
	var row *evidence.Record
	add := func() {
		if row == nil {
			return
		}
		at, _ := row.Value("decided_at").(evidence.Instant)
		seeded, _ := row.Value("by_seed").(bool)
		if row.Value("reviewed_at") == nil || !seeded {
			return
		}
		for _, s := range slots {
			if at < s.From || at >= s.To {
				continue
			}
			key := fmt.Sprintf("%s %s %d", s.Test, row.Text("component_id"), s.No)
			if count[key] == nil {
				count[key] = &pair{}
			}
			count[key].N++
			if right, _ := row.Value("correct").(bool); right {
				count[key].K++
			}
		}
	}
	for r, err := range a.records(ctx, pulls, "qa_sample") {
		if err != nil {
			return nil, err
		}
		if r.ID != last { // the last observation of an object counts
			add()
		}
		row, last = r, r.ID
	}
	add()
	distinct := map[pair]bool{}
	for _, p := range count {
		distinct[*p] = true
	}
	out := slices.Collect(maps.Keys(distinct))
	slices.SortFunc(out, func(a, b pair) int {
		if a.N != b.N {
			return int(a.N - b.N)
		}
		return int(a.K - b.K)
	})
	return out, nil
}

// computesBounds reports whether some source shows samples.
func (a *App) computesBounds() bool {
	given, err := a.given()
	return err == nil && slices.ContainsFunc(given, func(g giver) bool { return g.source == boundSource })
}
