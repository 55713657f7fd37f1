package ldap

import (
	"errors"
	"strconv"
	"time"

	"github.com/tieout/tieout/evidence"
)

var errTime = errors.New("it is no time")

// generalized reads a GeneralizedTime of LDAP in UTC or with an offset. One
// without a zone is refused.
func generalized(s string) (evidence.Instant, error) {
	for _, layout := range []string{"20060102150405Z0700", "200601021504Z0700", "2006010215Z0700", "20060102150405.999999999Z0700"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1 {
			return evidence.InstantOf(t), nil
		}
	}
	return 0, errTime
}

// never is how a FILETIME says never, besides 0.
const never = 0x7FFFFFFFFFFFFFFF

// betweenEpochs is from 1601, where FILETIME begins, to 1970, in its units of
// 100 nanoseconds.
const betweenEpochs = 116444736000000000

// filetime reads a FILETIME as text; ok is false where it says never.
func filetime(s string) (at evidence.Instant, ok bool, err error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 0 {
		return 0, false, errTime
	}
	if v == 0 || v == never {
		return 0, false, nil
	}
	us := (v - betweenEpochs) / 10
	if y := evidence.Instant(us).Time().Year(); y < 1601 || y > 9999 {
		return 0, false, errTime
	}
	return evidence.Instant(us), true, nil
}

// days reads days since 1970, as shadow accounts count them.
func days(s string) (evidence.Instant, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 0 || v > 2932896 {
		return 0, errTime
	}
	return evidence.Instant(v * 86400e6), nil
}
