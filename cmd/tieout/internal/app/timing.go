package app

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
)

// own reports whether tieout itself is the source: what it says of its own
// work was not seen, but done.
func own(source string) bool {
	return source == selfSource || source == boundSource || source == peopleSource
}

// momentOf is the moment whose state a pull shows: when it began, or the
// earlier one that its files state.
func momentOf(res *engine.Result) evidence.Instant {
	if len(res.AsOf) == 0 {
		return res.Started
	}
	return min(res.Started, slices.Max(res.AsOf))
}

// admit returns the records that a freeze may take, and the gaps that those
// leave which it may not: states seen only after a period's end, or too far
// from the day of an engagement of type 1.
func (a *App) admit(ctx context.Context, in *freeze.Input, manifests []*engine.Result, run *Run) error {
	all := in.Records
	if a.WS.OneDay() {
		gaps, err := a.notNear(manifests)
		if err != nil {
			return err
		}
		run.Gaps = append(run.Gaps, gaps...)
		near, far := a.WS.Near(), map[string]bool{}
		for _, g := range gaps {
			far[g.Source] = true
		}
		in.Records = func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
			return keepRecords(all(k), func(r *evidence.Record) bool {
				// What a source showed too far from the day is judged by no test, and
				// may still hold an item to walk through.
				return r.Schema.Shape == evidence.Event || own(r.Source) || far[r.Source] || near.Contains(r.ObservedAt)
			})
		}
		return nil
	}
	late, err := freeze.LateStates(ctx, *in)
	if err != nil {
		return err
	}
	late = slices.DeleteFunc(late, func(l freeze.Late) bool { return own(l.Source) })
	if len(late) == 0 {
		return nil
	}
	refused, err := a.carry(ctx, all, late, run)
	if err != nil {
		return err
	}
	run.Gaps = append(run.Gaps, a.lateGaps(refused)...)
	out := map[string]bool{}
	for _, r := range refused {
		out[r.Record] = true
	}
	in.Records = func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
		return keepRecords(all(k), func(r *evidence.Record) bool { return !out[r.ID] })
	}
	return nil
}

func keepRecords(all iter.Seq2[*evidence.Record, error], keep func(*evidence.Record) bool) iter.Seq2[*evidence.Record, error] {
	return func(yield func(*evidence.Record, error) bool) {
		for r, err := range all {
			if (err != nil || keep(r)) && !yield(r, err) {
				return
			}
		}
	}
}

// refusal is a late state with the reason why nothing carries it.
type refusal struct {
	freeze.Late
	why string
}

// lateGaps makes a gap for each kind, source and component of the states that
// are no evidence of the period.
func (a *App) lateGaps(refused []refusal) []evidence.Gap {
	type key struct {
		kind                   evidence.Kind
		source, component, why string
	}
	at := map[key]int{}
	var out []evidence.Gap
	first := map[key]evidence.Instant{}
	for _, r := range refused {
		k := key{r.Kind, r.Source, r.Component, r.why}
		i, seen := at[k]
		if !seen {
			i = len(out)
			at[k], first[k] = i, r.Seen
			out = append(out, evidence.Gap{
				Kind: r.Kind, Component: r.Component, From: a.WS.Window.From, To: a.WS.Window.To, Reason: evidence.GapAfterEnd, Source: r.Source,
			})
		}
		first[k] = min(first[k], r.Seen)
		out[i].Rows++
		out[i].Detail = fmt.Sprintf("seen only after the period's end, first on %s; %s left out: %s", first[k], rows(out[i].Rows), r.why)
	}
	return out
}

// notNear returns what of a day's evidence was seen too far from it. What only
// happened before is seen at any time after.
func (a *App) notNear(manifests []*engine.Result) ([]evidence.Gap, error) {
	given, err := a.given()
	if err != nil {
		return nil, err
	}
	near := a.WS.Near()
	var out []evidence.Gap
	for _, m := range manifests {
		i := slices.IndexFunc(given, func(g giver) bool { return g.source == m.Source })
		if i < 0 || own(m.Source) {
			continue
		}
		seen := momentOf(m)
		for _, k := range given[i].kinds {
			if near.Contains(seen) || isEvent(k) && seen >= near.To {
				continue
			}
			out = append(out, evidence.Gap{
				Kind: k, From: a.WS.Window.From, To: a.WS.Window.To, Reason: evidence.GapFarFromDay, Source: m.Source,
				Detail: fmt.Sprintf("seen on %s, which is not within %d days of %s", seen, a.WS.Within, a.WS.File.Engagement.AsOf),
			})
		}
	}
	return out, nil
}

// examined reports whether the engagement asks for a result of the test. One
// of a single day asks how things are set, not how they went.
func (a *App) examined(t controls.Test) bool { return !a.WS.OneDay() || t.Kind == controls.ConfigState }

// examinedIDs are the ids of those tests, none where it is all of them.
func (a *App) examinedIDs() []string {
	if !a.WS.OneDay() {
		return nil
	}
	var out []string
	for _, c := range a.Catalog.Controls {
		for _, t := range c.Tests {
			if a.examined(t) {
				out = append(out, t.ID)
			}
		}
	}
	return out
}

// pulledBy names the sources to pull, where records of a log's verifier come
// with the source behind it.
func pulledBy(source string) string { return strings.TrimSuffix(source, logSource("")) }

func isEvent(k evidence.Kind) bool {
	s, ok := kinds.Of(k)
	return ok && s.Shape == evidence.Event
}

// NotExamined names the tests that the engagement does not ask for.
func (a *App) NotExamined() []string {
	var out []string
	for _, c := range a.Catalog.Controls {
		for _, t := range c.Tests {
			if !a.examined(t) {
				out = append(out, t.ID)
			}
		}
	}
	return out
}

// rows writes "1 row" and "2 rows".
func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
