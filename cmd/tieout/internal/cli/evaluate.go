package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/controls/evaluate"
)

// evaluate is the other half of the sandbox: it reads what to do on stdin and
// writes results on stdout. People never call it.
func (e *env) evaluate() *cobra.Command {
	return &cobra.Command{
		Use:    evaluateCommand,
		Short:  "Run test SQL in this process, for tieout itself",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE:   func(*cobra.Command, []string) error { return exit(evaluate.Child(e.in, e.out)) },
	}
}
