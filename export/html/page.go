package html

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// markup is HTML of this package's own. Everything else that is put on a page
// is text, and is escaped.
type markup string

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// page is written from front to back. The first error of its writer stays.
type page struct {
	w   *bufio.Writer
	err error
}

// put writes markup as it is and every other value as text.
func (p *page) put(parts ...any) {
	for _, x := range parts {
		s := ""
		if m, ok := x.(markup); ok {
			s = string(m)
		} else {
			s = escapes.Replace(clean(cellText(x)))
		}
		if _, err := p.w.WriteString(s); p.err == nil {
			p.err = err
		}
	}
}

// cellText is what a reader sees of a value. What is not there is nothing.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return grouped(v)
	case int:
		return grouped(int64(v))
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case evidence.Instant:
		return v.Time().Format("2006-01-02 15:04:05") + " UTC"
	case float64:
		if b, err := canon.AppendFloat(nil, v); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v)
}

// grouped writes a count with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// counted writes "1 row" and "2 rows".
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}
