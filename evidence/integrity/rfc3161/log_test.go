package rfc3161

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/integrity"
)

// Each vector has the verdict that its name says: bad ones are broken or could
// not be decided, never verified.
func TestTheReportOnEachVector(t *testing.T) {
	data := read(t, "data.txt")
	key, err := integrity.ParseKey("", read(t, "root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	keys := []integrity.Key{key}
	names, err := filepath.Glob("testdata/*.ts[rt]")
	if err != nil || len(names) < 20 {
		t.Fatal(names, err)
	}
	undecided := "bad-nocerts bad-stranger bad-oldroot bad-refused"
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		l := Check(File{Path: n, Content: b, StampedPath: "data.txt", Stamped: Bytes(data)}, keys)
		base := strings.TrimSuffix(filepath.Base(n), filepath.Ext(n))
		want := integrity.Broken
		switch {
		case strings.HasPrefix(base, "good"):
			want = integrity.Verified
		case strings.Contains(undecided, base):
			want = integrity.Indeterminate
		}
		if l.Verdict != want {
			t.Errorf("%s: %s %v, want %s", n, l.Verdict, l.Findings, want)
		}
		if bare := Check(File{Path: n, Content: b, StampedPath: "data.txt", Stamped: Bytes(data)}, nil); bare.Verdict == integrity.Verified || bare.Axes.Anchoring == "anchored" {
			t.Errorf("%s: without a root it is %s", n, bare.Verdict)
		}
		if want == integrity.Verified {
			if alone := Check(File{Path: n, Content: b, StampedPath: "data.txt"}, keys); alone.Verdict != integrity.Indeterminate {
				t.Errorf("%s: without what it was made over it is %s", n, alone.Verdict)
			}
			if other := Check(File{Path: n, Content: b, StampedPath: "data.txt", Stamped: Bytes([]byte("x"))}, keys); other.Verdict != integrity.Broken || other.Axes.Integrity != "broken" {
				t.Errorf("%s: over other bytes it is %s", n, other.Verdict)
			}
		}
	}
}
