package app

import (
	"context"

	"github.com/tieout/tieout/export"
)

// People returns what people provided and stated so far: a dossier with no
// more in it than that, and what the catalogue asks of them.
func (a *App) People(ctx context.Context) (*export.Dossier, error) {
	book, err := a.Book(ctx)
	if err != nil {
		return nil, err
	}
	d := &export.Dossier{Schema: dossierSchema, Engagement: a.Engagement(), Manual: a.manual()}
	d.TakeStatements(book)
	return d, nil
}

// ManualOpen counts, by control, the manual points for which no document
// counts.
func (a *App) ManualOpen(ctx context.Context) (map[string]int, error) {
	d, err := a.People(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, m := range d.Manual {
		if m.Status != export.ProvidedStatus {
			out[m.Control]++
		}
	}
	return out, nil
}

// Engagement returns what is examined. One of type 1 begins and ends on its day.
func (a *App) Engagement() export.Engagement {
	e := a.WS.File.Engagement
	if a.WS.OneDay() {
		e.From, e.To = e.AsOf, e.AsOf
	}
	first, last := e.Days()
	return export.Engagement{Type: e.Type, From: first, To: last, Zone: e.Zone, Window: a.WS.Stated(), Within: a.WS.Within, Categories: e.Categories}
}

// ListDeviations returns the register as the run shows it.
func (a *App) ListDeviations(ctx context.Context, run *Run) (now, earlier []export.DeviationLine, err error) {
	book, err := a.Book(ctx)
	if err != nil {
		return nil, nil, err
	}
	d := &export.Dossier{Engagement: a.Engagement()}
	if d.Deviations, d.Earlier, err = a.Deviations(ctx, run); err != nil {
		return nil, nil, err
	}
	d.TakeStatements(book)
	return d.Deviations, d.Earlier, nil
}
