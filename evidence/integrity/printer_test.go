package integrity

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/logfile"
)

// printed returns a record as a part prints it.
func printed(t testing.TB, part, record string) (string, bool) {
	t.Helper()
	p, err := LoadProfile("test", []byte("schema: chainprofile/v1\nid: test/1\nlink: {self: {field: /h}, genesis: [\"\"]}\ndigest:\n  alg: sha256\n  input:\n    - json: "+part+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := logfile.NewScanner(p.plan.pointers, true)
	x := newPrinter(p.plan, s)
	var first []byte
	for range 2 { // the second time, the names are known
		if err := s.Scan([]byte(record)); err != nil {
			t.Fatalf("%s: %v", record, err)
		}
		out, bad := x.json(nil, p.plan.digest.input[0].json)
		if bad != nil {
			t.Fatalf("%s: %v", record, bad)
		}
		if first != nil && !bytes.Equal(first, out) {
			t.Fatalf("%s is printed as %s, then as %s", record, first, out)
		}
		first = out
	}
	return string(first), !x.warned
}

// TestPrintingAgreesWithPython holds the printer against Python's json on values
// that a script made.
func TestPrintingAgreesWithPython(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/canon/values.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(b) {
		var c struct{ File, ASCII, Minimal, Default string }
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		n++
		for _, p := range []struct{ part, want string }{
			{`{order: sorted-codepoint, escape: ascii, scalars: reprint}`, c.ASCII},
			{`{order: sorted-codepoint, escape: minimal, scalars: reprint, numbers: python}`, c.Minimal},
			{`{order: sorted-codepoint, escape: ascii, scalars: reprint, sep: ", ", colon: ": "}`, c.Default},
		} {
			if got, _ := printed(t, p.part, c.File); got != p.want {
				t.Fatalf("%s of\n%s is\n%s, Python says\n%s", p.part, c.File, got, p.want)
			}
			// Tokens that are kept come out as they stand.
			if got, _ := printed(t, `{order: sorted-codepoint, sep: ", ", colon: ": "}`, c.Default); got != c.Default {
				t.Fatalf("%s came out as %s", c.Default, got)
			}
		}
	}
	if n < 400 {
		t.Errorf("%d values", n)
	}
}

func TestNumbersThatAnotherCouldReplaceAreNamed(t *testing.T) {
	t.Parallel()
	for number, exact := range map[string]bool{
		"1": true, "1.0": true, "1e2": true, "0.1": true, "-0": true, "-0.0": true, "9007199254740992": true, "9007199254740993": false, "0.1000000000000000055": false, "1e23": true, "123456789012345678901234567890": false, "5e-324": true, "3e-324": false,
	} {
		if _, got := printed(t, `{scalars: reprint, numbers: es6, escape: minimal}`, `{"n":`+number+`}`); got != exact {
			t.Errorf("%s: exact is %v", number, got)
		}
		if _, got := printed(t, `{scalars: reprint, numbers: exact, escape: minimal}`, `{"n":`+number+`}`); got != exact && number != "9007199254740993" && number != "123456789012345678901234567890" {
			t.Errorf("%s, whole numbers kept: exact is %v", number, got)
		}
	}
}

// FuzzPrinter holds the printer of canonical JSON against package canon, which
// goes through a tree.
func FuzzPrinter(f *testing.F) {
	f.Add([]byte(`{"b":[1,2.50,-0,1e21,{"z":"\u00e9\ud83d\ude00","a":null}],"a":"\/\u0007","\ufb33":1,"\ud83d\ude00":2}`))
	f.Add([]byte(` { "x" : { } , "y" : [ ] } `))
	p, err := LoadProfile("test", []byte("schema: chainprofile/v1\nid: test/1\nlink: {self: {field: /h}, genesis: [\"\"]}\ndigest:\n  alg: sha256\n  input:\n    - json: {order: sorted-utf16, escape: minimal, scalars: reprint, numbers: exact}\n"))
	if err != nil {
		f.Fatal(err)
	}
	s := logfile.NewScanner(p.plan.pointers, true)
	x := newPrinter(p.plan, s)
	f.Fuzz(func(t *testing.T, b []byte) {
		if s.Scan(b) != nil {
			return
		}
		got, bad := x.json(nil, p.plan.digest.input[0].json)
		tree, err := canon.Parse(b)
		if bad != nil || err != nil {
			t.Fatalf("%q: %v, %v", b, bad, err)
		}
		want, err := canon.Append(nil, tree)
		if err != nil {
			return // a number that no double holds
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%q is printed as %q, want %q", b, got, want)
		}
	})
}
