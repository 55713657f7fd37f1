package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/store"
)

// Journal runs the contract of store.Journal. Open returns the journal at a
// place: empty the first time, and what was appended there afterwards. It is
// called again for one place only after the one before was closed.
func Journal(t *testing.T, open func(t *testing.T, place string) store.Journal) {
	t.Run("EntriesComeBackAsTheyWere", func(t *testing.T) {
		t.Parallel()
		place := t.TempDir()
		j := open(t, place)
		want := samples(300)
		appendAll(t, j, want[:1])
		appendAll(t, j, want[1:150])
		appendAll(t, j, want[150:])
		for range 2 {
			for i, w := range want {
				got, err := j.Entry(t.Context(), int64(i))
				if err != nil || got.Index != int64(i) || !same(got.Entry, w) {
					t.Fatalf("entry %d is %+v, %v; want %+v", i, got, err, w)
				}
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			j = open(t, place)
		}
		for _, i := range []int64{-1, 300, 1 << 40} {
			if _, err := j.Entry(t.Context(), i); !errors.Is(err, evidence.ErrNotFound) {
				t.Errorf("entry %d: %v", i, err)
			}
		}
	})

	t.Run("HeadAndHashesAreThoseOfTheLeaves", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		var edge ledger.Edge
		checkHead(t, j, edge.Head())
		for _, n := range []int{1, 2, 5, 30, 1} {
			entries := samples(n)
			appendAll(t, j, entries)
			for _, e := range entries {
				edge.Append(store.Leaf(e))
			}
			checkHead(t, j, edge.Head())
		}
		size := edge.Size()
		for i := range size {
			e, err := j.Entry(t.Context(), i)
			if err != nil {
				t.Fatal(err)
			}
			p, err := ledger.ProveInclusion(i, size, j.Hashes(t.Context()))
			if err != nil {
				t.Fatal(err)
			}
			if err := ledger.CheckInclusion(p, edge.Head(), i, tlog.RecordHash(store.Leaf(e.Entry))); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := j.Hashes(t.Context()).ReadHashes([]int64{tlog.StoredHashIndex(0, size)}); err == nil {
			t.Error("a hash beyond the head was read")
		}
	})

	t.Run("EntriesAreFilteredAndOrdered", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		entries := samples(200)
		appendAll(t, j, entries)
		for _, typ := range []string{"", "pull", "run", "none"} {
			for _, from := range []int64{-5, 0, 1, 63, 64, 65, 199, 200, 1000} {
				var want []int64
				for i, e := range entries {
					if (typ == "" || e.Type == typ) && int64(i) >= from {
						want = append(want, int64(i))
					}
				}
				var got []int64
				for s, err := range j.Entries(t.Context(), typ, from) {
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, s.Index)
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("type %q from %d: %v, want %v", typ, from, got, want)
				}
			}
		}
		for _, err := range j.Entries(t.Context(), "", 0) {
			if err != nil {
				t.Error(err)
			}
			break // a loop may end early
		}
	})

	t.Run("ALoopSeesWhatThereWasAtItsBeginning", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		appendAll(t, j, samples(100))
		n := 0
		for s, err := range j.Entries(t.Context(), "", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := j.Entry(t.Context(), s.Index); err != nil {
				t.Fatal(err)
			}
			appendAll(t, j, samples(1))
			n++
		}
		if n != 100 {
			t.Errorf("saw %d entries", n)
		}
	})

	t.Run("LastIsTheNewestOfItsKey", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		if _, err := j.Last(t.Context(), "pull", "a"); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("of an empty journal: %v", err)
		}
		one := func(typ, key string) store.Entry { return store.Entry{Type: typ, Key: key, JSON: []byte("{}")} }
		appendAll(t, j, []store.Entry{one("pull", "a"), one("pull", "b"), one("pull", "a"), one("run", "a"), one("run", "")})
		for want, k := range map[int64][2]string{1: {"pull", "b"}, 2: {"pull", "a"}, 3: {"run", "a"}, 4: {"run", ""}} {
			if s, err := j.Last(t.Context(), k[0], k[1]); err != nil || s.Index != want {
				t.Errorf("last of %v = %d, %v; want %d", k, s.Index, err, want)
			}
		}
		if _, err := j.Last(t.Context(), "pull", "A"); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("a key in another spelling: %v", err)
		}
	})

	t.Run("WhatIsRefusedLeavesNothing", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		good := store.Entry{Type: "pull", Key: "a", JSON: []byte(`{}`)}
		for name, change := range map[string]func(*store.Entry){
			"no type":            func(e *store.Entry) { e.Type = "" },
			"type":               func(e *store.Entry) { e.Type = "Pull it" },
			"key not UTF-8":      func(e *store.Entry) { e.Key = "a\xff" },
			"key with a zero":    func(e *store.Entry) { e.Key = "a\x00b" },
			"time":               func(e *store.Entry) { e.At = 1 << 62 },
			"no JSON":            func(e *store.Entry) { e.JSON = nil },
			"JSON not canonical": func(e *store.Entry) { e.JSON = []byte(`{ }`) },
			"JSON that injects":  func(e *store.Entry) { e.JSON = []byte(`{},"key":"b"`) },
			"digest never set":   func(e *store.Entry) { e.Blobs = make([]evidence.Digest, 1) },
			"list never set":     func(e *store.Entry) { e.Lists = make([]evidence.Digest, 1) },
			"64 KiB":             func(e *store.Entry) { e.JSON = []byte(`"` + strings.Repeat("x", store.MaxLeaf) + `"`) },
		} {
			bad := good
			change(&bad)
			if _, err := j.Append(t.Context(), good, bad, good); err == nil {
				t.Errorf("%s: was appended", name)
			} else if name == "64 KiB" && !strings.Contains(err.Error(), "blob") {
				t.Errorf("%s: the error does not say what to do: %v", name, err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := j.Append(ctx, good); !errors.Is(err, context.Canceled) {
			t.Errorf("after the context ended: %v", err)
		}
		var edge ledger.Edge
		checkHead(t, j, edge.Head())
		if first, err := j.Append(t.Context()); first != 0 || err != nil {
			t.Errorf("appending nothing = %d, %v", first, err)
		}
		appendAll(t, j, []store.Entry{good})
	})

	t.Run("AnEntryOfTheGreatestSizeFits", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		e := store.Entry{Type: "pull", JSON: []byte(`""`)}
		e.JSON = []byte(`"` + strings.Repeat("x", store.MaxLeaf-len(store.Leaf(e))) + `"`)
		appendAll(t, j, []store.Entry{e})
	})

	t.Run("AppendingFromManySidesLosesNothing", func(t *testing.T) {
		t.Parallel()
		j := open(t, t.TempDir())
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() {
				for i := range 8 {
					key := fmt.Sprintf("%d/%d", w, i)
					two := []store.Entry{{Type: "a", Key: key, JSON: []byte("1")}, {Type: "b", Key: key, JSON: []byte("2")}}
					first, err := j.Append(t.Context(), two...)
					if err != nil {
						t.Error(err)
						return
					}
					for n, e := range two {
						if s, err := j.Entry(t.Context(), first+int64(n)); err != nil || s.Type != e.Type || s.Key != key {
							t.Errorf("entry %d is %+v, %v; want %+v", first+int64(n), s, err, e)
						}
					}
				}
			})
		}
		wg.Wait()
		var edge ledger.Edge
		for s, err := range j.Entries(t.Context(), "", 0) {
			if err != nil {
				t.Fatal(err)
			}
			edge.Append(store.Leaf(s.Entry))
		}
		if edge.Size() != 96 {
			t.Errorf("%d entries of 96", edge.Size())
		}
		checkHead(t, j, edge.Head())
	})
}

