package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
)

// exportFlags are the flags of every command that writes a package.
type exportFlags struct {
	formats []string
	out     string
	stage   string
	dir     bool
	to      []string
	accept  string
}

func (f *exportFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.formats, "format", nil, "documents beside the data: pdf, xlsx, csv, html (default: those of the workspace)")
	cmd.Flags().StringVar(&f.out, "out", "", "write the package into this `DIR` (default: export.out of the workspace)")
	cmd.Flags().StringVar(&f.stage, "stage", "draft", "draft, interim or final")
	cmd.Flags().BoolVar(&f.dir, "as-directory", false, "write a directory instead of one zip file")
	cmd.Flags().StringVar(&f.accept, "accept-secrets", "", "send what looks like a secret all the same, for this `REASON`, which stands in the package")
	cmd.Flags().StringSliceVar(&f.to, "to", nil, "encrypt the zip file to these age `RECIPIENTS` (default: export.to of the workspace)")
}

func (f *exportFlags) options() app.ExportOptions {
	return app.ExportOptions{Formats: f.formats, Out: f.out, Stage: f.stage, Dir: f.dir, To: f.to, AcceptSecrets: f.accept}
}

func (e *env) export() *cobra.Command {
	w := &work{e: e}
	o := exportFlags{}
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write the evidence package of the last run",
		Example: "  tieout export\n  tieout export --format pdf,xlsx --out /mnt/auditor --stage interim",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "export", func(a *app.App) error {
				run, err := a.LastRun(cmd.Context())
				if err != nil {
					return err
				}
				if run == nil {
					return errNoRun
				}
				made, err := a.Export(cmd.Context(), run, o.options())
				if err != nil {
					return err
				}
				if w.json {
					err = e.json(runDoc{"tieout/run-summary/v1", run.ID, made, tally(run.Results)})
				} else {
					e.line("%s", summaryLine(a.WS.Wording(), run, made))
				}
				if err == nil && !made.Complete {
					return exit(ExitGaps)
				}
				return err
			})
		},
	}
	w.flags(cmd)
	o.flags(cmd)
	return cmd
}
