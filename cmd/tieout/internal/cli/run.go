package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
)

func (e *env) run() *cobra.Command {
	w := &work{e: e}
	o := exportFlags{}
	var failOn []string
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Collect, verify, test and export in one: what a scheduler calls",
		Example: "  tieout -C /srv/audit run --events /var/log/tieout.ndjson",
		Long:    "Exits 0 with a complete package, 3 with a package that says what is missing from it, 7 where another run holds the workspace.",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkFailOn(failOn); err != nil {
				return err
			}
			return w.do(cmd.Context(), "run", func(a *app.App) error {
				sandbox, err := self()
				if err != nil {
					return err
				}
				if _, err := a.Collect(cmd.Context(), nil); err != nil {
					return err
				}
				run, err := a.Test(cmd.Context(), sandbox)
				if err != nil {
					return err
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
				if err == nil && failed(run.Results, failOn) {
					return exit(ExitFailed)
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
	failOnFlag(cmd, &failOn)
	return cmd
}

type runDoc struct {
	Schema  string         `json:"schema"`
	Run     string         `json:"run"`
	Package *app.Exported  `json:"package"`
	States  map[string]int `json:"results_by_state"`
}

func tally(results []controls.Result) map[string]int {
	out := map[string]int{}
	for _, r := range results {
		if r.State != controls.NoState {
			out[r.State.String()]++
		}
	}
	return out
}

// summaryLine is the one line that a scheduler's log shows.
func summaryLine(words controls.Wording, run *app.Run, made *app.Exported) string {
	n := tally(run.Results)
	complete := "complete"
	if !made.Complete {
		complete = fmt.Sprintf("NOT complete (%d reasons)", made.Reasons)
	}
	var parts []string
	for _, s := range []controls.State{controls.Deviation, controls.Indeterminate, controls.NotTested, controls.NotOccurring, controls.NotDue, controls.Pass} {
		if n[s.String()] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s.String()], words.Of(s)))
		}
	}
	switch n := len(made.EncryptedTo); n {
	case 0:
	case 1:
		complete += ", encrypted to 1 recipient and readable by nobody else"
	default:
		complete += fmt.Sprintf(", encrypted to %d recipients and readable by nobody else", n)
	}
	switch stamp := made.Timestamp; {
	case stamp == nil:
	case stamp.Time == nil:
		complete += ", NOT time-stamped"
	default:
		complete += fmt.Sprintf(", time-stamped at %s", stamp.Time)
	}
	return fmt.Sprintf("run %s: package %s, %s; results: %s", run.ID, made.Path, complete, strings.Join(parts, ", "))
}
