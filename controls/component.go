package controls

import (
	"time"

	"github.com/tieout/tieout/evidence"
)

// Component is one AI component inside the boundary of the system described.
type Component struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Kind       string   `json:"kind"` // ml_model, llm_agent, llm_feature, hybrid
	Function   string   `json:"function,omitempty"`
	Owner      string   `json:"owner,omitempty"`
	Deployment string   `json:"deployment"` // private, single_tenant, shared_api
	Data       []string `json:"data,omitempty"`
	Effect     string   `json:"decision_effect"` // automated, advisory
	Vendors    []string `json:"vendors,omitempty"`
	Since      Date     `json:"in_production_since"`
	Retired    Date     `json:"retired"`
}

// Closed lists of a component's attributes.
var (
	ComponentKinds = []string{"ml_model", "llm_agent", "llm_feature", "hybrid"}
	Deployments    = []string{"private", "single_tenant", "shared_api"}
	Effects        = []string{"automated", "advisory"}
)

// Policy is one value of the entity's own written policy. A parameter may have
// several over time; each is in force from its date on.
type Policy struct {
	Param      string           `json:"param"`
	Value      any              `json:"value"`          // string, int64, float64 or []string, by the parameter's type
	From       evidence.Instant `json:"effective_from"` // zero: no date is stated, and it was always in force
	ApprovedBy string           `json:"approved_by,omitempty"`
	Default    bool             `json:"default"` // no policy stated: the catalogue's default
}

// Ever is a stretch of time that begins before every item and every policy and
// ends after them.
var Ever = evidence.Window{
	From: evidence.InstantOf(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)),
	To:   evidence.InstantOf(time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)),
}

// InForceFrom returns the moment from which the value is in force.
func (p Policy) InForceFrom() evidence.Instant {
	if p.From == 0 {
		return Ever.From
	}
	return p.From
}

// Expected is a schedule that makes a missing run a deviation: the workspace's
// `expected:` entries.
type Expected struct {
	Test  string `json:"test"`
	Every string `json:"every"` // five-field cron expression, read in the engagement's zone
}

// ReliesOn says that a control is carried out for a component by somebody
// else: a subservice organisation. It is shown with its facts, and never as a
// pass.
type ReliesOn struct {
	Component    string   `json:"component"` // or "entity"
	Control      string   `json:"control"`
	Organisation string   `json:"organisation"`
	Method       string   `json:"method"`                // carve_out, inclusive
	CSOC         []string `json:"csoc,omitempty"`        // ids of the controls that the organisation is to have
	OurControl   string   `json:"our_control,omitempty"` // by which the organisation is watched
	ReportFrom   Date     `json:"report_from"`           // first day that the organisation's report covers; none on record is empty
	ReportTo     Date     `json:"report_to"`             // last day, which belongs to it
}

// Methods are the two ways in which a report shows a subservice organisation.
var Methods = []string{"carve_out", "inclusive"}
