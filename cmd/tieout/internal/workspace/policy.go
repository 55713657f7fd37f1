package workspace

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
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
				v, err := paramValue(p, p.Default)
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
			v, err := paramValue(p, e.Value)
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

// paramValue turns what YAML gave into the parameter's Go value: microseconds
// for a duration, int64, float64, string or []string.
func paramValue(p controls.Param, v any) (any, error) {
	text := func() string {
		switch v := v.(type) {
		case string:
			return v
		case strictyaml.Number:
			return string(v)
		}
		return ""
	}
	switch p.Type {
	case "duration":
		d, err := ParseDuration(text())
		return d.Microseconds(), err
	case "rank":
		return tlsRank(text())
	case "int":
		i, err := strconv.ParseInt(text(), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("value %v: want a whole number", v)
		}
		return i, nil
	case "real":
		f, err := strconv.ParseFloat(text(), 64)
		if err != nil {
			return nil, fmt.Errorf("value %v: want a number", v)
		}
		return f, nil
	case "text":
		if s := text(); s != "" {
			return s, nil
		}
		return nil, errors.New("value is empty")
	case "list":
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("value %v: want a list", v)
		}
		out := make([]string, len(list))
		for i, e := range list {
			switch e := e.(type) {
			case string:
				out[i] = e
			case strictyaml.Number:
				out[i] = string(e)
			default:
				return nil, fmt.Errorf("value %v: want texts in the list", v)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("parameter type %q is unknown", p.Type)
}

// tlsRank reads a TLS version, such as 1.3, or a rank, such as 13.
func tlsRank(s string) (any, error) {
	s = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "tls"), "v")
	switch s {
	case "1.0", "10":
		return int64(10), nil
	case "1.1", "11":
		return int64(11), nil
	case "1.2", "12":
		return int64(12), nil
	case "1.3", "13":
		return int64(13), nil
	}
	return nil, fmt.Errorf("value %q: want a TLS version: 1.0, 1.1, 1.2 or 1.3", s)
}

// ParseDuration reads a whole number with a unit: s, m, h or d (24 hours).
func ParseDuration(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if len(s) >= 2 {
		unit, known := units[s[len(s)-1]]
		n, err := strconv.ParseInt(s[:len(s)-1], 10, 32)
		if known && err == nil && n >= 0 {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf("duration %q: want a whole number with s, m, h or d, such as 24h", s)
}
