package pdf

import "unicode/utf8"

// wrap breaks text into lines of the width: at spaces, inside a word only
// where the word alone is too long, and then after punctuation if it can.
func (t *typefaces) wrap(text safe, st style, width float64) []safe {
	if text == "" {
		return nil
	}
	room := int(width * perEm / st.size)
	var out []safe
	var (
		start, used     int      // of the line being filled
		space, soft     = -1, -1 // where the last space begins; where a long word may break
		atSpace, atSoft int      // width used up to behind them
	)
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(string(text[i:]))
		}
		a := t.advanceOf(st.face, r)
		if r == ' ' {
			space, atSpace = i, used+a
			soft = -1
		} else if used+a > room && i > start {
			switch {
			case space >= start:
				out = append(out, trimRight(text[start:space]))
				start, used = space+1, used-atSpace
				if soft >= 0 {
					atSoft -= atSpace
				}
			case soft > start:
				out = append(out, text[start:soft])
				start, used = soft, used-atSoft
				soft = -1
			default:
				out = append(out, text[start:i])
				start, used = i, 0
				soft = -1
			}
			space = -1
			continue // the rune is tried again on the new line
		}
		used += a
		i += n
		if breaksAfter(r) {
			soft, atSoft = i, used
		}
	}
	return append(out, trimRight(text[start:]))
}

func trimRight(s safe) safe {
	for len(s) > 0 && s[len(s)-1] == ' ' {
		s = s[:len(s)-1]
	}
	return s
}

func breaksAfter(r rune) bool {
	switch r {
	case '/', '-', '_', '.', ':', ',', ';', '@', '=', '&', '?', '|', '+', ')', ']', '}', closeMark:
		return true
	}
	return false
}
