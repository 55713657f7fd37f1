package cli

import (
	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
)

func (e *env) attest() *cobra.Command {
	p := &person{work: work{e: e}}
	cmd := &cobra.Command{
		Use:   "attest CONTROL_ID",
		Short: "State, signed, what no record shows about a control",
		Long: "Keeps your statement, signed with your key. The control stays manual (statement provided): a statement is no\n" +
			"document and no test, and nothing passes by it.",
		Example: "  tieout attest AI-GOV-01.M1 --role 'head of model risk' --text 'The board discussed the inventory on 14 May.'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.state(cmd.Context(), "attest", func(d *app.Desk) error { return d.Attest(cmd.Context(), args[0], p.text, p.role) }, nil)
		},
	}
	p.flags(cmd, "what you state", true)
	return cmd
}
