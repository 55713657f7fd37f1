package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/evidence/strictyaml"
)

func compareText(a, b string) int { return cmp.Compare(a, b) }

func (e *env) catalog() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "catalog",
		Short: "Criteria, controls and tests: list them, show one, check your own",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.catalogList(), e.catalogShow(), e.catalogCheck())
	return cmd
}

// theCatalog is the workspace's where there is one, or else the built-in one.
func (e *env) theCatalog() (*controls.Catalog, error) {
	w, err := e.workspace()
	if errors.Is(err, workspace.ErrNone) && e.dir == "" {
		return catalog.Load()
	}
	if err != nil {
		return nil, err
	}
	return app.LoadCatalog(w)
}

type catalogDoc struct {
	Schema   string               `json:"schema"`
	Digest   string               `json:"catalog_sha256"`
	Criteria []controls.Criterion `json:"criteria"`
	Controls []controls.Control   `json:"controls"`
	Params   []controls.Param     `json:"params"`
}

func (e *env) catalogList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the controls with their criteria and tests",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := e.theCatalog()
			if err != nil {
				return err
			}
			if asJSON {
				return e.json(catalogDoc{"tieout/catalog/v1", c.Digest, c.Criteria, c.Controls, c.Params})
			}
			family := ""
			for _, k := range c.Controls {
				if k.Family != family {
					family = k.Family
					e.line("\n%s", strings.ToUpper(family))
				}
				e.line("%-11s %-58s %s", k.ID, k.Title, strings.Join(k.Primary, " "))
				for _, t := range k.Tests {
					e.line("  %-13s %s", t.ID, t.Words)
				}
			}
			e.line("\n%d criteria, %d controls, %d tests", len(c.Criteria), len(c.Controls), countTests(c))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func countTests(c *controls.Catalog) int {
	n := 0
	for _, k := range c.Controls {
		n += len(k.Tests)
	}
	return n
}

func (e *env) catalogShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show one criterion, control or test",
		Example: "  tieout catalog show AI-CHG-02\n  tieout catalog show AI-CHG-02.T1\n  tieout catalog show CC8.1",
		Args:    cobra.ExactArgs(1),
		Long: "A control is shown in words: what it states, what its tests ask of which rows, what they read, and by which values of policy, those of the\n" +
			"workspace where there is one. A test is shown with its SQL as well. A criterion is shown with the controls that speak to it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := e.theCatalog()
			if err != nil {
				return err
			}
			var ids []string
			for _, k := range c.Criteria {
				ids = append(ids, k.ID)
				if k.ID == args[0] {
					return e.showCriterion(c, k, asJSON)
				}
			}
			for _, k := range c.Controls {
				ids = append(ids, k.ID)
				for _, t := range k.Tests {
					ids = append(ids, t.ID)
				}
				if k.ID == args[0] || strings.HasPrefix(args[0], k.ID+".T") {
					return e.showControl(cmd.Context(), c, &k, args[0], asJSON)
				}
			}
			return fmt.Errorf("catalog: there is no %q%s", args[0], strictyaml.Nearest(args[0], ids))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) catalogCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE",
		Short:   "Check a file of your own controls: syntax, rules, examples, mutations",
		Example: "  tieout catalog check controls/own.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			src, err := readSource(args[0])
			if err != nil {
				return fmt.Errorf("catalog check: %w", err)
			}
			problems := catalog.Check(catalog.File{Name: args[0], Src: src})
			for _, p := range problems {
				e.line("%v", p)
			}
			if len(problems) > 0 {
				e.say("tieout: %d problems; docs/writing-tests.md has the rules", len(problems))
				return exit(ExitFailed)
			}
			e.line("%s: nothing wrong was found; examples and mutations ran", args[0])
			return nil
		},
	}
}

// readSource reads a file of controls, of which the loader takes no more than it bounds.
func readSource(path string) (_ []byte, err error) {
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, strictyaml.MaxSize+1))
}
