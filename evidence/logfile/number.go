package logfile

// number reads a number and follows its grammar to the letter.
func (s *Scanner) number(i int) (int, Flags) {
	b := s.b
	start := i
	if b[i] == '-' {
		i++
	}
	digits := i
	for i < len(b) && b[i]-'0' < 10 {
		i++
	}
	switch n := i - digits; {
	case n == 0:
		return s.fail(BadJSON, i, "a number without digits"), 0
	case n > 1 && b[digits] == '0':
		return s.fail(BadJSON, digits, "a number that begins with a zero"), 0
	case i >= len(b) || b[i] != '.' && b[i]|0x20 != 'e':
		if n > 15 || b[digits] == '0' && digits > start {
			return i, Odd
		}
		return i, 0
	}
	if b[i] == '.' {
		i++
		point := i
		for i < len(b) && b[i]-'0' < 10 {
			i++
		}
		if i == point {
			return s.fail(BadJSON, i, "no digits after the point"), 0
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exponent := i
		for i < len(b) && b[i]-'0' < 10 {
			i++
		}
		if i == exponent {
			return s.fail(BadJSON, i, "no digits in the exponent"), 0
		}
	}
	return i, Odd
}
