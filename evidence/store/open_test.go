package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
)

func TestReadingWhereThereIsNoStoreCreatesNothing(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]store.Options{"reading": {ReadOnly: true}, "examining": {Examine: true}} {
		dir := t.TempDir()
		for _, d := range []string{dir, filepath.Join(dir, "none")} {
			_, err := store.Open(t.Context(), d, o)
			if !errors.Is(err, store.ErrNoStore) || !strings.Contains(err.Error(), d) || !strings.Contains(err.Error(), "tieout collect") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := tree(t, dir); len(got) != 0 {
			t.Errorf("%s created %v", name, got)
		}
	}
}

func TestReadingAStoreChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	head := filepath.Join(dir, "head")
	fill(t, filepath.Join(dir, "s"), store.Options{HeadFile: head}, 20)
	for name, without := range map[string][]string{
		"as it was closed": nil, "copied without the files beside it": {"-wal", "-shm"}, "copied without its index": {"-shm"}, "copied without its log": {"-wal"},
	} {
		for _, suffix := range without {
			if err := os.Remove(filepath.Join(dir, "s", "journal.sqlite"+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
		before := tree(t, dir)
		s, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{HeadFile: head, ReadOnly: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r := verify(t, s); r.Verdict != store.Intact || r.Entries != 20 {
			t.Errorf("%s: %+v", name, r)
		}
		if _, _, err := s.Put(t.Context(), strings.NewReader("x")); err == nil {
			t.Errorf("%s: a blob was put", name)
		}
		if _, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1")}); err == nil {
			t.Errorf("%s: an entry was appended", name)
		}
		if _, err := s.Records(); err == nil {
			t.Errorf("%s: records were opened", name)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if after := tree(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: before\n%v\nafter\n%v", name, before, after)
		}
		open(t, filepath.Join(dir, "s")) // makes whole what was taken away
	}
}

func TestAStoreIsReadWhileItIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := open(t, dir)
	r := openWith(t, dir, store.Options{ReadOnly: true})
	for i := range 30 {
		d, _, err := w.Put(t.Context(), strings.NewReader(fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append(t.Context(), store.Entry{Type: "pull", Blobs: []evidence.Digest{d}, JSON: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if h, err := r.Head(t.Context()); err != nil || h.Size != int64(i+1) {
			t.Fatalf("the reader sees %v, %v after %d entries", h, err, i+1)
		}
		if s, err := r.Entry(t.Context(), int64(i)); err != nil || s.Blobs[0] != d {
			t.Fatalf("the reader sees %+v, %v", s, err)
		}
	}
	if rep := verify(t, r); rep.Verdict != store.Intact || rep.Blobs != 30 {
		t.Errorf("%+v", rep)
	}
}

func TestACopyThatIsWrittenWhileItIsReadIsNotTrusted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 5)
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, "journal.sqlite"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	r := openWith(t, dir, store.Options{ReadOnly: true})
	if h, err := r.Head(t.Context()); err != nil || h.Size != 5 {
		t.Fatalf("%v, %v", h, err)
	}
	fill(t, dir, store.Options{}, 5)
	if h, err := r.Head(t.Context()); err == nil || !strings.Contains(err.Error(), "try again") {
		t.Errorf("read %v, %v", h, err)
	}
}

func TestACopyOfAStoreInUseIsNotReadInPart(t *testing.T) {
	t.Parallel()
	dir, copied := t.TempDir(), t.TempDir()
	fill(t, dir, store.Options{}, 5)
	s := open(t, dir)
	put(t, s, "one more")
	if _, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, openWith(t, copied, store.Options{ReadOnly: true})); r.Verdict != store.Intact || r.Entries != 6 {
		t.Errorf("a whole copy: %+v", r)
	}
	remove(t, filepath.Join(copied, "journal.sqlite-shm"))
	if _, err := store.Open(t.Context(), copied, store.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "-shm") {
		t.Errorf("a copy in part: %v", err)
	}
	if r := verify(t, open(t, copied)); r.Verdict != store.Intact || r.Entries != 6 {
		t.Errorf("a copy in part, opened for writing: %+v", r)
	}
}

func TestAJournalThatIsLostIsNotMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 3)
	removeJournal(t, dir)
	if _, err := store.Open(t.Context(), dir, store.Options{}); err == nil || !strings.Contains(err.Error(), "backup") {
		t.Errorf("Open = %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "journal.sqlite")); err == nil {
		t.Error("a journal was made")
	}
}

func TestAStoppedCreationIsTakenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "blobs", "partial"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"journal.sqlite", filepath.Join("blobs", "partial", "left")} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := tree(t, dir)
	if _, err := store.Open(t.Context(), dir, store.Options{ReadOnly: true}); !errors.Is(err, store.ErrNoStore) {
		t.Errorf("Open for reading = %v", err)
	}
	if after := tree(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
	fill(t, dir, store.Options{}, 3)
	if left, err := os.ReadDir(filepath.Join(dir, "blobs", "partial")); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestAJournalInAnotherModeIsPutRight(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 3)
	tamper(t, dir, "PRAGMA journal_mode = DELETE")
	if r := verify(t, openWith(t, dir, store.Options{ReadOnly: true})); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
	fill(t, dir, store.Options{}, 3)
	s := open(t, dir)
	if _, err := os.Stat(filepath.Join(dir, "journal.sqlite-wal")); err != nil {
		t.Error(err)
	}
	if r := verify(t, s); r.Verdict != store.Intact || r.Entries != 6 {
		t.Errorf("%+v", r)
	}
}

func TestAnotherFileIsNoJournal(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(dir string){
		"text": func(dir string) {
			write(t, filepath.Join(dir, "journal.sqlite"), bytes.Repeat([]byte("no SQLite "), 1000))
		},
		"another database": func(dir string) { tamper(t, dir, "PRAGMA application_id = 1") },
		"a newer version":  func(dir string) { tamper(t, dir, "PRAGMA user_version = 2") },
		"a view for a table": func(dir string) {
			tamper(t, dir, "CREATE TABLE real AS SELECT * FROM head", "DROP TABLE head", "CREATE VIEW head AS SELECT * FROM real")
		},
		"a folder": func(dir string) {
			removeJournal(t, dir)
			if err := os.Mkdir(filepath.Join(dir, "journal.sqlite"), 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		dir := t.TempDir()
		fill(t, dir, store.Options{}, 3)
		change(dir)
		for _, o := range []store.Options{{}, {ReadOnly: true}, {Examine: true}} {
			if s, err := store.Open(t.Context(), dir, o); err == nil {
				t.Errorf("%s: opened with %+v", name, o)
				_ = s.Close()
			}
		}
	}
}

func TestABlobIsKeptBeforeWhatNamesIt(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	d := evidence.DigestOf([]byte("never put"))
	for _, e := range []store.Entry{{Type: "x", JSON: []byte("1"), Blobs: []evidence.Digest{d}}, {Type: "x", JSON: []byte("1"), Lists: []evidence.Digest{d}}} {
		if _, err := s.Append(t.Context(), e); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("Append = %v", err)
		}
	}
	if _, err := s.PutList(t.Context(), []evidence.Digest{d}); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("PutList = %v", err)
	}
}

func TestAppendGoesOnAfterItWasStopped(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	many := make([]store.Entry, 3000)
	for i := range many {
		many[i] = store.Entry{Type: "x", JSON: []byte("1")}
	}
	stopped := 0
	for i := range 20 {
		ctx, cancel := contextAfter(t, i)
		if _, err := s.Append(ctx, many...); err != nil {
			stopped++
		}
		cancel()
	}
	if stopped == 0 {
		t.Skip("every append was faster than its limit")
	}
	first, err := s.Append(t.Context(), many[0])
	if err != nil || first != int64(20-stopped)*3000 {
		t.Errorf("Append = %d, %v; %d were stopped", first, err, stopped)
	}
	if r := verify(t, s); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
}

func TestHeadFileThatCannotBeWrittenIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	s, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(state, "head")})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(state); err != nil {
		t.Fatal(err)
	}
	write(t, state, nil) // a file where a folder must be
	if first, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1")}); first != 0 || err != nil {
		t.Errorf("an entry that is kept was reported as %d, %v", first, err)
	}
	if err := s.Close(); err == nil {
		t.Error("Close kept silent")
	}
	if _, err := store.Open(t.Context(), filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(state, "head")}); err == nil {
		t.Error("a store was opened for writing whose head cannot be remembered")
	}
	if err := os.Remove(state); err != nil {
		t.Fatal(err)
	}
	s = openWith(t, filepath.Join(dir, "s"), store.Options{HeadFile: filepath.Join(state, "head")})
	if h, ok, err := ledger.ReadHead(filepath.Join(state, "head")); !ok || err != nil || h.Size != 1 {
		t.Errorf("remembered %v, %v, %v", h, ok, err)
	}
	if r := verify(t, s); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
}
