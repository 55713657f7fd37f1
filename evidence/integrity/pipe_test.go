//go:build unix

package integrity

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tieout/tieout/evidence/logfile"
)

// TestPipesAreNotWaitedFor names a pipe that nobody writes to.
func TestPipesAreNotWaitedFor(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "log.jsonl")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	if _, err := Verify(t.Context(), logfile.Paths(name), Options{}); err == nil {
		t.Error("a pipe was read")
	}
	r, err := Verify(t.Context(), logfile.Paths(filepath.Dir(name), vectorFile(t, "aegis")), Options{})
	if err != nil || len(r.Skipped) != 1 || len(r.Logs) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
