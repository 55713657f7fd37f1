package ledger

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// stored is a hash store in memory.
type stored []Hash

func (s stored) ReadHashes(positions []int64) ([]Hash, error) {
	out := make([]Hash, len(positions))
	for i, p := range positions {
		if p < 0 || p >= int64(len(s)) {
			return nil, fmt.Errorf("position %d of %d", p, len(s))
		}
		out[i] = s[p]
	}
	return out, nil
}

func grow(leaves ...string) (stored, []Head) {
	var e Edge
	var s stored
	heads := []Head{e.Head()}
	for _, l := range leaves {
		s = append(s, e.Append([]byte(l))...)
		heads = append(heads, e.Head())
	}
	return s, heads
}

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("entry %d", i)
	}
	return out
}

func TestEdgeStoresWhatTlogStores(t *testing.T) {
	t.Parallel()
	var e Edge
	var s stored
	for n, leaf := range names(300) {
		want, err := tlog.StoredHashes(int64(n), []byte(leaf), s)
		if err != nil {
			t.Fatal(err)
		}
		if at := tlog.StoredHashIndex(0, int64(n)); at != int64(len(s)) {
			t.Fatalf("entry %d would be stored at %d, want %d", n, len(s), at)
		}
		got := e.Append([]byte(leaf))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("entry %d: stored %v, want %v", n, got, want)
		}
		s = append(s, got...)
		root, err := tlog.TreeHash(int64(n+1), s)
		if err != nil {
			t.Fatal(err)
		}
		if h := e.Head(); h.Root != root || h.Size != int64(n+1) {
			t.Fatalf("head after entry %d: %v, want root %v", n, h, root)
		}
	}
}

func TestEdgeResumesAtAnySize(t *testing.T) {
	t.Parallel()
	s, heads := grow(names(130)...)
	for size := range int64(130) {
		e, err := EdgeAt(size, s)
		if err != nil {
			t.Fatal(err)
		}
		if e.Head() != heads[size] {
			t.Fatalf("edge at %d has root %v, want %v", size, e.Head(), heads[size])
		}
		e.Append([]byte(fmt.Sprintf("entry %d", size)))
		if e.Head() != heads[size+1] {
			t.Fatalf("edge grown from %d has root %v, want %v", size, e.Head(), heads[size+1])
		}
	}
}

func TestEmptyLedgerHasTheRootOfNothing(t *testing.T) {
	t.Parallel()
	const want = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // SHA-256 of no bytes
	h, err := HeadAt(0, nil)
	if err != nil || h.Root.String() != want || h != (&Edge{}).Head() {
		t.Fatalf("head of the empty ledger is %v, %v", h, err)
	}
}

func TestNegativeSizesAreRefused(t *testing.T) {
	t.Parallel()
	if _, err := HeadAt(-1, stored{}); err == nil {
		t.Error("HeadAt took -1")
	}
	if _, err := EdgeAt(-1, stored{}); err == nil {
		t.Error("EdgeAt took -1")
	}
	if err := CheckConsistency(nil, Head{}, Head{Size: 1}); err == nil {
		t.Error("an older head of size 0 with a wrong root was taken")
	}
}

func TestUnreadableHashesAreAnError(t *testing.T) {
	t.Parallel()
	broken := tlog.HashReaderFunc(func([]int64) ([]Hash, error) { return nil, errors.New("disk on fire") })
	if _, err := EdgeAt(5, broken); err == nil {
		t.Error("EdgeAt hid the error")
	}
	short := tlog.HashReaderFunc(func([]int64) ([]Hash, error) { return []Hash{{}}, nil })
	if _, err := EdgeAt(5, short); err == nil {
		t.Error("EdgeAt took one hash for two")
	}
}

func TestEveryEarlierHeadIsProvedAPrefix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "entries")
		older := rapid.IntRange(0, n).Draw(t, "older")
		s, heads := grow(names(n)...)
		p, err := ProveConsistency(int64(older), int64(n), s)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckConsistency(p, heads[older], heads[n]); err != nil {
			t.Fatalf("%d to %d: %v", older, n, err)
		}
	})
}

func TestAChangedEntryIsProvedByNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 80).Draw(t, "entries")
		older := rapid.IntRange(1, n).Draw(t, "older")
		changed := rapid.IntRange(0, older-1).Draw(t, "changed")
		leaves := names(n)
		_, heads := grow(leaves...)
		leaves[changed] += "!"
		s, forged := grow(leaves...)
		p, err := ProveConsistency(int64(older), int64(n), s)
		if err != nil {
			t.Fatal(err)
		}
		if CheckConsistency(p, heads[older], forged[n]) == nil {
			t.Fatalf("a ledger with entry %d changed was accepted as the old one grown", changed)
		}
		q, err := ProveInclusion(int64(changed), int64(n), s)
		if err != nil {
			t.Fatal(err)
		}
		if CheckInclusion(q, heads[n], int64(changed), tlog.RecordHash([]byte(leaves[changed]))) == nil {
			t.Fatalf("changed entry %d was accepted below the honest root", changed)
		}
	})
}
