package export

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

// stateWords is what a cell says of a state.
func stateWords(w controls.Wording, s controls.State) string {
	if s == controls.NoState {
		return "signal only, no state"
	}
	return orElse(w.Of(s), fmt.Sprintf("unknown state %d", int(s)))
}

// titles are the heads of columns that count by state.
type titles struct{ deviation, indeterminate, notTested, notOccurring, notDue, pass string }

func titlesOf(e Engagement) titles {
	if e.Type == 1 {
		return titles{"Not Implemented", "Not Determined (field missing)", "Not Determined", "Not Determined (nothing there)", "Not Due", "Implemented"}
	}
	return titles{"Candidate Deviation", "Field Missing", "Not Tested", "Did Not Occur", "Not Due", "No Deviation Found"}
}

// noResult stands in the state's place where neither a result nor a reason is
// on record.
const (
	noResult    = "no result on record"
	noResultWhy = "Neither a result nor a reason why the test does not apply is recorded. Nothing is known."
)

var stateMeanings = []struct {
	state controls.State
	words string
}{
	{controls.Deviation, "At least one item fails an attribute. A candidate until management confirms or rebuts it."},
	{controls.Indeterminate, "No item fails, but a field that the test needs is missing for at least one."},
	{controls.NotTested, "No source, or a gap that concerns the test. Nothing is known either way."},
	{controls.NotOccurring, "A recorded pull returned no item: the control had no occasion to operate."},
	{controls.NotDue, "The deadline lies after the end of the period."},
	{controls.Pass, "The stated query found no failing item in the stated rows. No conclusion on design or operation."},
}

// determinationWords is what management said of a candidate deviation.
func determinationWords(s string) string { return orElse(s, "open") }

func letterWord(value string) string {
	if value == controls.LetterNull {
		return "missing"
	}
	return value
}

// letterLine writes letters with their values, in order of the letters.
func letterLine(m map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+" "+letterWord(m[k]))
	}
	return strings.Join(out, ", ")
}

// gapLine says in one sentence what could not be seen.
func gapLine(g evidence.Gap) string {
	what := string(g.Kind)
	if len(g.Columns) > 0 {
		what += " (" + strings.Join(g.Columns, ", ") + ")"
	}
	line := what + ", " + orElse(g.Component, "every component") + ", " + instantLine(g.From) + " to " + instantLine(g.To) + ": " + plain(string(g.Reason))
	if g.Detail != "" {
		line += ", " + g.Detail
	}
	if g.Source != "" {
		line += " (source " + g.Source + ")"
	}
	return line
}

// instantLine writes a moment, without a fraction where there is none.
func instantLine(i evidence.Instant) string {
	if i%1_000_000 == 0 {
		return i.Time().Format(time.RFC3339)
	}
	return i.String()
}

func gapLines(gaps []evidence.Gap) any {
	out := make([]string, len(gaps))
	for i, g := range gaps {
		out[i] = gapLine(g)
	}
	return sentences(out)
}

// valueText writes the value of a parameter or of a fact: text as it is, the
// rest as JSON would.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	case fmt.Stringer:
		return v.String()
	}
	if b, err := canon.Marshal(v); err == nil {
		return string(b)
	}
	return fmt.Sprint(v)
}

// factsLine writes an item's facts in order of their names. A fact whose name
// ends in _us and whose value is a whole number is a moment in microseconds,
// and is shown as one.
func factsLine(m map[string]any) string {
	var b strings.Builder
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b.WriteString("; ")
		}
		v := m[k]
		if us, ok := wholeNumber(v); ok && strings.HasSuffix(k, "_us") {
			v = evidence.Instant(us)
		}
		b.WriteString(k)
		b.WriteString(": ")
		b.WriteString(orElse(valueText(v), "(none)"))
	}
	return b.String()
}

func wholeNumber(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case canon.Number:
		n, err := v.Int64()
		return n, err == nil
	case float64: // what encoding/json makes of any number
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	}
	return 0, false
}