func appendAll(t *testing.T, j store.Journal, entries []store.Entry) {
	t.Helper()
	before, err := j.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if first, err := j.Append(t.Context(), entries...); err != nil || first != before.Size {
		t.Fatalf("Append = %d, %v; want %d", first, err, before.Size)
	}
}

func checkHead(t *testing.T, j store.Journal, want ledger.Head) {
	t.Helper()
	if got, err := j.Head(t.Context()); err != nil || got != want {
		t.Fatalf("head is %v, %v; want %v", got, err, want)
	}
	if got, err := ledger.HeadAt(want.Size, j.Hashes(t.Context())); err != nil || got != want {
		t.Fatalf("the hashes make %v, %v; want %v", got, err, want)
	}
}

// samples returns entries of all shapes.
func samples(n int) []store.Entry {
	out := make([]store.Entry, n)
	for i := range out {
		d := evidence.DigestOf(fmt.Append(nil, i))
		e := store.Entry{Type: []string{"pull", "run", "seal"}[i%3], Key: fmt.Sprintf("source-%d", i%7), JSON: fmt.Appendf(nil, `{"n":%d}`, i)}
		switch i % 5 {
		case 0:
			e.At, e.Blobs = evidence.Instant(1_790_000_000_000_000+int64(i)), []evidence.Digest{d, d}
		case 1:
			e.Lists, e.Key = []evidence.Digest{d}, "schlüssel 🔑 \"'\n\\"
		case 2:
			e.Blobs, e.Lists, e.JSON = []evidence.Digest{d}, []evidence.Digest{d}, []byte(`"…"`)
		case 3:
			e.At, e.Key = evidence.Instant(-1-int64(i)), ""
		}
		out[i] = e
	}
	return out
}

func same(a, b store.Entry) bool { return string(store.Leaf(a)) == string(store.Leaf(b)) }
