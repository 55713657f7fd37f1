package tlog

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

func proof(t testing.TB, name string) Proof {
	t.Helper()
	leaf := LeafHash(read(t, "proof/"+name))
	return Proof{Path: name + ".tlog-proof", Text: read(t, "proof/"+name+".tlog-proof"), EntryPath: name, Entry: &leaf}
}

func TestProofs(t *testing.T) {
	other := LeafHash([]byte("another entry"))
	for name, c := range map[string]struct {
		file    string
		keys    []string
		anchor  string
		change  func(*Proof)
		verdict integrity.Verdict
	}{
		"signed":            {file: "decision-0.json", keys: []string{"log"}, verdict: integrity.SelfConsistent},
		"witnessed":         {file: "decision-300.json", keys: []string{"log", "witness"}, verdict: integrity.Verified},
		"no key":            {file: "decision-300.json", verdict: integrity.Indeterminate},
		"a stranger's key":  {file: "decision-300.json", keys: []string{"stranger"}, verdict: integrity.Indeterminate},
		"kept checkpoint":   {file: "decision-0.json", keys: []string{"log"}, anchor: "unwitnessed", verdict: integrity.Verified},
		"of another size":   {file: "decision-0.json", keys: []string{"log"}, anchor: "older-300", verdict: integrity.SelfConsistent},
		"another entry":     {file: "decision-0.json", keys: []string{"log"}, change: func(p *Proof) { p.Entry = &other }, verdict: integrity.Broken},
		"no entry":          {file: "decision-0.json", keys: []string{"log"}, change: func(p *Proof) { p.Entry = nil }, verdict: integrity.Indeterminate},
		"another index":     {file: "decision-0.json", keys: []string{"log"}, change: func(p *Proof) { p.Text = bytes.Replace(p.Text, []byte("index 0"), []byte("index 1"), 1) }, verdict: integrity.Broken},
		"cut":               {file: "decision-0.json", keys: []string{"log"}, change: func(p *Proof) { p.Text = p.Text[:100] }, verdict: integrity.Indeterminate},
		"another signature": {file: "decision-0.json", keys: []string{"log"}, change: func(p *Proof) { p.Text[len(p.Text)-20] ^= 1 }, verdict: integrity.Broken},
	} {
		p := proof(t, c.file)
		o := Options{Keys: keys(t, c.keys...)}
		if c.anchor != "" {
			o.Anchors = anchor(t, c.anchor)
		}
		if c.change != nil {
			c.change(&p)
		}
		if l := CheckProof(p, o); l.Verdict != c.verdict {
			t.Errorf("%s: %s %+v", name, l.Verdict, l.Findings)
		}
	}
}

// Every byte of a proof counts, but for the extra line and for signatures of
// keys that nobody pinned.
func TestEveryByteOfAProofCounts(t *testing.T) {
	good := proof(t, "decision-300.json")
	for i := range good.Text {
		for _, flip := range []byte{1} {
			p := good
			p.Text = bytes.Clone(good.Text)
			p.Text[i] ^= flip
			line := string(lineAt(good.Text, i))
			if l := CheckProof(p, Options{Keys: keys(t, "log", "witness")}); l.Verdict == integrity.Verified && !strings.Contains(line, "other") && !strings.HasPrefix(line, "extra ") {
				t.Fatalf("byte %d in %q passes", i, line)
			}
		}
	}
}

func FuzzProof(f *testing.F) {
	f.Add(read(f, "proof/decision-0.json.tlog-proof"))
	f.Add(read(f, "proof/decision-300.json.tlog-proof"))
	own := keys(f, "log", "witness")
	f.Fuzz(func(t *testing.T, text []byte) {
		other := LeafHash([]byte("another entry"))
		for _, e := range []*evidence.Digest{nil, &other} {
			if l := CheckProof(Proof{Path: "p", Text: text, EntryPath: "e", Entry: e}, Options{Keys: own}); l.Verdict == integrity.Verified || l.Verdict == integrity.SelfConsistent {
				t.Fatalf("%s without the entry", l.Verdict)
			}
		}
	})
}

// Nothing but the very files that the witness signed for is verified.
func FuzzDirectory(f *testing.F) {
	good := vectors(f, "python")
	for _, name := range []string{"checkpoint", "tile/entries/002.p/11", "tile/0/002.p/11", "tile/1/000.p/2"} {
		f.Add(name, good[name].Data)
	}
	own := keys(f, "log", "witness")
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		if _, ok := good[name]; !ok {
			t.Skip()
		}
		files := fstest.MapFS{}
		for n, x := range good {
			files[n] = x
		}
		files[name] = &fstest.MapFile{Data: b}
		l, err := CheckDirectory(context.Background(), "log", files, Options{Keys: own})
		if err == nil && l.Verdict == integrity.Verified && name != "checkpoint" && !bytes.Equal(b, good[name].Data) {
			t.Fatal("another file is verified")
		}
	})
}
