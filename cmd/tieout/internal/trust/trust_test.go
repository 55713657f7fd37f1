package trust

import (
	"errors"
	"testing"
)

func TestWhatWasNotAllowedIsRefused(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	items := Secret("db", "env:DATABASE_URL", "postgres")
	if err := Check("/w", nil); err != nil {
		t.Errorf("nothing asked for, but %v", err)
	}
	if err := Check("/w", items); !errors.Is(err, ErrUntrusted) {
		t.Errorf("got %v", err)
	}
	if err := Pin("/w", items); err != nil {
		t.Fatal(err)
	}
	if err := Check("/w", items); err != nil {
		t.Errorf("after allowing: %v", err)
	}
	if err := Check("/elsewhere", items); !errors.Is(err, ErrUntrusted) {
		t.Errorf("another workspace: %v", err)
	}
	more := append(items, Secret("db", "exec:/bin/date", "postgres")...)
	if err := Check("/w", more); !errors.Is(err, ErrUntrusted) {
		t.Errorf("one thing more: %v", err)
	}
}
