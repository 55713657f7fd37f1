package statement

import (
	"fmt"
	"strings"
)

type tokenKind int

const (
	word   tokenKind = iota + 1 // name or keyword
	number                      // 1, 1.5
	text                        // 'it''s'
	mark                        // one operator or punctuation mark
)

// token is one piece of SQL with its place in the source.
type token struct {
	kind  tokenKind
	text  string // as it stands
	start int    // byte offset
	end   int
	depth int // open parentheses before it; both of a pair have the outer depth
}

func (t token) is(upper string) bool {
	return t.kind == word && len(t.text) == len(upper) && strings.EqualFold(t.text, upper)
}

// upper returns a word in capitals, as keywords are compared.
func (t token) upper() string { return strings.ToUpper(t.text) }

func (t token) isMark(m string) bool { return t.kind == mark && t.text == m }

// maxDepth bounds parentheses, so that nesting is no way to use up memory.
const maxDepth = 100

// tokens reads SQL into tokens. Comments, quoted names, parameters and
// semicolons are errors: a part of a test has no use for them, and each has
// been a way to smuggle something past a reader.
func tokens(sql string) ([]token, error) {
	var out []token
	depth := 0
	for i := 0; i < len(sql); {
		c := sql[i]
		start := i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case isLetter(c):
			for i < len(sql) && (isLetter(sql[i]) || isDigit(sql[i])) {
				i++
			}
			out = append(out, token{kind: word, text: sql[start:i], start: start, end: i, depth: depth})
		case isDigit(c):
			for i < len(sql) && (isDigit(sql[i]) || sql[i] == '.' || isLetter(sql[i])) {
				i++
			}
			if strings.Trim(sql[start:i], "0123456789.") != "" || strings.Count(sql[start:i], ".") > 1 {
				return nil, fmt.Errorf("number %q: write digits, with one point at most", sql[start:i])
			}
			out = append(out, token{kind: number, text: sql[start:i], start: start, end: i, depth: depth})
		case c == '\'':
			end := endOfText(sql, i)
			if end < 0 {
				return nil, fmt.Errorf("text %.20s… has no closing quotation mark", sql[i:])
			}
			i = end
			out = append(out, token{kind: text, text: sql[start:i], start: start, end: i, depth: depth})
		default:
			m, err := markAt(sql[i:])
			if err != nil {
				return nil, err
			}
			i += len(m)
			t := token{kind: mark, text: m, start: start, end: i, depth: depth}
			switch m {
			case "(":
				depth++
			case ")":
				depth--
				t.depth = depth
			}
			if depth < 0 {
				return nil, fmt.Errorf("a closing parenthesis too many, before %.20q", sql[i:])
			}
			if depth > maxDepth {
				return nil, fmt.Errorf("parentheses nested deeper than %d", maxDepth)
			}
			out = append(out, t)
		}
	}
	if depth != 0 {
		return nil, fmt.Errorf("%d parentheses are not closed", depth)
	}
	return out, nil
}

// endOfText returns where the text that begins at i ends, -1 if it does not.
func endOfText(sql string, i int) int {
	for i++; i < len(sql); i++ {
		if sql[i] != '\'' {
			continue
		}
		if i+1 < len(sql) && sql[i+1] == '\'' {
			i++
			continue
		}
		return i + 1
	}
	return -1
}

var longMarks = []string{"<=", ">=", "<>", "!=", "==", "||", "->>", "->", "<<", ">>"}

func markAt(s string) (string, error) {
	switch {
	case strings.HasPrefix(s, "--"), strings.HasPrefix(s, "/*"):
		return "", fmt.Errorf("no comments in a part of a test: say it in words or note")
	case s[0] == '"', s[0] == '`', s[0] == '[':
		return "", fmt.Errorf("no quoted names, near %.20s: names are plain, and texts stand in single quotation marks", s)
	case strings.IndexByte("?:@$#", s[0]) >= 0:
		return "", fmt.Errorf("no parameters, near %.20s: period and policy are columns of p", s)
	case s[0] == ';':
		return "", fmt.Errorf("no semicolons: a part of a test is one expression or one SELECT")
	}
	for _, m := range longMarks {
		if strings.HasPrefix(s, m) {
			return m, nil
		}
	}
	if strings.IndexByte("()+-*/%,.<>=&|~", s[0]) >= 0 {
		return s[:1], nil
	}
	return "", fmt.Errorf("character %q has no meaning here", []rune(s)[0])
}

func isLetter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// closing returns the index of the parenthesis that closes the one at i.
func closing(ts []token, i int) int {
	for j := i + 1; j < len(ts); j++ {
		if ts[j].isMark(")") && ts[j].depth == ts[i].depth {
			return j
		}
	}
	return -1 // cannot be: tokens counts them
}

// splitList returns the ranges between the commas at the depth of ts[from].
func splitList(ts []token, from, to int) [][2]int {
	var out [][2]int
	if from >= to {
		return nil
	}
	depth, start := ts[from].depth, from
	for i := from; i < to; i++ {
		if ts[i].isMark(",") && ts[i].depth == depth {
			out = append(out, [2]int{start, i})
			start = i + 1
		}
	}
	return append(out, [2]int{start, to})
}

// source returns the text of ts[from:to] as it stands.
func source(sql string, ts []token, from, to int) string {
	if from >= to {
		return ""
	}
	return sql[ts[from].start:ts[to-1].end]
}

// unquote returns what a text in quotation marks says.
func unquote(s string) string { return strings.ReplaceAll(s[1:len(s)-1], "''", "'") }
