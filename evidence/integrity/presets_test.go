package integrity

import (
	"bytes"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/logfile"
)

// TestEveryProfileVerifiesItsVector holds every built-in profile against a log
// that a script wrote from the format's formula, and against that log changed in
// each of the ways that a chain must show.
func TestEveryProfileVerifiesItsVector(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(p.ID, "/")
			keys := vectorKeys(t, name)
			o := Options{Keys: keys}
			intact := vectorFile(t, name)
			verdict := SelfConsistent
			if name == "tieout-decision" {
				verdict = Verified
			}
			if detectable := len(p.file.Detect.All) > 0; !detectable {
				o.Profile = p
			}
			r := verify(t, o, intact)
			l := r.Logs[0]
			if l.Verdict != verdict || l.Profile != p.ID || l.Axes.Integrity != "intact" || l.Counts[Reserialised] > 0 {
				t.Fatalf("%s", asJSON(t, l))
			}
			if p.plan.sig != nil && l.Axes.Authenticity != "signed" || p.plan.mac != nil && l.Axes.Authenticity != "mac" {
				t.Errorf("authenticity %s", l.Axes.Authenticity)
			}
			records := recordsOf(t, p, intact)
			n := len(records)
			per := 1
			if p.plan.partition != none {
				per = 2 // the vector has two chains, in turn
			}
			for what, c := range map[string]struct {
				records [][]byte
				found   bool
			}{
				"middle record taken out":     {slices.Delete(slices.Clone(records), 3, 4), true},
				"two records swapped":         {swap(records, 2, 2+per), true},
				"middle record edited":        {edit(records, 3), true},
				"last record edited":          {edit(records, n-1), p.plan.self != nil || p.plan.sig != nil},
				"last record taken out":       {records[:n-1], false},
				"a record doubled":            {slices.Insert(slices.Clone(records), 3, records[3]), true},
				"first record taken out":      {records[per:], true},
				"the middle taken out to end": {records[:per*2], false},
			} {
				r := verify(t, o, writeRecords(t, p, c.records))
				found := r.Verdict == Broken || r.Logs[0].Counts[GenesisUnexpected]+r.Logs[0].Counts[SeqGap] > 0
				if what == "first record taken out" && p.plan.rotation == seam {
					c.found = false // dropping the oldest is what the format does
				}
				if found != c.found {
					t.Errorf("%s: found %v, want %v: %s %v", what, found, c.found, r.Verdict, r.Logs[0].Counts)
				}
			}
			if len(keys) > 0 && p.plan.mac != nil {
				if r := verify(t, Options{}, intact); r.Verdict != Indeterminate || r.Logs[0].Counts[KeyMissing] != 1 {
					t.Errorf("without the key: %s %v", r.Verdict, r.Logs[0].Counts)
				}
				wrong, err := ParseKey("audit", []byte("text:another secret"))
				if err != nil {
					t.Fatal(err)
				}
				if r := verify(t, Options{Keys: []Key{wrong}}, intact); r.Verdict != Broken {
					t.Errorf("with another key: %s", r.Verdict)
				}
			}
			if p.plan.sig != nil {
				if r := verify(t, Options{}, intact); r.Verdict != SelfConsistent || r.Logs[0].Axes.Authenticity != "unknown_key" {
					t.Errorf("without the key: %s %v", r.Verdict, r.Logs[0].Axes)
				}
			}
		})
	}
}

func vectorFile(t testing.TB, name string) string {
	t.Helper()
	for _, f := range []string{"intact.jsonl", "intact.json", "intact-1.jsonl"} {
		if _, err := os.Stat(vector(name + "/" + f)); err == nil {
			return vector(name + "/" + f)
		}
	}
	t.Fatalf("the profile %s has no vector: write one in testdata/vectors/formats.py", name)
	return ""
}

func vectorKeys(t testing.TB, name string) []Key {
	t.Helper()
	var keys []Key
	for _, f := range []string{"audit.key", "agent.pem", "witness.pub"} {
		if _, err := os.Stat(vector(name + "/" + f)); err == nil {
			keys = append(keys, keyFile(t, strings.TrimSuffix(f, filepath.Ext(f)), name+"/"+f))
		}
	}
	return keys
}

