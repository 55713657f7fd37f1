package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/store"
)

func (e *env) verify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check a log, a package or the store",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.verifyLog(), e.verifyPackage(), e.verifyStore())
	return cmd
}

func (e *env) verifyStore() *cobra.Command {
	w := &work{e: e, look: true}
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Replay the ledger over the journal and everything that was kept",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.do(cmd.Context(), "", func(a *app.App) error {
				report, err := store.Verify(cmd.Context(), a.Store, nil)
				if err != nil {
					return err
				}
				if w.json {
					err = e.json(report)
				} else {
					e.printStoreReport(report)
				}
				if err != nil {
					return err
				}
				switch report.Verdict {
				case store.Intact:
					return nil
				case store.Indeterminate:
					return exit(ExitIndeterminate)
				default:
					return exit(ExitFailed)
				}
			})
		},
	}
	w.flags(cmd)
	return cmd
}

func (e *env) printStoreReport(r *store.Report) {
	e.line("store %s: %d entries, %d blobs (%d bytes), ledger root %s", r.Verdict, r.Entries, r.Blobs, r.Bytes, r.Head.Root)
	for _, p := range r.Problems {
		where := ""
		if p.Index != nil {
			where = fmt.Sprintf(" entry %d", *p.Index)
		}
		if !p.Digest.IsZero() {
			where += " blob " + p.Digest.String()
		}
		e.line("%s%s: %s", p.Code, where, p.Note)
	}
	if r.ProblemsCut {
		e.line("… the list is cut; the counts are complete: %v", r.Counts)
	}
	if r.Unreferenced > 0 {
		e.line("%d blobs belong to no entry: a run was stopped before it was entered, nothing rests on them", r.Unreferenced)
	}
}
