package evidence

import (
	"errors"
	"fmt"
	"time"
)

// Instant is a moment as microseconds since 1970-01-01T00:00:00Z. Zero is a
// moment like any other: "no time" is a missing value, never an Instant.
type Instant int64

const instantLayout = "2006-01-02T15:04:05.000000Z"

// InstantOf converts t, cutting what is below a microsecond.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMicro()) }

// Time returns the moment in UTC.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// String returns UTC RFC 3339 text of fixed width (27 characters), so that
// text order is time order.
func (i Instant) String() string { return string(i.Append(make([]byte, 0, len(instantLayout)))) }

// Append appends what String returns. It works the text out itself: a freeze
// spells every time of every row, and the general layout takes five times as long.
func (i Instant) Append(dst []byte) []byte {
	t := i.Time()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return t.AppendFormat(dst, instantLayout)
	}
	hour, minute, second := t.Clock()
	dst = appendDigits(dst, year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, 'T'), hour, 2)
	dst = appendDigits(append(dst, ':'), minute, 2)
	dst = appendDigits(append(dst, ':'), second, 2)
	dst = appendDigits(append(dst, '.'), t.Nanosecond()/1000, 6)
	return append(dst, 'Z')
}

// appendDigits appends n in so many digits.
func appendDigits(dst []byte, n, digits int) []byte {
	at := len(dst) + digits
	dst = append(dst, "000000"[:digits]...)
	for ; n > 0; n /= 10 {
		at--
		dst[at] = byte('0' + n%10)
	}
	return dst
}

// MarshalText implements encoding.TextMarshaler.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText writes, and any RFC 3339 text that
// states its zone.
func (i *Instant) UnmarshalText(b []byte) error {
	v, err := ParseInstant(string(b))
	if err != nil {
		return err
	}
	*i = v
	return nil
}

// ErrNoZone is the error of a time stamp that does not say in which zone it
// is. Nothing guesses: the mapping must name the zone.
var ErrNoZone = errors.New("time stamp without zone")

// ParseInstant reads RFC 3339 text with a zone. A leap second, a date that
// does not exist and a year outside 1..9999 are errors.
func ParseInstant(s string) (Instant, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil {
		if y := t.UTC().Year(); y < 1 || y > 9999 {
			return 0, fmt.Errorf("time %q: year outside 1 to 9999", s)
		}
		return InstantOf(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02"} {
		if _, e := time.Parse(layout, s); e == nil {
			return 0, fmt.Errorf("time %q: %w", s, ErrNoZone)
		}
	}
	return 0, fmt.Errorf("time %q: want RFC 3339, such as 2026-01-31T09:30:00Z", s)
}

// Window is a half-open stretch of time [From, To).
type Window struct {
	From Instant `json:"from"`
	To   Instant `json:"to"`
}

// Contains reports whether t lies in [From, To).
func (w Window) Contains(t Instant) bool { return t >= w.From && t < w.To }

// Overlaps reports whether the two stretches share a moment.
func (w Window) Overlaps(o Window) bool { return w.From < o.To && o.From < w.To }
