package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

func TestASoundStoreIsIntact(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 7, 64, 100} {
		dir := t.TempDir()
		fill(t, dir, store.Options{}, n)
		s := openWith(t, dir, store.Options{ReadOnly: true})
		r := verify(t, s)
		blobs, unreferenced := int64(n)+3, int64(0) // a list and what it lists
		if n == 0 {
			blobs, unreferenced = 0, 3
		}
		if r.Verdict != store.Intact || r.Entries != int64(n) || r.Head.Size != int64(n) || r.Blobs != blobs || r.Unreferenced != unreferenced || len(r.Problems) != 0 {
			t.Errorf("of %d entries: %+v", n, r)
		}
	}
}

// Each of these is done to a store of 20 entries. Wanted are the problems, as
// code, index and digest, one a line, and nothing else.
func TestVerifyNamesWhatWasDone(t *testing.T) {
	t.Parallel()
	first, third, listed := evidence.DigestOf([]byte("blob 0")), evidence.DigestOf([]byte("blob 3")), evidence.DigestOf([]byte("listed 1"))
	list := listOf("listed 1", "listed 2")
	sound := t.TempDir()
	fill(t, sound, store.Options{}, 20)
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string)
		want []string
	}{
		"a byte of a blob flipped": {
			func(t *testing.T, dir string) { flip(t, blobFile(dir, "blob 3"), 2) },
			[]string{"BLOB_CHANGED 3 " + third.String()},
		},
		"a blob cut": {
			func(t *testing.T, dir string) { write(t, blobFile(dir, "blob 3"), []byte("blob")) },
			[]string{"BLOB_CHANGED 3 " + third.String()},
		},
		"a blob emptied": {
			func(t *testing.T, dir string) { write(t, blobFile(dir, "blob 3"), nil) },
			[]string{"BLOB_CHANGED 3 " + third.String()},
		},
		"a blob deleted": {
			func(t *testing.T, dir string) { remove(t, blobFile(dir, "blob 0")) },
			[]string{"BLOB_MISSING 0 " + first.String()},
		},
		"a blob replaced by a link": {
			func(t *testing.T, dir string) {
				remove(t, blobFile(dir, "blob 3"))
				if err := os.Symlink(filepath.Join("..", "ff"), blobFile(dir, "blob 3")); err != nil {
					t.Skip(err)
				}
			},
			[]string{"BLOB_CHANGED 3 " + third.String()},
		},
		"a listed blob deleted": {
			func(t *testing.T, dir string) { remove(t, blobFile(dir, "listed 1")) },
			[]string{"BLOB_MISSING 0 " + listed.String()},
		},
		"a list changed": {
			func(t *testing.T, dir string) { flip(t, blobFile(dir, list), 10) },
			[]string{"BLOB_CHANGED 0 " + evidence.DigestOf([]byte(list)).String()},
		},
		"all blobs deleted": {
			func(t *testing.T, dir string) {
				if err := errors.Join(os.RemoveAll(filepath.Join(dir, "blobs")), os.Mkdir(filepath.Join(dir, "blobs"), 0o700)); err != nil {
					t.Fatal(err)
				}
			},
			append(missingOf(20), "BLOB_MISSING 0 "+evidence.DigestOf([]byte(list)).String()),
		},
		"a row changed": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_stay", `UPDATE entries SET json = '{"n":99}' WHERE idx = 7`)
			},
			[]string{"ENTRY_CHANGED 7"},
		},
		"a row's time changed": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_stay", `UPDATE entries SET at_us = at_us + 1 WHERE idx = 19`)
			},
			[]string{"ENTRY_CHANGED 19"},
		},
		"a row's JSON broken": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_stay", `UPDATE entries SET json = '{"n": 7}' WHERE idx = 7`)
			},
			[]string{"ENTRY_UNREADABLE 7"},
		},
		"two rows exchanged": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_stay", `UPDATE entries SET idx = -1 - idx WHERE 1 = 0`, `UPDATE entries SET json = CASE idx WHEN 4 THEN '{"n":5}' ELSE '{"n":4}' END WHERE idx IN (4, 5)`)
			},
			[]string{"ENTRY_CHANGED 4", "ENTRY_CHANGED 5"},
		},
		"a row deleted": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_remain", `DELETE FROM entries WHERE idx = 7`)
			},
			[]string{"ENTRY_MISSING 7"},
		},
		"the last rows deleted": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "entries_remain", `DELETE FROM entries WHERE idx > 16`)
			},
			[]string{"ENTRY_MISSING 17"},
		},
		"the last rows and the head taken back": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "head_grows", `UPDATE head SET size = 18`)
			},
			[]string{"ENTRY_EXTRA 19", "HASH_EXTRA 37", "HEAD_MISMATCH"},
		},
		"a row added": {
			func(t *testing.T, dir string) {
				tamper(t, dir, `INSERT INTO entries SELECT 20, type, key, at_us, blobs, lists, json FROM entries WHERE idx = 19`)
			},
			[]string{"ENTRY_EXTRA 20"},
		},
		"a row far away added": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "head_grows", `UPDATE head SET size = 1 << 40`, `INSERT INTO entries SELECT 1 << 39, type, key, at_us, blobs, lists, json FROM entries WHERE idx = 19`)
			},
			[]string{"ENTRY_MISSING 20", "HASH_MISSING 20", "HASH_MISSING 549755813888", "ENTRY_MISSING 549755813889", "HASH_MISSING 549755813889", "HEAD_MISMATCH"},
		},
		"the hashes truncated": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "hashes_remain", `DELETE FROM hashes WHERE pos >= 35`)
			},
			[]string{"HASH_MISSING 19"},
		},
		"a leaf's hash changed": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "hashes_stay", `UPDATE hashes SET hash = randomblob(32) WHERE pos = 0`)
			},
			[]string{"ENTRY_CHANGED 0", "HASH_CHANGED 1"},
		},
		"a node's hash changed": {
			func(t *testing.T, dir string) {
				withoutTrigger(t, dir, "hashes_stay", `UPDATE hashes SET hash = randomblob(32) WHERE pos = 2`)
			},
			[]string{"HASH_CHANGED 1", "HASH_CHANGED 3"},
		},
		"the root changed": {
			func(t *testing.T, dir string) { tamper(t, dir, `UPDATE head SET root = zeroblob(32)`) },
			[]string{"HEAD_MISMATCH"},
		},
		"the head deleted": {
			func(t *testing.T, dir string) { withoutTrigger(t, dir, "head_remains", `DELETE FROM head`) },
			[]string{"JOURNAL_DAMAGED", "JOURNAL_DAMAGED"},
		},
		"a trigger left off": {
			func(t *testing.T, dir string) { tamper(t, dir, `DROP TRIGGER entries_stay`) },
			[]string{"JOURNAL_DAMAGED"},
		},
		"an index that hides a row": {
			func(t *testing.T, dir string) { hideFromIndex(t, dir) },
			[]string{"JOURNAL_DAMAGED"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
				t.Fatal(err)
			}
			c.do(t, dir)
			s := openWith(t, dir, store.Options{Examine: true})
			r := verify(t, s)
			var got []string
			for _, p := range r.Problems {
				line := p.Code
				if p.Index != nil {
					line += fmt.Sprintf(" %d", *p.Index)
				}
				if !p.Digest.IsZero() {
					line += " " + p.Digest.String()
				}
				if p.Note == "" {
					t.Errorf("%s has no note", line)
				}
				got = append(got, line)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			// How often one entry's hashes were asked for is not the point.
			if got = slices.Compact(got); !slices.Equal(got, slices.Compact(c.want)) || r.Verdict != store.Broken {
				t.Errorf("%s, found\n%s\nwant\n%s", r.Verdict, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			for _, code := range slices.Collect(maps.Keys(r.Counts)) {
				n := int64(0)
				for _, p := range r.Problems {
					if p.Code == code {
						n++
					}
				}
				if n != r.Counts[code] {
					t.Errorf("%d of %s counted, %d listed", r.Counts[code], code, n)
				}
			}
		})
	}
}

