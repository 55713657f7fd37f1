package pdf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// safe is text that may reach the PDF library. Constants of this package are
// safe by being written here; everything else goes through clean.
type safe string

// The signs around what is shown by its code point.
const openMark, closeMark = '⟦', '⟧'

// showsItself reports whether r, once printed from left to right, looks like
// what it is. What hides, reorders, joins onto its neighbour or has no agreed
// look is shown by its code point instead.
func showsItself(r rune) bool {
	switch {
	case r == ' ' || r == '\u00a0':
		return true
	case r == openMark || r == closeMark: // so that no text can forge a mark
		return false
	case r == utf8.RuneError, r == '\u2800', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0': // look like nothing
		return false
	case unicode.Is(unicode.Zs, r), unicode.IsMark(r):
		return false
	case r >= 0x0590 && r <= 0x08ff, r >= 0xfb1d && r <= 0xfdff, r >= 0xfe70 && r <= 0xfeff: // written from right to left
		return false
	}
	return unicode.IsGraphic(r)
}

// clean makes text safe to print on one line. What cannot be shown as it is
// stands as ⟦U+202E⟧, a byte that is no UTF-8 as ⟦0xFF⟧; several in a row
// share one pair of brackets. No two texts become the same.
func (t *typefaces) clean(s string) safe {
	if t.plain(s) {
		return safe(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marked := false
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		broken := r == utf8.RuneError && n == 1
		if !broken && r < basicPlane && t.printable[r] {
			if marked {
				b.WriteRune(closeMark)
				marked = false
			}
			b.WriteRune(r)
			i += n
			continue
		}
		if marked {
			b.WriteByte(' ')
		} else {
			b.WriteRune(openMark)
			marked = true
		}
		if broken {
			fmt.Fprintf(&b, "0x%02X", s[i])
		} else {
			fmt.Fprintf(&b, "U+%04X", r)
		}
		i += n
	}
	if marked {
		b.WriteRune(closeMark)
	}
	return safe(b.String())
}

// plain reports whether nothing in s needs a mark.
func (t *typefaces) plain(s string) bool {
	for _, r := range s { // a broken byte reads as U+FFFD, which is not printable either
		if r >= basicPlane || !t.printable[r] {
			return false
		}
	}
	return true
}

// lines cleans text whose line breaks its author meant: statements, SQL.
func (t *typefaces) lines(s string) []safe {
	var out []safe
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		out = append(out, t.clean(strings.ReplaceAll(line, "\t", "    ")))
	}
	return out
}

// clip cuts text to n characters and says how many more there are and where
// they stand. It returns text that is not longer unchanged.
func clip(s string, n int, where string) (head, rest string) {
	count := 0
	for i := range s {
		if count == n {
			more := utf8.RuneCountInString(s[i:])
			return s[:i], fmt.Sprintf("… (%s more characters: %s)", grouped(int64(more)), where)
		}
		count++
	}
	return s, ""
}
