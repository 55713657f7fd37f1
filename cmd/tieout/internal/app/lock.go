package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/evidence"
)

// ErrHeld is the error of a workspace that another run holds.
var ErrHeld = errors.New("another run holds the workspace")

// holder is what the lock file says about who holds it.
type holder struct {
	PID   int              `json:"pid"`
	Host  string           `json:"host"`
	Since evidence.Instant `json:"since"`
	Doing string           `json:"doing"`
}

// lock takes the workspace for one run. The lock is the operating system's, so
// it ends with the process that holds it, however that ends; the file only
// says who it is. The returned function gives it back.
func lock(stateDir, doing string, now evidence.Instant) (func(), error) {
	if err := os.MkdirAll(stateDir, 0o755); err != nil {
		return nil, fmt.Errorf("make the workspace's state folder: %w", err)
	}
	path := filepath.Join(stateDir, "run.lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("lock the workspace: %w", err)
	}
	if err := lockFile(f); err != nil {
		defer func() { _ = f.Close() }() // nothing was written
		var h holder
		if b, e := os.ReadFile(path); e == nil && json.Unmarshal(b, &h) == nil && h.PID != 0 {
			age := now.Time().Sub(h.Since.Time()).Round(1e9)
			return nil, fmt.Errorf("%w: process %d on %s, %s since %s (%s ago)", ErrHeld, h.PID, h.Host, h.Doing, h.Since, age)
		}
		return nil, ErrHeld
	}
	host, _ := os.Hostname() // only said, never relied on
	b, err := json.Marshal(holder{os.Getpid(), host, now, doing})
	if err == nil {
		err = errors.Join(f.Truncate(0), writeAt(f, b))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the workspace: %w", err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing gives the lock back
}

func writeAt(f *os.File, b []byte) error {
	_, err := f.WriteAt(b, 0)
	return err
}
