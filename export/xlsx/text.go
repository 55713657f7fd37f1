package xlsx

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxUnits is how many UTF-16 units a cell can hold.
const maxUnits = 32_767

// special marks the bytes that a plain run of text does not have: what XML or
// the workbook's own escapes give a meaning to, and the first byte of U+FFFE
// and U+FFFF, which XML refuses.
var special = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	for _, c := range []byte{'&', '<', '>', 0xEF} {
		t[c] = true
	}
	return t
}()

// isPlain reports whether s can be written into an element as it is.
func isPlain(s string) bool {
	if len(s) > maxUnits || s == "" || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	high := byte(0)
	for i := range len(s) {
		c := s[i]
		if special[c] || c == '_' && i+1 < len(s) && s[i+1] == 'x' {
			return false
		}
		high |= c
	}
	return high < utf8.RuneSelf || utf8.ValidString(s)
}

// appendText appends the element <t> of a cell that holds s. where names the
// place that has the whole text, for one that the cell cannot hold.
func appendText(dst []byte, s string, where fmt.Stringer) []byte {
	if isPlain(s) {
		dst = append(dst, "<t>"...)
		dst = append(dst, s...)
		return append(dst, "</t>"...)
	}
	dst = append(dst, `<t xml:space="preserve">`...)
	rest := ""
	if units(s) > maxUnits {
		s, rest = cutText(s, where.String())
	}
	dst = appendEscaped(dst, s)
	dst = appendEscaped(dst, rest)
	return append(dst, "</t>"...)
}

// appendEscaped appends s so that a reader of the workbook gets it back: XML's
// three signs as entities, what XML cannot hold as _xHHHH_, and the underscore
// of a literal _xHHHH_ as _x005F_.
func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = fmt.Appendf(dst, "⟦0x%02X⟧", s[i])
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case unprintable(r):
			dst = fmt.Appendf(dst, "_x%04X_", r)
		case r == '_' && looksEscaped(s[i:]):
			dst = append(dst, "_x005F_"...)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// unprintable reports whether XML cannot hold r, or would turn it into another
// character.
func unprintable(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF
}

// looksEscaped reports whether s begins like an escape, or will once the
// character behind its digits is escaped.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(s[6:]); r != '_' && !unprintable(r) {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}

// runeUnits is how much of a cell's room r takes, at the start of s: UTF-16
// units, with an escape counted by its length.
func runeUnits(r rune, n int, s string) int {
	switch {
	case r == utf8.RuneError && n == 1:
		return len([]rune("⟦0xFF⟧"))
	case unprintable(r), r == '_' && looksEscaped(s):
		return len("_x005F_")
	case r > 0xFFFF:
		return 2
	}
	return 1
}

// units is how much of a cell's room s takes.
func units(s string) int {
	total := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		total += runeUnits(r, n, s[i:])
		i += n
	}
	return total
}

// cutText cuts s so that it fits a cell together with a mark that says how
// much is left out and where the whole text stands.
func cutText(s, where string) (head, mark string) {
	note := func(left int) string {
		return "… [cut here, " + strconv.Itoa(left) + " more characters; whole text: " + where + "]"
	}
	room := maxUnits - units(note(utf8.RuneCountInString(s)))
	end := 0
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if room -= runeUnits(r, n, s[end:]); room < 0 {
			break
		}
		end += n
	}
	return s[:end], note(utf8.RuneCountInString(s[end:]))
}
