package cli

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/bundle"
)

func (e *env) verifyPackage() *cobra.Command {
	var keys []string
	var since string
	var tsaRoots []string
	var noRebuild, asJSON bool
	cmd := &cobra.Command{
		Use:   "package PATH",
		Short: "Check an evidence package offline, against a key from outside it",
		Long: "Checks every byte of the package against its manifest and the manifest against the key, counts rows and results\n" +
			"again, rebuilds the population database from the data and runs the tests on it, and renders the documents again.\n" +
			"It needs no workspace and no network, trusts nothing in the package, and opens no database that came with it.",
		Example: "  tieout verify package larkspur.zip --key 'larkspur-lending/manifest+1a2b3c4d+AbC…'\n" +
			"  tieout verify package larkspur.zip --key key.txt --since checkpoint-2026-01.note\n" +
			"  tieout verify package larkspur.zip --key key.txt --tsa-root authority.pem",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			own, err := catalog.Load()
			if err != nil {
				return err
			}
			o := bundle.VerifyOptions{
				Tool: toolName(), Catalog: own, NoRebuild: noRebuild, Sheets: export.Sheets, TestsSQL: catalog.TestsSQL, Recount: recount, Reperform: reperform,
				Documents: func(d *export.Dossier, digest evidence.Digest) []bundle.Document {
					return app.Documents(d, digest, []string{"pdf", "xlsx", "html"})
				},
			}
			for _, k := range keys {
				found, err := bundle.ReadKeys(k)
				if err != nil {
					return fmt.Errorf("--key: %w", err)
				}
				o.Keys = append(o.Keys, found...)
			}
			if since != "" {
				if o.Since, err = readSmall(since); err != nil {
					return fmt.Errorf("--since: %w", err)
				}
			}
			for _, name := range tsaRoots {
				roots, err := readRoots(name)
				if err != nil {
					return fmt.Errorf("--tsa-root: %w", err)
				}
				o.TSARoots = append(o.TSARoots, roots...)
			}
			if encrypted(args[0]) {
				return fmt.Errorf("%s is encrypted: 'age --decrypt -i YOUR_KEY %s > package.zip', then verify package.zip", args[0], args[0])
			}
			report, err := bundle.Verify(cmd.Context(), args[0], o)
			if err != nil {
				return err
			}
			if asJSON {
				err = e.json(report)
			} else {
				err = report.Text(e.out)
			}
			if err != nil {
				return err
			}
			return exit(report.Verdict.ExitCode())
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "verifier `KEY` of the package, or a file that holds it; may be repeated")
	cmd.Flags().StringVar(&since, "since", "", "a checkpoint `NOTE` that you kept: nothing that it covers may be missing or changed")
	cmd.Flags().StringArrayVar(&tsaRoots, "tsa-root", nil, "PEM `FILE` with the root certificate of a time-stamp authority that you trust; may be repeated")
	cmd.Flags().BoolVar(&noRebuild, "no-rebuild", false, "do not make anything again: database, tests, rows, documents")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// encrypted reports whether the file is one that age encrypted.
func encrypted(path string) bool {
	const first = "age-encryption.org/v1"
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // only read from
	b := make([]byte, len(first))
	_, err = io.ReadFull(f, b)
	return err == nil && string(b) == first
}

// recount runs a stranger's statements on a database rebuilt from a stranger's
// rows in a process of its own.
func recount(ctx context.Context, database string, c *controls.Catalog) (evaluate.Recounted, error) {
	sandbox, err := self()
	if err != nil {
		return nil, err
	}
	return evaluate.RecountSandboxed(ctx, sandbox, database, c)
}

// readRoots reads a file of certificates.
func readRoots(name string) ([]*x509.Certificate, error) {
	text, err := readSmall(name)
	if err != nil {
		return nil, err
	}
	roots, err := rfc3161.ParseRoots(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return roots, nil
}

// reperform runs the statements of items in the same way.
func reperform(ctx context.Context, in evaluate.Input, item func(controls.Item) error) (*evaluate.Outcome, error) {
	sandbox, err := self()
	if err != nil {
		return nil, err
	}
	return evaluate.RunSandboxed(ctx, sandbox, in, item)
}

const maxSmall = 64 << 10

// readSmall reads a file that is a few lines at most.
func readSmall(path string) ([]byte, error) {
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	b, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxSmall {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxSmall)
	}
	return b, nil
}
