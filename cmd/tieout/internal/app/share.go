package app

import "github.com/tieout/tieout/controls"

// Unmatched stands in the component's place for rows that belong to none of
// the workspace's components.
const Unmatched = "unmatched"

// AutomatedShare is the part of the applicable pairs of component and control
// whose automated tests all have a state from data. It is a measure for the
// team and stands in no package.
func AutomatedShare(cat *controls.Catalog, components []controls.Component, categories []string, run *Run) float64 {
	type pair struct{ control, component string }
	answered := map[pair]bool{}
	for _, r := range run.Results {
		p := pair{r.Control, r.Component}
		ok, seen := answered[p]
		answered[p] = (ok || !seen) && r.State != controls.NotTested
	}
	all, done := 0, 0
	for _, c := range cat.Controls {
		perComponent, entity := false, false
		for _, t := range c.Tests {
			if run.Type == 1 && t.Kind != controls.ConfigState {
				continue // not asked for
			}
			perComponent = perComponent || t.Of == controls.OfComponent
			entity = entity || t.Of == controls.OfEntity
		}
		for _, k := range components {
			if applies, _ := c.Applies.Concerns(k, categories); !applies {
				continue
			}
			all++
			ok := perComponent || entity
			if perComponent {
				ok = ok && answered[pair{c.ID, k.ID}]
			}
			if entity {
				ok = ok && answered[pair{c.ID, controls.EntityComponent}]
			}
			if ok {
				done++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(done) / float64(all)
}
