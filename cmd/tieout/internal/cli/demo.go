package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/demo"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
)

func (e *env) demo() *cobra.Command {
	var sound bool
	cmd := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Write a worked example, run everything on it, and print what was found",
		Long: "Writes a fictional lender with four AI components and six months of data under DIR (default: tieout-demo), with\n" +
			"problems planted in known places; collects, verifies, tests and exports it; and compares what was found with what\n" +
			"was planted. It needs no server, no account and no network.",
		Example: "  tieout demo\n  tieout demo /tmp/example --without-problems",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "tieout-demo"
			if len(args) == 1 {
				dir = args[0]
			}
			return e.runDemo(cmd.Context(), dir, !sound)
		},
	}
	cmd.Flags().BoolVar(&sound, "without-problems", false, "plant nothing: every test must come out without a deviation")
	return cmd
}

func (e *env) runDemo(ctx context.Context, dir string, planted bool) (err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	if entries, err := os.ReadDir(abs); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and was not touched: name another directory, or remove it", abs)
	}
	e.say("writing the example under %s", abs)
	example, err := demo.Write(abs, planted, toolName())
	if err != nil {
		return err
	}
	if err := app.ForgetHead(abs); err != nil {
		return err
	}
	e.dir = abs
	early := &work{e: e, clock: app.FixedClock(demo.First)}
	e.say("collecting two sources as they stood on %s", demo.First.Format("2 January 2006"))
	err = early.do(ctx, "demo", func(a *app.App) error {
		_, err := a.Collect(ctx, demo.Early)
		return err
	})
	if err != nil {
		return err
	}
	if err := example.Grow(abs); err != nil {
		return err
	}
	e.say("collecting everything as it stood on %s", demo.Now.Format("2 January 2006"))
	w := &work{e: e, clock: app.FixedClock(demo.Now)}
	return w.do(ctx, "demo", func(a *app.App) error { return e.finishDemo(ctx, a, dir, example) })
}

func (e *env) finishDemo(ctx context.Context, a *app.App, dir string, example *demo.Example) error {
	sandbox, err := self()
	if err != nil {
		return err
	}
	if _, err := a.Collect(ctx, nil); err != nil {
		return err
	}
	run, err := a.Test(ctx, sandbox)
	if err != nil {
		return err
	}
	made, err := a.Export(ctx, run, app.ExportOptions{Stage: "draft"})
	if err != nil {
		return err
	}
	found, err := demo.Compare(example.Plants, run.Items(), signals(a.Catalog))
	if err != nil {
		return err
	}
	e.printDemo(a, run, made, found, dir)
	if found.Missed > 0 || len(found.Unexpected) > 0 {
		return &exitError{code: ExitFailed, err: errors.New("the example did not come out as planted: this is a mistake in tieout")}
	}
	lacks := ""
	if made.Reasons == 1 {
		lacks = made.FirstReason
	}
	if made.Complete != (example.Lacks == "") || lacks != example.Lacks {
		return exit(ExitGaps)
	}
	return nil
}

func (e *env) printDemo(a *app.App, run *app.Run, made *app.Exported, found *demo.Found, dir string) {
	e.line("package   %s", made.Path)
	e.line("key       %s", made.VerifierKey)
	e.line("          in real life the auditor has this key from you, on another way than the package\n")
	e.printMatrix(a, run)
	if len(found.Plants) > 0 {
		e.line("\nplanted problems and what found them:")
		for i, p := range found.Plants {
			e.line("%2d. %s\n    %s", i+1, p.What, p.Where)
			for _, f := range p.Finds {
				e.line("    %s %-13s %s", sign(f.Missing), f.Test, someItems(f.Items))
			}
		}
	}
	for _, u := range found.Unexpected {
		e.line("unexpected: %s item %s of %s", u.Test, u.Key, u.Component)
	}
	e.line("\nplanted %d, found %d, missed %d, unexpected %d", found.Planted, found.FoundPlants, found.Missed, len(found.Unexpected))
	if !made.Complete {
		reasons := fmt.Sprintf("%d reasons, the first", made.Reasons)
		if made.Reasons == 1 {
			reasons = "one reason"
		}
		e.line("the package is not complete and says so on its cover: %s: %s", reasons, made.FirstReason)
	}
	e.line("\nnext:  tieout -C %s status\n       tieout verify package %s --key '%s'", dir, made.Path, made.VerifierKey)
}

func sign(missing []string) string {
	if len(missing) > 0 {
		return "MISSED by"
	}
	return "found by"
}

// someItems lists a few items of many.
func someItems(items []string) string {
	list := slices.Clone(items)
	if len(list) > 3 {
		return fmt.Sprintf("%s … (%d items)", strings.Join(list[:3], ", "), len(list))
	}
	return strings.Join(list, ", ")
}

// signals are the tests that give no state.
func signals(c *controls.Catalog) map[string]bool {
	out := map[string]bool{}
	for _, t := range catalog.Tests(c) {
		out[t.ID] = t.Kind == controls.Indicator
	}
	return out
}
