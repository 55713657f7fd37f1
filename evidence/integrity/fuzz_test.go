package integrity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
)

// FuzzVerify changes a sound log anywhere. It must never be called verified with
// another content than it had, and a report must not depend on how it is cut.
func FuzzVerify(f *testing.F) {
	k, key := witness(f)
	name := writeLog(f, f.TempDir(), 12, 13, 5, k)[0]
	sound, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	ls := bytes.SplitAfter(sound, []byte("\n"))
	f.Add(uint(20), uint(1), []byte("x"))
	f.Add(uint(len(ls[0])), uint(len(ls[1])), []byte(nil))
	f.Add(uint(len(ls[0])), uint(0), ls[1])
	f.Add(uint(len(sound)), uint(0), []byte("{}\n"))
	f.Add(uint(0), uint(0), []byte("\xef\xbb\xbf"))
	dir := f.TempDir()
	heads := map[string]bool{} // what the log's own beginnings end with
	for i := range ls {
		part := put(f, filepath.Join(dir, "part.jsonl"), bytes.Join(ls[:i+1], nil))
		if r, err := Verify(f.Context(), logfile.Paths(part), Options{Keys: []Key{key}}); err == nil {
			heads[r.Logs[0].Head] = true
		}
	}
	f.Fuzz(func(t *testing.T, at, cut uint, insert []byte) {
		at %= uint(len(sound) + 1)
		end := min(at+cut%2048, uint(len(sound)))
		text := append(append(bytes.Clone(sound[:at]), insert...), sound[end:]...)
		name := put(t, filepath.Join(t.TempDir(), "log.jsonl"), text)
		var first []byte
		for _, chunk := range []int{64, chunkSize} {
			r, err := Verify(t.Context(), logfile.Paths(name), Options{Keys: []Key{key}, Workers: 1, chunk: chunk})
			if errors.Is(err, ErrNothing) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if (r.Verdict == Verified || r.Verdict == VerifiedWithGaps) && !heads[r.Logs[0].Head] {
				t.Fatalf("%q passed as %s", text, r.Verdict)
			}
			if err := r.Text(&bytes.Buffer{}); err != nil {
				t.Fatal(err)
			}
			if b := asJSON(t, r); first == nil {
				first = b
			} else if !bytes.Equal(first, b) {
				t.Fatalf("%q: the report depends on the chunk size\n%s\n%s", text, first, b)
			}
		}
	})
}

// FuzzCheckpoint gives the verifier notes that strangers wrote.
func FuzzCheckpoint(f *testing.F) {
	k, key := witness(f)
	c := ledger.Checkpoint{Origin: "tieout-decision/1/x", Head: ledger.Head{Size: 1}, Extensions: []string{"at 2026-01-01T00:00:00Z"}}
	good, err := ledger.FormatCheckpoint(c, k.Signer(ledger.RoleCheckpoint))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte("a\n1\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := ReadAnchor(b, "", []Key{key})
		if err == nil && (a.Records != 1 || a.By != "witness.example/checkpoint") {
			t.Fatalf("%q was read as %+v", b, a)
		}
	})
}
