package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

// history fills in what has no result and why, and what is known of earlier
// freezes, of the scope over time and of the tool.
func (m *dossierMaker) history(ctx context.Context, book *statement.Book) error {
	m.d.Dispositions = m.dispositions()
	m.d.ReliesOn = m.reliesOn()
	m.d.Walkthroughs = m.walkthroughs()
	entries, err := m.app.runEntries(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(e runEntry) bool { return e.ID == m.run.ID })
	if i < 0 {
		return fmt.Errorf("run %s is not in the journal", m.run.ID)
	}
	m.d.Freezes = m.freezes(entries, entries[i])
	if m.d.ScopeHistory, err = m.scopeHistory(ctx, entries[:i+1], book); err != nil {
		return err
	}
	m.d.ToolFacts, err = m.toolFacts(ctx, entries[:i+1])
	return err
}

// wordResults says of each result how it is printed, where an engagement of
// one day changes the words.
func (m *dossierMaker) wordResults() {
	if !m.app.WS.OneDay() {
		return
	}
	m.d.Results = slices.Clone(m.d.Results)
	for i := range m.d.Results {
		m.d.Results[i].Words = m.app.WS.Wording().Of(m.d.Results[i].State)
	}
}

func (m *dossierMaker) dispositions() []export.Disposition {
	var out []export.Disposition
	for _, r := range m.app.ReliesOn {
		out = append(out, export.Disposition{
			Disposition: export.ReliesOnSubservice, Control: r.Control, Component: r.Component, Reason: "carried out by " + r.Organisation + ", a subservice organisation",
		})
	}
	for _, c := range m.app.Catalog.Controls {
		for _, t := range c.Tests {
			if !m.app.examined(t) {
				out = append(out, export.Disposition{
					Disposition: export.NotExamined, Control: c.ID, Test: t.ID,
					Reason: "it asks what happened over time; an engagement of type 1 is about one day and gives no rates",
				})
			}
		}
	}
	return out
}

// reliesOn puts beside each reliance how far the organisation's report reaches
// and what the entity's own data shows.
func (m *dossierMaker) reliesOn() []export.ReliesOnLine {
	first, last := m.app.WS.File.Engagement.Days()
	var out []export.ReliesOnLine
	for _, r := range m.app.ReliesOn {
		line := export.ReliesOnLine{ReliesOn: r}
		line.CoveredDays, line.GapDays = reportDays(r, first, last)
		for _, x := range m.run.Relied {
			if x.Control == r.Control && x.Component == r.Component {
				line.Items, line.Deviation, line.Indeterminate = line.Items+x.Items, line.Deviation+x.Deviation, line.Indeterminate+x.Indeterminate
			}
		}
		out = append(out, line)
	}
	return out
}

// reportDays counts the days from first to last that a report covers, and
// those that it does not. Of a single day outside of the report, the gap is
// how far away the report is.
func reportDays(r controls.ReliesOn, first, last controls.Date) (covered, gap int) {
	days := func(a, b controls.Date) int { return int(b.Sub(a.Time).Hours()/24) + 1 }
	whole := days(first, last)
	if r.ReportFrom.IsZero() {
		return 0, whole
	}
	from, to := r.ReportFrom, r.ReportTo
	if from.Before(first.Time) {
		from = first
	}
	if to.After(last.Time) {
		to = last
	}
	if !to.Before(from.Time) {
		covered = days(from, to)
	}
	if whole > 1 || covered > 0 {
		return covered, whole - covered
	}
	if r.ReportTo.Before(first.Time) {
		return 0, days(r.ReportTo, first) - 1
	}
	return 0, days(last, r.ReportFrom) - 1
}

func (m *dossierMaker) walkthroughs() []export.WalkthroughLine {
	var out []export.WalkthroughLine
	for _, w := range m.run.Walkthroughs {
		line := export.WalkthroughLine{Control: w.Control, Test: w.Test, Component: w.Component, Item: w.Item, At: w.At, Facts: map[string]any{}}
		for _, l := range w.Letters {
			line.Letters = append(line.Letters, export.WalkedLetter{Letter: l.Letter, Words: l.Words, Value: l.Value})
		}
		for _, f := range w.Row {
			line.Facts[f.Column] = f.Value
		}
		out = append(out, line)
	}
	return out
}

