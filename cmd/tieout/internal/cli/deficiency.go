package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

func (e *env) deficiency() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deficiency",
		Short: "Take down weaknesses of controls, close them, have somebody else verify that",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.deficiencyOpen(), e.deficiencyList(), e.deficiencyClose(), e.deficiencyVerify())
	return cmd
}

func (e *env) deficiencyOpen() *cobra.Command {
	p := &person{work: work{e: e}}
	var control string
	weak := statement.Weakness{}
	cmd := &cobra.Command{
		Use:     "open",
		Short:   "Take down a weakness: which control, how grave, who puts it right by when",
		Example: "  tieout deficiency open --control AI-CHG-02 --severity high --owner 'Bo Lind' --due 2026-09-30 --deviation DEV-0007 --text '…'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.state(cmd.Context(), "deficiency open", func(d *app.Desk) error {
				return d.OpenDeficiency(cmd.Context(), control, p.text, p.role, weak)
			}, nil)
		},
	}
	p.flags(cmd, "what is weak, in your words", true)
	f := cmd.Flags()
	f.StringVar(&control, "control", "", "control `ID` that is weak")
	f.StringVar(&weak.Severity, "severity", "", strings.Join(statement.Severities, ", "))
	f.StringVar(&weak.Owner, "owner", "", "`NAME` of who puts it right")
	f.StringVar(&weak.Due, "due", "", "`DAY` by which, YYYY-MM-DD")
	f.StringSliceVar(&weak.Deviations, "deviation", nil, "deviation `ID` that showed it; may be repeated")
	for _, name := range []string{"control", "severity", "owner", "due"} {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // a flag that was added above
		}
	}
	return cmd
}

func (e *env) deficiencyClose() *cobra.Command {
	p := &person{work: work{e: e}}
	var docs []string
	cmd := &cobra.Command{
		Use:     "close ID",
		Short:   "State that a weakness was put right, and how",
		Example: "  tieout deficiency close DEF-0001 --text 'Branch rules ask for an approval since 3 July.' --evidence DOC-0004",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.state(cmd.Context(), "deficiency close", func(d *app.Desk) error {
				return d.CloseDeficiency(cmd.Context(), args[0], p.text, p.role, docs)
			}, nil)
		},
	}
	p.flags(cmd, "what was done, in your words", true)
	cmd.Flags().StringSliceVar(&docs, "evidence", nil, "document `ID` that shows it; may be repeated")
	return cmd
}

func (e *env) deficiencyVerify() *cobra.Command {
	p := &person{work: work{e: e}}
	cmd := &cobra.Command{
		Use:     "verify ID",
		Short:   "State, as somebody else than who closed it, that you saw it put right",
		Example: "  tieout deficiency verify DEF-0001 --text 'Tried to merge without approval on 10 July: refused.'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.state(cmd.Context(), "deficiency verify", func(d *app.Desk) error {
				return d.VerifyDeficiency(cmd.Context(), args[0], p.text, p.role)
			}, nil)
		},
	}
	p.flags(cmd, "what you looked at, and when", true)
	return cmd
}

type deficienciesDoc struct {
	Schema       string                  `json:"schema"`
	Deficiencies []export.DeficiencyLine `json:"deficiencies"`
}

func (e *env) deficiencyList() *cobra.Command {
	w := &work{e: e}
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List weaknesses with how far each has come",
		Example: "  tieout deficiency list\n  tieout deficiency list --json | jq '.deficiencies[] | select(.status==\"open\")'",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				d, err := a.People(cmd.Context())
				if err != nil {
					return err
				}
				if w.json {
					return e.json(deficienciesDoc{"tieout/deficiencies/v1", listed(d.Deficiencies)})
				}
				today := a.Clock().Time().In(a.WS.Zone).Format(time.DateOnly)
				for _, x := range d.Deficiencies {
					e.printDeficiency(x, today)
				}
				e.line("%d deficiencies", len(d.Deficiencies))
				return nil
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func (e *env) printDeficiency(x export.DeficiencyLine, today string) {
	status := x.Status
	switch {
	case status == "open" && x.Due < today:
		status = "open, OVERDUE"
	case status == "closed":
		status = "closed, not verified"
	}
	e.line("%s %-20s %-8s %-12s owner %s, due %s", x.ID, status, x.Severity, plain(strings.Join(x.Controls, ", ")), plain(x.Owner), x.Due)
	e.line("         %s", oneLine(x.Text))
	if x.ClosedBy != "" {
		e.line("         closed by %s: %s", x.ClosedBy, oneLine(x.Action))
	}
	if x.VerifiedBy != "" {
		e.line("         verified by %s: %s", x.VerifiedBy, oneLine(x.Verified))
	}
}
