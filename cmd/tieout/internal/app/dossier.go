package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/export"
)

// dossierSchema names the form of data/dossier.json.
const dossierSchema = "tieout/dossier/v1"

// dossierMaker puts one run together for the documents.
type dossierMaker struct {
	app       *App
	run       *Run
	pulls     []kept
	manifests map[string]*engine.Result // of the deciding pulls, by source
	all       []*engine.Result          // of every pull, in ledger order
	logs      []LogVerdict
	tests     map[string]controls.Test
	readers   map[string][]string // kind → tests that read it
	d         *export.Dossier
}

// Dossier makes the dossier of a run.
func (a *App) Dossier(ctx context.Context, run *Run, stage string) (*export.Dossier, error) {
	m := &dossierMaker{app: a, run: run, manifests: map[string]*engine.Result{}, tests: map[string]controls.Test{}}
	if err := m.read(ctx); err != nil {
		return nil, fmt.Errorf("put run %s together: %w", run.ID, err)
	}
	f := &a.WS.File
	m.d = &export.Dossier{
		Schema:     dossierSchema,
		Entity:     export.Entity{Name: f.Entity.Name, System: f.Entity.System},
		Engagement: a.Engagement(),
		Stage:      stage,
		Paper:      a.WS.File.Export.Paper,
		Components: a.WS.PlainComponents(),
		Controls:   a.Catalog.Controls,
		Results:    run.Results,
		Policies:   a.Policies,
		Params:     a.Catalog.Params,
		Gaps:       run.Gaps,
		Items:      run.Items,
	}
	for _, x := range f.Exclude {
		m.d.Excluded = append(m.d.Excluded, export.ExcludedComponent{ID: x.Component, Reason: x.Reason, ApprovedBy: x.ApprovedBy})
	}
	for _, n := range run.NotApplicable {
		m.d.NotApplicable = append(m.d.NotApplicable, export.NotApplicable{Control: n.Control, Component: n.Component, Reason: n.Reason})
	}
	for _, t := range run.Frozen.Tables {
		m.d.Tables = append(m.d.Tables, export.Table{Name: t.Name, Rows: t.Rows, File: tableFile(t.Name), SHA256: t.SHA256.String()})
	}
	m.d.Criteria = m.criteria()
	m.d.Manual = a.manual()
	m.d.Pulls = m.pullLines()
	m.d.Evidence = m.evidence()
	var err error
	if m.d.Logs, err = m.logLines(ctx); err != nil {
		return nil, err
	}
	m.d.Populations = m.populations()
	m.timing()
	if m.d.Deviations, m.d.Earlier, err = a.Deviations(ctx, run); err != nil {
		return nil, err
	}
	book, err := a.Book(ctx)
	if err != nil {
		return nil, err
	}
	m.d.TakeStatements(book)
	if err := m.history(ctx, book); err != nil {
		return nil, err
	}
	if err := m.samples(ctx); err != nil {
		return nil, err
	}
	m.wordResults()
	m.d.Reliance = m.reliance(ctx)
	m.d.NotIncluded = m.notIncluded()
	m.d.Limits = standingLimits
	m.d.Incomplete = m.incomplete()
	m.d.Complete = len(m.d.Incomplete) == 0
	m.d.Run, err = m.runLine(ctx)
	return m.d, err
}

func tableFile(name string) string { return "data/tables/" + name + ".jsonl" }

// read loads what the dossier is made of. What tests read is known to the
// process that ran them; any other finds it out anew.
func (m *dossierMaker) read(ctx context.Context) error {
	if err := evaluate.FillReads(ctx, m.app.Catalog); err != nil {
		return err
	}
	pulls, err := m.app.pulls(ctx)
	if err != nil {
		return err
	}
	for _, k := range pulls {
		if slices.Contains(m.run.Pulls, k.Index) {
			m.pulls = append(m.pulls, k)
		}
	}
	for _, k := range m.pulls {
		res, err := m.app.manifest(ctx, k)
		if err != nil {
			return err
		}
		m.all = append(m.all, res)
	}
	chosen, err := m.app.deciding(ctx, m.pulls)
	if err != nil {
		return err
	}
	for source, k := range chosen {
		i := slices.IndexFunc(m.pulls, func(o kept) bool { return o.Index == k.Index })
		m.manifests[source] = m.all[i]
	}
	if m.logs, err = m.app.logVerdicts(ctx); err != nil {
		return err
	}
	for _, c := range m.app.Catalog.Controls {
		for _, t := range c.Tests {
			m.tests[t.ID] = t
		}
	}
	m.readers = m.app.readers()
	return nil
}

func (m *dossierMaker) runLine(ctx context.Context) (export.Run, error) {
	a, run := m.app, m.run
	head, err := a.Store.Head(ctx)
	if err != nil {
		return export.Run{}, err
	}
	out := export.Run{
		ID: run.ID, At: run.At, Tool: run.Tool, Engine: "SQLite " + run.Frozen.Engine, CatalogDigest: run.CatalogDigest, ConfigDigest: run.ConfigDigest.String(),
		DatabaseSHA: run.Frozen.SHA256.String(), LedgerOrigin: ledger.Origin(Slug(a.WS.File.Entity.Name)), LedgerSize: head.Size, LedgerRoot: head.Root.String(),
		PreparedBy: "management of " + a.WS.File.Entity.Name,
	}
	first, err := a.Store.Entry(ctx, 0)
	if err != nil {
		return export.Run{}, err
	}
	out.LedgerBirth = first.At
	return out, nil
}

// kindsRead returns the kinds whose tables a test reads, in order.
func kindsRead(t controls.Test) []string {
	var out []string
	for _, r := range t.Reads {
		if k, ok := kindOfTable(r.Table); ok && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

var standingLimits = []string{
	"The package shows what systems recorded. What no system records does not appear in it.",
	"Every source is read as it shows itself. Whether it shows everything it holds is known only as far as its own count, a second source or the auditor's own pull says so.",
	"The ledger proves that what was collected was not changed afterwards as far back as somebody outside holds a checkpoint of it. At level 0 nobody does.",
	"People are told apart as far as accounts are joined to workers; an account that is joined to nobody is listed as field missing, never taken for somebody else.",
	"Times are those of the sources. Their clocks were not compared.",
	"A result says what the stated query found in the stated rows. It is no conclusion on the design or the operation of a control.",
}

// pullLines lists every pull.
func (m *dossierMaker) pullLines() []export.Pull {
	var out []export.Pull
	for i, k := range m.pulls {
		e := k.Entry
		p := export.Pull{
			Source: e.Source, Type: e.Type, Started: e.Started, Finished: e.Finished, Status: "done", Principal: m.all[i].Principal, SourceCount: -1, Files: e.PageCount,
			Error: e.Error, LedgerIndex: k.Index,
		}
		switch {
		case e.Error != "":
			p.Status = "failed"
		case e.GapCount > 0:
			p.Status = "gaps"
		}
		for _, c := range e.Kinds {
			p.Records += c.Put
			p.Rejected += c.Rejected
			if c.Total != nil {
				p.SourceCount = max(p.SourceCount, 0) + *c.Total
			}
		}
		out = append(out, p)
	}
	return out
}

func instantText(i *evidence.Instant) string {
	if i == nil {
		return ""
	}
	return i.String()
}
