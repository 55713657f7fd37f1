package logfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/canon"
)

func TestWhatIsNoRecordIsRefused(t *testing.T) {
	t.Parallel()
	for text, class := range map[string]Class{
		``: BadJSON, ` `: BadJSON, `[]`: BadJSON, `{`: BadJSON, `{}x`: BadJSON, `{} {}`: BadJSON, `{"a"}`: BadJSON, `{"a":}`: BadJSON, `{"a":1,}`: BadJSON, `{,}`: BadJSON,
		`{"a":01}`: BadJSON, `{"a":1.}`: BadJSON, `{"a":.5}`: BadJSON, `{"a":+1}`: BadJSON, `{"a":1e}`: BadJSON, `{"a":-}`: BadJSON, `{"a":NaN}`: BadJSON, `{"a":Infinity}`: BadJSON,
		`{"a":tru}`: BadJSON, `{"a":[1,]}`: BadJSON, `{"a":[1 2]}`: BadJSON, `{"a":"` + "\n" + `"}`: BadJSON, `{"a":"\x"}`: BadJSON, `{"a":"\u12"}`: BadJSON, `{"a":"x}`: BadJSON, "\ufeff{}": BadJSON,
		`{"a":"\ud800"}`: BadUTF8, `{"a":"\ud800\u0041"}`: BadUTF8, `{"a":"\udc00"}`: BadUTF8, "{\"a\":\"\xff\"}": BadUTF8, "{\"\xc3\":1}": BadUTF8, "{\"a\":\"\xed\xa0\x80\"}": BadUTF8,
		`{"a":1,"a":2}`: DupKey, `{"a":1,"\u0061":2}`: DupKey, `{"x":{"a":1,"b":2,"a":3}}`: DupKey, `{"x":[{"a":1,"a":1}]}`: DupKey,
		`{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`: TooDeep, strings.Repeat(`{"a":`, 65): TooDeep, `{"a":` + strings.Repeat("[", 1<<20): TooDeep,
	} {
		s := NewScanner([]string{"/a"}, true)
		for range 2 { // the second time, the names are known
			var bad *SyntaxError
			if err := s.Scan([]byte(text)); !errors.As(err, &bad) || bad.Class != class {
				t.Errorf("%.60q: %v, want class %d", text, err, class)
			}
		}
	}
}

// TestObjectsOfAnyWidthAreRead crosses the bounds of what a scanner remembers.
func TestObjectsOfAnyWidthAreRead(t *testing.T) {
	t.Parallel()
	s := NewScanner([]string{"/last"}, true)
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range 5000 {
		fmt.Fprintf(&b, `"k%d":{"n%d":%d},`, i, i, i)
	}
	wide := b.String()
	for range 3 {
		if err := s.Scan([]byte(wide + `"last":7}`)); err != nil {
			t.Fatal(err)
		}
		if v := s.Value(0); v.Kind != Number {
			t.Fatalf("the field behind 5000 others was not found: %+v", v)
		}
		var bad *SyntaxError
		if err := s.Scan([]byte(wide + `"k4000":7}`)); !errors.As(err, &bad) || bad.Class != DupKey {
			t.Fatalf("a name that stands twice: %v", err)
		}
	}
	for i := range 3 * maxShapes {
		if err := s.Scan(fmt.Appendf(nil, `{"x%d":{"y":1},"last":true}`, i)); err != nil || s.Value(0).Kind != True {
			t.Fatalf("record %d: %v, %+v", i, err, s.Value(0))
		}
	}
	if len(s.shapes) > maxShapes {
		t.Errorf("%d shapes are kept", len(s.shapes))
	}
}

func TestFieldsAreFoundThroughObjectsOnly(t *testing.T) {
	t.Parallel()
	s := NewScanner([]string{"/a/x", "/b~1c", ""}, false)
	for text, want := range map[string]string{
		`{"a":{"x":"one"}}`: `"one"`, `{"a":[{"x":1}]}`: "", `{"a":{"y":{"x":2}}}`: "", `{"A":{"x":1}}`: "", `{"\u0061":{"\u0078":3}}`: "3", `{"a":[{"x":1}],"z":{"x":2}}`: "",
	} {
		if err := s.Scan([]byte(text)); err != nil {
			t.Fatal(err)
		}
		v := s.Value(0)
		if got := text[v.Start:v.End]; got != want || (v.Kind == None) != (want == "") {
			t.Errorf("%s: /a/x is %q, want %q", text, got, want)
		}
	}
	if err := s.Scan([]byte(`{"b/c":false}`)); err != nil || s.Value(1).Kind != False {
		t.Errorf("%v, %+v", err, s.Value(1))
	}
}

// What stood in front of a member's value in one record says nothing about the
// next one, which another writer may have spaced otherwise.
func TestRecordsMayBeSpacedOtherwiseThanTheOneBefore(t *testing.T) {
	t.Parallel()
	texts := []string{`{"a":1,"b":{"c":{}}}`, `{"a": 1, "b": {"c": {}}}`, `{"a" :1,"b" :{"c" :{}}}`, "{\"a\" \t:\n1,\"b\" : {\"c\" : {}}}"}
	for _, first := range texts {
		for _, second := range texts {
			s := NewScanner([]string{"/a", "/b/c"}, true)
			for _, text := range []string{first, second, first} {
				if err := s.Scan([]byte(text)); err != nil {
					t.Fatalf("%q after %q: %v", text, first, err)
				}
				a, c := s.Value(0), s.Value(1)
				if text[a.Start:a.End] != "1" || text[c.Start:c.End] != "{}" {
					t.Errorf("%q after %q: %+v %+v", text, first, a, c)
				}
				if loose := s.Tape()[0].Flags&Loose != 0; loose != strings.ContainsAny(text, " \t\n") {
					t.Errorf("%q after %q: loose is %v", text, first, loose)
				}
			}
		}
	}
}

// FuzzScan holds the scanner against the parser of canonical JSON, which is
// written another way, and the standard library.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2.5e3,"\u00e9"],"b":{"c":null}}`, `{"a":1,"a":2}`, `{"a":"\ud83d\ude00"}`, "{\"a\":\"\xff\"}", ` { "a" : [ ] , "b" : { } } `, `{"a":-0,"b":1e400,"c":00}`, `{"a":"` + strings.Repeat("x", 40) + `\n"}`,
	} {
		f.Add([]byte(seed))
	}
	s := NewScanner([]string{"/a", "/b/c"}, true)
	f.Fuzz(func(t *testing.T, b []byte) {
		err := s.Scan(b)
		_, want := canon.ParseObject(b)
		var bad *SyntaxError
		if errors.As(err, &bad) && bad.Class == TooDeep || want != nil && strings.Contains(want.Error(), "nested") {
			return // the two count the depth of scalars differently
		}
		if (err == nil) != (want == nil) {
			t.Fatalf("%q: the scanner says %v, the parser says %v", b, err, want)
		}
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q was read", b)
		}
		for i, e := range s.Tape() {
			if e.Start >= e.End || int(e.End) > len(b) || int(e.Next) <= i || !json.Valid(b[e.Start:e.End]) {
				t.Fatalf("%q: entry %d is %+v", b, i, e)
			}
		}
	})
}
