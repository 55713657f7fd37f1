package integrity

import (
	"encoding/hex"
	"path/filepath"
	"testing"

	"github.com/tieout/tieout/evidence/ledger"
)

// noteOver signs a checkpoint over a head, as whoever keeps one elsewhere does.
func noteOver(t testing.TB, k *ledger.Keyring, origin string, records int64, head string) []byte {
	t.Helper()
	c := ledger.Checkpoint{Origin: origin, Head: ledger.Head{Size: records}, Extensions: []string{"at 2026-04-01T00:00:00Z"}}
	if _, err := hex.Decode(c.Head.Root[:], []byte(head)); err != nil {
		t.Fatal(err)
	}
	note, err := ledger.FormatCheckpoint(c, k.Signer(ledger.RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// TestCheckpointKeptElsewhereFixesALog signs the head of a log that knows
// nothing of checkpoints.
func TestCheckpointKeptElsewhereFixesALog(t *testing.T) {
	t.Parallel()
	k, key := witness(t)
	all := chained(`"z":0`, `"z":1`, `"z":2`, `"z":3`)
	name := put(t, filepath.Join(t.TempDir(), "log.jsonl"), all...)
	head := verify(t, Options{}, name).Logs[0].Head
	anchor, err := ReadAnchor(noteOver(t, k, "anything", 4, head), "", []Key{key})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Keys: []Key{key}, Anchors: []Anchor{anchor}}
	r := verify(t, o, name)
	want(t, r, Verified, nil)
	if a := r.Logs[0].Axes; a.Authenticity != "signed" || a.Anchoring != "anchored" {
		t.Errorf("%+v", a)
	}
	want(t, verify(t, o, put(t, name, all[:3]...)), Broken, map[Code]int64{TailShorter: 1})
	want(t, verify(t, o, put(t, name, chained(`"z":0`, `"z":1`, `"z":2`, `"z":7`)...)), Broken, map[Code]int64{HeadMismatch: 1})
	want(t, verify(t, o, put(t, name, chained(`"z":0`, `"z":1`, `"z":2`, `"z":3`, `"z":4`)...)), VerifiedWithGaps, map[Code]int64{TailUnanchored: 1})
	if _, err := ReadAnchor(noteOver(t, k, "anything", 4, head), "", nil); err == nil {
		t.Error("a checkpoint was taken without its key")
	}
}

// TestCheckpointOfAnotherLogProvesNothing hands over the checkpoint of one
// decision log with another.
func TestCheckpointOfAnotherLogProvesNothing(t *testing.T) {
	t.Parallel()
	k, key := witness(t)
	name := writeLog(t, t.TempDir(), 20, 21, 0, nil)[0]
	head := verify(t, Options{}, name).Logs[0].Head
	for origin, verdict := range map[string]Verdict{"tieout-decision/1/larkspur/decisions": Broken, "tieout-decision/1/another": Indeterminate} {
		anchor, err := ReadAnchor(noteOver(t, k, origin, 20, "00"+head[2:]), "", []Key{key})
		if err != nil {
			t.Fatal(err)
		}
		if r := verify(t, Options{Keys: []Key{key}, Anchors: []Anchor{anchor}}, name); r.Verdict != verdict {
			t.Errorf("%s: %s %v", origin, r.Verdict, r.Logs[0].Counts)
		}
	}
}
