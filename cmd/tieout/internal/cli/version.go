package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// Set by the release build.
var (
	version = "0.1.0-dev"
	commit  = ""
)

func (e *env) version() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return e.json(struct {
					Schema  string `json:"schema"`
					Version string `json:"version"`
					Commit  string `json:"commit"`
					Go      string `json:"go"`
				}{"tieout/version/v1", version, commit, runtime.Version()})
			}
			_, err := fmt.Fprintf(e.out, "tieout %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
