package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/integrity"
)

// sealDoc is what was sealed, as scripts read it.
type sealDoc struct {
	Schema string            `json:"schema"`
	Logs   []sealedDoc       `json:"logs"`
	Report *integrity.Report `json:"report"`
}

type sealedDoc struct {
	app.SealEntry
	Index int64 `json:"ledger_index"`
}

func (e *env) seal() *cobra.Command {
	w := &work{e: e}
	var f logFlags
	cmd := &cobra.Command{
		Use:   "seal PATH...",
		Short: "Put logs under the ledger, so that later changes of them show",
		Long: "Checks logs as 'verify log' does, whether they have hashes of their own or not, and puts what was seen of them into the\n" +
			"workspace's ledger: records, bytes, digests and the last record's hash. The ledger's head is signed and kept with it. From then\n" +
			"on 'verify log' in this workspace shows an end that was cut off, a log that was written anew, and any other change of what was\n" +
			"sealed; records that are added behind it are no change. With signing.timestamp in the workspace, an authority is asked to\n" +
			"time-stamp the head, which 'tieout ledger show' prints. Hand the head to somebody else with 'tieout ledger deposit': whoever holds\n" +
			"both the log and the ledger could make both anew.",
		Example: "  tieout seal logs/decisions\n  tieout seal audit.jsonl --profile own.yaml --key audit=audit.key",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.json, f.threshold = w.json, 1
			o, err := f.options()
			if err != nil {
				return err
			}
			if o.Format != "" {
				return fmt.Errorf("--profile %s: what protects itself that way is not sealed; without --profile its bytes are", o.Format)
			}
			return w.do(cmd.Context(), "seal", func(a *app.App) error {
				report, sealed, err := a.Seal(cmd.Context(), args, o.Options)
				switch {
				case errors.Is(err, app.ErrSealBroken):
					return e.unsealed(report, &exitError{code: ExitFailed, err: err})
				case app.Unsettled(err):
					return e.unsealed(report, &exitError{code: ExitIndeterminate, err: err})
				case err != nil:
					return err
				}
				return e.printSeals(w.json, report, sealed)
			})
		},
	}
	w.flags(cmd)
	cmd.Flags().StringVar(&f.profile, "profile", "", "how the log protects itself: a profile's `ID`, or a file with one (.yaml)")
	cmd.Flags().StringArrayVar(&f.keys, "key", nil, "`[NAME=]FILE` with a public key, a verifier key or a shared secret; may be repeated")
	return cmd
}

// unsealed shows why nothing was sealed.
func (e *env) unsealed(report *integrity.Report, why error) error {
	if err := report.Text(e.out); err != nil {
		return err
	}
	return why
}

func (e *env) printSeals(asJSON bool, report *integrity.Report, sealed []app.SealEntry) error {
	for _, l := range report.Logs {
		if l.Lost() {
			e.say("tieout: %s was sealed before and is not among these logs: %d of its files were not found", plain(l.Path), l.Counts[integrity.FileMissing])
		}
	}
	if asJSON {
		doc := sealDoc{Schema: "tieout/seal-report/v1", Logs: []sealedDoc{}, Report: report}
		for _, s := range sealed {
			doc.Logs = append(doc.Logs, sealedDoc{s, s.Index})
		}
		return e.json(doc)
	}
	for _, s := range sealed {
		files := "1 file"
		if s.Files != 1 {
			files = fmt.Sprintf("%d files", s.Files)
		}
		e.line("sealed %s: %d records in %s, %d bytes, %s; ledger entry %d", plain(s.Log), s.Records, files, s.Bytes, s.Verdict, s.Index)
	}
	e.say("tieout: the ledger's head was signed; 'tieout ledger deposit' prints it for somebody else to keep")
	return nil
}
