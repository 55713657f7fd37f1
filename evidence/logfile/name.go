package logfile

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
)

// unpackedName takes off the ending that says how a file is packed.
func unpackedName(name string) string {
	for _, e := range []string{".gz", ".zst", ".zstd"} {
		if cut, ok := strings.CutSuffix(name, e); ok {
			return cut
		}
	}
	return name
}

var (
	endSuffix = regexp.MustCompile(`^(.*\.[A-Za-z]+)[.-]([0-9][0-9TZ:_.+-]*)$`)
	numbers   = regexp.MustCompile(`[-_.]?\b[0-9][0-9TZ:_+-]*\b`)
)

// suffix splits a name such as audit.jsonl.3 or audit.jsonl.2026-01-31 at what
// rotation put behind it. Without such a suffix, both parts are empty.
func suffix(base string) (name, number string) {
	m := endSuffix.FindStringSubmatch(base)
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}

// Stem returns what the names of the files of one rotated log have in common:
// the path without packing, and without the numbers and dates that rotation
// puts in. Files with one stem are taken for one log; whether they are is shown
// by their links.
func Stem(name string) string {
	dir, base := path.Split(unpackedName(name))
	if cut, _ := suffix(base); cut != "" {
		base = cut
	}
	return dir + numbers.ReplaceAllString(base, "")
}

// SortByName orders the files of one log from the oldest to the newest, as
// their names tell it: dates and counters rise, the counter that logrotate
// appends falls, and a name without a suffix is the file being written.
func SortByName[T any](files []T, name func(T) string) {
	slices.SortStableFunc(files, func(a, b T) int {
		x, y := unpackedName(path.Base(name(a))), unpackedName(path.Base(name(b)))
		ax, an := suffix(x)
		bx, bn := suffix(y)
		switch {
		case an == "" && bn == "":
			return cmp.Or(compareNatural(x, y), strings.Compare(name(a), name(b)))
		case an == "":
			return 1
		case bn == "":
			return -1
		case counter(an) && counter(bn):
			return cmp.Or(compareNatural(ax, bx), -compareNatural(an, bn), strings.Compare(name(a), name(b)))
		}
		return cmp.Or(compareNatural(ax, bx), compareNatural(an, bn), strings.Compare(name(a), name(b)))
	})
}

// counter reports whether a suffix is one of logrotate's counters, which grow
// with age, and no date.
func counter(s string) bool {
	return len(s) <= 4 && strings.Trim(s, "0123456789") == ""
}

// compareNatural compares texts with the numbers in them taken as numbers.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			x, y := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
