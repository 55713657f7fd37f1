package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
)

// Missing is a kind of record that no source of the workspace gives.
type Missing struct {
	Kind   evidence.Kind `json:"kind"`
	Title  string        `json:"title"`
	Turns  int           `json:"turns"`  // results that have every kind they read once this one and those listed before it are given
	Reads  int           `json:"reads"`  // results that read it, whatever else they lack
	Types  []string      `json:"types"`  // types of source that give it
	Sample []string      `json:"sample"` // some of the tests
}

// missingAtMost is how many kinds are named.
const missingAtMost = 3

// want is a result without its evidence: the kinds that it lacks.
type want struct {
	test  string
	kinds []evidence.Kind
}

// missing names the kinds that would turn most of what the last run could not
// test, or where there was no run, most tests of the catalogue.
func (d *Diagnosis) missing(ctx context.Context, a *App, run *Run) error {
	if err := evaluate.FillReads(ctx, a.Catalog); err != nil {
		return err
	}
	given, err := a.given()
	if err != nil {
		return err
	}
	sourced := map[evidence.Kind]bool{}
	for _, g := range given {
		for _, k := range g.kinds {
			sourced[k] = true
		}
	}
	if a.Store != nil { // or nothing was ever kept
		list, err := a.stated(ctx)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			sourced[weaknessKind] = true
		}
	}
	lacks := map[string][]evidence.Kind{}
	var wants []want
	for _, c := range a.Catalog.Controls {
		for i := range c.Tests {
			t := &c.Tests[i]
			lacks[t.ID] = lacking(t, sourced)
			if run == nil && len(lacks[t.ID]) > 0 {
				wants = append(wants, want{t.ID, lacks[t.ID]})
			}
		}
	}
	d.Basis = fmt.Sprintf("%d tests of the catalogue", len(lacks))
	if run != nil {
		untested := 0
		for _, r := range run.Results {
			if r.State != controls.NotTested {
				continue
			}
			untested++
			if k := lacks[r.Test]; len(k) > 0 {
				wants = append(wants, want{r.Test, k})
			}
		}
		d.Basis = fmt.Sprintf("%d results of run %s that are not tested", untested, run.ID)
	}
	d.Missing = choose(wants)
	return nil
}

// lacking returns the kinds that a test reads and nothing gives.
func lacking(t *controls.Test, sourced map[evidence.Kind]bool) []evidence.Kind {
	var out []evidence.Kind
	for _, r := range t.Reads {
		k := evidence.Kind(strings.TrimSuffix(r.Table, freeze.ObsSuffix))
		if _, is := kinds.Of(k); is && !sourced[k] && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// choose picks the kinds one after the other: the one that completes most
// results, and of equals the one that most of them read.
func choose(wants []want) []Missing {
	out := []Missing{}
	for len(out) < missingAtMost {
		best := Missing{}
		for _, s := range kinds.All() {
			m := Missing{Kind: s.Kind, Title: s.Title, Sample: []string{}}
			for _, w := range wants {
				if !slices.Contains(w.kinds, s.Kind) {
					continue
				}
				m.Reads++
				if len(w.kinds) == 1 {
					m.Turns++
				}
				if len(m.Sample) < 5 && !slices.Contains(m.Sample, w.test) {
					m.Sample = append(m.Sample, w.test)
				}
			}
			if m.Turns > best.Turns || m.Turns == best.Turns && m.Reads > best.Reads {
				best = m
			}
		}
		if best.Reads == 0 {
			return out
		}
		best.Types = source.TypesOf(best.Kind)
		out = append(out, best)
		for i := range wants {
			wants[i].kinds = slices.DeleteFunc(slices.Clone(wants[i].kinds), func(k evidence.Kind) bool { return k == best.Kind })
		}
	}
	return out
}
