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
		Short: "Print how many entries the ledger has, its root, and by when it existed where that was time-stamped",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				head, err := a.Store.Head(cmd.Context())
				if err != nil {
					return err
				}
				stamp, err := a.HeadStamp(cmd.Context())
				if err != nil {
					return err
				}
				if w.json {
					err = e.json(struct {
						Schema string         `json:"schema"`
						Origin string         `json:"origin"`
						Size   int64          `json:"size"`
						Root   string         `json:"root"`
						Stamp  *app.HeadStamp `json:"timestamp,omitempty"`
					}{"tieout/ledger/v1", ledger.Origin(app.Slug(a.WS.File.Entity.Name)), head.Size, head.Root.String(), stamp})
				} else {
					e.line("%d entries, root %s", head.Size, head.Root)
					e.headStamp(stamp)
				}
				switch {
				case err != nil || stamp == nil || stamp.State == "valid":
					return err
				case stamp.State == "invalid":
					return exit(ExitFailed)
				}
				return exit(ExitIndeterminate)
			})
		},
	}
	w.flags(cmd)
	return cmd
}

// headStamp prints what the newest time-stamp over a head shows.
func (e *env) headStamp(s *app.HeadStamp) {
	switch {
	case s == nil:
	case s.State == "valid":
		e.line("the first %d entries existed by %s, as %s states: the time-stamp holds", s.Size, s.Time, plain(s.By))
	case s.State == "invalid":
		e.line("THE TIME-STAMP over the first %d entries DOES NOT HOLD: %s", s.Size, plain(s.Why))
	default:
		e.line("the time-stamp over the first %d entries leads to no root that the workspace pins: %s", s.Size, plain(s.Why))
	}
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
