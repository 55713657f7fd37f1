package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

// fill opens a store, keeps n entries with a blob of their own and one list of
// two blobs, and closes it.
func fill(t testing.TB, dir string, o store.Options, n int) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	var listed []evidence.Digest
	for _, text := range []string{"listed 1", "listed 2"} {
		listed = append(listed, put(t, s, text))
	}
	list, err := s.PutList(t.Context(), listed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		e := store.Entry{Type: "pull", Key: fmt.Sprintf("s%d", i%3), At: 1_796_083_200_000_000, JSON: fmt.Appendf(nil, `{"n":%d}`, i)}
		e.Blobs = []evidence.Digest{put(t, s, fmt.Sprintf("blob %d", i))}
		if i == 0 {
			e.Lists = []evidence.Digest{list}
		}
		if _, err := s.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func put(t testing.TB, s *store.Store, text string) evidence.Digest {
	t.Helper()
	d, _, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func verify(t testing.TB, s *store.Store) *store.Report {
	t.Helper()
	var done, total int64
	r, err := store.Verify(t.Context(), s, func(d, of int64) {
		if d < done || d > of {
			t.Errorf("progress went from %d to %d of %d", done, d, of)
		}
		done, total = d, of
	})
	if err != nil {
		t.Fatal(err)
	}
	if done != total {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	return r
}

// tree describes every file below a folder, but for the one that SQLite keeps
// its locks in.
func tree(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		line := fmt.Sprintf("%s %d %s\n", path, info.Size(), info.ModTime())
		if strings.HasSuffix(path, "-shm") {
			line = path + "\n"
		}
		out = append(out, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func removeJournal(t *testing.T, dir string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(filepath.Join(dir, "journal.sqlite"+suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// blobFile is where a store keeps the text.
func blobFile(dir, text string) string {
	name := evidence.DigestOf([]byte(text)).String()
	return filepath.Join(dir, "blobs", name[:2], name)
}

func contextAfter(t *testing.T, n int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), time.Duration(n*n)*500*time.Microsecond)
}
