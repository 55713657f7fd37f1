package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tieout/tieout/export/bundle"
	"github.com/tieout/tieout/export/leak"
)

// Bounds of what is told of secrets.
const (
	maxPlaces = 20 // of one file
	maxLeaks  = 12 // files named in a message
)

// scannedWords say in every package what the search can and cannot show.
var scannedWords = fmt.Sprintf("Before the package was sealed, its tables and raw files were searched for %d well-known shapes of secrets. Secrets of other shapes, such as passwords, and those inside compressed or encoded files are not recognised.", len(leak.Shapes))

// leaks looks for secrets in everything that goes into the package as it is.
// Without a reason to send them all the same, finding one is an error.
func (a *App) leaks(ctx context.Context, in *bundle.Input, accepted string) error {
	var lines []string
	files := 0
	look := func(path string, open func() (io.ReadCloser, error)) (err error) {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r, err := open()
		if err != nil {
			return fmt.Errorf("look for secrets in %s: %w", path, err)
		}
		defer func() { err = errors.Join(err, r.Close()) }()
		found, err := leak.Find(r, maxPlaces)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(found) > 0 {
			files++
		}
		for i, f := range found {
			if i == 0 && len(lines) < maxLeaks {
				lines = append(lines, fmt.Sprintf("%s, byte %d: %s", path, f.Offset, f.Shape))
			}
		}
		return nil
	}
	for _, t := range in.Tables {
		if err := look("data/tables/"+t.Name+".jsonl", t.Open); err != nil {
			return err
		}
	}
	for _, f := range in.Files {
		if strings.HasPrefix(f.Path, "catalog/") {
			continue // our own words and the user's controls
		}
		if err := look(f.Path, f.Open); err != nil {
			return err
		}
	}
	in.Dossier.Limits = append(in.Dossier.Limits[:len(in.Dossier.Limits):len(in.Dossier.Limits)], scannedWords)
	switch {
	case files == 0:
		return nil
	case strings.TrimSpace(accepted) == "":
		if files > len(lines) {
			lines = append(lines, fmt.Sprintf("… and %d more files", files-len(lines)))
		}
		return fmt.Errorf("%d files hold what looks like a secret:\n  %s\ntake it out at the source and collect again, or, if it is none, say why with --accept-secrets; the reason stands in the package", files, strings.Join(lines, "\n  "))
	}
	in.Dossier.Limits = append(in.Dossier.Limits, fmt.Sprintf("%d files hold what looks like a secret, and management sent them all the same: %s", files, accepted))
	return nil
}
