package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

var errNoRun = errors.New("nothing was tested yet: run 'tieout collect' and 'tieout test', or both with 'tieout run'")

func (e *env) status() *cobra.Command {
	w := &work{e: e}
	by, requests := "component", false
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Show where the last run stands: what deviates, what is missing, and why",
		Example: "  tieout status\n  tieout status --by control\n  tieout status --requests\n  tieout status --json | jq '.cells[] | select(.criterion==\"CC8.1\")'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if by != "component" && by != "criterion" && by != "control" {
				return fmt.Errorf("--by %q: want component, criterion or control", by)
			}
			return w.do(cmd.Context(), "", func(a *app.App) error {
				run, err := a.LastRun(cmd.Context())
				if err != nil {
					return err
				}
				if run == nil {
					return errNoRun
				}
				if requests {
					return e.requests(cmd.Context(), a, run, w.json)
				}
				manual, err := a.ManualOpen(cmd.Context())
				if err != nil {
					return err
				}
				early, err := a.Interim(cmd.Context(), run)
				if err != nil {
					return err
				}
				if w.json {
					return e.json(view{}.status(a, run, manual, early))
				}
				e.printStatus(a, run, by, manual)
				e.printTiming(a, early)
				return nil
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&by, "by", by, "group by component, criterion or control")
	cmd.Flags().BoolVar(&requests, "requests", false, "show what auditors usually ask for, what is there and what is missing")
	return cmd
}

func (e *env) printStatus(a *app.App, run *app.Run, by string, manual map[string]int) {
	eng := a.WS.File.Engagement
	days := fmt.Sprintf("%s to %s, %s", eng.From, eng.To, eng.Zone)
	if a.WS.OneDay() {
		days = fmt.Sprintf("type 1, as of %s, seen within %d days of it, %s", eng.AsOf, a.WS.Within, eng.Zone)
	}
	e.line("%s, %s: %s", a.WS.File.Entity.Name, a.WS.File.Entity.System, days)
	e.line("run %s, frozen %s\n", run.ID, run.At)
	switch by {
	case "control":
		e.printByControl(a, run, manual)
	case "criterion":
		e.printByCriterion(a, run, manual)
	default:
		e.printMatrix(a, run)
	}
	e.printTriage(a, run)
}

// printMatrix prints component × control family counts, one line a component.
func (e *env) printMatrix(a *app.App, run *app.Run) {
	counts := map[string]*export.StateCounts{}
	var order []string
	for _, r := range run.Results {
		if counts[r.Component] == nil {
			counts[r.Component] = &export.StateCounts{}
			order = append(order, r.Component)
		}
		counts[r.Component].Add(r.State)
	}
	heads := []any{"tests of", "deviating", "missing", "untested", "no event", "not due", "no dev."}
	if a.WS.OneDay() {
		heads = []any{"tests of", "not impl.", "missing", "not det.", "nothing", "not due", "implem."}
	}
	e.line("%-18s %9s %9s %9s %9s %9s %9s", heads...)
	for _, c := range names(a, order) {
		n := counts[c]
		e.line("%-18s %9d %9d %9d %9d %9d %9d", c, n.Deviation, n.Indeterminate, n.NotTested, n.NotOccurring, n.NotDue, n.Pass)
	}
	if a.WS.OneDay() {
		e.line("\n(not impl.: not implemented, a candidate until management confirms or rebuts it; not det.: not determined; implem.: implemented as of the day)")
		return
	}
	e.line("\n(deviating: candidates until management confirms or rebuts them; no dev.: no deviation found by the test)")
}

// names returns the components that have results, in the workspace's order.
func names(a *app.App, have []string) []string {
	var out []string
	for _, c := range append([]string{controls.EntityComponent}, componentIDs(a)...) {
		if has(have, c) {
			out = append(out, c)
		}
	}
	for _, c := range have {
		if !has(out, c) {
			out = append(out, c)
		}
	}
	return out
}

func componentIDs(a *app.App) []string {
	var out []string
	for _, c := range a.WS.PlainComponents() {
		out = append(out, c.ID)
	}
	return out
}

func (e *env) printByControl(a *app.App, run *app.Run, manual map[string]int) {
	for _, c := range a.Catalog.Controls {
		var n export.StateCounts
		for _, r := range run.Results {
			if r.Control == c.ID {
				n.Add(r.State)
			}
		}
		e.line("%-11s %-52s %s", c.ID, c.Title, countWords(n, manual[c.ID]))
	}
}

func (e *env) printByCriterion(a *app.App, run *app.Run, open map[string]int) {
	for _, k := range a.Catalog.Criteria {
		if !has(a.WS.File.Engagement.Categories, k.Category) {
			continue
		}
		var n export.StateCounts
		manual := 0
		for _, c := range a.Catalog.Controls {
			if !has(c.Primary, k.ID) {
				continue
			}
			manual += open[c.ID]
			for _, r := range run.Results {
				if r.Control == c.ID {
					n.Add(r.State)
				}
			}
		}
		e.line("%-6s %-44s %s", k.ID, k.Title, countWords(n, manual))
	}
}

// countWords never gives one word for a conclusion.
func countWords(n export.StateCounts, manual int) string {
	if n.Total() == 0 {
		return fmt.Sprintf("no automated test; %d manual open", manual)
	}
	parts := []string{fmt.Sprintf("%d of %d run", n.Total()-n.NotTested, n.Total())}
	for _, p := range []struct {
		n     int
		words string
	}{{n.Deviation, "with candidate deviations"}, {n.Indeterminate, "with a field missing"}, {manual, "manual open"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.words))
		}
	}
	return strings.Join(parts, ", ")
}

// printTriage lists what wants somebody's attention, worst first.
func (e *env) printTriage(a *app.App, run *app.Run) {
	for _, s := range []controls.State{controls.Deviation, controls.Indeterminate, controls.NotTested} {
		n := 0
		for _, r := range run.Results {
			if r.State != s {
				continue
			}
			if n++; n == 1 {
				e.line("\n%s:", a.WS.Wording().Of(s))
			}
			if n <= 40 {
				e.line("  %-14s %-18s %s", r.Test, r.Component, resultWords(a, r))
			}
		}
		if n > 40 {
			e.line("  … and %d more: tieout status --json", n-40)
		}
	}
	e.line("\nnext: tieout test --control ID --explain ITEM shows why; tieout export writes the package")
}
