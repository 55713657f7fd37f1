package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
)

func (e *env) test() *cobra.Command {
	w := &work{e: e}
	var failOn, only, components []string
	var explain string
	cmd := &cobra.Command{
		Use:   "test",
		Short: "Freeze the period and evaluate the controls over whole populations",
		Example: "  tieout test\n  tieout test --control AI-CHG-02 --component fraud-score\n" +
			"  tieout test --control AI-CHG-02.T1 --explain CHG-1042",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkFailOn(failOn); err != nil {
				return err
			}
			return w.do(cmd.Context(), "test", func(a *app.App) error {
				view := view{controls: only, components: components}
				if err := view.check(a); err != nil {
					return err
				}
				sandbox, err := self()
				if err != nil {
					return err
				}
				run, err := a.Test(cmd.Context(), sandbox)
				if err != nil {
					return err
				}
				manual, err := a.ManualOpen(cmd.Context())
				if err != nil {
					return err
				}
				switch {
				case explain != "":
					err = e.explain(cmd.Context(), a, run, only, explain, w.json)
				case w.json:
					early, e2 := a.Interim(cmd.Context(), run)
					if e2 != nil {
						return e2
					}
					err = e.json(view.status(a, run, manual, early))
				default:
					e.printResults(a, run, view)
				}
				if err == nil && failed(view.results(run), failOn) {
					err = exit(ExitFailed)
				}
				return err
			})
		},
	}
	w.flags(cmd)
	failOnFlag(cmd, &failOn)
	cmd.Flags().StringSliceVar(&only, "control", nil, "show this control or test `ID` only; may be repeated")
	cmd.Flags().StringSliceVar(&components, "component", nil, "show this component `ID` only; may be repeated")
	cmd.Flags().StringVar(&explain, "explain", "", "print the row of this `ITEM` with each attribute's value and the columns it came from")
	return cmd
}

// printResults prints one line per result, worst first within a test.
func (e *env) printResults(a *app.App, run *app.Run, v view) {
	e.line("run %s, frozen %s", run.ID, run.At)
	words := map[string]string{}
	for _, c := range a.Catalog.Controls {
		for _, t := range c.Tests {
			words[t.ID] = t.Words
		}
	}
	last := ""
	for _, r := range v.results(run) {
		if r.Test != last {
			e.line("\n%s  %s", r.Test, words[r.Test])
			last = r.Test
		}
		e.line("  %-18s %s", r.Component, resultWords(a, r))
	}
}

// resultWords says what a result came to, in words and counts.
func resultWords(a *app.App, r controls.Result) string {
	if r.State == controls.NoState {
		return fmt.Sprintf("signal only: %d items", r.Population)
	}
	if r.State == controls.NotTested {
		return a.WS.Wording().Of(r.State) + ": " + strings.Join(r.Reasons, "; ")
	}
	counts := []string{fmt.Sprintf("%d items", r.Population)}
	for _, c := range []struct {
		n     int64
		words string
	}{{r.Deviation, "candidate deviations"}, {r.Indeterminate, "with a field missing"}, {r.NotDue, "not due"}, {r.Excluded, "rows excluded"}} {
		if c.n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", c.n, c.words))
		}
	}
	return a.WS.Wording().Of(r.State) + " (" + strings.Join(counts, ", ") + ")"
}

// explain prints why one item came out as it did.
func (e *env) explain(ctx context.Context, a *app.App, run *app.Run, tests []string, item string, asJSON bool) error {
	found, err := a.Explain(ctx, run, tests, item)
	if err != nil {
		return err
	}
	if asJSON {
		return e.json(struct {
			Schema string                 `json:"schema"`
			Items  []evaluate.Explanation `json:"items"`
		}{"tieout/explain/v1", found})
	}
	for i, x := range found {
		if i > 0 {
			e.line("")
		}
		e.printExplanation(x)
	}
	return nil
}

func (e *env) printExplanation(x evaluate.Explanation) {
	state := strings.ReplaceAll(x.State, "_", " ")
	if x.Reason != "" {
		state += " as " + strings.ReplaceAll(x.Reason, "_", " ")
	}
	e.line("%s  item %s of %s: %s", x.Test, plain(x.Item), plain(x.Component), state)
	for _, f := range x.Row {
		e.line("    %-24s %s", f.Column, plain(value(f.Value)))
	}
	for _, p := range x.Policy {
		words := p.Words
		if p.Value == nil {
			words = "no value"
		}
		e.line("  policy %s, in force on its date: %s", p.Param, plain(words))
	}
	letters := append([]evaluate.LetterValue{x.Scope}, x.Letters...)
	if x.NotDue != nil {
		letters = append(letters, *x.NotDue)
	}
	for _, l := range letters {
		e.line("  %-7s %-5s %s", l.Letter, l.Value, l.Words)
		var from []string
		for _, f := range l.Row {
			from = append(from, f.Column)
		}
		for _, r := range l.Reads {
			from = append(from, r.Table+"."+r.Column)
		}
		if len(from) > 0 {
			e.line("                from %s", strings.Join(from, ", "))
		}
	}
}

func value(v any) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(v)
}
