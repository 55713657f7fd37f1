package controls

import (
	"fmt"

	"github.com/tieout/tieout/evidence"
)

// State is what a test or an item came to. The order is worst first, so the
// worst of several is the smallest. Zero is no state.
type State int

// The six states. A pass is printed "no deviation found by this test", a
// deviation is a candidate until management confirms or rebuts it.
const (
	NoState State = iota
	Deviation
	Indeterminate
	NotTested
	NotOccurring
	NotDue // a disposition: the deadline lies after the period's end
	Pass
)

var stateNames = [...]string{"", "deviation", "indeterminate", "not_tested", "not_occurring", "not_due", "pass"}

// String returns the name that JSON and files carry.
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return fmt.Sprintf("State(%d)", int(s))
	}
	return stateNames[s]
}

// Words returns what people read.
func (s State) Words() string {
	switch s {
	case Deviation:
		return "candidate deviation"
	case Indeterminate:
		return "field missing"
	case NotTested:
		return "not tested"
	case NotOccurring:
		return "did not occur"
	case NotDue:
		return "not due"
	case Pass:
		return "no deviation found by this test"
	default:
		return ""
	}
}

// MarshalText implements encoding.TextMarshaler.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *State) UnmarshalText(b []byte) error {
	for i, n := range stateNames {
		if n == string(b) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("state %q: want one of %v", b, stateNames[1:])
}

// Letter values of an item's attribute.
const (
	LetterTrue  = "true"
	LetterFalse = "false"
	LetterNull  = "null"
)

// Item is one row of a population with what the test says of it. All items in
// scope are kept, those that pass too.
type Item struct {
	Test      string            `json:"test"`
	No        int64             `json:"no"` // from 1 within the test, by component and item
	Key       string            `json:"item"`
	Component string            `json:"component"`        // "entity" for a test of the entity
	Record    string            `json:"record,omitempty"` // _id of the record it stands for
	At        string            `json:"at,omitempty"`     // its time, where the population gives one
	State     State             `json:"state"`
	Letters   map[string]string `json:"letters"`
	Reason    string            `json:"reason,omitempty"` // which letters failed or are missing, in words
	Facts     map[string]any    `json:"facts"`            // the population's other columns
}

// EntityComponent stands in the component's place for tests of the entity.
const EntityComponent = "entity"

// ExcludedCount says how many rows of the base table are no items, and why.
type ExcludedCount struct {
	Reason string `json:"reason"`
	Rows   int64  `json:"rows"`
}

// LetterCount is the result of one attribute over the items of a result.
type LetterCount struct {
	Letter string `json:"letter"`
	True   int64  `json:"true"`
	False  int64  `json:"false"`
	Null   int64  `json:"null"`
}

// Result is what one test came to for one component, or for the entity.
type Result struct {
	Test          string          `json:"test"`
	Control       string          `json:"control"`
	Component     string          `json:"component"`
	State         State           `json:"state"`
	Words         string          `json:"words,omitempty"`   // the state as it is printed, where that is not its own words
	Reasons       []string        `json:"reasons,omitempty"` // why it is not tested, in words
	Gaps          []evidence.Gap  `json:"gaps,omitempty"`
	Population    int64           `json:"population"` // items in scope, of whatever state
	Pass          int64           `json:"pass"`
	Deviation     int64           `json:"deviation"`
	Indeterminate int64           `json:"indeterminate"`
	NotDue        int64           `json:"not_due"`
	Excluded      int64           `json:"excluded"`
	ExcludedBy    []ExcludedCount `json:"excluded_by,omitempty"`
	Letters       []LetterCount   `json:"letters,omitempty"`
}

// Worst returns the worst of the states, NoState of none.
func Worst(states ...State) State {
	worst := NoState
	for _, s := range states {
		if s != NoState && (worst == NoState || s < worst) {
			worst = s
		}
	}
	return worst
}
