package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
)

// Interim is a population of events, or of things with dates of their own,
// that was pulled before the period's end: what came after is not in it.
type Interim struct {
	Kind   evidence.Kind    `json:"kind"`
	Source string           `json:"source"`
	Shown  evidence.Instant `json:"shown"` // the moment whose state it shows: of the pull, or one that its files state
	Tests  []string         `json:"tests"`
	Again  string           `json:"collect_again"` // source to pull after the period's end
}

// Words says it in one sentence.
func (i Interim) Words() string {
	return fmt.Sprintf("interim: source %s showed %s as of %s, before the period's end; what came later is not in it", i.Source, i.Kind, i.Shown)
}

// Interim returns the populations of the run that tests read and that are
// interim, by kind and source. Of a single day there is none.
func (a *App) Interim(ctx context.Context, run *Run) ([]Interim, error) {
	if a.WS.OneDay() {
		return nil, nil
	}
	if err := evaluate.FillReads(ctx, a.Catalog); err != nil {
		return nil, err
	}
	all, err := a.pulls(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(k kept) bool { return !slices.Contains(run.Pulls, k.Index) })
	manifests, err := a.manifests(ctx, all)
	if err != nil {
		return nil, err
	}
	return interim(manifests, a.readers(), run.Window.To), nil
}

// readers names for each kind the tests that read it, of those that the
// engagement asks for.
func (a *App) readers() map[string][]string {
	out := map[string][]string{}
	for _, t := range catalog.Tests(a.Catalog) {
		if !a.examined(t) {
			continue
		}
		for _, k := range kindsRead(t) {
			out[k] = append(out[k], t.ID)
		}
	}
	return out
}

func interim(deciding []*engine.Result, readers map[string][]string, end evidence.Instant) []Interim {
	var out []Interim
	for _, m := range deciding {
		if momentOf(m) >= end || own(m.Source) {
			continue
		}
		for _, k := range m.Kinds {
			schema, ok := kinds.Of(k.Kind)
			if tests := readers[string(k.Kind)]; ok && schema.Shape != evidence.Snapshot && len(tests) > 0 {
				out = append(out, Interim{k.Kind, m.Source, momentOf(m), tests, pulledBy(m.Source)})
			}
		}
	}
	slices.SortFunc(out, func(a, b Interim) int {
		if a.Kind != b.Kind {
			return strings.Compare(string(a.Kind), string(b.Kind))
		}
		return strings.Compare(a.Source, b.Source)
	})
	return out
}

// mayBeFinal refuses a final package of populations that end before the period
// does.
func mayBeFinal(list []Interim) error {
	if len(list) == 0 {
		return nil
	}
	var names, again []string
	for _, i := range list {
		if name := string(i.Kind); !slices.Contains(names, name) {
			names = append(names, name)
		}
		if flag := "--source " + i.Again; !slices.Contains(again, flag) {
			again = append(again, flag)
		}
	}
	return fmt.Errorf("--stage final: populations that tests read were pulled before the period's end: %s: run 'tieout collect %s' after it and 'tieout test', then export again, or export as interim",
		strings.Join(names, ", "), strings.Join(again, " "))
}
