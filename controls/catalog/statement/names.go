package statement

import (
	"slices"
	"strings"
)

// Of returns the columns that a part names of one alias, such as x.
func Of(alias, sql string) ([]string, error) {
	ts, err := tokens(sql)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := 0; i+2 < len(ts); i++ {
		if ts[i].kind == word && ts[i].text == alias && ts[i+1].isMark(".") && ts[i+2].kind == word &&
			(i == 0 || !ts[i-1].isMark(".")) && !slices.Contains(out, ts[i+2].text) {
			out = append(out, ts[i+2].text)
		}
	}
	return out, nil
}

// Names returns the distinct words of a part, and its texts without their
// quotation marks.
func Names(sql string) (words, texts []string, err error) {
	ts, err := tokens(sql)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range ts {
		if t.kind == word && !slices.Contains(words, t.text) {
			words = append(words, t.text)
		}
		if t.kind != text {
			continue
		}
		if s := unquote(t.text); !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
	}
	return words, texts, nil
}

// Mentions reports whether a name stands in SQL as a word of its own.
func Mentions(sql, name string) bool {
	for at := 0; ; {
		i := strings.Index(sql[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !isLetter(sql[start-1]) && !isDigit(sql[start-1])) && (end == len(sql) || !isLetter(sql[end]) && !isDigit(sql[end])) {
			return true
		}
		at = end
	}
}
