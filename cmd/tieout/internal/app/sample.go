package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
)

// Types of journal entries for samples. A plan's entry holds all of the plan;
// the items that were drawn are a blob.
const (
	entryPlan = "sample_plan"
	entryDraw = "sample_draw"
)

type planEntry struct {
	Commitment string            `json:"commitment"`
	ID         string            `json:"id"`
	Plan       sample.Plan       `json:"plan"`
	Replaces   []export.Replaced `json:"replaces,omitempty"`
	Schema     string            `json:"schema"`
}

type drawEntry struct {
	Commitment string `json:"commitment"`
	Nonce      string `json:"nonce"`
	Plan       string `json:"plan"`
	Schema     string `json:"schema"`
	Size       int64  `json:"size"`
}

const (
	planEntrySchema = "tieout/sample-plan-entry/v1"
	drawEntrySchema = "tieout/sample-draw/v1"
	maxPickBytes    = 64 << 20
)

// SampleOptions say what is to be planned.
type SampleOptions struct {
	Test     string
	Size     int64
	Reserves int64
	By       string
	Reason   string // why there is another plan of the same test
}

// Samples returns every sample that was planned, in order. Whether its items
// are still those of a run, and which evidence they rest on, a dossier says.
func (a *App) Samples(ctx context.Context) ([]export.Sample, error) {
	var out []export.Sample
	for s, err := range a.Store.Entries(ctx, entryPlan, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the samples: %w", err)
		}
		var e planEntry
		if err := json.Unmarshal(s.JSON, &e); err != nil || e.Schema != planEntrySchema {
			return nil, fmt.Errorf("read the sample at ledger entry %d: it is no plan (%w)", s.Index, errors.Join(err, store.ErrDamaged))
		}
		out = append(out, export.Sample{ID: e.ID, Plan: e.Plan, Commitment: e.Commitment, PlannedAt: s.At, LedgerIndex: s.Index, Replaces: e.Replaces})
	}
	for s, err := range a.Store.Entries(ctx, entryDraw, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the samples: %w", err)
		}
		if err := a.readDraw(ctx, s, out); err != nil {
			return nil, fmt.Errorf("read the draw at ledger entry %d: %w", s.Index, err)
		}
	}
	return out, nil
}

func (a *App) readDraw(ctx context.Context, s store.Stored, all []export.Sample) error {
	var e drawEntry
	if err := json.Unmarshal(s.JSON, &e); err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(x export.Sample) bool { return x.ID == e.Plan && x.Commitment == e.Commitment })
	if i < 0 || len(s.Blobs) != 1 {
		return fmt.Errorf("%w: it belongs to no plan", store.ErrDamaged)
	}
	body, err := a.readBlob(ctx, s.Blobs[0], maxPickBytes)
	if err != nil {
		return err
	}
	all[i].Picks = nil
	if err := json.Unmarshal(body, &all[i].Picks); err != nil {
		return err
	}
	all[i].Draws = append(all[i].Draws, export.SampleDraw{Nonce: e.Nonce, Size: e.Size, At: s.At, LedgerIndex: s.Index})
	return nil
}

// PlanSample commits to a sample of a test of the run.
func (a *App) PlanSample(ctx context.Context, run *Run, o SampleOptions) (*export.Sample, error) {
	test, err := a.sampled(run, o.Test)
	if err != nil {
		return nil, err
	}
	all, err := a.Samples(ctx)
	if err != nil {
		return nil, err
	}
	var replaces []export.Replaced
	for i := range all {
		if all[i].Plan.Test == test {
			replaces = append(replaces, export.Replaced{Plan: all[i].ID, Reason: o.Reason})
		}
	}
	if len(replaces) > 0 && strings.TrimSpace(o.Reason) == "" {
		return nil, fmt.Errorf("sample %s of %s is planned already: if the auditor wants another, say why with --reason; both stay listed", replaces[len(replaces)-1].Plan, test)
	}
	if len(replaces) == 0 && o.Reason != "" {
		return nil, fmt.Errorf("--reason says why there is another sample of a test, and %s has none yet", test)
	}
	head, err := a.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	e := a.Engagement()
	p := sample.Plan{
		Engagement: sample.Engagement{Entity: a.WS.File.Entity.Name, System: a.WS.File.Entity.System, Type: e.Type, From: e.From.String(), To: e.To.String()},
		Run:        run.ID, Test: test, CatalogSHA256: run.CatalogDigest, By: o.By, Size: o.Size, Reserves: o.Reserves,
		Evidence: sample.Evidence{Origin: ledger.Origin(Slug(a.WS.File.Entity.Name)), Size: head.Size, Root: head.Root.String()},
	}
	if err := p.Make(bundle.SampleRows(run.ItemsOf(test), test)); err != nil {
		return nil, fmt.Errorf("plan a sample of %s: %w", test, err)
	}
	c, err := p.Commitment()
	if err != nil {
		return nil, err
	}
	entry := planEntry{Commitment: c.String(), ID: fmt.Sprintf("SP-%04d", len(all)+1), Plan: p, Replaces: replaces, Schema: planEntrySchema}
	body, err := canon.Marshal(entry)
	if err != nil {
		return nil, err
	}
	now := a.Clock()
	first, err := a.Store.Append(ctx, store.Entry{Type: entryPlan, Key: entry.ID, At: now, JSON: body})
	if err != nil {
		return nil, fmt.Errorf("keep the plan: %w", err)
	}
	return &export.Sample{ID: entry.ID, Plan: p, Commitment: entry.Commitment, PlannedAt: now, LedgerIndex: first, Replaces: replaces}, nil
}

