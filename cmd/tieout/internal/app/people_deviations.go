package app

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

// Determine states of deviations that they are ones, or are none.
func (d *Desk) Determine(ctx context.Context, ids []string, decision statement.Decision, text, role string, documents []string) error {
	return d.onDeviations(ctx, ids, statement.Statement{Kind: statement.Determination, Decision: decision, Text: text, Role: role, Documents: documents})
}

// Respond states what was done about deviations.
func (d *Desk) Respond(ctx context.Context, ids []string, text, role string, documents []string) error {
	return d.onDeviations(ctx, ids, statement.Statement{Kind: statement.Response, Text: text, Role: role, Documents: documents})
}

// onDeviations makes one statement for each deviation.
func (d *Desk) onDeviations(ctx context.Context, ids []string, s statement.Statement) error {
	reg, err := d.app.register(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		item, err := reg.find(id)
		if err != nil {
			return err
		}
		s.Subject, s.Deviation = id, &item
		if err := d.state(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

// Deviations returns the items of the run that deviate, in order of their
// numbers, and those of earlier runs that it does not show, with what it says
// of them instead. Nothing that people stated is in either yet.
func (a *App) Deviations(ctx context.Context, run *Run) (now, earlier []export.DeviationLine, err error) {
	reg, err := a.register(ctx)
	if err != nil {
		return nil, nil, err
	}
	signal, tests := a.indicators(), map[string]controls.Test{}
	criteria := map[string][]string{}
	for _, c := range a.Catalog.Controls {
		criteria[c.ID] = c.Primary
		for _, t := range c.Tests {
			tests[t.ID] = t
		}
	}
	seen := map[string]bool{}
	for item, err := range run.deviating() {
		if err != nil {
			return nil, nil, err
		}
		if signal[item.Test] {
			continue
		}
		t := tests[item.Test]
		id, ok := reg.ids[statement.Item{Test: item.Test, Component: item.Component, Item: item.Key}]
		if !ok {
			return nil, nil, fmt.Errorf("item %q of %s deviates and has no number: run 'tieout test' anew", item.Key, item.Test)
		}
		seen[id] = true
		now = append(now, export.DeviationLine{
			ID: id, Test: item.Test, Control: t.Control, Criteria: criteria[t.Control], Item: item.Key, Component: item.Component,
			At: item.At, Facts: export.DeviationFacts(t, item), Letters: item.Letters, Record: item.Record, Determination: "open",
		})
	}
	reg.sort(now)
	for _, n := range reg.list {
		if !seen[n.ID] {
			t := tests[n.Test]
			earlier = append(earlier, export.DeviationLine{
				ID: n.ID, Test: n.Test, Control: t.Control, Criteria: criteria[t.Control], Item: n.Item, Component: n.Component, Letters: map[string]string{}, Determination: "open",
			})
		}
	}
	return now, earlier, a.sayNow(run, earlier)
}

// sayNow says of deviations of earlier runs why this one does not show them.
func (a *App) sayNow(run *Run, earlier []export.DeviationLine) error {
	if len(earlier) == 0 {
		return nil
	}
	states := map[statement.Item]controls.State{}
	for _, x := range earlier {
		states[statement.Item{Test: x.Test, Component: x.Component, Item: x.Item}] = controls.NoState
	}
	for item, err := range run.Items() {
		if err != nil {
			return err
		}
		key := statement.Item{Test: item.Test, Component: item.Component, Item: item.Key}
		if _, asked := states[key]; asked {
			states[key] = item.State
		}
	}
	results := map[[2]string]controls.State{}
	for _, r := range run.Results {
		results[[2]string{r.Test, r.Component}] = r.State
	}
	for i := range earlier {
		x := &earlier[i]
		result, tested := results[[2]string{x.Test, x.Component}]
		switch state := states[statement.Item{Test: x.Test, Component: x.Component, Item: x.Item}]; {
		case state != controls.NoState:
			x.Now = a.WS.Wording().Of(state)
		case !tested:
			x.Now = "not looked at: the run has no result of this test for this component"
		case result == controls.NotTested:
			x.Now = "not looked at: the test is not tested in this run"
		default:
			x.Now = "no longer among the items of the test"
		}
	}
	return nil
}
