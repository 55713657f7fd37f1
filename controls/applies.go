package controls

import (
	"fmt"
	"slices"
	"strings"
)

// Applies says to which components, and in which engagements, a control
// applies. An empty list means any; every list given must hold.
type Applies struct {
	Kinds       []string `json:"kinds,omitempty"`       // component kinds
	Deployments []string `json:"deployments,omitempty"` // private, single_tenant, shared_api
	Effects     []string `json:"effects,omitempty"`     // automated, advisory
	Data        []string `json:"data,omitempty"`        // classes of data, of which the component has one
	Categories  []string `json:"categories,omitempty"`  // of its primary criteria: the engagement has one of them
	Because     string   `json:"because,omitempty"`     // printed where it does not apply
}

// Concerns reports whether a control that applies so concerns the component in
// an engagement of the categories, and where it does not, why.
func (a Applies) Concerns(c Component, categories []string) (bool, string) {
	if ok, why := a.In(categories); !ok {
		return false, why
	}
	return a.To(c)
}

// In reports whether the engagement covers a criterion that the control is
// primary for, and where it does not, which categories are left out. No
// categories are those of an engagement that nobody has limited.
func (a Applies) In(categories []string) (bool, string) {
	if len(a.Categories) == 0 || len(categories) == 0 || slices.ContainsFunc(a.Categories, func(c string) bool { return slices.Contains(categories, c) }) {
		return true, ""
	}
	return false, fmt.Sprintf("its primary criteria belong to %s, which the engagement leaves out: it covers %s",
		plainWords(a.Categories, " and "), plainWords(categories, ", "))
}

// To reports whether a control that applies so concerns the component, and
// where it does not, why. What nobody states of a component takes no control
// away from it.
func (a Applies) To(c Component) (bool, string) {
	for _, need := range []struct {
		what string
		has  []string
		list []string
	}{
		{"kind", one(c.Kind), a.Kinds}, {"deployment", one(c.Deployment), a.Deployments},
		{"decision effect", one(c.Effect), a.Effects}, {"data", c.Data, a.Data},
	} {
		if len(need.list) == 0 || len(need.has) == 0 || slices.ContainsFunc(need.has, func(v string) bool { return slices.Contains(need.list, v) }) {
			continue
		}
		why := fmt.Sprintf("%s of the component is %s; the control is for %s", need.what, strings.Join(need.has, ", "), strings.Join(need.list, " or "))
		if a.Because != "" {
			why = a.Because + " (" + why + ")"
		}
		return false, why
	}
	return true, ""
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func plainWords(names []string, between string) string {
	return strings.ReplaceAll(strings.Join(names, between), "_", " ")
}
