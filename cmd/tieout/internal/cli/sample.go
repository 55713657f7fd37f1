package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/export"
)

func (e *env) sample() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sample",
		Short: "Plan a sample, hand over its commitment, and draw it with the auditor's nonce",
		Long: "Every item of every population is tested; a sample is for what people must look at. A plan fixes the population,\n" +
			"the strata and the sizes, and goes into the ledger. The auditor gets its commitment and answers with random digits\n" +
			"made on their side. From both, anybody can draw the same items again. A plan that is never drawn stays listed.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.samplePlan(), e.sampleDraw(), e.sampleList())
	return cmd
}

// withRun does something with the last run.
func (w *work) withRun(cmd *cobra.Command, name string, f func(*app.App, *app.Run) error) error {
	return w.do(cmd.Context(), name, func(a *app.App) error {
		run, err := a.LastRun(cmd.Context())
		if err != nil {
			return err
		}
		if run == nil {
			return errNoRun
		}
		return f(a, run)
	})
}

func (e *env) samplePlan() *cobra.Command {
	w := &work{e: e}
	o := app.SampleOptions{}
	cmd := &cobra.Command{
		Use:     "plan TEST_ID",
		Short:   "Commit to a sample of a test's items; prints the commitment for the auditor",
		Example: "  tieout sample plan AI-CHG-02.T1 --size 25\n  tieout ledger deposit > checkpoint.note   # hand both to the auditor",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.withRun(cmd, "sample plan", func(a *app.App, run *app.Run) error {
				o.Test = args[0]
				s, err := a.PlanSample(cmd.Context(), run, o)
				if err != nil {
					return err
				}
				return e.printSample(w.json, s)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().Int64Var(&o.Size, "size", 25, "how many items; the auditor decides it")
	cmd.Flags().Int64Var(&o.Reserves, "reserves", 5, "how many more, for items that the auditor rules out")
	cmd.Flags().StringVar(&o.By, "by", sample.ByMonth, "split the population by month, component or none; shares by largest remainder")
	cmd.Flags().StringVar(&o.Reason, "reason", "", "why there is another sample of the same test")
	return cmd
}

func (e *env) sampleDraw() *cobra.Command {
	w := &work{e: e}
	var nonce string
	var size int64
	cmd := &cobra.Command{
		Use:     "draw PLAN",
		Short:   "Draw a plan with the auditor's nonce, or enlarge what was drawn",
		Example: "  tieout sample draw SP-0001 --nonce 5f1d…\n  tieout sample draw SP-0001 --nonce 5f1d… --size 40",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.withRun(cmd, "sample draw", func(a *app.App, run *app.Run) error {
				s, err := a.DrawSample(cmd.Context(), run, args[0], nonce, size)
				if err != nil {
					return err
				}
				return e.printSample(w.json, s)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&nonce, "nonce", "", "`HEX` digits, at least 32, that the auditor made at random after the plan")
	cmd.Flags().Int64Var(&size, "size", 0, "enlarge the sample to this many items; those drawn before stay")
	_ = cmd.MarkFlagRequired("nonce")
	return cmd
}

func (e *env) sampleList() *cobra.Command {
	w := &work{e: e}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List every sample that was planned, those never drawn too",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.withRun(cmd, "", func(a *app.App, run *app.Run) error {
				d, err := a.Dossier(cmd.Context(), run, "draft")
				if err != nil {
					return err
				}
				if w.json {
					return e.json(struct {
						Schema  string          `json:"schema"`
						Samples []export.Sample `json:"samples"`
					}{"tieout/samples/v1", append([]export.Sample{}, d.Samples...)})
				}
				for i := range d.Samples {
					s := &d.Samples[i]
					e.line("%s  %s  %d of %d  %s", s.ID, s.Plan.Test, max(s.Plan.Size, s.Drawn()), s.Plan.Population, plain(export.SampleStatus(d, s)))
				}
				if len(d.Samples) == 0 {
					e.line("no sample was planned")
				}
				return nil
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func (e *env) printSample(asJSON bool, s *export.Sample) error {
	if asJSON {
		return e.json(struct {
			Schema string         `json:"schema"`
			Sample *export.Sample `json:"sample"`
		}{"tieout/sample/v1", s})
	}
	e.line("plan        %s, ledger entry %d", s.ID, s.LedgerIndex)
	e.line("test        %s, %d items, root %s", s.Plan.Test, s.Plan.Population, s.Plan.Root)
	e.line("commitment  %s", s.Commitment)
	for _, x := range s.Plan.Strata {
		e.line("stratum     %-20s %d of %d, %d in reserve", plain(x.Name), x.Size, x.Population, x.Reserves)
	}
	if len(s.Draws) == 0 {
		e.line("\nnext: give the auditor the commitment and a checkpoint ('tieout ledger deposit'); they answer with 32 or more random hex digits:\n      tieout sample draw %s --nonce HEX", s.ID)
		return nil
	}
	e.line("drawn       %d items with nonce %s", s.Drawn(), s.Draws[0].Nonce)
	for _, p := range s.Picks {
		use := ""
		if p.Reserve {
			use = "  (reserve)"
		}
		e.line("  %-12s %3d  %-18s %s%s", plain(p.Stratum), p.Order, plain(p.Component), plain(p.Item), use)
	}
	return nil
}
