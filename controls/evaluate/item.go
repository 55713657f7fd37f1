package evaluate

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
)

// twinMark stands between a key that two sources use and the number of the
// item among those of that key.
const twinMark = " #"

// itemOf makes the item of a row.
func (j *judge) itemOf(component string, state controls.State, v []any) controls.Item {
	i := controls.Item{
		Test: j.test.ID, No: j.no, Key: fmt.Sprint(v[j.place.item]), Component: component, State: state,
		Letters: make(map[string]string, len(j.place.letters)), Facts: make(map[string]any, len(j.place.facts)+1),
	}
	if i.Key == j.last.Key && component == j.last.Component {
		j.twins++ // two sources use one key, and items are told apart by theirs
		i.Key = fmt.Sprintf("%s%s%d", i.Key, twinMark, j.twins+1)
	} else {
		j.last, j.twins = controls.Item{Key: i.Key, Component: component}, 0
	}
	if j.place.record >= 0 {
		i.Record, _ = v[j.place.record].(string)
	}
	if j.place.at >= 0 {
		i.At, _ = v[j.place.at].(string)
	}
	for n, at := range j.place.letters {
		if state != controls.NotTested {
			i.Letters[j.test.Attributes[n].Letter] = letterValue(v[at])
		}
	}
	for _, at := range j.place.facts {
		i.Facts[j.begun.Columns[at]] = v[at]
	}
	i.Reason = j.reason(state, v)
	if component == Unmatched {
		for at, name := range j.begun.Columns {
			if name == "component_id" {
				i.Facts[name] = v[at] // as the record states it, which is no component of the workspace
			}
		}
	}
	return i
}

func letterValue(v any) string {
	switch v {
	case int64(1):
		return controls.LetterTrue
	case int64(0):
		return controls.LetterFalse
	}
	return controls.LetterNull
}

// reason says in words what is false or missing.
func (j *judge) reason(state controls.State, v []any) string {
	var b strings.Builder
	list := func(intro string, value any) {
		for n, at := range j.place.letters {
			if v[at] != value {
				continue
			}
			if b.Len() > 0 {
				b.WriteString(" ")
			}
			fmt.Fprintf(&b, "%s %s: %s", j.test.Attributes[n].Letter, intro, j.test.Attributes[n].Words)
		}
	}
	switch state {
	case controls.Deviation:
		list("does not hold", int64(0))
	case controls.Indeterminate:
		switch {
		case v[j.place.scope] == nil:
			return "Whether it belongs to this test cannot be told: a value that decides it is missing."
		case v[j.place.notDue] == nil:
			return "Whether its time has come cannot be told: a value that decides it is missing."
		}
		list("cannot be told", nil)
	case controls.NotTested:
		return "What the test compares it with could not be seen: the result says what."
	case controls.NotDue:
		return "Its time runs out after the period's end."
	default:
	}
	return b.String()
}