// freezes says which freeze of its window the run is.
func (m *dossierMaker) freezes(entries []runEntry, this runEntry) *export.Freezes {
	list := freezesOf(entries, m.run.Window)
	out := &export.Freezes{M: len(list)}
	for i, e := range list {
		line := export.FreezeLine{
			Run: e.ID, At: e.At, Tool: e.Tool, Config: e.Config.String(), Catalog: e.Catalog, Database: e.Database.String(), Results: e.Results.String(),
			Same: e.Results == this.Results, This: e.ID == this.ID,
		}
		switch {
		case line.This:
			out.N = i + 1
		case out.N == 0 && !line.Same:
			out.Different++
		}
		out.List = append(out.List, line)
	}
	if r := m.run.Restated; r != nil {
		out.Previous, out.Frozen, out.Why = r.Run, r.At, r.Why
		for _, t := range r.Tables {
			out.Tables = append(out.Tables, export.TableDifference{
				Kind: string(t.Kind), Then: t.Then, Now: t.Now, Same: t.Same, Changed: t.Changed, Vanished: t.Vanished, Gone: t.Gone, Added: t.Added,
				LateAdded: t.LateAdded, Undated: t.Undated, Examples: slices.Concat(t.VanishedExamples, t.GoneExamples, t.LateExamples),
			})
		}
		for _, x := range r.Results {
			out.Results = append(out.Results, export.ResultDifference{
				Test: x.Test, Component: x.Component, Then: x.Then, Now: x.Now, DeviationThen: x.Deviation[0], DeviationNow: x.Deviation[1],
			})
		}
	}
	return out
}

// timing says of each population whether it ends before the period does, and
// which of its states a change record carries.
func (m *dossierMaker) timing() {
	var deciding []*engine.Result
	for _, source := range slices.Sorted(mapKeys(m.manifests)) {
		deciding = append(deciding, m.manifests[source])
	}
	var early []Interim
	if !m.app.WS.OneDay() {
		early = interim(deciding, m.readers, m.run.Window.To)
	}
	for i := range m.d.Populations {
		p := &m.d.Populations[i]
		for _, x := range early {
			if string(x.Kind) == p.Kind {
				p.Interim, p.AfterPeriodEnd = semicolons(p.Interim, x.Words()), false
			}
		}
		for _, c := range m.run.Carried {
			if string(c.Kind) == p.Kind {
				p.Carried = semicolons(p.Carried, carriedWords(c))
			}
		}
	}
}

func carriedWords(c Carried) string {
	return fmt.Sprintf("%s of source %s, seen only after the period's end, the last on %s: the change record of source %s reaches beyond that and names no change since the period began",
		rows(c.Rows), c.Source, c.Seen, c.Record)
}

// semicolons joins sentences.
func semicolons(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// interimReasons says which populations keep the package from being complete.
func (m *dossierMaker) interimReasons() []string {
	var out []string
	for _, p := range m.d.Populations {
		if p.Interim != "" {
			out = append(out, fmt.Sprintf("population %s %s is %s", p.ID, p.Title, p.Interim))
		}
	}
	return out
}

// approvals returns who approved which setup, as sources show it.
func (m *dossierMaker) approvals(ctx context.Context) (map[[2]string]string, error) {
	out := map[[2]string]string{}
	for r, err := range m.app.records(ctx, m.pulls, "evidence_approval") {
		if err != nil {
			return nil, err
		}
		by, at := r.Text("approved_by"), r.Value("approved_at")
		if by == "" {
			continue
		}
		if i, ok := at.(evidence.Instant); ok {
			by += ", " + i.String()
		}
		out[[2]string{r.Text("part"), r.Text("value")}] = by
	}
	return out, nil
}
