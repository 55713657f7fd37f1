package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/export"
)

// populations makes the record of information produced by the entity for every
// kind that a test reads.
func (m *dossierMaker) populations() []export.Population {
	var out []export.Population
	for _, t := range m.run.Frozen.Tables {
		tests := m.readers[t.Name]
		if t.Kind == "" || len(tests) == 0 {
			continue
		}
		p := m.population(fmt.Sprintf("POP-%03d", len(out)+1), t, tests)
		if len(p.Sources) > 0 { // what nobody gives is no population: its tests are not tested, and say so
			out = append(out, p)
		}
	}
	return out
}

func (m *dossierMaker) population(id string, t freeze.TableReport, tests []string) export.Population {
	schema, _ := kinds.Of(t.Kind)
	p := export.Population{
		ID: id, Kind: string(t.Kind), Title: schema.Title, Definition: schema.Words, Tests: tests, SourceCount: -1, Distinct: t.Rows,
		FirstKey: t.FirstKey, LastKey: t.LastKey, FirstEvent: instantText(t.FirstAt), LastEvent: instantText(t.LastAt),
		Reperform: "rows", File: tableFile(t.Name), SHA256: t.SHA256.String(), AfterPeriodEnd: true,
	}
	for _, res := range m.all {
		i := slices.IndexFunc(res.Kinds, func(k engine.KindCount) bool { return k.Kind == t.Kind })
		if i >= 0 {
			m.addPull(&p, res, res.Kinds[i])
		}
	}
	for _, u := range m.run.Frozen.Unmatched {
		if u.Kind == t.Kind {
			p.Unmatched += u.None + u.Unknown
		}
	}
	for _, g := range m.run.Gaps {
		if g.Kind == t.Kind {
			p.Gaps = append(p.Gaps, gapWords(g))
		}
	}
	if len(p.Sources) > 0 && p.Extracted == 0 {
		p.Zero = fmt.Sprintf("The pull of %s was made and returned no %s.", p.PulledLast, strings.ToLower(schema.Title))
	}
	m.secondSource(&p)
	return p
}

// addPull adds what one pull says of the kind.
func (m *dossierMaker) addPull(p *export.Population, res *engine.Result, k engine.KindCount) {
	add := func(list []string, s string) []string {
		if s == "" || slices.Contains(list, s) {
			return list
		}
		return append(list, s)
	}
	p.Sources = add(p.Sources, res.Source)
	p.Principals = add(p.Principals, orDefault(res.Principal, "tieout, reading files"))
	for _, q := range res.Queries {
		p.Queries = add(p.Queries, q)
	}
	for n, page := range res.Pages {
		if n == 20 {
			p.Systems = add(p.Systems, fmt.Sprintf("and %d more files", len(res.Pages)-n))
			break
		}
		p.Systems = add(p.Systems, page.Name)
	}
	p.Extracted += k.Put
	p.Rejected += k.Rejected
	p.Duplicates += k.Duplicates + k.Conflicts
	if k.Total != nil {
		p.SourceCount = max(p.SourceCount, 0) + *k.Total
		p.CountBasis = k.Basis
	}
	if p.PulledFirst == 0 || res.Started < p.PulledFirst {
		p.PulledFirst = res.Started
	}
	p.PulledLast = max(p.PulledLast, res.Finished)
	if m.manifests[res.Source] == res && res.Started < m.run.Window.To {
		p.AfterPeriodEnd = false
	}
	for _, at := range res.AsOf {
		p.AsOf = at.String()
	}
}

// secondSource says which reconciliation has the kind as one side, and what it
// came to.
func (m *dossierMaker) secondSource(p *export.Population) {
	for _, id := range p.Tests {
		t := m.tests[id]
		if t.Kind != controls.Reconciliation || t.Base != p.Kind && !slices.Contains(kindsRead(t), p.Kind) {
			continue
		}
		var items, off, missing int64
		tested := false
		for _, r := range m.run.Results {
			if r.Test == id && r.State != controls.NotTested {
				tested = true
				items, off, missing = items+r.Population, off+r.Deviation, missing+r.Indeterminate
			}
		}
		p.SecondSource = "test " + id + ", against " + strings.Join(others(kindsRead(t), p.Kind), " and ")
		p.Difference = "not tested"
		if tested {
			p.Difference = fmt.Sprintf("%d of %d items differ, %d with a field missing", off, items, missing)
		}
		return
	}
}

