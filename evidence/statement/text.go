package statement

import (
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Year() >= 1
}

func checkList(list []string) error {
	if len(list) > maxList {
		return fmt.Errorf("%d ids in one list, at most %d", len(list), maxList)
	}
	seen := map[string]bool{}
	for _, w := range list {
		if err := checkWord(w); err != nil || w == "" || seen[w] {
			return fmt.Errorf("id %.80q is empty, stands twice or is no id", w)
		}
		seen[w] = true
	}
	return nil
}

func checkWords(words [][2]string) error {
	for _, w := range words {
		if err := checkWord(w[1]); err != nil {
			return fmt.Errorf("%s: %w", w[0], err)
		}
	}
	return nil
}

// checkText refuses what would not be shown as it is.
func checkText(s string) error {
	return checkRunes(s, maxText, func(r rune) bool { return r == '\n' || r == '\t' })
}

func checkWord(s string) error {
	return checkRunes(s, maxWord, func(rune) bool { return false })
}

func checkRunes(s string, limit int, also func(rune) bool) error {
	if len(s) > limit {
		return fmt.Errorf("%d bytes, at most %d; put the rest into a document", len(s), limit)
	}
	if !utf8.ValidString(s) {
		return errors.New("it is no UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) && !also(r) || r == '\u2028' || r == '\u2029' || hidden(r) {
			return fmt.Errorf("it holds the invisible sign U+%04X", r)
		}
	}
	return nil
}

// hidden reports whether the sign reorders or hides others, so that somebody
// would sign what they do not see. Joiners that scripts need are none of them.
func hidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' && r != '\u00ad'
}
