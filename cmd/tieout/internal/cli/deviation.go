package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

func (e *env) deviation() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deviation",
		Short: "List candidate deviations, and state what management says of them",
		Long: "A deviation is a candidate until management confirms or rebuts it. Everything said of it is kept beside what was said\n" +
			"before; a rebutted one stays listed and counted, and no number is ever given twice.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(
		e.deviationList(),
		e.onDeviation("confirm", "State that candidates are deviations, and what is behind them", "nature, cause and extent, in your words",
			func(p *person, d *app.Desk, c *cobra.Command, ids, docs []string) error {
				return d.Determine(c.Context(), ids, statement.Confirmed, p.text, p.role, docs)
			}),
		e.onDeviation("rebut", "State that candidates are no deviations, and by which document that is shown", "why it is none, in your words",
			func(p *person, d *app.Desk, c *cobra.Command, ids, docs []string) error {
				return d.Determine(c.Context(), ids, statement.Rebutted, p.text, p.role, docs)
			}),
		e.onDeviation("respond", "State what was done about deviations", "correction, date, and what was checked for harm",
			func(p *person, d *app.Desk, c *cobra.Command, ids, docs []string) error {
				return d.Respond(c.Context(), ids, p.text, p.role, docs)
			}),
		e.review("the last determination on a deviation"),
	)
	return cmd
}

// onDeviation makes a command that states something of one deviation or more.
func (e *env) onDeviation(verb, short, words string, f func(p *person, d *app.Desk, c *cobra.Command, ids, docs []string) error) *cobra.Command {
	p := &person{work: work{e: e}}
	var docs []string
	cmd := &cobra.Command{
		Use:     verb + " ID…",
		Short:   short,
		Example: "  tieout deviation " + verb + " DEV-0007 --text '…' --evidence DOC-0003",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return p.state(cmd.Context(), "deviation "+verb, func(d *app.Desk) error { return f(p, d, cmd, ids, docs) }, nil)
		},
	}
	p.flags(cmd, words, true)
	cmd.Flags().StringSliceVar(&docs, "evidence", nil, "document `ID` that shows it, from 'tieout evidence list'; may be repeated")
	return cmd
}

type deviationsDoc struct {
	Schema     string                 `json:"schema"`
	Run        string                 `json:"run"`
	Counts     map[string]int         `json:"counts"` // of all, whatever is listed
	Deviations []export.DeviationLine `json:"deviations"`
	Earlier    []export.DeviationLine `json:"no_longer_observed"`
}

func (e *env) deviationList() *cobra.Command {
	w := &work{e: e}
	var open bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the deviations of the last run, and those of earlier runs that it does not show",
		Example: "  tieout deviation list --open\n  tieout deviation list --json | jq -r '.deviations[] | select(.test==\"AI-CHG-02.T1\") | .id'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				run, err := a.LastRun(cmd.Context())
				if err != nil {
					return err
				}
				if run == nil {
					return errNoRun
				}
				now, earlier, err := a.ListDeviations(cmd.Context(), run)
				if err != nil {
					return err
				}
				doc := deviationsDoc{Schema: "tieout/deviations/v1", Run: run.ID, Counts: map[string]int{"open": 0, "confirmed": 0, "rebutted": 0, "no_longer_observed": len(earlier)}}
				for _, x := range now {
					doc.Counts[x.Determination]++
				}
				doc.Deviations, doc.Earlier = listed(only(now, open)), listed(only(earlier, open))
				if w.json {
					return e.json(doc)
				}
				e.printDeviations(doc)
				return nil
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "only those that nobody confirmed or rebutted")
	return cmd
}

func only(list []export.DeviationLine, open bool) []export.DeviationLine {
	var out []export.DeviationLine
	for _, x := range list {
		if !open || x.Determination == "open" {
			out = append(out, x)
		}
	}
	return out
}

func (e *env) printDeviations(doc deviationsDoc) {
	for _, x := range doc.Deviations {
		e.line("%s", deviationLine(x))
	}
	if len(doc.Earlier) > 0 {
		e.line("\nno longer observed in run %s:", doc.Run)
	}
	for _, x := range doc.Earlier {
		e.line("%s: %s", deviationLine(x), x.Now)
	}
	n := doc.Counts
	e.line("\nrun %s: %d open, %d confirmed, %d rebutted; %d of earlier runs no longer observed", doc.Run, n["open"], n["confirmed"], n["rebutted"], n["no_longer_observed"])
}

func deviationLine(x export.DeviationLine) string {
	parts := []string{x.ID, pad(x.Determination, 9), pad(x.Test, 14), pad(x.Component, 16), plain(x.Item)}
	if x.Determination != "open" {
		parts = append(parts, "("+x.DeterminedBy+", "+reviewedWords(x.ReviewedBy)+")")
	}
	return strings.Join(parts, " ")
}

func pad(s string, width int) string {
	s = plain(s)
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}
