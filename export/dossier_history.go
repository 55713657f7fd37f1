package export

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Disposition says why tests of a control have no result for a component. It
// is never a pass.
type Disposition struct {
	Disposition string `json:"disposition"` // relies_on_subservice, not_examined
	Control     string `json:"control"`
	Test        string `json:"test,omitempty"`      // none = every test of the control
	Component   string `json:"component,omitempty"` // none = every component, and the entity
	Reason      string `json:"reason"`
}

// The dispositions of this file's kind. Those of results and of controls that
// do not apply stand elsewhere.
const (
	ReliesOnSubservice = "relies_on_subservice"
	NotExamined        = "not_examined" // the engagement does not ask for it
)

// Disposed returns why a test of a control has no result for a component.
func (d *Dossier) Disposed(control, test, component string) (Disposition, bool) {
	for _, x := range d.Dispositions {
		if x.Control == control && (x.Test == "" || x.Test == test) && (x.Component == "" || x.Component == component) {
			return x, true
		}
	}
	return Disposition{}, false
}

// ReliesOnLine is a control that a subservice organisation carries out for a
// component, with what an auditor asks about it.
type ReliesOnLine struct {
	controls.ReliesOn
	CoveredDays int `json:"covered_days"` // days of the engagement that the organisation's report covers
	GapDays     int `json:"gap_days"`     // and days that it does not; of a single day, how far away the report is

	// What the entity's own data shows beside, which is no result.
	Items         int64 `json:"items_beside"`
	Deviation     int64 `json:"would_deviate"`
	Indeterminate int64 `json:"field_missing"`
}

// Freezes says which freeze of its period this is, and how it differs from the
// one before it.
type Freezes struct {
	N         int          `json:"n"` // from 1
	M         int          `json:"m"`
	Different int          `json:"earlier_with_other_results"`
	List      []FreezeLine `json:"list"`

	Previous string             `json:"previous,omitempty"` // the run that the differences are against
	Frozen   evidence.Instant   `json:"previous_at,omitempty"`
	Why      string             `json:"not_compared,omitempty"`
	Tables   []TableDifference  `json:"tables,omitempty"`
	Results  []ResultDifference `json:"results,omitempty"`
}

// FreezeLine is one freeze of the period.
type FreezeLine struct {
	Run      string           `json:"run"`
	At       evidence.Instant `json:"at"`
	Tool     string           `json:"tool"`
	Config   string           `json:"config_sha256"`
	Catalog  string           `json:"catalog_sha256"`
	Database string           `json:"database_sha256"`
	Results  string           `json:"results_sha256"`
	Same     bool             `json:"same_results"` // as this run
	This     bool             `json:"this_run"`
}

// TableDifference compares the rows of one kind with those of the freeze
// before.
type TableDifference struct {
	Kind      string   `json:"kind"`
	Then      int64    `json:"then"`
	Now       int64    `json:"now"`
	Same      int64    `json:"same"`
	Changed   int64    `json:"changed"`
	Vanished  int64    `json:"vanished"`
	Gone      int64    `json:"gone"` // that a source showed then and shows no more; they stay in the populations
	Added     int64    `json:"added"`
	LateAdded int64    `json:"late_added"` // happened before the freeze that did not show it
	Undated   int64    `json:"undated"`
	Examples  []string `json:"examples,omitempty"` // record ids that vanished, are shown no more, or were added late
}

// ResultDifference is a result that is not what it was in the freeze before.
// No state stands for a result that was not there, or is there no more.
type ResultDifference struct {
	Test          string         `json:"test"`
	Component     string         `json:"component"`
	Then          controls.State `json:"then"`
	Now           controls.State `json:"now"`
	DeviationThen int64          `json:"deviation_then"`
	DeviationNow  int64          `json:"deviation_now"`
}

// ScopeLine is one stretch in which runs saw a component in the configuration.
type ScopeLine struct {
	Component      string           `json:"component"`
	First          evidence.Instant `json:"first"`
	FirstRun       string           `json:"first_run"`
	Last           evidence.Instant `json:"last"`
	LastRun        string           `json:"last_run"`
	Removed        evidence.Instant `json:"removed,omitempty"` // the first run without it
	RemovedRun     string           `json:"removed_run,omitempty"`
	Reason         string           `json:"reason,omitempty"` // as the exclusion gives it
	OpenDeviations int64            `json:"open_deviations_when_removed"`
}

// ToolFact is one thing that is known, or not known, of the tool itself.
type ToolFact struct {
	What       string           `json:"what"`
	Value      string           `json:"value"`
	Since      evidence.Instant `json:"since,omitempty"`
	ApprovedBy string           `json:"approved_by,omitempty"` // as a source of approvals shows it
	Basis      string           `json:"basis"`
}

// WalkthroughLine is one item that shows how a control works. It is no result.
type WalkthroughLine struct {
	Control   string         `json:"control"`
	Test      string         `json:"test"`
	Component string         `json:"component"`
	Item      string         `json:"item"`
	At        string         `json:"at"`
	Letters   []WalkedLetter `json:"letters"`
	Facts     map[string]any `json:"facts"`
}

// WalkedLetter is what one attribute is of the item.
type WalkedLetter struct {
	Letter string `json:"letter"`
	Words  string `json:"words"`
	Value  string `json:"value"` // true, false, null
}

// Wording returns how states are printed.
func (e Engagement) Wording() controls.Wording {
	if e.Type != 1 {
		return controls.Wording{}
	}
	return controls.Wording{AsOf: e.To}
}

// FreezeWords says which freeze of its period a package shows.
func FreezeWords(f *Freezes) string {
	words := fmt.Sprintf("%d of %d", f.N, f.M)
	switch f.Different {
	case 0:
		return words + "; no earlier one had other results"
	case 1:
		return words + "; 1 earlier one had other results"
	}
	return fmt.Sprintf("%s; %d earlier ones had other results", words, f.Different)
}

// InterimCount returns how many populations end before the period does.
func InterimCount(d *Dossier) int {
	n := 0
	for _, p := range d.Populations {
		if p.Interim != "" {
			n++
		}
	}
	return n
}

// MeaningWords says what the best state that a result can have does not mean.
func MeaningWords(e Engagement) string {
	return "“" + upperFirst(e.Wording().Of(controls.Pass)) + "” means that the stated query found no failing item in the stated rows. " +
		"It does not mean that a control was suitably designed or operated effectively."
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
