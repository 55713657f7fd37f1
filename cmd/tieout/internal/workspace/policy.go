package workspace

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// ResolvePolicies reads policies: against the catalogue's parameters. Where
// the workspace states none, the catalogue's default stands in, marked as such.
func (w *Workspace) ResolvePolicies(params []controls.Param) ([]controls.Policy, error) {
	var out []controls.Policy
	var problems []error
	known := make([]string, 0, len(params))
	for _, p := range params {
		known = append(known, p.Name)
		raw, stated := w.File.Policies[p.Name]
		if !stated {
			if p.Default != nil {
				v, err := catalog.ParamValue(p, p.Default)
				if err != nil {
					return nil, fmt.Errorf("catalogue parameter %s: %w", p.Name, err)
				}
				out = append(out, controls.Policy{Param: p.Name, Value: v, Default: true})
			}
			continue
		}
		entries, err := policyEntries(raw)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, e := range entries {
			v, err := catalog.ParamValue(p, e.Value)
			if err != nil {
				problems = append(problems, raw.Problem("policy %s: %v", p.Name, err))
				continue
			}
			pol := controls.Policy{Param: p.Name, Value: v, ApprovedBy: e.ApprovedBy}
			if !e.From.IsZero() {
				pol.From = e.From.Midnight(w.Zone)
			}
			out = append(out, pol)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.File.Policies)) {
		if !slices.Contains(known, name) {
			problems = append(problems, fmt.Errorf("%s: policies: unknown policy %q%s", FileName, name, strictyaml.Nearest(name, known)))
		}
	}
	return out, errors.Join(problems...)
}

// policyEntries takes one value with its date, or a list of them.
func policyEntries(raw strictyaml.Raw) ([]policyEntry, error) {
	var one policyEntry
	err := raw.Decode(&one)
	if err == nil {
		return []policyEntry{one}, nil
	}
	var many []policyEntry
	if raw.Decode(&many) == nil {
		return many, nil
	}
	return nil, err
}
