package controls

import (
	"fmt"
	"strconv"
	"strings"
)

// Param is one value of policy that tests read as a column of table p.
type Param struct {
	Name  string `json:"name"`
	Type  string `json:"type"` // duration, int, real, text, list, rank
	Words string `json:"words"`
	// Default is used where the workspace states no policy. An empty default
	// of a list leaves the parameter unset, and tests that read it not tested.
	Default any `json:"default,omitempty"`
}

// Show writes a value of the parameter as people state it: a duration with its
// unit, a TLS version by its number, a list with commas. A default that is
// still as the catalogue writes it stays so. There is no text for no value.
func (p Param) Show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	case []any:
		out := make([]string, len(v))
		for i, e := range v {
			out[i] = fmt.Sprint(e)
		}
		return strings.Join(out, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		switch p.Type {
		case "duration":
			return showDuration(v)
		case "rank":
			if v >= 10 && v < 20 {
				return fmt.Sprintf("TLS 1.%d", v-10)
			}
		}
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// showDuration writes microseconds in the largest unit that leaves no rest.
// Policy counts up to three days in hours.
func showDuration(us int64) string {
	const second, day = 1_000_000, 24 * 3600 * 1_000_000
	for _, u := range []struct {
		size, from int64
		name       string
	}{{day, 3 * day, "d"}, {3600 * second, 3600 * second, "h"}, {60 * second, 60 * second, "m"}, {second, 0, "s"}} {
		if us >= u.from && us%u.size == 0 {
			return strconv.FormatInt(us/u.size, 10) + u.name
		}
	}
	return strconv.FormatInt(us, 10) + "us"
}
