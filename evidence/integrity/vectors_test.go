package integrity

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity/decisionlog"
)

func vector(name string) string {
	return filepath.Join("testdata", "vectors", filepath.FromSlash(name))
}

func keyFile(t testing.TB, name, path string) Key {
	t.Helper()
	b, err := os.ReadFile(vector(path))
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParseKey(name, b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestDecisionLogsOfAnotherHand checks logs made by a script that shares no
// code with the verifier.
func TestDecisionLogsOfAnotherHand(t *testing.T) {
	t.Parallel()
	keys := []Key{keyFile(t, "", "tieout-decision/witness.pub"), keyFile(t, "", "tieout-decision/writer.pub")}
	for _, c := range []struct {
		files   []string
		verdict Verdict
		counts  map[Code]int64
	}{
		{[]string{"intact-1", "intact-2"}, Verified, nil},
		{[]string{"intact-1"}, Verified, nil},
		{[]string{"intact-2"}, VerifiedWithGaps, map[Code]int64{GenesisUnexpected: 1}},
		{[]string{"edited"}, Broken, map[Code]int64{HashMismatch: 1}},
		{[]string{"removed"}, Broken, map[Code]int64{LinkBreak: 1, SeqGap: 1}},
		{[]string{"swapped"}, Broken, map[Code]int64{LinkBreak: 3, SeqGap: 2, SeqRepeat: 1, ClockBackstep: 0}},
		{[]string{"cut-behind-checkpoint"}, Verified, nil},
		{[]string{"cut-in-the-tail"}, VerifiedWithGaps, map[Code]int64{TailUnanchored: 2}},
		{[]string{"wrong-count"}, Broken, map[Code]int64{HeadMismatch: 1}},
		{[]string{"wrong-head"}, Broken, map[Code]int64{HeadMismatch: 1}},
		{[]string{"wrong-log"}, Broken, map[Code]int64{HeadMismatch: 1}},
		{[]string{"own-key"}, SelfConsistent, nil},
	} {
		var paths []string
		for _, f := range c.files {
			paths = append(paths, vector("tieout-decision/"+f+".jsonl"))
		}
		delete(c.counts, ClockBackstep)
		r := verify(t, Options{Keys: keys}, paths...)
		t.Log(c.files)
		want(t, r, c.verdict, c.counts)
	}
	r := verify(t, Options{Keys: keys}, vector("tieout-decision/written-out-again.jsonl"))
	if r.Verdict != Verified || r.Logs[0].Counts[Reserialised] != 13 {
		t.Errorf("written out again: %s %v", r.Verdict, r.Logs[0].Counts)
	}
}

// TestWriterMakesTheSameBytes lets our writer write what the script wrote.
func TestWriterMakesTheSameBytes(t *testing.T) {
	t.Parallel()
	var one, two bytes.Buffer
	clock := instant(t, "2026-01-01T00:00:00Z")
	w, err := decisionlog.New(&one, decisionlog.Options{Log: "vectors/decisions", Writer: "gateway.example", Now: func() evidence.Instant { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		at := instant(t, "2026-01-01T00:00:00Z") + evidence.Instant(i)*60e6
		err := w.Append(map[string]any{
			"at": at, "decision_id": "dc-000" + string(rune('0'+i)), "component_id": "kyc-docs", "confidence": []float64{0.5, 0.98765, 1.0, 1e-07}[i%4],
			"tenant_id": "Künstler \U0001f600 \u2028 \"x\" \\ \t \x01", "details": map[string]any{"\ufb33": 1, "\U0001f600": 2, "b": []any{1, map[string]any{"z": nil, "a": true}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	_ = two
	theirs := bytes.Join(lines(t, vector("tieout-decision/intact-1.jsonl"))[:6], nil)
	if !bytes.Equal(one.Bytes(), theirs) {
		t.Errorf("the writer and the script differ:\n%s\n%s", one.Bytes(), theirs)
	}
}
