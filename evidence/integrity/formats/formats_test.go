package formats

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/ledger"
)

func key(t *testing.T, name string) integrity.Key {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	k, err := integrity.ParseKey("", b)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The format of each file is found, also of those whose name says nothing.
func TestFormatsAreFound(t *testing.T) {
	dir := t.TempDir()
	copies := map[string]string{"statement": "../dsse/testdata/good.json", "x.tst": "../rfc3161/testdata/good.tst", "x": "../rfc3161/testdata/data.txt", "decisions.jsonl": "../testdata/vectors/litellm-asqav/intact.jsonl"}
	for to, from := range copies {
		b, err := os.ReadFile(filepath.FromSlash(from))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, to), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"../tlog/testdata/python":                               "tlog-tiles/1",
		"../tlog/testdata/proof/decision-0.json.tlog-proof":     "tlog-proof/1",
		filepath.ToSlash(filepath.Join(dir, "statement")):       "dsse/1",
		filepath.ToSlash(filepath.Join(dir, "x.tst")):           "rfc3161/1",
		filepath.ToSlash(filepath.Join(dir, "decisions.jsonl")): "litellm-asqav/1",
		"../dsse/testdata/good-lines.jsonl":                     "dsse/1",
	} {
		r, err := Verify(context.Background(), []string{name}, Options{})
		if err != nil || len(r.Logs) != 1 || r.Logs[0].Profile != want {
			t.Errorf("%s: %v %v", name, r, err)
		}
	}
	// in a folder, each file once
	r, err := Verify(context.Background(), []string{dir}, Options{})
	if err != nil || len(r.Logs) != 2 || len(r.Skipped) != 2 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestAFormatThatIsAskedForIsTaken(t *testing.T) {
	for name, c := range map[string]struct{ path, format, want string }{
		"no tiles":    {"../dsse/testdata/good.json", "tlog-tiles/1", "name the folder"},
		"no log here": {"../dsse/testdata", "tlog-tiles/1", "no checkpoint and no tiles"},
	} {
		if _, err := Verify(context.Background(), []string{c.path}, Options{Format: c.format}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := Verify(context.Background(), []string{"../dsse/testdata/make.py"}, Options{Format: "dsse/1"})
	if err != nil || r.Verdict != integrity.Broken {
		t.Errorf("a program as envelopes: %v %v", r, err)
	}
	if _, err := Verify(context.Background(), []string{"nothing-here"}, Options{}); err == nil {
		t.Error("a file that is not there passes")
	}
	if _, err := Verify(context.Background(), []string{t.TempDir()}, Options{}); !errors.Is(err, integrity.ErrNothing) {
		t.Errorf("an empty folder: %v", err)
	}
}

// Nothing is followed out of a folder.
func TestLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	data, err := filepath.Abs("../rfc3161/testdata/data.txt")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("../rfc3161/testdata/good.tsr")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.tsr"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(data, filepath.Join(dir, "d")); err != nil {
		t.Skip(err)
	}
	o := Options{Options: integrity.Options{Keys: []integrity.Key{key(t, "../rfc3161/testdata/root.pem")}}}
	r, err := Verify(context.Background(), []string{filepath.Join(dir, "d.tsr")}, o)
	if err != nil || r.Verdict != integrity.Indeterminate {
		t.Errorf("%v %v", r, err)
	}
	if err := os.Symlink(filepath.Join(dir, "d.tsr"), filepath.Join(dir, "e.tsr")); err != nil {
		t.Skip(err)
	}
	if _, err := Verify(context.Background(), []string{filepath.Join(dir, "e.tsr")}, o); err == nil {
		t.Error("a link to a token is followed")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// A checkpoint that was kept serves logs that profiles describe too, and never
// the wrong one.
func TestAKeptCheckpointOfALogWithAProfile(t *testing.T) {
	const path = "../testdata/vectors/litellm-asqav/intact.jsonl"
	bare, err := Verify(context.Background(), []string{path}, Options{})
	if err != nil || bare.Verdict != integrity.SelfConsistent {
		t.Fatal(bare, err)
	}
	ring, err := ledger.NewKeyring("auditor.example.org", zeros{})
	if err != nil {
		t.Fatal(err)
	}
	kept := func(records int64, head string) Options {
		c := ledger.Checkpoint{Origin: "larkspur/callbacks", Head: ledger.Head{Size: records}}
		if _, err := hex.Decode(c.Head.Root[:], []byte(head)); err != nil {
			t.Fatal(err)
		}
		text, err := ledger.FormatCheckpoint(c, ring.Signer(ledger.RoleCheckpoint))
		if err != nil {
			t.Fatal(err)
		}
		k, err := integrity.ParseKey("", []byte(ring.VerifierKey(ledger.RoleCheckpoint)))
		if err != nil {
			t.Fatal(err)
		}
		k.Role = integrity.RoleOther
		return Options{Options: integrity.Options{Keys: []integrity.Key{k}}, Kept: []Kept{{Name: "kept", Text: text}}}
	}
	l := bare.Logs[0]
	if r, err := Verify(context.Background(), []string{path}, kept(l.Records, l.Head)); err != nil || r.Verdict != integrity.Verified {
		t.Errorf("its own head: %v %v", r, err)
	}
	if r, err := Verify(context.Background(), []string{path}, kept(l.Records, strings.Repeat("ab", 32))); err != nil || r.Logs[0].Counts[integrity.HeadMismatch] != 1 {
		t.Errorf("another head: %v %v", r, err)
	}
	if r, err := Verify(context.Background(), []string{path}, kept(l.Records+5, strings.Repeat("ab", 32))); err != nil || r.Logs[0].Counts[integrity.TailShorter] != 1 {
		t.Errorf("a longer log: %v %v", r, err)
	}
	if _, err := Verify(context.Background(), []string{"../tlog/testdata/python"}, kept(l.Records, l.Head)); err == nil || !strings.Contains(err.Error(), "none of the logs named") {
		t.Errorf("another log: %v", err)
	}
}
