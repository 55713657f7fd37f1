package controls

import (
	"fmt"
	"slices"
	"strings"

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

// To reports whether a control that applies so concerns the component, and
// where it does not, why.
func (a Applies) To(c Component) (bool, string) {
	for _, need := range []struct {
		what string
		has  string
		list []string
	}{{"kind", c.Kind, a.Kinds}, {"deployment", c.Deployment, a.Deployments}, {"decision effect", c.Effect, a.Effects}} {
		if len(need.list) > 0 && !slices.Contains(need.list, need.has) {
			why := fmt.Sprintf("%s of the component is %s; the control is for %s", need.what, need.has, strings.Join(need.list, " or "))
			if a.Because != "" {
				why = a.Because + " (" + why + ")"
			}
			return false, why
		}
	}
	return true, ""
}

// Policy is one value of the entity's own written policy. A parameter may have
// several over time; each is in force from its date on.
type Policy struct {
	Param      string           `json:"param"`
	Value      any              `json:"value"` // string, int64, float64 or []string, by the parameter's type
	From       evidence.Instant `json:"effective_from"`
	ApprovedBy string           `json:"approved_by,omitempty"`
	Default    bool             `json:"default"` // no policy stated: the catalogue's default
}

// Expected is a schedule that makes a missing run a deviation: the workspace's
// `expected:` entries.
type Expected struct {
	Test  string `json:"test"`
	Every string `json:"every"` // five-field cron expression, read in the engagement's zone
}
