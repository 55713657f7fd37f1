package workspace

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Find returns the directory of the nearest workspace file from dir upwards.
// It stops at the user's home, at a change of file system and at a change of
// owner, so that a file planted above is not picked up.
func Find(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find the workspace from %s: %w", dir, err)
	}
	home, _ := os.UserHomeDir() // without a home there is nothing to stop at
	here, err := identity(start)
	if err != nil {
		return "", fmt.Errorf("find the workspace: %w", err)
	}
	for at := start; ; {
		_, err := os.Lstat(filepath.Join(at, FileName))
		if err == nil {
			return at, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("find the workspace: %w", err)
		}
		up := filepath.Dir(at)
		if up == at || at == home {
			return "", ErrNone
		}
		there, err := identity(up)
		if err != nil || there != here {
			return "", ErrNone
		}
		at = up
	}
}
