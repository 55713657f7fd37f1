package app

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/evidence/ledger"
)

// OperatorKeyPath returns where a person's own key is: the file named, or one
// in the user's configuration folder. It belongs to no workspace.
func OperatorKeyPath(file string) (string, error) {
	if file != "" {
		return file, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for keys: %w; name a file with --operator-key", err)
	}
	return filepath.Join(dir, "tieout", "keys", "operator.key"), nil
}

// NewOperator makes a person's own key and returns its path. A key that is
// there already is never replaced.
func NewOperator(name, file string) (*ledger.Keyring, string, error) {
	path, err := OperatorKeyPath(file)
	if err != nil {
		return nil, "", err
	}
	k, err := ledger.NewKeyring(name, rand.Reader)
	if err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, "", fmt.Errorf("make the folder for keys: %w", err)
	}
	return k, path, k.Save(path)
}

// LoadOperator loads a person's own key.
func LoadOperator(file string) (*ledger.Keyring, error) {
	path, err := OperatorKeyPath(file)
	if err != nil {
		return nil, err
	}
	k, err := ledger.LoadKeyring(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("a statement is signed by the person who makes it, and there is no key of yours at %s: "+
			"make one with 'tieout key new --operator NAME', or name another with --operator-key FILE", path)
	}
	return k, err
}
