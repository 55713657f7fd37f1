package pdf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// grouped writes a count with a comma between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

func num[T int | int64](n T) safe { return safe(grouped(int64(n))) }

// stated is a count that a source may not have stated.
func stated(n int64) safe {
	if n < 0 {
		return "not stated"
	}
	return num(n)
}

// counted writes "1 item" and "2 items".
func counted[T int | int64](n T, one, many safe) safe {
	if n == 1 {
		return "1 " + one
	}
	return num(n) + " " + many
}

// when writes a moment in UTC, to the second. The zero moment stands for one
// that was never recorded.
func when(i evidence.Instant) safe {
	if i == 0 {
		return "not stated"
	}
	return clock(i) + " UTC"
}

// clock is when in a column whose header says UTC.
func clock(i evidence.Instant) safe {
	if i == 0 {
		return "not stated"
	}
	return safe(i.Time().Format("2006-01-02 15:04:05"))
}

func day(d controls.Date) safe {
	if d.IsZero() {
		return "not stated"
	}
	return safe(d.String())
}

// stateWords returns what is printed for a state.
func (r *report) stateWords(s controls.State) safe {
	if s == controls.NoState {
		return "signal only, no state"
	}
	if w := r.d.Engagement.Wording().Of(s); w != "" {
		return safe(w)
	}
	return safe(fmt.Sprintf("unknown state %d", int(s)))
}

// states is the order in which every count is printed: worst first.
var states = []controls.State{
	controls.Deviation, controls.Indeterminate, controls.NotTested,
	controls.NotOccurring, controls.NotDue, controls.Pass,
}

// heads are the heads of columns that count by state, in the order of states.
func (r *report) heads() []safe {
	if r.d.Engagement.Type == 1 {
		return []safe{"Not imple-mented", "Field missing", "Not deter-mined", "Nothing there", "Not due", "Imple-mented"}
	}
	return []safe{"Candidate deviation", "Field missing", "Not tested", "Did not occur", "Not due", "No deviation found"}
}

var stateMeaning = map[controls.State]safe{
	controls.Deviation:     "At least one item fails an attribute. A candidate until management confirms or rebuts it.",
	controls.Indeterminate: "No item fails, but a field that the test needs is missing for at least one.",
	controls.NotTested:     "No source, or a gap that concerns the test. Nothing is known either way.",
	controls.NotOccurring:  "A recorded pull returned no item: the control had no occasion to operate.",
	controls.NotDue:        "The deadline lies after the end of the period.",
	controls.Pass:          "The stated query found no failing item in the stated rows. No conclusion on design or operation.",
}

func orNone(s safe) safe {
	if s == "" {
		return "none"
	}
	return s
}
