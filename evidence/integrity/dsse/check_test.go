package dsse

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func keys(t testing.TB, names ...string) []integrity.Key {
	t.Helper()
	var out []integrity.Key
	for _, n := range names {
		k, err := integrity.ParseKey(n, read(t, n+".pem"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, k)
	}
	return out
}

func check(t testing.TB, b []byte, o Options) *integrity.Log {
	t.Helper()
	l, err := Check(context.Background(), "envelope.json", bytes.NewReader(b), o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The envelopes are Python's, see testdata/make.py.
func TestEnvelopesOfAnotherProgram(t *testing.T) {
	all := []string{"a", "b", "p256", "p384", "rsa"}
	for _, c := range []struct {
		file      string
		keys      []string
		threshold int
		verdict   integrity.Verdict
		authentic string
		code      integrity.Code
	}{
		{"good.json", all, 1, integrity.Verified, "signed", ""},
		{"good.json", []string{"a"}, 0, integrity.Verified, "signed", ""},
		{"good.json", nil, 1, integrity.Indeterminate, "unknown_key", integrity.KeyUnknown},
		{"good.json", []string{"b"}, 1, integrity.Indeterminate, "unknown_key", integrity.KeyUnknown},
		{"good.json", all, 2, integrity.Indeterminate, "unsigned", integrity.KeyMissing},
		{"good-nokeyid.json", all, 1, integrity.Verified, "signed", ""},
		{"good-p256.json", all, 1, integrity.Verified, "signed", ""},
		{"good-p384.json", all, 1, integrity.Verified, "signed", ""},
		{"good-rsa-pss.json", all, 1, integrity.Verified, "signed", ""},
		{"good-rsa-pkcs1.json", all, 1, integrity.Verified, "signed", ""},
		{"good-two.json", all, 2, integrity.Verified, "signed", ""},
		{"good-two.json", all, 3, integrity.Indeterminate, "unsigned", integrity.KeyMissing},
		{"good-two.json", []string{"a"}, 1, integrity.Verified, "signed", integrity.KeyUnknown},
		{"good-twice.json", all, 2, integrity.Indeterminate, "unsigned", integrity.KeyMissing}, // one key twice is one key
		{"good-type.json", all, 1, integrity.Verified, "signed", ""},
		{"good-empty.json", all, 1, integrity.Verified, "signed", ""},
		{"good-lines.jsonl", all, 1, integrity.SelfConsistent, "signed", ""},
		{"good-lines.jsonl", nil, 1, integrity.Indeterminate, "unknown_key", integrity.KeyUnknown},
		{"hello.json", all, 1, integrity.Verified, "signed", ""},
		{"subject.json", all, 1, integrity.Broken, "signed", integrity.HashMismatch},
		{"payload-twice.json", all, 1, integrity.Broken, "signed", integrity.DupKey},
		{"payload-no-statement.json", all, 1, integrity.Broken, "signed", integrity.FieldMissing},
		{"good-urlsafe.json", all, 1, integrity.Broken, "signed", integrity.BadJSON}, // its signature holds; five bytes are no statement
	} {
		l := check(t, read(t, c.file), Options{Keys: keys(t, c.keys...), Threshold: c.threshold, Beside: os.DirFS("testdata")})
		if l.Verdict != c.verdict || l.Axes.Authenticity != c.authentic || c.code != "" && l.Counts[c.code] == 0 {
			t.Errorf("%s with %v, %d: %s %+v %+v", c.file, c.keys, c.threshold, l.Verdict, l.Axes, l.Findings)
		}
	}
}

// What the signatures are over, and Ed25519 signatures by the keys of RFC 8032,
// are those of the DSSE project's own vectors; the example of its specification
// has the same bytes to sign.
func TestTheVectorsOfTheSpecification(t *testing.T) {
	e, err := Parse(read(t, "good-urlsafe.json"))
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(e.Signed()); got != "445353457631203238206170706c69636174696f6e2f766e642e696e2d746f746f2b6a736f6e203520fbffbf3e3f" {
		t.Error(got)
	}
	if got := base64.StdEncoding.EncodeToString(e.Signatures[0].Sig); got != "P+/KHICeR7tI6S/YyejJTRtrXhcQyQ2LYPaL8h90KjC9qN8HU/svOQ6TuDOT1HIrsGW886DbWNWcCmX5twLrAw==" {
		t.Error(got)
	}
	if e, err = Parse(read(t, "good-type.json")); err != nil || base64.StdEncoding.EncodeToString(e.Signatures[0].Sig) != "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==" {
		t.Error(e, err)
	}
	if e, err = Parse(read(t, "hello.json")); err != nil || string(e.Signed()) != "DSSEv1 29 http://example.com/HelloWorld 11 hello world" {
		t.Error(e, err)
	}
	// the example's signature is r and s one behind the other, which in-toto does
	// not write: a form that has to be guessed is not taken
	b := []byte(`{"payload":"aGVsbG8gd29ybGQ=","payloadType":"http://example.com/HelloWorld","signatures":[{"sig":"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}`)
	if l := check(t, b, Options{Keys: keys(t, "p256")}); l.Verdict != integrity.Indeterminate {
		t.Errorf("%s", l.Verdict)
	}
	b = bytes.Replace(b, []byte("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="), []byte(der(t, "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")), 1)
	if l := check(t, b, Options{Keys: keys(t, "p256")}); l.Verdict != integrity.Verified {
		t.Errorf("the same signature as DER: %s %+v", l.Verdict, l.Findings)
	}
}

// der writes r and s as DER; both have 32 bytes, and a clear first bit.
func der(t testing.TB, rs string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(rs)
	if err != nil || len(b) != 64 || b[0] >= 0x80 || b[32] >= 0x80 {
		t.Fatal(b, err)
	}
	out := append([]byte{0x30, 68, 2, 32}, b[:32]...)
	out = append(append(out, 2, 32), b[32:]...)
	return base64.StdEncoding.EncodeToString(out)
}

// A payload, a type or a signature that was changed is broken where the key id
// tells whose the signature should be, and undecided where it tells nothing.
func TestChangesAreSeen(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		change  func(map[string]any)
		verdict integrity.Verdict
		code    integrity.Code
	}{
		"payload": {"good.json", func(m map[string]any) {
			m["payload"] = base64.StdEncoding.EncodeToString([]byte(`{"_type":"https://in-toto.io/Statement/v1"}`))
		}, integrity.Broken, integrity.SigBad},
		"type":             {"good.json", func(m map[string]any) { m["payloadType"] = "application/json" }, integrity.Broken, integrity.SigBad},
		"type, no key id":  {"good-nokeyid.json", func(m map[string]any) { m["payloadType"] = "application/json" }, integrity.Indeterminate, integrity.KeyUnknown},
		"empty type":       {"good.json", func(m map[string]any) { m["payloadType"] = "" }, integrity.Broken, integrity.FieldMissing},
		"no signatures":    {"good.json", func(m map[string]any) { m["signatures"] = []any{} }, integrity.Broken, integrity.FieldMissing},
		"no padding":       {"good.json", func(m map[string]any) { m["payload"] = "AAA" }, integrity.Broken, integrity.FieldMissing},
		"a line end in it": {"good.json", func(m map[string]any) { m["payload"] = m["payload"].(string)[:8] + "\n" + m["payload"].(string)[8:] }, integrity.Broken, integrity.FieldMissing},
		"two alphabets":    {"good.json", func(m map[string]any) { m["payload"] = "+_+_" }, integrity.Broken, integrity.FieldMissing},
		"another key's id": {"good.json", func(m map[string]any) { m["signatures"].([]any)[0].(map[string]any)["keyid"] = "b" }, integrity.Verified, ""},
		"a bad one more": {"good.json", func(m map[string]any) {
			m["signatures"] = append(m["signatures"].([]any), map[string]any{"keyid": "b", "sig": "AAAA"})
		}, integrity.Verified, integrity.KeyUnknown},
		"an unknown member": {"good.json", func(m map[string]any) { m["extra"] = true }, integrity.Verified, ""},
	} {
		var m map[string]any
		if err := json.Unmarshal(read(t, c.file), &m); err != nil {
			t.Fatal(err)
		}
		c.change(m)
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		l := check(t, b, Options{Keys: keys(t, "a", "b")})
		if l.Verdict != c.verdict || c.code != "" && l.Counts[c.code] == 0 {
			t.Errorf("%s: %s %+v", name, l.Verdict, l.Findings)
		}
	}
	for name, b := range map[string]string{
		"payload twice": `{"payload":"AA==","payload":"AA==","payloadType":"t","signatures":[{"sig":"AA=="}]}`,
		"sig twice":     `{"payload":"AA==","payloadType":"t","signatures":[{"sig":"AA==","s\u0069g":"AA=="}]}`,
	} {
		if l := check(t, []byte(b), Options{Keys: keys(t, "a")}); l.Verdict != integrity.Broken || l.Counts[integrity.DupKey] != 1 {
			t.Errorf("%s: %s %+v", name, l.Verdict, l.Findings)
		}
	}
}

func TestLinesAreCountedAndPlaced(t *testing.T) {
	lines := bytes.SplitAfter(read(t, "good-lines.jsonl"), []byte("\n"))
	lines[3] = bytes.Replace(lines[3], []byte(`"payloadType": "application`), []byte(`"payloadType": "Application`), 1)
	l := check(t, bytes.Join(lines, nil), Options{Keys: keys(t, "a")})
	if l.Records != 5 || l.FirstBad == nil || l.FirstBad.Record != 4 || l.FirstBad.ByteOffset != int64(len(lines[0])+len(lines[1])+len(lines[2])) || l.Axes.Authenticity != "broken" || l.Verdict != integrity.Broken {
		t.Errorf("%+v %+v", l, l.FirstBad)
	}
	lines[1] = []byte("{\n")
	if l := check(t, bytes.Join(lines, nil), Options{Keys: keys(t, "a")}); l.Counts[integrity.BadJSON] != 1 || l.FirstBad.Record != 2 {
		t.Errorf("%+v", l.Findings)
	}
	long := append(bytes.Repeat([]byte(" "), MaxEnvelope+10), '\n')
	if l := check(t, append(append([]byte{}, lines[0]...), long...), Options{Keys: keys(t, "a")}); l.Counts[integrity.Oversize] != 1 || l.Verdict != integrity.Indeterminate {
		t.Errorf("%+v", l.Findings)
	}
	period := &evidence.Window{From: 1, To: 2}
	if l := check(t, read(t, "good.json"), Options{Keys: keys(t, "a"), Period: period}); l.Verdict != integrity.VerifiedWithGaps {
		t.Errorf("a period: %s", l.Verdict)
	}
}

// A subject's name never leads out of the folder.
func TestSubjectsStayInTheirFolder(t *testing.T) {
	files := fstest.MapFS{"model.bin": {Data: []byte("x")}, "link": {Data: []byte("model.bin"), Mode: os.ModeSymlink}}
	for _, name := range []string{"../model.bin", "/model.bin", "..", "", "link", "nothing", "a\x00b", "model.bin/"} {
		if _, _, _, err := (Subject{Name: name, Digest: map[string]string{"sha256": "00"}}).compare(files); err == nil {
			t.Errorf("%q is compared", name)
		}
	}
	if alg, _, has, err := (Subject{Name: "model.bin", Digest: map[string]string{"sha256": "00"}}).compare(files); alg != "sha256" || len(has) != 64 || err != nil {
		t.Error(alg, has, err)
	}
	if _, _, _, err := (Subject{Name: "model.bin", Digest: map[string]string{"md5": "00"}}).compare(files); err == nil {
		t.Error("MD5 is taken")
	}
	l := check(t, read(t, "good.json"), Options{Keys: keys(t, "a"), Beside: os.DirFS("testdata")})
	if !slices.ContainsFunc(l.Notes, func(n string) bool { return strings.Contains(n, "1 equal to the files") }) {
		t.Error(l.Notes)
	}
}

func FuzzCheck(f *testing.F) {
	for _, n := range []string{"good.json", "good-two.json", "good-lines.jsonl", "hello.json", "payload-twice.json"} {
		f.Add(read(f, n))
	}
	pinned := keys(f, "a")
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Check(context.Background(), "e", bytes.NewReader(b), Options{Keys: pinned, Beside: fstest.MapFS{}})
		if err != nil {
			return
		}
		if l.Verdict == integrity.Verified {
			if e, err := Parse(b); err != nil || !holds(pinned[0].Public(), e.Signed(), e.Signatures[0].Sig) && len(e.Signatures) == 1 {
				t.Fatal("verified without a signature")
			}
		}
		if l, err := Check(context.Background(), "e", bytes.NewReader(b), Options{}); err == nil && (l.Verdict == integrity.Verified || l.Verdict == integrity.SelfConsistent) {
			t.Fatal("verified without a key")
		}
	})
}
