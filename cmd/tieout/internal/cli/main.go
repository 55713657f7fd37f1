// Package cli is the command line: one file per command. A command parses its
// flags, calls the work, prints what came out, and chooses an exit code;
// nothing else is decided here.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// env is what a command gets from outside: streams, and where it stands.
type env struct {
	in       io.Reader
	out, err io.Writer
	dir      string // -C
	quiet    bool   // no conversation but errors
}

// Main runs the command line and returns the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	e := &env{in: in, out: out, err: errOut}
	root := e.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if ctx.Err() != nil && err != nil {
		_, _ = fmt.Fprintln(errOut, "tieout: interrupted; nothing half-written is left")
		return ExitInterrupted
	}
	var quiet *exitError
	if err != nil && (!errors.As(err, &quiet) || quiet.err != nil) {
		_, _ = fmt.Fprintf(errOut, "tieout: %s\n", strings.TrimRight(err.Error(), "\n"))
	}
	return codeOf(err)
}

func (e *env) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tieout",
		Short: "Evidence about AI components that an auditor can re-perform",
		Long: "tieout maps AI components to the SOC 2 trust services criteria, collects evidence from the systems\n" +
			"themselves, verifies logs, tests controls over whole populations, and writes packages that an auditor\n" +
			"checks offline. It reports management's own results and never speaks for the auditor.",
		Example:       "  tieout demo                      # a worked example, start to end\n  tieout init && tieout run        # a workspace of your own\n  tieout verify package FILE --key VKEY",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(c *cobra.Command, _ []string) error { return e.screen(c) },
	}
	root.PersistentFlags().StringVarP(&e.dir, "directory", "C", "", "workspace directory (default: the nearest tieout.yaml upward)")
	root.PersistentFlags().BoolVarP(&e.quiet, "quiet", "q", false, "say nothing on stderr but errors")
	root.AddCommand(e.commands()...)
	return root
}
