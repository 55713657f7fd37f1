package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/controls"
)

var failOnWords = []string{"deviation", "indeterminate", "gap"}

func failOnFlag(cmd *cobra.Command, into *[]string) {
	cmd.Flags().StringSliceVar(into, "fail-on", nil, "exit 1 if there is a deviation, indeterminate or gap; a list with commas")
}

func checkFailOn(list []string) error {
	for _, s := range list {
		if !slices.Contains(failOnWords, s) {
			return fmt.Errorf("--fail-on %q: want deviation, indeterminate or gap", s)
		}
	}
	return nil
}

func has(list []string, s string) bool { return slices.Contains(list, s) }

// failed reports whether the results hold what --fail-on names. A test that
// could not be run is a gap.
func failed(results []controls.Result, failOn []string) bool {
	for _, r := range results {
		switch {
		case r.State == controls.NoState:
		case has(failOn, "deviation") && r.Deviation > 0,
			has(failOn, "indeterminate") && r.Indeterminate > 0,
			has(failOn, "gap") && r.State == controls.NotTested:
			return true
		}
	}
	return false
}
