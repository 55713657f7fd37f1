package integrity

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity/decisionlog"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
)

type zeros struct{ b byte }

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = z.b
	}
	return len(p), nil
}

func ring(t testing.TB, name string, seed byte) *ledger.Keyring {
	t.Helper()
	k, err := ledger.NewKeyring(name, zeros{seed})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// writeLog writes a decision log of n records in files of per records each.
func writeLog(t testing.TB, dir string, n, per, every int, signer *ledger.Keyring) []string {
	t.Helper()
	var names []string
	var buf bytes.Buffer
	start, err := evidence.ParseInstant("2026-01-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	o := decisionlog.Options{Log: "larkspur/decisions", Writer: "gateway.larkspur.example", Every: every}
	if signer != nil {
		o.Signer = signer.Signer(ledger.RoleCheckpoint)
	}
	w, err := decisionlog.New(&buf, o)
	if err != nil {
		t.Fatal(err)
	}
	flush := func() {
		name := filepath.Join(dir, fmt.Sprintf("decisions-%03d.jsonl", len(names)+1))
		if err := os.WriteFile(name, buf.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		buf.Reset()
	}
	for i := range n {
		if i > 0 && i%per == 0 {
			if err := w.Rotate(&buf); err != nil {
				t.Fatal(err)
			}
			flush()
		}
		err := w.Append(map[string]any{
			"at": start + evidence.Instant(i)*60e6, "decision_id": fmt.Sprintf("dc-%06d", i), "request_id": fmt.Sprintf("rq-%06d", i), "component_id": "fraud-score",
			"confidence": 0.25 + float64(i%100)/200, "status": "ok", "tenant_id": "cüst-" + fmt.Sprint(i%7),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	flush()
	return names
}

func witness(t testing.TB) (*ledger.Keyring, Key) {
	t.Helper()
	k := ring(t, "witness.example", 7)
	key, err := ParseKey("", []byte(k.VerifierKey(ledger.RoleCheckpoint)+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return k, key
}

func TestSoundLogIsVerified(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, key := witness(t)
	writeLog(t, dir, 1000, 400, 100, k)
	r, err := Verify(t.Context(), logfile.Paths(dir), Options{Keys: []Key{key}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	t.Log(b.String())
	if r.Verdict != Verified {
		t.Error(r.Verdict)
	}
}