func missingOf(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("BLOB_MISSING %d %s", i, evidence.DigestOf(fmt.Appendf(nil, "blob %d", i))))
	}
	return out
}

func TestADamagedJournalTakesNoMoreEntries(t *testing.T) {
	t.Parallel()
	for name, statements := range map[string][]string{
		"hashes truncated": {`DROP TRIGGER hashes_remain`, `DELETE FROM hashes WHERE pos >= 35`, triggers["hashes_remain"]},
		"root changed":     {`UPDATE head SET root = zeroblob(32)`},
		"trigger left off": {`DROP TRIGGER entries_stay`},
		"trigger added":    {`CREATE TRIGGER mine AFTER INSERT ON entries BEGIN DELETE FROM hashes; END`},
	} {
		dir := t.TempDir()
		fill(t, dir, store.Options{}, 20)
		tamper(t, dir, statements...)
		for _, o := range []store.Options{{}, {ReadOnly: true}} {
			if _, err := store.Open(t.Context(), dir, o); !errors.Is(err, store.ErrDamaged) {
				t.Errorf("%s: Open = %v", name, err)
			}
		}
	}
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 20)
	s := open(t, dir)
	tamper(t, dir, `UPDATE head SET root = zeroblob(32)`) // while it is open
	if _, err := s.Append(t.Context(), store.Entry{Type: "x", JSON: []byte("1")}); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "verify store") {
		t.Errorf("Append = %v", err)
	}
}

