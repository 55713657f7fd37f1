package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
)

func (e *env) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what a run needs, and name what to connect next",
		Long: "Looks at the configuration, the sources, the clock, the key and the store, prints the least rights that each source\n" +
			"needs, and names the kinds of record that would turn most of what is not tested. It collects nothing.",
		Example: "  tieout doctor\n  tieout doctor --json | jq '.findings[] | select(.state==\"wrong\")'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w, err := e.workspace()
			if err != nil {
				return err
			}
			d, err := app.Doctor(cmd.Context(), w, app.SystemClock, toolName())
			if err != nil {
				return err
			}
			if asJSON {
				err = e.json(d)
			} else {
				e.printDiagnosis(d)
			}
			if err == nil && !d.Holds() {
				return exit(ExitFailed)
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) printDiagnosis(d *app.Diagnosis) {
	for _, f := range d.Findings {
		e.line("%-10s %-13s %-16s %s", strings.ReplaceAll(f.State, "_", " "), f.What, f.Name, f.Detail)
	}
	for _, p := range d.Policies {
		e.line("\nthe least that type %s needs:", p.Type)
		for _, l := range p.Lines {
			e.line("  %s", l)
		}
	}
	if len(d.Missing) == 0 {
		return
	}
	e.line("\nwhat to connect next, of %s:", d.Basis)
	for _, m := range d.Missing {
		e.line("  %-20s completes %d, is read by %d; from a source of type %s", m.Kind, m.Turns, m.Reads, strings.Join(m.Types, ", "))
		e.line("  %-20s %s", "", strings.Join(m.Sample, " "))
	}
}
