package tui

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/export"
)

// ErrNoRun is the error of a workspace in which nothing was tested yet.
var ErrNoRun = errors.New("nothing was tested yet: run 'tieout collect' and 'tieout test', or both with 'tieout run'")

// Workspace is the source of the screen: a workspace that is opened for
// reading whenever something is read, and closed again, so that commands can
// work in it meanwhile.
type Workspace struct {
	Open func(context.Context) (*app.App, error)

	mu  sync.Mutex
	run *app.Run
}

var _ Source = (*Workspace)(nil)

func (w *Workspace) current() *app.Run {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.run
}

// with opens the workspace for f.
func (w *Workspace) with(ctx context.Context, f func(*app.App) error) error {
	a, err := w.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// Glance implements Source.
func (w *Workspace) Glance(ctx context.Context) (*export.Dossier, error) {
	var d *export.Dossier
	err := w.with(ctx, func(a *app.App) error {
		run, err := a.LastRun(ctx)
		if err != nil {
			return err
		}
		if run == nil {
			return ErrNoRun
		}
		w.mu.Lock()
		w.run = run
		w.mu.Unlock()
		d = glance(a, run)
		return nil
	})
	return d, err
}

// glance is what a run says without the registers.
func glance(a *app.App, run *app.Run) *export.Dossier {
	f := &a.WS.File
	e := f.Engagement
	d := &export.Dossier{
		Entity:     export.Entity{Name: f.Entity.Name, System: f.Entity.System},
		Engagement: export.Engagement{Type: e.Type, From: e.From, To: e.To, Zone: e.Zone, Window: a.WS.Window, Categories: e.Categories},
		Components: a.WS.PlainComponents(), Controls: a.Catalog.Controls, Results: run.Results, Gaps: run.Gaps,
		Run: export.Run{ID: run.ID, At: run.At, Tool: run.Tool},
	}
	for _, x := range f.Exclude {
		d.Excluded = append(d.Excluded, export.ExcludedComponent{ID: x.Component, Reason: x.Reason, ApprovedBy: x.ApprovedBy})
	}
	for _, n := range run.NotApplicable {
		d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: n.Control, Component: n.Component, Reason: n.Reason})
	}
	for _, c := range a.Catalog.Criteria {
		d.Criteria = append(d.Criteria, criterionOf(d, c, e.Categories))
	}
	return d
}

func criterionOf(d *export.Dossier, c controls.Criterion, categories []string) export.CriterionLine {
	line := export.CriterionLine{Criterion: c, InScope: slices.Contains(categories, c.Category)}
	for _, k := range d.Controls {
		if slices.Contains(k.Supporting, c.ID) {
			line.Supporting = append(line.Supporting, k.ID)
		}
		if !slices.Contains(k.Primary, c.ID) {
			continue
		}
		line.Primary = append(line.Primary, k.ID)
		for _, r := range d.Results {
			if r.Control == k.ID {
				line.Counts.Add(r.State)
			}
		}
	}
	return line
}

// Dossier implements Source.
func (w *Workspace) Dossier(ctx context.Context) (d *export.Dossier, err error) {
	err = w.with(ctx, func(a *app.App) error {
		d, err = a.Dossier(ctx, w.current(), "draft")
		return err
	})
	return d, err
}

// Items implements Source.
func (w *Workspace) Items(test string) iter.Seq2[controls.Item, error] {
	return w.current().ItemsOf(test)
}

// Named implements Source.
func (w *Workspace) Named(key string) iter.Seq2[controls.Item, error] {
	return w.current().ItemsNamed(key)
}

// Item implements Source.
func (w *Workspace) Item(test string, no int64) (controls.Item, error) {
	for i, err := range w.current().ItemsOf(test) {
		if err != nil || i.No == no {
			return i, err
		}
	}
	return controls.Item{}, fmt.Errorf("read item %d of %s: it is not in this run; press r to read the newest", no, test)
}

// Explain implements Source.
func (w *Workspace) Explain(ctx context.Context, test, item string) (out []evaluate.Explanation, err error) {
	err = w.with(ctx, func(a *app.App) error {
		out, err = a.Explain(ctx, w.current(), []string{test}, item)
		return err
	})
	return out, err
}
