package cli

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/ledger"
)

func (e *env) ledger() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "Show the ledger's head, and hand it to the auditor to keep",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.ledgerShow(), e.ledgerDeposit())
	return cmd
}

func (e *env) ledgerShow() *cobra.Command {
	w := &work{e: e}
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print how many entries the ledger has, and its root",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				head, err := a.Store.Head(cmd.Context())
				if err != nil {
					return err
				}
				if w.json {
					return e.json(struct {
						Schema string `json:"schema"`
						Origin string `json:"origin"`
						Size   int64  `json:"size"`
						Root   string `json:"root"`
					}{"tieout/ledger/v1", ledger.Origin(app.Slug(a.WS.File.Entity.Name)), head.Size, head.Root.String()})
				}
				e.line("%d entries, root %s", head.Size, head.Root)
				return nil
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func (e *env) ledgerDeposit() *cobra.Command {
	w := &work{e: e}
	var out string
	cmd := &cobra.Command{
		Use:   "deposit",
		Short: "Print the signed checkpoint that the auditor keeps",
		Long: "Whoever keeps this note can later ask for proof that nothing of what it covers was taken away or changed:\n" +
			"'tieout verify package FILE --since NOTE'. Hand it over at the start of the engagement and every month.",
		Example: "  tieout ledger deposit > checkpoint-2026-07.note",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				msg, err := a.Checkpoint(cmd.Context())
				if err != nil {
					return err
				}
				if out != "" {
					return os.WriteFile(out, msg, 0o644)
				}
				_, err = e.out.Write(msg)
				return err
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write it to this `FILE`")
	return cmd
}
