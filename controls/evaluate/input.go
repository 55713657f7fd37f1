package evaluate

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// Input is what an evaluation needs to know.
type Input struct {
	Database   string // path of the frozen file
	Catalog    *controls.Catalog
	Components []controls.Component
	Categories []string // of the engagement; none = all
	Window     evidence.Window
	Expected   []controls.Expected
	Gaps       []evidence.Gap      // of the pulls, and one per kind that nothing emits
	Missing    []freeze.Missing    // values that were there and could not be read, where NULL would say "none"
	ReliesOn   []controls.ReliesOn // pairs of component and control that somebody else answers for: no result
	TestIDs    []string            // none = all
	TimeLimit  time.Duration       // of one test; zero = ten minutes

	// Blind, where it is set, says for which test and component nothing could be
	// compared, in the place of what gaps, missing values and parameters say: a
	// package is run again as it states that it was run.
	Blind func(test, component string) bool

	counts  bool            // run the count statements, not those of items
	located []evidence.Kind // in a child: what missingKinds says where it was asked
}

// Outcome is what an evaluation came to.
type Outcome struct {
	Results       []controls.Result // by test, then component; "unmatched" last
	NotApplicable []NotApplicable   // by control, then component
	Relied        []Relied          // by test, then component
}

// Relied is what a test would have looked at for a component whose control
// somebody else carries out. It is shown beside, and is no result.
type Relied struct {
	Test          string `json:"test"`
	Control       string `json:"control"`
	Component     string `json:"component"`
	Items         int64  `json:"items"`
	Deviation     int64  `json:"deviation"` // items that would be candidate deviations
	Indeterminate int64  `json:"indeterminate"`
}

// NotApplicable says why a control does not concern a component.
type NotApplicable struct {
	Control   string `json:"control"`
	Component string `json:"component"`
	Reason    string `json:"reason"`
	Items     int64  `json:"items,omitempty"` // items that its tests would have had there
}

// Unmatched stands in the component's place for items whose component the
// workspace does not know, or that name none.
const Unmatched = statement.Unmatched

const defaultTimeLimit = 10 * time.Minute

func (in *Input) limit() time.Duration {
	if in.TimeLimit > 0 {
		return in.TimeLimit
	}
	return defaultTimeLimit
}

// missingKinds are the kinds of which values could not be read.
func (in *Input) missingKinds() []evidence.Kind {
	if in.located != nil {
		return in.located
	}
	var out []evidence.Kind
	for _, m := range in.Missing {
		if !slices.Contains(out, m.Kind) {
			out = append(out, m.Kind)
		}
	}
	return out
}

// tests returns the tests asked for with their controls, by id.
func (in *Input) tests() ([]job, error) {
	if in.Catalog == nil || in.Window.From >= in.Window.To {
		return nil, errors.New("evaluate: a catalogue and a period are needed")
	}
	for _, c := range in.Components {
		if c.ID == Unmatched || c.ID == controls.EntityComponent {
			return nil, fmt.Errorf("evaluate: a component cannot be called %q: results use that name for something else", c.ID)
		}
	}
	var out []job
	for i := range in.Catalog.Controls {
		control := &in.Catalog.Controls[i]
		for j := range control.Tests {
			if t := &control.Tests[j]; len(in.TestIDs) == 0 || slices.Contains(in.TestIDs, t.ID) {
				out = append(out, job{control, t})
			}
		}
	}
	for _, id := range in.TestIDs {
		if !slices.ContainsFunc(out, func(j job) bool { return j.test.ID == id }) {
			return nil, fmt.Errorf("evaluate: there is no test %q in the catalogue", id)
		}
	}
	slices.SortStableFunc(out, func(a, b job) int { return compareIDs(a.test.ID, b.test.ID) })
	return out, nil
}

type job struct {
	control *controls.Control
	test    *controls.Test
}
