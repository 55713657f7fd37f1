//go:build unix

package workspace

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// place tells two directories of different owners or file systems apart.
type place struct{ device, owner uint64 }

func identity(dir string) (place, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return place{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return place{}, nil
	}
	return place{uint64(st.Dev), uint64(st.Uid)}, nil //nolint:unconvert // the field's type differs between systems
}

// checkMode refuses a workspace file that others may write: whoever can write
// it decides what is read and sent.
func checkMode(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the workspace: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s can be written by group or others (%v): run chmod go-w %s", path, info.Mode().Perm(), path)
	}
	return nil
}
