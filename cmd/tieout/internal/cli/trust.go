package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/trust"
)

func (e *env) trust() *cobra.Command {
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "Show what this workspace may run, read and send, and allow it",
		Long: "A workspace file can come from somebody else. Until what it asks for beyond its own folder is allowed here, nothing\n" +
			"of it is used. What was allowed is kept in your own folder, not in the workspace, and a change has to be allowed anew.",
		Example: "  tieout trust          # look\n  tieout trust --yes    # allow exactly this",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := e.workspace()
			if err != nil {
				return err
			}
			items, err := app.Asks(w)
			if err != nil {
				return err
			}
			allowed := trust.Check(w.Dir, items) == nil
			if yes && !allowed {
				if err := trust.Pin(w.Dir, items); err != nil {
					return err
				}
				allowed = true
			}
			if asJSON {
				return e.json(struct {
					Schema  string       `json:"schema"`
					Allowed bool         `json:"allowed"`
					Items   []trust.Item `json:"items"`
				}{"tieout/trust/v1", allowed, items})
			}
			if len(items) == 0 {
				e.line("this workspace asks for nothing outside its folder")
				return nil
			}
			for _, i := range items {
				e.line("%-12s %-8s %s", i.Source, i.What, i.Detail)
			}
			if allowed {
				e.line("\nallowed")
				return nil
			}
			e.line("\nnot allowed yet: 'tieout trust --yes' allows exactly this")
			return exit(ExitFailed)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "allow what is shown")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
