package integrity

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tieout/tieout/evidence/canon"
)

// appendText appends a text in quotes as the printer of that kind does.
func appendText(dst, text []byte, e escape) []byte {
	if e == escapeMinimal {
		return canon.AppendString(dst, string(text))
	}
	dst = append(dst, '"')
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case r >= ' ' && r <= '~':
			dst = append(dst, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			dst = appendEscape(appendEscape(dst, high), low)
		default:
			dst = appendEscape(dst, r)
		}
	}
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// appendNumber appends a number as the printer of that kind does, and reports
// whether the text is exactly the number that stood there: where it is not,
// another number has the same print.
func appendNumber(dst, raw []byte, kind numbers) (out []byte, exact bool) {
	whole := !bytes.ContainsAny(raw, ".eE")
	switch {
	case kind == numbersAsIs:
		return append(dst, raw...), true
	case whole && kind != numbersES6:
		if len(raw) == 2 && raw[0] == '-' && raw[1] == '0' {
			return append(dst, '0'), true
		}
		return append(dst, raw...), true
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.IsInf(f, 0) {
		return append(dst, raw...), true // a number that no double holds has no print: the hash cannot come out
	}
	start := len(dst)
	if kind == numbersPython {
		dst = appendPythonFloat(dst, f)
	} else if dst, err = canon.AppendFloat(dst, f); err != nil {
		return append(dst, raw...), true
	}
	return dst, sameNumber(raw, dst[start:])
}

// appendPythonFloat prints as Python's repr does.
func appendPythonFloat(dst []byte, f float64) []byte {
	a := math.Abs(f)
	if a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(dst, f, 'e', -1, 64)
	}
	start := len(dst)
	dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	if bytes.IndexByte(dst[start:], '.') < 0 {
		dst = append(dst, ".0"...)
	}
	return dst
}

// sameNumber reports whether two JSON numbers have the same value, digit by
// digit, without going through a double.
func sameNumber(a, b []byte) bool {
	an, ad, ae, aok := decimalOf(a)
	bn, bd, be, bok := decimalOf(b)
	return aok && bok && (len(ad) == 0 && len(bd) == 0 || an == bn && ae == be && bytes.Equal(ad, bd))
}

// decimalOf splits a number into sign, digits without zeros at both ends, and
// the power of ten of the last digit.
func decimalOf(b []byte) (negative bool, digits []byte, exponent int64, ok bool) {
	if len(b) > 0 && b[0] == '-' {
		negative, b = true, b[1:]
	}
	mantissa := b
	if i := bytes.IndexAny(b, "eE"); i >= 0 {
		mantissa = b[:i]
		e, err := strconv.ParseInt(string(bytes.TrimPrefix(b[i+1:], []byte("+"))), 10, 32)
		if err != nil {
			return false, nil, 0, false
		}
		exponent = e
	}
	if i := bytes.IndexByte(mantissa, '.'); i >= 0 {
		exponent -= int64(len(mantissa) - i - 1)
		digits = append(append(digits, mantissa[:i]...), mantissa[i+1:]...)
	} else {
		digits = append(digits, mantissa...)
	}
	digits = bytes.TrimLeft(digits, "0")
	n := len(digits)
	digits = bytes.TrimRight(digits, "0")
	return negative, digits, exponent + int64(n-len(digits)), true
}
