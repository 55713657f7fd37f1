package logfile

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	low  = 0x0101010101010101
	high = 0x8080808080808080
)

// text reads the rest of a string whose opening quote was read, eight bytes at
// a time while nothing stands out.
func (s *Scanner) text(i int) (int, Flags) {
	b := s.b
	start := i
	for i+8 <= len(b) {
		w := binary.LittleEndian.Uint64(b[i:])
		// A byte that is a quote or below a space falls below 0x21 once its second
		// bit is turned; a backslash falls below 1. Subtracting then borrows from the
		// highest bit, which a byte beyond ASCII has set already. The lowest bit that
		// is found is exact: a borrow only spreads upwards from a hit.
		hit := (((w ^ low*0x02) - low*0x21) | ((w ^ low*'\\') - low) | w) & high
		if hit == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(hit) / 8
		if b[i] == '"' {
			return i + 1, 0
		}
		return s.textSlow(start, i)
	}
	return s.textSlow(start, i)
}

// textSlow reads on from i in a string that began at start.
func (s *Scanner) textSlow(start, i int) (int, Flags) {
	b := s.b
	var flags Flags
	for i < len(b) {
		switch c := b[i]; {
		case c == '"':
			if flags&Wide != 0 && !utf8.Valid(b[start:i]) {
				return s.fail(BadUTF8, start, "text that is not UTF-8"), 0
			}
			return i + 1, flags
		case c == '\\':
			flags |= Escaped
			if i = s.escape(i + 1); i < 0 {
				return -1, 0
			}
		case c < 0x20:
			return s.fail(BadJSON, i, "a control character in a text"), 0
		default:
			if c >= utf8.RuneSelf {
				flags |= Wide
			}
			i++
		}
	}
	return s.fail(BadJSON, i, "ends inside a text"), 0
}

// escape reads what follows a backslash.
func (s *Scanner) escape(i int) int {
	b := s.b
	if i >= len(b) {
		return s.fail(BadJSON, i, "ends inside an escape")
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
	default:
		return s.fail(BadJSON, i, "unknown escape")
	}
	r := hex4(b[i+1:])
	switch {
	case r < 0:
		return s.fail(BadJSON, i, "want four hex digits")
	case !utf16.IsSurrogate(r):
		return i + 5
	case r >= 0xdc00 || len(b)-i < 11 || b[i+5] != '\\' || b[i+6] != 'u':
		return s.fail(BadUTF8, i, "half of a surrogate pair")
	}
	if l := hex4(b[i+7:]); l < 0xdc00 || l > 0xdfff {
		return s.fail(BadUTF8, i, "half of a surrogate pair")
	}
	return i + 11
}

// hex4 reads four hex digits, or returns a negative number.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}

// Unquote returns what a string that was scanned means. raw has its quotes.
func Unquote(raw []byte, flags Flags) string {
	if flags&Escaped == 0 {
		return string(raw[1 : len(raw)-1])
	}
	return string(AppendUnquoted(nil, raw))
}

// AppendUnquoted appends what a string that was scanned means. raw has its
// quotes.
func AppendUnquoted(dst, raw []byte) []byte {
	raw = raw[1 : len(raw)-1]
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' {
			dst = append(dst, c)
			continue
		}
		i++
		switch c = raw[i]; c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r := hex4(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				r = utf16.DecodeRune(r, hex4(raw[i+3:]))
				i += 6
			}
			dst = utf8.AppendRune(dst, r)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}