func TestTheTablesRefuseWhatIsNotAppending(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 3)
	for _, s := range []string{
		`UPDATE entries SET key = 'x'`, `DELETE FROM entries`, `UPDATE hashes SET hash = zeroblob(32)`, `DELETE FROM hashes`, `DELETE FROM head`, `UPDATE head SET size = 2`,
		`REPLACE INTO entries SELECT * FROM entries WHERE idx = 1`, `REPLACE INTO hashes SELECT * FROM hashes WHERE pos = 1`, `REPLACE INTO head SELECT * FROM head`,
	} {
		if err := try(t, dir, s); err == nil {
			t.Errorf("%s was done", s)
		}
	}
	if r := verify(t, openWith(t, dir, store.Options{ReadOnly: true})); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
}

// weakDisk does not give one of the blobs.
type weakDisk struct {
	store.Blobs
	weak evidence.Digest
}

func (w weakDisk) Open(ctx context.Context, d evidence.Digest) (io.ReadCloser, int64, error) {
	if d == w.weak {
		return nil, 0, errors.New("input/output error")
	}
	return w.Blobs.Open(ctx, d)
}

func TestABlobThatCannotBeReadIsNoFinding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 5)
	s := openWith(t, dir, store.Options{ReadOnly: true})
	s.Blobs = weakDisk{s.Blobs, evidence.DigestOf([]byte("blob 3"))}
	r := verify(t, s)
	if r.Verdict != store.Indeterminate || r.Counts[store.CodeBlobUnreadable] != 1 || r.Blobs != 7 || r.Unreferenced != 0 {
		t.Errorf("%+v", r)
	}
	remove(t, blobFile(dir, "blob 2"))
	if r := verify(t, s); r.Verdict != store.Broken {
		t.Errorf("%+v", r)
	}
}

func TestAChangedBlobIsAnErrorAtItsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	d := put(t, s, "the bytes")
	flip(t, blobFile(dir, "the bytes"), 0)
	r, _, err := s.Open(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for range 2 {
		if _, err := io.ReadAll(r); !errors.Is(err, store.ErrMismatch) || !strings.Contains(err.Error(), d.String()) {
			t.Errorf("ReadAll = %v", err)
		}
	}
	put(t, s, "the bytes") // heals it
	if r := verify(t, s); r.Verdict != store.Intact {
		t.Errorf("%+v", r)
	}
	if b, err := os.ReadFile(blobFile(dir, "the bytes")); err != nil || string(b) != "the bytes" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 20)
	s := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := store.Verify(ctx, s, func(done, _ int64) {
		if done == 10 {
			cancel()
		}
	})
	if r != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("Verify = %+v, %v", r, err)
	}
}

func TestReportListsSoManyProblemsAndCountsAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	many := make([]store.Entry, store.MaxProblems+50)
	for i := range many {
		many[i] = store.Entry{Type: "x", JSON: []byte("1")}
	}
	if _, err := s.Append(t.Context(), many...); err != nil {
		t.Fatal(err)
	}
	withoutTrigger(t, dir, "entries_stay", `UPDATE entries SET json = '2'`)
	r := verify(t, s)
	if len(r.Problems) != store.MaxProblems || !r.ProblemsCut || r.Counts[store.CodeEntryChanged] != int64(len(many)) || r.Verdict != store.Broken {
		t.Errorf("%d listed, %v, %v", len(r.Problems), r.ProblemsCut, r.Counts)
	}
}

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, store.Options{}, 1)
	remove(t, blobFile(dir, "blob 0"))
	got, err := json.Marshal(verify(t, open(t, dir)))
	if err != nil {
		t.Fatal(err)
	}
	d := evidence.DigestOf([]byte("blob 0")).String()
	want := `{"schema":"tieout/store-report/v1","verdict":"broken","head":{"size":1,"root":"`
	rest := `"},"entries":1,"blobs":3,"bytes":146,"unreferenced":0,"counts":{"BLOB_MISSING":1},"problems":[{"code":"BLOB_MISSING","index":0,"digest":"` + d + `","note":"entry 0 stands for it, and it is not kept"}]}`
	if !strings.HasPrefix(string(got), want) || !strings.HasSuffix(string(got), rest) {
		t.Errorf("got\n%s\nwant\n%s…%s", got, want, rest)
	}
}
