package html

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden reports whether r would move, hide or reorder what stands beside it,
// or look like nothing. The brackets are among them, so that no text can forge
// a mark.
func hidden(r rune) bool {
	switch r {
	case '⟦', '⟧', 0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0:
		return true
	case ' ', '\u00a0', '\n', '\t':
		return false
	}
	return !unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Zs, unicode.Variation_Selector)
}

// clean shows what hides by its code point, as ⟦U+202E⟧, and a byte that is no
// UTF-8 as ⟦0xFF⟧. Line ends of one kind stay as they are.
func clean(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || hidden(r) }) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 32)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, "⟦0x%02X⟧", s[i])
		case r == utf8.RuneError || hidden(r):
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// clip cuts text to n characters and says how many more there are. It returns
// text that is not longer unchanged.
func clip(s string, n int) (head, rest string) {
	if len(s) <= n {
		return s, ""
	}
	count := 0
	for i := range s {
		if count == n {
			return s[:i], fmt.Sprintf("… (%s more characters: ", grouped(int64(utf8.RuneCountInString(s[i:]))))
		}
		count++
	}
	return s, ""
}
