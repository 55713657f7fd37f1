package xlsx

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// escapes is what the README sheet tells a reader to undo.
var escapes = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape undoes the rule: each _xHHHH_, from the left, is one character.
func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 16)
		if err != nil {
			panic(err)
		}
		return string(rune(n))
	})
}

// read returns what a reader of XML finds in the cell.
func read(t *testing.T, cell []byte) string {
	t.Helper()
	var x struct {
		Text string `xml:",chardata"`
	}
	if err := xml.Unmarshal(cell, &x); err != nil {
		t.Fatalf("%q: %v", cell, err)
	}
	return x.Text
}

var where = &rowWriter{file: "rows", line: 3}

// visible is s with the mark for each byte that is no UTF-8.
func visible(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteString("⟦0x" + strings.ToUpper(strconv.FormatUint(uint64(s[i])|0x100, 16)[1:]) + "⟧")
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

func checkText(t *testing.T, s string) {
	t.Helper()
	got := read(t, appendText(nil, s, where))
	if n := len(utf16.Encode([]rune(got))); n > maxUnits {
		t.Fatalf("a cell with %d units", n)
	}
	want := visible(s)
	if back := unescape(got); back == want {
		return
	} else if units(s) <= maxUnits {
		t.Fatalf("%q came back as %q", want, back)
	}
	head, mark, cut := strings.Cut(got, "… [cut here, ")
	if !cut || !strings.HasPrefix(want, unescape(head)) || !strings.HasSuffix(mark, " more characters; whole text: data/rows.jsonl, line 3]") {
		t.Fatalf("cut to %q … %q", head[:min(len(head), 60)], mark)
	}
	left, err := strconv.Atoi(strings.TrimSuffix(mark, " more characters; whole text: data/rows.jsonl, line 3]"))
	if whole := utf8.RuneCountInString(s); err != nil && strings.Contains(head, "⟦0x") || left+utf8.RuneCountInString(unescape(head)) != whole && utf8.ValidString(s) {
		t.Fatalf("%d characters are said to be left of %d, and %d are there", left, whole, utf8.RuneCountInString(unescape(head)))
	}
}

var hostile = []string{
	"", " ", "a", " leading and trailing ", "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "\t=1", "00123", "1234567890123456789",
	"_x0041_", "_x005F_", "__x0041_", "_x005F_x0041_", "_x00", "_x0041", "_xZZZZ_", "_x000d_", "_x0041\x00", "\x00", "\x01\x1f", "a\r\nb", "\u0085\u2028\ufeff", "\ufffe\uffff\ufffd",
	"<b>&amp;</b>]]>", "🚀👩‍👩‍👧", "שלום \u202eevil", "名前", "e\u0301", "\xff\xfe bytes \xed\xa0\x80", "\U0010ffff",
	strings.Repeat("x", maxUnits), strings.Repeat("x", maxUnits+1), strings.Repeat("🚀", 25_000), strings.Repeat("\x00", 9000), strings.Repeat("_x0041_", 9000), strings.Repeat("\xff", 50_000), strings.Repeat("名", 50_000),
}

func TestAnyTextComesBackByTheRule(t *testing.T) {
	t.Parallel()
	for _, s := range hostile {
		checkText(t, s)
		checkText(t, s+"tail")
	}
}

func TestEscapesAreWhatExcelReads(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"plain":         `<t>plain</t>`,
		"_x0041_":       `<t xml:space="preserve">_x005F_x0041_</t>`,
		"\x00\r":        `<t xml:space="preserve">_x0000__x000D_</t>`,
		"a\tb\n":        "<t xml:space=\"preserve\">a\tb\n</t>",
		"<&>":           `<t xml:space="preserve">&lt;&amp;&gt;</t>`,
		"\uffff\xff":    `<t xml:space="preserve">_xFFFF_⟦0xFF⟧</t>`,
		"_xyz and_x":    `<t xml:space="preserve">_xyz and_x</t>`,
		"名前 =1+1 \"q\"": `<t>名前 =1+1 "q"</t>`,
	} {
		if got := string(appendText(nil, s, where)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		if len(s) < 10_000 {
			f.Add(s, uint16(1))
		}
	}
	f.Add("_x0041_\x00🚀", uint16(5000))
	f.Fuzz(func(t *testing.T, s string, times uint16) {
		if len(s)*int(times) > 400_000 {
			return
		}
		checkText(t, strings.Repeat(s, int(times)))
	})
}
