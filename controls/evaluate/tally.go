package evaluate

import (
	"slices"

	"github.com/tieout/tieout/controls"
)

// tally counts the items of one test for one component.
type tally struct {
	population int64
	states     map[controls.State]int64
	letters    []controls.LetterCount
	reasons    []controls.ExcludedCount // in the order in which they came
}

func newTally(t *controls.Test) *tally {
	c := &tally{states: map[controls.State]int64{}}
	for _, a := range t.Attributes {
		c.letters = append(c.letters, controls.LetterCount{Letter: a.Letter})
	}
	return c
}

func (t *tally) add(state controls.State, row []any, letters []int) {
	t.population++
	t.states[state]++
	if state == controls.NotTested {
		return
	}
	for i, at := range letters {
		switch row[at] {
		case int64(1):
			t.letters[i].True++
		case int64(0):
			t.letters[i].False++
		default:
			t.letters[i].Null++
		}
	}
}

func (t *tally) exclude(reason string, rows int64) {
	t.reasons = append(t.reasons, controls.ExcludedCount{Reason: reason, Rows: rows})
}

// excludedFor returns how many rows the reason took out.
func (t *tally) excludedFor(reason string) int64 {
	i := slices.IndexFunc(t.reasons, func(c controls.ExcludedCount) bool { return c.Reason == reason })
	if i < 0 {
		return 0
	}
	return t.reasons[i].Rows
}

// state is the worst state of the items that were due. Nothing in scope is
// nothing that happened, never a pass.
func (t *tally) state() controls.State {
	if t.population == 0 {
		return controls.NotOccurring
	}
	var due []controls.State
	for s, n := range t.states {
		if n > 0 && s != controls.NotDue {
			due = append(due, s)
		}
	}
	if len(due) == 0 {
		return controls.NotDue
	}
	return controls.Worst(due...)
}
