package app

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
)

// gapsOf returns everything that could not be seen of the period: what the
// deciding pulls say, and the kinds that no source gives or that were never
// pulled.
func (a *App) gapsOf(manifests []*engine.Result) ([]evidence.Gap, error) {
	var gaps []evidence.Gap
	pulled := map[string]bool{}
	for _, m := range manifests {
		pulled[m.Source] = true
		gaps = append(gaps, m.Gaps...)
	}
	whole := func(k evidence.Kind, src, detail string) evidence.Gap {
		return evidence.Gap{Kind: k, From: a.WS.Window.From, To: a.WS.Window.To, Reason: evidence.GapNoSource, Source: src, Detail: detail}
	}
	given, err := a.given()
	if err != nil {
		return nil, err
	}
	sourced := map[evidence.Kind]bool{}
	for _, g := range given {
		for _, k := range g.kinds {
			sourced[k] = true
			if !pulled[g.source] {
				gaps = append(gaps, whole(k, g.source, fmt.Sprintf("source %s was not collected yet: run 'tieout collect'", g.source)))
			}
		}
	}
	if pulled[peopleSource] {
		sourced[weaknessKind] = true
	}
	for _, s := range kinds.All() {
		if !sourced[s.Kind] {
			gaps = append(gaps, whole(s.Kind, "", fmt.Sprintf("no source of the workspace gives %s", s.Kind)))
		}
	}
	return gaps, nil
}

// giver is a source, or the verifier of the log behind it, and what it gives.
type giver struct {
	source, parent string
	kinds          []evidence.Kind
}

// given returns what the workspace's sources give, in their order.
func (a *App) given() ([]giver, error) {
	var out []giver
	for _, s := range a.WS.Sources {
		spec, c, err := collectorOf(s)
		if err != nil {
			return nil, err
		}
		out = append(out, giver{s.ID, s.ID, source.Kinds(spec, c)})
		integrity, err := s.IntegrityOf()
		if err != nil {
			return nil, err
		}
		if integrity != nil {
			out = append(out, giver{logSource(s.ID), s.ID, slices.Clone(logSpec.Emits)})
		}
	}
	out = append(out, giver{selfSource, "", selfSpec.Emits})
	if slices.ContainsFunc(out, func(g giver) bool { return slices.Contains(g.kinds, "qa_sample") }) {
		out = append(out, giver{boundSource, "", boundSpec.Emits})
	}
	return out, nil
}
