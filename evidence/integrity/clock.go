package integrity

import (
	"strconv"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// clock is how a format writes times.
type clock uint8

const (
	clockRFC3339 clock = iota // with a zone
	clockUTC                  // the same, where a zone that is left out means UTC
	clockSeconds              // since 1970, possibly with a fraction
	clockMillis
	clockMicros
	clockNanos
)

var clockNames = []string{"rfc3339", "rfc3339-utc", "epoch-s", "epoch-ms", "epoch-us", "epoch-ns"}

// timeReader reads times and remembers the day of the last one.
type timeReader struct {
	day  [10]byte
	base int64 // microseconds at the day's start
	have bool
}

func (t *timeReader) read(record []byte, v logfile.Value, c clock) (evidence.Instant, bool) {
	if v.Kind != logfile.String && v.Kind != logfile.Number {
		return 0, false
	}
	text := record[v.Start:v.End]
	if v.Kind == logfile.String {
		s, ok := stringAt(record, v)
		if !ok {
			return 0, false
		}
		text = s
	}
	if c >= clockSeconds {
		return epoch(string(text), c)
	}
	if us, ok := t.utc(text); ok {
		return evidence.Instant(us), true
	}
	s := string(text)
	if c == clockUTC && !strings.HasSuffix(s, "Z") && !zoned(s) {
		s += "Z"
	}
	if len(s) > 10 && s[10] == ' ' { // as Python's str prints it
		s = s[:10] + "T" + s[11:]
	}
	at, err := evidence.ParseInstant(s)
	return at, err == nil
}

// zoned reports whether a time ends in an offset such as +00:00.
func zoned(s string) bool {
	n := len(s)
	return n > 19 && s[n-3] == ':' && (s[n-6] == '+' || s[n-6] == '-')
}

// utc reads the plain form of a time in UTC, whose day is mostly that of the
// time before: yyyy-mm-ddThh:mm:ss[.fraction](Z|+00:00).
func (t *timeReader) utc(b []byte) (int64, bool) {
	if len(b) < 20 || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	if !t.have || string(t.day[:]) != string(b[:10]) {
		day, err := time.Parse(time.DateOnly, string(b[:10]))
		if err != nil {
			return 0, false
		}
		copy(t.day[:], b)
		t.base, t.have = day.UnixMicro(), true
	}
	h, m, s := two(b[11:]), two(b[14:]), two(b[17:])
	if h > 23 || m > 59 || s > 59 {
		return 0, false
	}
	us := t.base + (int64(h)*3600+int64(m)*60+int64(s))*1e6
	b = b[19:]
	if len(b) > 1 && b[0] == '.' {
		unit := int64(1e5)
		n := 1
		for n < len(b) && b[n]-'0' < 10 {
			us += int64(b[n]-'0') * unit
			unit /= 10
			n++
		}
		if n == 1 || n > 10 {
			return 0, false
		}
		b = b[n:]
	}
	return us, len(b) == 1 && b[0] == 'Z' || string(b) == "+00:00"
}

// dotnetTime returns a time as .NET's round-trip format prints it: seven digits
// behind the seconds, and UTC as +00:00.
func dotnetTime(s string) string {
	if len(s) < 20 {
		return s
	}
	head, rest := s[:19], s[19:]
	fraction := ""
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		fraction, rest = rest[1:n], rest[n:]
	}
	if rest == "Z" {
		rest = "+00:00"
	}
	if len(fraction) < 7 {
		fraction += strings.Repeat("0", 7-len(fraction))
	}
	return head + "." + fraction + rest
}

// two reads two digits; anything else gives a number above 99.
func two(b []byte) uint {
	x, y := uint(b[0]-'0'), uint(b[1]-'0')
	if x > 9 || y > 9 {
		return 100
	}
	return 10*x + y
}

// epoch reads a decimal count since 1970 without a double.
func epoch(s string, c clock) (evidence.Instant, bool) {
	negative, digits, exponent, ok := decimalOf([]byte(s))
	if !ok || strings.Trim(s, "0123456789.-+eE") != "" || len(digits) > 30 {
		return 0, false
	}
	exponent += map[clock]int64{clockSeconds: 6, clockMillis: 3, clockMicros: 0, clockNanos: -3}[c]
	switch {
	case len(digits) == 0:
		return 0, true
	case exponent > 18:
		return 0, false
	case exponent < 0: // below a microsecond is cut
		if int64(len(digits)) <= -exponent {
			return 0, true
		}
		digits = digits[:int64(len(digits))+exponent]
	default:
		digits = append(digits, strings.Repeat("0", int(exponent))...)
	}
	us, err := strconv.ParseInt(string(digits), 10, 64)
	if negative {
		us = -us
	}
	at := evidence.Instant(us)
	if y := at.Time().Year(); err != nil || y < 1 || y > 9999 {
		return 0, false
	}
	return at, true
}
