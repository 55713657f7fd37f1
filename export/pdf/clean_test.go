package pdf

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func faces(t testing.TB) *typefaces {
	t.Helper()
	f, err := loadTypefaces()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// unclean reads back what clean wrote.
func unclean(t *testing.T, text safe) string {
	t.Helper()
	var b strings.Builder
	rest := string(text)
	for {
		before, marked, found := strings.Cut(rest, string(openMark))
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, after, closed := strings.Cut(marked, string(closeMark))
		if !closed {
			t.Fatalf("%q: a mark is not closed", text)
		}
		for code := range strings.FieldsSeq(inside) {
			hex, isByte := strings.CutPrefix(code, "0x")
			n, err := strconv.ParseUint(strings.TrimPrefix(hex, "U+"), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			if isByte {
				b.WriteByte(byte(n))
			} else {
				b.WriteRune(rune(n))
			}
		}
		rest = after
	}
}

func TestWhatCannotBeShownIsNamed(t *testing.T) {
	t.Parallel()
	f := faces(t)
	for in, want := range map[string]safe{
		"plain text, 100 % of it":  "plain text, 100 % of it",
		"Łódź «Läser» – naïve … €": "Łódź «Läser» – naïve … €",
		"Ελλάδα Россия":            "Ελλάδα Россия",
		"safe\u202egnp.exe":        "safe⟦U+202E⟧gnp.exe",
		"🚀🚀 go":                    "⟦U+1F680 U+1F680⟧ go",
		"名前":                       "⟦U+540D U+524D⟧",
		"שלום":                     "⟦U+05E9 U+05DC U+05D5 U+05DD⟧",
		"سلام":                     "⟦U+0633 U+0644 U+0627 U+0645⟧",
		"e\u0301":                  "e⟦U+0301⟧",
		"a\u200bb\u00adc\ufeff":    "a⟦U+200B⟧b⟦U+00AD⟧c⟦U+FEFF⟧",
		"\x1b[31m\x00\t\r\n":       "⟦U+001B⟧[31m⟦U+0000 U+0009 U+000D U+000A⟧",
		"\u0085\u2028":             "⟦U+0085 U+2028⟧",
		"\xff\xfe":                 "⟦0xFF 0xFE⟧",
		"\ufffd":                   "⟦U+FFFD⟧",
		"⟦U+202E⟧":                 "⟦U+27E6⟧U+202E⟦U+27E7⟧",
		"\U000e0041":               "⟦U+E0041⟧",
		"\ue000":                   "⟦U+E000⟧",
		"10\u00a0000":              "10\u00a0000",
		"10\u2009000":              "10⟦U+2009⟧000",
		"\u2800\u3164\u115f\u1160": "⟦U+2800 U+3164 U+115F U+1160⟧",
		"":                         "",
	} {
		if got := f.clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCutTextSaysHowMuchIsLeft(t *testing.T) {
	t.Parallel()
	head, rest := clip(strings.Repeat("é", 50_000), 900, "data/dossier.json")
	if utf8.RuneCountInString(head) != 900 || rest != "… (49,100 more characters: data/dossier.json)" {
		t.Errorf("clip: %d characters, then %q", utf8.RuneCountInString(head), rest)
	}
	if head, rest := clip("as it is", 8, "x"); head != "as it is" || rest != "" {
		t.Errorf("clip of short text: %q, %q", head, rest)
	}
}

func TestGroupedCounts(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", -1234567: "-1,234,567", 1204318: "1,204,318"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "a", "\xc3", "\u202e⟦", "🚀\x00\x7f\u0080", "⟦U+202E⟧", "e\u0301", "\ufffd\xff\ufffd", "\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tf := faces(t)
		got := tf.clean(s)
		for _, r := range got {
			if r >= basicPlane || !tf.hasGlyph(r) || (!tf.printable[r] && r != openMark && r != closeMark) {
				t.Fatalf("clean(%q) lets %U through", s, r)
			}
		}
		if back := unclean(t, got); back != s {
			t.Fatalf("clean(%q) = %q, which reads back as %q", s, got, back)
		}
	})
}

func FuzzWrap(f *testing.F) {
	for _, s := range []string{"", "one two three", strings.Repeat("x", 90), "a/b-c.d_e " + strings.Repeat("long/path-", 20), "  lead", "trail   ", "🚀 🚀"} {
		f.Add(s, 60.0)
		f.Add(s, 3.0)
	}
	f.Fuzz(func(t *testing.T, s string, width float64) {
		if width < 1 || width > 2000 || len(s) > 5000 {
			t.Skip()
		}
		tf := faces(t)
		text := tf.clean(s)
		var all safe
		for _, l := range tf.wrap(text, cellStyle, width) {
			if tf.width(l, cellStyle) > width+0.01 && utf8.RuneCountInString(string(l)) > 1 {
				t.Fatalf("line %q is wider than %g", l, width)
			}
			all += l
		}
		bare := func(s safe) string { return strings.ReplaceAll(string(s), " ", "") }
		if bare(all) != bare(text) {
			t.Fatalf("wrap(%q) lost text: %q", text, all)
		}
	})
}
