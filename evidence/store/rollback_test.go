package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
)

func TestAStoreThatWentBackIsRefused(t *testing.T) {
	t.Parallel()
	for name, attack := range map[string]func(t *testing.T, dir, backup string){
		"an older copy put back": func(t *testing.T, dir, backup string) {
			if err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(backup))); err != nil {
				t.Fatal(err)
			}
		},
		"the journal removed": func(t *testing.T, dir, _ string) { removeJournal(t, dir) },
		"the journal emptied": func(t *testing.T, dir, _ string) {
			removeJournal(t, dir)
			write(t, filepath.Join(dir, "journal.sqlite"), nil)
		},
		"everything removed": func(t *testing.T, dir, _ string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		},
		"the same number of entries written anew": func(t *testing.T, dir, _ string) {
			rewrite(t, dir, 8)
		},
		"more entries written anew": func(t *testing.T, dir, _ string) {
			rewrite(t, dir, 13)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			top := t.TempDir()
			dir, backup, o := filepath.Join(top, "s"), filepath.Join(top, "backup"), store.Options{HeadFile: filepath.Join(top, "state", "head")}
			fill(t, dir, o, 5)
			if err := os.CopyFS(backup, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			fill(t, dir, o, 3)
			attack(t, dir, backup)

			_, err := store.Open(t.Context(), dir, o)
			back, ok := errors.AsType[*store.RollbackError](err)
			if !ok || back.Code() != "LEDGER_ROLLBACK" || back.Remembered.Size != 8 || !strings.Contains(err.Error(), "LEDGER_ROLLBACK") ||
				!strings.Contains(err.Error(), "backup") || !strings.Contains(err.Error(), o.HeadFile) {
				t.Fatalf("Open = %v", err)
			}
			if h, ok, err := ledger.ReadHead(o.HeadFile); !ok || err != nil || h != back.Remembered {
				t.Errorf("the remembered head is now %v, %v, %v", h, ok, err)
			}
			reading := o
			reading.ReadOnly = true
			_, err = store.Open(t.Context(), dir, reading)
			if _, ok := errors.AsType[*store.RollbackError](err); !ok {
				t.Errorf("Open for reading = %v", err)
			}
			if info, err := os.Stat(filepath.Join(dir, "journal.sqlite")); err != nil || info.Size() == 0 {
				return // there is nothing to examine
			}
			s := openWith(t, dir, store.Options{HeadFile: o.HeadFile, Examine: true})
			if r := verify(t, s); r.Verdict != store.Broken || r.Counts[store.CodeRollback] != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// rewrite replaces a store by a sound one with other entries.
func rewrite(t *testing.T, dir string, n int) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	for range n {
		if _, err := s.Append(t.Context(), store.Entry{Type: "pull", JSON: []byte(`"other"`)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestAReaderMissesAJournalThatWasEmptied opens for reading first: whoever opens
// for writing makes the journal's tables anew.
func TestAReaderMissesAJournalThatWasEmptied(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir, o := filepath.Join(top, "s"), store.Options{HeadFile: filepath.Join(top, "state", "head")}
	fill(t, dir, o, 5)
	write(t, filepath.Join(dir, "journal.sqlite"), []byte("x"))
	o.ReadOnly = true
	_, err := store.Open(t.Context(), dir, o)
	if _, ok := errors.AsType[*store.RollbackError](err); !ok {
		t.Errorf("Open = %v", err)
	}
}

func TestAHeadFileThatLagsBehindIsRenewed(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	dir, o := filepath.Join(top, "s"), store.Options{HeadFile: filepath.Join(top, "head")}
	fill(t, dir, o, 5)
	fill(t, dir, store.Options{}, 2) // nobody remembers these
	s := openWith(t, dir, store.Options{HeadFile: o.HeadFile, ReadOnly: true})
	if h, _, err := ledger.ReadHead(o.HeadFile); err != nil || h.Size != 5 {
		t.Errorf("reading renewed it: %v, %v", h, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openWith(t, dir, o)
	want, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if h, _, err := ledger.ReadHead(o.HeadFile); err != nil || h != want || h.Size != 7 {
		t.Errorf("remembered %v, %v; want %v", h, err, want)
	}
}

func TestAHeadFileThatCannotBeReadIsNotForgotten(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	o := store.Options{HeadFile: filepath.Join(top, "head")}
	write(t, o.HeadFile, []byte("tieout-head-v1\n"))
	if _, err := store.Open(t.Context(), filepath.Join(top, "s"), o); err == nil {
		t.Error("it was taken for none")
	}
	if _, err := os.Stat(filepath.Join(top, "s")); err == nil {
		t.Error("a store was made")
	}
}
