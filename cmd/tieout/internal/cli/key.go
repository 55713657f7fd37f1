package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/ledger"
)

func (e *env) key() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Make and show the keys that packages and ledger heads are signed with",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.keyNew(), e.keyShow())
	return cmd
}

func (e *env) keyNew() *cobra.Command {
	return &cobra.Command{
		Use:   "new",
		Short: "Make the workspace's key file; a key that is there is never replaced",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := e.workspace()
			if err != nil {
				return err
			}
			key, path, err := app.NewKey(w)
			if err != nil {
				return err
			}
			e.say("key written to %s: keep it to yourself, and hand the line below to the auditor on another way than the package", path)
			e.line("%s", key.VerifierKey(ledger.RoleManifest))
			return nil
		},
	}
}

func (e *env) keyShow() *cobra.Command {
	var sheet bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the verifier key of packages, alone on stdout",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := e.workspace()
			if err != nil {
				return err
			}
			key, err := app.LoadKey(w)
			if err != nil {
				return err
			}
			if !sheet {
				e.line("%s", key.VerifierKey(ledger.RoleManifest))
				return nil
			}
			e.line("Verifier keys of %s\n\nTo be signed by hand with the engagement letter. A package is worth as much as this sheet.\n", w.File.Entity.Name)
			for _, role := range ledger.Roles() {
				e.line("%-11s %s", role, key.VerifierKey(role))
			}
			e.line("\nName:\n\nRole:\n\nDate and signature:")
			return nil
		},
	}
	cmd.Flags().BoolVar(&sheet, "sheet", false, "print all keys as a sheet for a signature by hand")
	return cmd
}

// workspace loads the workspace that the command stands in or that -C names.
func (e *env) workspace() (*workspace.Workspace, error) {
	if e.dir != "" {
		return workspace.Load(e.dir)
	}
	dir, err := workspace.Find(".")
	if err != nil {
		return nil, fmt.Errorf("find the workspace: %w", err)
	}
	return workspace.Load(dir)
}