func others(list []string, but string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == but })
}

func gapWords(g evidence.Gap) string {
	what := string(g.Kind)
	if len(g.Columns) > 0 {
		what += " (" + strings.Join(g.Columns, ", ") + ")"
	}
	return fmt.Sprintf("%s, %s to %s, %s: %s", what, g.From, g.To, strings.ReplaceAll(string(g.Reason), "_", " "), g.Detail)
}

// reliance makes the page that is wanted first: one line per population.
func (m *dossierMaker) reliance(ctx context.Context) []export.RelianceLine {
	since := m.configSince(ctx)
	var out []export.RelianceLine
	for _, p := range m.d.Populations {
		line := export.RelianceLine{
			Population: p.ID + " " + p.Title, Tests: strings.Join(p.Tests, ", "), Definition: p.Definition, System: orDefault(strings.Join(p.Sources, ", "), "no source"),
			ConfigSince: since, Authenticity: m.authenticity(p), AnchorLevel: 0, Reperformable: p.Reperform,
			Second: orDefault(p.SecondSource, "none"),
		}
		stated := "not stated"
		if p.SourceCount >= 0 {
			stated = fmt.Sprint(p.SourceCount)
		}
		var tested int64
		for _, r := range m.run.Results {
			if t := m.tests[r.Test]; t.Base == p.Kind {
				tested = max(tested, r.Population)
				line.Excluded += r.Excluded
			}
		}
		line.Counts = fmt.Sprintf("source %s, extracted %d, distinct %d", stated, p.Extracted, p.Distinct)
		if p.SecondSource != "" {
			line.Second += "; " + p.Difference
		}
		line.Period = m.d.Engagement.Zone + ", pulled after the period's end"
		if !p.AfterPeriodEnd {
			line.Period = m.d.Engagement.Zone + ", pulled before the period's end"
		}
		if m.app.WS.OneDay() {
			line.Period = fmt.Sprintf("%s, pulled %s to %s", m.d.Engagement.Zone, p.PulledFirst, p.PulledLast)
		}
		line.Candidates = m.determinations(p.Kind)
		line.OpenPoint = openPoint(p)
		out = append(out, line)
	}
	return out
}

// determinations counts the deviations of the tests of a kind by what
// management says of them.
func (m *dossierMaker) determinations(kind string) string {
	n := map[string]int{}
	for _, x := range m.d.Deviations {
		if m.tests[x.Test].Base == kind {
			n[x.Determination]++
		}
	}
	return fmt.Sprintf("%d candidate, %d confirmed, %d rebutted", n["open"], n["confirmed"], n["rebutted"])
}

func openPoint(p export.Population) string {
	switch {
	case len(p.Gaps) > 0:
		return fmt.Sprintf("%d gaps, listed with the population", len(p.Gaps))
	case p.SourceCount >= 0 && p.SourceCount != p.Extracted:
		return "the source's own count differs"
	case p.SecondSource == "" && p.SourceCount < 0:
		return "no count by the source, no second source"
	}
	return ""
}

// authenticity says who vouches for the rows.
func (m *dossierMaker) authenticity(p export.Population) string {
	for _, l := range m.d.Logs {
		if slices.Contains(p.Sources, l.Source) {
			return "log " + strings.ReplaceAll(l.Verdict, "_", " ") + ", " + strings.ReplaceAll(l.Authenticity, "_", " ")
		}
	}
	return "tool only"
}

// configSince says since which run the workspace file is what it is now.
func (m *dossierMaker) configSince(ctx context.Context) string {
	since := ""
	for s, err := range m.app.Store.Entries(ctx, entryRun, 0) {
		var e struct {
			Config string `json:"config_sha256"`
		}
		if err != nil || json.Unmarshal(s.JSON, &e) != nil {
			return "not determined"
		}
		switch {
		case e.Config != m.run.ConfigDigest.String():
			since = ""
		case since == "":
			since = s.At.String()
		}
	}
	if since == "" {
		return "not determined"
	}
	return "the run of " + since
}