func recordsOf(t testing.TB, p *Profile, name string) [][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	c, err := logfile.NewCutter(f, 1<<20, p.plan.framing, "")
	if err != nil {
		t.Fatal(err)
	}
	chunk, err := c.Next(nil)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for line := range bytes.Lines(chunk.Data) {
		if p.plan.framing == logfile.JSONL {
			out = append(out, bytes.TrimRight(line, "\n"))
		}
	}
	for _, s := range chunk.Spans {
		out = append(out, chunk.Data[s.Start:s.End])
	}
	return out
}

func writeRecords(t testing.TB, p *Profile, records [][]byte) string {
	t.Helper()
	if p.plan.framing == logfile.JSONL {
		return put(t, filepath.Join(t.TempDir(), "log.jsonl"), append(bytes.Join(records, []byte("\n")), '\n'))
	}
	return put(t, filepath.Join(t.TempDir(), "log.json"), []byte("[ "), bytes.Join(records, []byte(" ,\n")), []byte("]\n"))
}

func swap(records [][]byte, i, j int) [][]byte {
	out := slices.Clone(records)
	out[i], out[j] = out[j], out[i]
	return out
}

// edit changes one letter of a text that the hash must cover.
func edit(records [][]byte, i int) [][]byte {
	out := slices.Clone(records)
	for _, change := range [][2]string{{`"read"`, `"road"`}, {`"tool.call"`, `"fool.call"`}, {`"success"`, `"succesS"`}, {`"allow"`, `"aLlow"`}, {`"kyc-docs"`, `"kyc-dogs"`}, {`"tenant_id": "t"`, `"tenant_id": "u"`}, {`[1.0`, `[2.0`}, {`[1.5`, `[2.5`}, {`"note":"tieout`, `"note":"Tieout`}, {`event\":\"success`, `event\":\"sUccess`}, {`"POST"`, `"PUSH"`}} {
		if bytes.Contains(out[i], []byte(change[0])) {
			out[i] = bytes.Replace(out[i], []byte(change[0]), []byte(change[1]), 1)
			return out
		}
	}
	panic("nothing to edit in " + string(out[i]))
}

// TestFirstRecordsMatchTheirFormulas holds first records against digests that
// were published with the formats' formulas.
func TestFirstRecordsMatchTheirFormulas(t *testing.T) {
	t.Parallel()
	for id, c := range map[string][2]string{
		"agt-go":        {`{"timestamp":"2026-03-01T00:00:00Z","agent_id":"agent|0","action":"tool.call é","decision":"allow","previous_hash":"","hash":""}`, "23ce0444555dfad4e67068c2129a7516532911263671c50731030e478bae9061"},
		"agt-rust":      {`{"seq":0,"timestamp":"2026-03-01T00:00:00Z","agent_id":"a0","action":"read","decision":"deny","previous_hash":"","hash":""}`, "ce756fcac34b940c79bad6e0b895f50bad3c9171c31f1d86338a935edb4a8167"},
		"litellm-asqav": {`{"seq":0,"ts":"2026-03-01T00:00:00+00:00","prev_hash":"` + strings.Repeat("0", 64) + `","call_id":"c0","model":"m","metadata":{"user_id":"\u00fcn\u00ef","a":1e+16,"Z":0.1},"record_hash":""}`, "ff3fde5b2e629fee382d4f389ac35fe907568a284abe3f30ae1b48b2440e3041"},
	} {
		p, err := Preset(id)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorker(p.plan, &run{keys: newKeyring(nil), seed: maphash.MakeSeed()}, nil)
		got := w.check(logfile.Chunk{Data: []byte(c[0]), Spans: []logfile.Span{{Start: 0, End: uint32(len(c[0]))}}}, front{})
		if e := got.events[0]; e.code != HashMismatch || e.actual != c[1] {
			t.Errorf("%s: %s, want %s", id, e.actual, c[1])
		}
	}
}

func TestRecordsAreTakenForNoOtherFormat(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		name, _, _ := strings.Cut(p.ID, "/")
		first := recordsOf(t, p, vectorFile(t, name))[0]
		got, err := detect(first, Presets())
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case len(p.file.Detect.All) == 0:
		case got == nil || got.ID != p.ID:
			t.Errorf("a record of %s is taken for %v", p.ID, got)
		}
	}
}
