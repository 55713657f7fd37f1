package app

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
)

func TestTwoRunsCannotHoldOneWorkspace(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	release, err := lock(dir, "test", 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock(dir, "collect", 61_000_000)
	if !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "test since 1970-01-01T00:00:01.000000Z (1m0s ago)") {
		t.Errorf("the second run got %v", err)
	}
	release()
	again, err := lock(dir, "collect", 61_000_000)
	if err != nil {
		t.Fatalf("after the first ended: %v", err)
	}
	again()
}

func TestAKeyIsMadeOnceAndKept(t *testing.T) {
	t.Parallel()
	w := &workspace.Workspace{Dir: t.TempDir()}
	w.File.Entity.Name = "Larkspur Lending"
	w.File.Signing.Key = "file:keys/package.key"
	first, path, made, err := EnsureKey(w)
	if err != nil || !made || path != filepath.Join(w.Dir, "keys", "package.key") {
		t.Fatalf("got %s, made %v, %v", path, made, err)
	}
	second, _, made, err := EnsureKey(w)
	if err != nil || made || second.VerifierKey("manifest") != first.VerifierKey("manifest") {
		t.Errorf("the key was made again (%v): %v", made, err)
	}
	if _, _, err := NewKey(w); err == nil {
		t.Error("a key was overwritten")
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"Larkspur Lending": "larkspur-lending", "…": "entity", "Ékström": "ekstrom"} {
		if got := Slug(in); got != want {
			t.Errorf("%q gave %q, want %q", in, got, want)
		}
	}
}