// sampled checks that the test is one of which a sample can be drawn.
func (a *App) sampled(run *Run, id string) (string, error) {
	for _, c := range a.Catalog.Controls {
		for _, t := range c.Tests {
			if t.ID != id {
				continue
			}
			if t.Kind == controls.Indicator {
				return "", fmt.Errorf("test %s gives signals and no results: there is nothing to sample", id)
			}
			for _, r := range run.Results {
				if r.Test == id && r.State == controls.NotTested {
					return "", fmt.Errorf("test %s was not tested for %s: its population is not whole, so no sample of it stands for it", id, r.Component)
				}
			}
			return id, nil
		}
	}
	return "", fmt.Errorf("there is no test %q; 'tieout catalog list' names them", id)
}

// DrawSample draws a plan with the auditor's nonce, or enlarges what was drawn
// with it.
func (a *App) DrawSample(ctx context.Context, run *Run, id, nonce string, size int64) (*export.Sample, error) {
	raw, err := sample.ParseNonce(nonce)
	if err != nil {
		return nil, err
	}
	nonce = strings.ToLower(nonce)
	all, err := a.Samples(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(x export.Sample) bool { return x.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("there is no plan %q; 'tieout sample list' names them", id)
	}
	s := &all[i]
	for k := range all {
		if k != i && len(all[k].Draws) > 0 && all[k].Draws[0].Nonce == nonce {
			return nil, fmt.Errorf("this nonce drew sample %s: the auditor makes a new one for each plan", all[k].ID)
		}
	}
	grown := s.Grown()
	switch {
	case len(s.Draws) == 0 && size != 0 && size != s.Plan.Size:
		return nil, fmt.Errorf("plan %s is of %d items: draw it first, then enlarge it with --size", id, s.Plan.Size)
	case len(s.Draws) == 0:
		size = s.Plan.Size
	case s.Draws[0].Nonce != nonce:
		return nil, fmt.Errorf("plan %s was drawn with another nonce: a plan has one, and whoever wants another sample plans it", id)
	case size == 0 || size == s.Drawn():
		return s, nil
	default:
		grown = append(grown, size)
	}
	s.Picks, err = s.Plan.Draw(raw, grown, bundle.SampleRows(run.ItemsOf(s.Plan.Test), s.Plan.Test))
	if errors.Is(err, sample.ErrOtherPopulation) {
		return nil, fmt.Errorf("draw %s: %w: since then data came in or tests changed; plan anew, with a reason", id, err)
	}
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", id, err)
	}
	body, err := canon.Marshal(s.Picks)
	if err != nil {
		return nil, err
	}
	blob, _, err := a.Store.Put(ctx, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("keep the draw: %w", err)
	}
	if body, err = canon.Marshal(drawEntry{Commitment: s.Commitment, Nonce: nonce, Plan: id, Schema: drawEntrySchema, Size: size}); err != nil {
		return nil, err
	}
	now := a.Clock()
	at, err := a.Store.Append(ctx, store.Entry{Type: entryDraw, Key: id, At: now, Blobs: []evidence.Digest{blob}, JSON: body})
	if err != nil {
		return nil, fmt.Errorf("keep the draw: %w", err)
	}
	s.Draws = append(s.Draws, export.SampleDraw{Nonce: nonce, Size: size, At: now, LedgerIndex: at})
	return s, nil
}

// samples puts every sample into the dossier, and says of each whether its
// items are those of the run and whether its evidence was sealed before.
func (m *dossierMaker) samples(ctx context.Context) error {
	all, err := m.app.Samples(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		s := &all[i]
		again := s.Plan
		err := again.Make(bundle.SampleRows(m.run.ItemsOf(s.Plan.Test), s.Plan.Test))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.Same = err == nil && again.Root == s.Plan.Root && again.Population == s.Plan.Population
		s.Sealed = true
		for _, e := range m.d.Evidence {
			if slices.Contains(e.Tests, s.Plan.Test) {
				s.Evidence = append(s.Evidence, e.ID)
				s.Sealed = s.Sealed && e.LedgerIndex < s.Plan.Evidence.Size
			}
		}
		s.Sealed = s.Sealed && len(s.Evidence) > 0
	}
	m.d.Samples = all
	return nil
}
