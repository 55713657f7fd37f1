package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/ledger"
)

// KeyPath returns where the workspace's key file is: what signing.key says, or
// a file named after the entity in the user's configuration folder.
func KeyPath(w *workspace.Workspace) (string, error) {
	if ref := w.File.Signing.Key; ref != "" {
		path, ok := strings.CutPrefix(ref, "file:")
		if !ok {
			return "", fmt.Errorf("signing.key %q: want file:PATH", ref)
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(w.Dir, path)
		}
		return path, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for keys: %w; name a file in signing.key", err)
	}
	return filepath.Join(dir, "tieout", "keys", Slug(w.File.Entity.Name)+".key"), nil
}

// LoadKey loads the workspace's key.
func LoadKey(w *workspace.Workspace) (*ledger.Keyring, error) {
	path, err := KeyPath(w)
	if err != nil {
		return nil, err
	}
	return ledger.LoadKeyring(path)
}

// NewKey makes the workspace's key file and returns its path. A key that is
// there already is never replaced.
func NewKey(w *workspace.Workspace) (*ledger.Keyring, string, error) {
	path, err := KeyPath(w)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, "", fmt.Errorf("make the folder for keys: %w", err)
	}
	k, err := ledger.NewKeyring(Slug(w.File.Entity.Name), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	return k, path, k.Save(path)
}

// EnsureKey loads the workspace's key, making one where there is none. made
// reports whether it did.
func EnsureKey(w *workspace.Workspace) (key *ledger.Keyring, path string, made bool, err error) {
	if path, err = KeyPath(w); err != nil {
		return nil, "", false, err
	}
	if key, err = ledger.LoadKeyring(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, path, false, err
	}
	key, path, err = NewKey(w)
	return key, path, true, err
}

// Slug makes a short lower-case ASCII name: letters, digits, single hyphens.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r > 0x7f:
			// an accent that was taken apart, or a letter without an ASCII form
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "entity"
}
