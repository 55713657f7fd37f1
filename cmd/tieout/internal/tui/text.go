package tui

import (
	"fmt"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
)

// shown makes text of strangers safe to put on a screen: what could move the
// cursor, hide or reorder stands there as its code point.
func shown(s string) string {
	if !strings.ContainsFunc(s, hides) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if hides(r) {
			fmt.Fprintf(&b, "⟦U+%04X⟧", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func hides(r rune) bool {
	switch r {
	case '⟦', '⟧', unicode.ReplacementChar, 0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0: // our own brackets, and letters that draw nothing
		return true
	}
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r)
}

// prose is shown for text of several lines: the catalogue's line ends are no
// more than spaces.
func prose(s string) string { return shown(strings.Join(strings.Fields(s), " ")) }

func width(s string) int {
	if ascii(s) {
		return len(s)
	}
	return lipgloss.Width(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < 0x20 {
			return false
		}
	}
	return true
}

// clip cuts text that was made safe to n cells, and shows that it did.
func clip(s string, n int) string {
	if n <= 0 {
		return ""
	}
	if width(s) <= n {
		return s
	}
	return cut(s, n-1) + "…"
}

// cut returns as much of the text as fits into n cells.
func cut(s string, n int) string {
	if ascii(s) {
		return s[:min(n, len(s))]
	}
	if n <= 0 {
		return ""
	}
	return lipgloss.NewStyle().MaxWidth(n).Inline(true).Render(s)
}

// fit makes text exactly n cells wide.
func fit(s string, n int) string {
	s = clip(s, n)
	return s + strings.Repeat(" ", max(0, n-width(s)))
}

// wrap breaks text at spaces into lines of at most n cells. A word that is
// longer is cut into pieces, and nothing is lost.
func wrap(s string, n int) []string {
	n = max(n, 8)
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		for width(word) > n {
			head := cut(word, n)
			if head == "" {
				break
			}
			if line != "" {
				out, line = append(out, line), ""
			}
			out, word = append(out, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case width(line)+1+width(word) <= n:
			line += " " + word
		default:
			out, line = append(out, line), word
		}
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}
