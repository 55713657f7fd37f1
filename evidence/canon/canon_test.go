package canon

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOneValueHasOneSpelling(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"b":1, "a":[true,null,"x"]}`:    `{"a":[true,null,"x"],"b":1}`,
		`{"\ufb33":1,"\ud83d\ude00":2}`:   "{\"\U0001F600\":2,\"\uFB33\":1}", // UTF-16 order, not byte order
		`"\u0041\/\u000a\u0007"`:          `"A/\n\u0007"`,
		`[1.0,1e2,-0,0.000001,1e-7,1e21]`: `[1,100,0,0.000001,1e-7,1e+21]`,
		`9007199254740993`:                `9007199254740993`,
		`333333333.33333329`:              `333333333.3333333`,
	} {
		tree, err := Parse([]byte(in))
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		got, err := Append(nil, tree)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", in, got, err, want)
		}
		if !IsCanonical(got) {
			t.Errorf("%s is not its own canonical form", got)
		}
	}
}

func TestStrictReading(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, ` `, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `NaN`, `01`, `1.`, `+1`, `.5`, `1e`, `[1,]`, `{"a":1,}`,
		`"\ud800"`, "\"\xff\"", "\"\\n\xff\"", "\ufeff{}", `{} {}`, `tru`, `"`, "\"\n\"", `"\x"`, `{a:1}`, `'a'`, `"\u12"`,
		strings.Repeat("[", 66) + strings.Repeat("]", 66),
	} {
		if v, err := Parse([]byte(in)); err == nil {
			t.Errorf("%.40q was read as %v", in, v)
		}
	}
}

func TestMarshalKeepsIntegers(t *testing.T) {
	t.Parallel()
	got, err := Marshal(map[string]any{"i": int64(math.MaxInt64), "html": "<&>"})
	if err != nil || string(got) != `{"html":"<&>","i":9223372036854775807}` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := Append(nil, math.Inf(1)); err == nil {
		t.Error("infinity was written")
	}
}

func TestAnyTextComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		v, err := Parse(AppendString(nil, s))
		if err != nil || v != strings.ToValidUTF8(s, "\uFFFD") {
			t.Fatalf("%q came back as %q, %v", s, v, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.5e3,"\u00e9"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Parse(b)
		if err != nil {
			return
		}
		c, err := Append(nil, v)
		if err != nil {
			return // a number too large for a double
		}
		if !IsCanonical(c) {
			t.Fatalf("%q gave %q, which is not canonical", b, c)
		}
	})
}
