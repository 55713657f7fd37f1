package integrity

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestIDsBeyondMemoryAreComparedOnDisk finds the same doubles whatever fits in
// memory.
func TestIDsBeyondMemoryAreComparedOnDisk(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	p := profile(t, `record: {id: /id}`)
	dir := t.TempDir()
	text := func(from, to int, more ...string) []byte {
		var b []byte
		for i := from; i < to; i++ {
			b = fmt.Appendf(b, "{\"id\":\"r%d\"}\n", i)
		}
		for _, id := range more {
			b = fmt.Appendf(b, "{\"id\":%q}\n", id)
		}
		return b
	}
	one := put(t, filepath.Join(dir, "a.jsonl.2"), text(0, 500, "r3", "r499"))
	two := put(t, filepath.Join(dir, "a.jsonl.1"), text(500, 1000, "r700", "r2", "r700"))
	type place struct {
		file   string
		record int64
	}
	var first map[place]int64
	for _, ids := range []int{0, 1, 10, 600} {
		r := verify(t, Options{Profile: p, ids: ids}, one, two)
		want(t, r, NotTamperEvident, map[Code]int64{DupID: 5})
		got := map[place]int64{}
		for _, f := range r.Logs[0].Findings {
			got[place{f.File, f.Record}] = f.ByteOffset
		}
		if first == nil {
			first = got
		}
		if fmt.Sprint(got) != fmt.Sprint(first) || len(got) != 5 {
			t.Errorf("with %d in memory: %v, want %v", ids, got, first)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestIDsThatCannotBeKeptAreSaid has no room on disk.
func TestIDsThatCannotBeKeptAreSaid(t *testing.T) {
	t.Parallel()
	s := newIDSet()
	s.max, s.lost = 1, errors.New("no space left")
	for h := range uint64(5) {
		if s.add(h+1, spilled{}) {
			t.Error("an id was there before")
		}
	}
	if s.lost == nil || s.disk != nil || s.close() != nil {
		t.Errorf("%+v", s)
	}
}
