package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
)

func (e *env) collect() *cobra.Command {
	w := &work{e: e}
	var only, failOn []string
	cmd := &cobra.Command{
		Use:     "collect",
		Short:   "Pull evidence from the workspace's sources into its store",
		Example: "  tieout collect\n  tieout collect --source hr --source iam",
		Long: "Pulls every source, or those named, and verifies the logs behind them. What a source could not show is kept\n" +
			"as a gap: it turns tests into 'not tested', never into a pass. A source that fails does not stop the others.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkFailOn(failOn); err != nil {
				return err
			}
			return w.do(cmd.Context(), "collect", func(a *app.App) error {
				pulled, err := a.Collect(cmd.Context(), only)
				if err != nil {
					return err
				}
				if w.json {
					err = e.json(struct {
						Schema string       `json:"schema"`
						Pulls  []app.Pulled `json:"pulls"`
					}{"tieout/collect/v1", pulled})
				}
				for _, p := range pulled {
					if err == nil && has(failOn, "gap") && (p.Entry.GapCount > 0 || p.Entry.Error != "") {
						err = exit(ExitFailed)
					}
				}
				if err == nil && anyFailed(pulled) {
					err = exit(ExitGaps)
				}
				return err
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringSliceVar(&only, "source", nil, "pull this source `ID` only; may be repeated")
	failOnFlag(cmd, &failOn)
	return cmd
}

func anyFailed(pulled []app.Pulled) bool {
	for _, p := range pulled {
		if p.Entry.Error != "" {
			return true
		}
	}
	return false
}
