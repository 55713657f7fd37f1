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
	var operator, file string
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Make the workspace's key file, or a person's own; a key that is there is never replaced",
		Long: "Without a flag it makes the key of the workspace, with which packages and ledger heads are signed. With --operator it\n" +
			"makes your own key, with which you sign what you state: it belongs to you and to no workspace.",
		Example: "  tieout key new\n  tieout key new --operator ann.keller",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if operator != "" {
				return e.newOperator(operator, file)
			}
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
	cmd.Flags().StringVar(&operator, "operator", "", "make your own key, under your `NAME`: small letters, digits, dots and hyphens")
	cmd.Flags().StringVar(&file, "operator-key", "", "write it to this `FILE` (default: operator.key in your configuration folder)")
	return cmd
}

// newOperator makes a person's own key.
func (e *env) newOperator(name, file string) error {
	key, path, err := app.NewOperator(name, file)
	if err != nil {
		return err
	}
	e.say("your own key is written to %s: keep it to yourself, and hand the line below to whoever checks what you sign", path)
	e.line("%s", key.VerifierKey(ledger.RoleStatement))
	return nil
}

func (e *env) keyShow() *cobra.Command {
	var sheet, operator bool
	var file string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the verifier key of packages, or your own, alone on stdout",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if operator || file != "" {
				key, err := app.LoadOperator(file)
				if err == nil {
					e.line("%s", key.VerifierKey(ledger.RoleStatement))
				}
				return err
			}
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
	cmd.Flags().BoolVar(&operator, "operator", false, "your own key, with which you sign what you state")
	cmd.Flags().StringVar(&file, "operator-key", "", "the key in this `FILE`")
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
