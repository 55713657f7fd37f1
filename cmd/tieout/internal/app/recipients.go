package app

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
)

// recipients returns who can open the package, and what encrypts it to them:
// nobody and nothing where none is asked for.
func recipients(w *workspace.Workspace, o ExportOptions) ([]string, func(io.Writer) (io.WriteCloser, error), error) {
	to := o.To
	if len(to) == 0 {
		to = w.File.Export.To
	}
	if len(to) == 0 {
		return nil, nil, nil
	}
	if o.Dir {
		return nil, nil, errors.New("--as-directory cannot be encrypted: leave it out, or leave out --to and export.to")
	}
	var all []age.Recipient
	for _, s := range to {
		if strings.HasPrefix(s, "AGE-SECRET-KEY-") {
			return nil, nil, errors.New("--to names a secret key: whoever reads this can open what is encrypted to it; use the recipient that begins with age1")
		}
		found, err := age.ParseRecipients(strings.NewReader(s))
		if err != nil {
			return nil, nil, fmt.Errorf("--to %.80q is no age recipient, which begins with age1: %w", s, err)
		}
		if !strings.HasPrefix(s, "age1") || len(found) != 1 {
			return nil, nil, fmt.Errorf("--to %.80q is no age recipient, which begins with age1", s)
		}
		all = append(all, found[0])
	}
	return to, func(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, all...) }, nil
}
