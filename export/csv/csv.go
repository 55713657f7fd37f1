// Package csv writes and reads the CSV files of a package: the twins of its
// JSON rows, for programs that want CSV. Nothing is lost between the two: text
// is always quoted and nothing else is, so that an empty text, no value, the
// number 1 and the text 1 are four different cells.
//
// A text that a spreadsheet could take for a formula has an apostrophe before
// it, and so has each text that begins with one: reading takes one away.
//
// It knows no sheet and judges nothing.
package csv

import (
	"strings"
	"unicode/utf8"
)

// risky are the characters at the beginning of a text that make some
// spreadsheet read it as a formula, or drop the apostrophe that guards it, and
// their full-width twins.
const risky = "=+-@\t\r\n'＝＋－＠＇"

// Escape returns the text as it stands in a cell.
func Escape(s string) string {
	if r, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(risky, r) {
		return "'" + s
	}
	return s
}

// Unescape returns the text of a cell: Unescape(Escape(s)) is s.
func Unescape(s string) string { return strings.TrimPrefix(s, "'") }

// Line ends as RFC 4180 has them.
const lineEnd = "\r\n"

// AppendText appends a cell of text. Bytes that are not UTF-8 become U+FFFD,
// one each, as in canonical JSON.
func AppendText(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(Escape(s), `"`, `""`)...)
	return append(dst, '"')
}

// AppendHeader appends the line of column names.
func AppendHeader(dst []byte, names []string) []byte {
	for i, n := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendText(dst, n)
	}
	return append(dst, lineEnd...)
}
