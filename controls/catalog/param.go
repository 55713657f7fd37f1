package catalog

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/strictyaml"
)

type paramsFile struct {
	Schema string      `yaml:"schema"`
	Params []paramFile `yaml:"params"`
}

type paramFile struct {
	Name    string `yaml:"name"`
	Type    string `yaml:"type"`
	Words   string `yaml:"words"`
	Default any    `yaml:"default"`
}

func loadParams(f File) ([]controls.Param, error) {
	var file paramsFile
	if err := strictyaml.Load(f.Name, f.Src, &file); err != nil {
		return nil, err
	}
	if file.Schema != "tieout/params/v1" {
		return nil, fmt.Errorf("%s: schema is %q, want tieout/params/v1", f.Name, file.Schema)
	}
	var out []controls.Param
	seen := map[string]bool{}
	for _, p := range file.Params {
		if p.Name == "" || p.Words == "" || seen[p.Name] {
			return nil, fmt.Errorf("%s: parameter %q has no name or words, or stands twice", f.Name, p.Name)
		}
		seen[p.Name] = true
		param := controls.Param{Name: p.Name, Type: p.Type, Words: p.Words, Default: p.Default}
		if list, ok := p.Default.([]any); ok && len(list) == 0 {
			param.Default = nil // an empty list is a question, not an answer
		}
		if param.Default != nil {
			if _, err := ParamValue(param, param.Default); err != nil {
				return nil, fmt.Errorf("%s: %w", f.Name, err)
			}
		}
		out = append(out, param)
	}
	return out, nil
}

// ParamValue turns a value as YAML gives it, in a workspace, in params.yaml
// or in an example, into the parameter's Go value: microseconds as int64 for
// a duration, int64 for int and rank, float64, string or []string.
func ParamValue(p controls.Param, v any) (any, error) {
	wrong := func(want string) (any, error) {
		return nil, fmt.Errorf("parameter %s: %v is no %s", p.Name, v, want)
	}
	text, isText := v.(string)
	if n, ok := v.(strictyaml.Number); ok {
		text, isText = string(n), true
	}
	switch p.Type {
	case "duration":
		d, err := ParseDuration(text)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		return d.Microseconds(), nil
	case "int":
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i, nil
		}
		return wrong("whole number")
	case "rank":
		version := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "tls"), "v")
		if i, ok := tlsRanks[version]; ok {
			return i, nil
		}
		return wrong("TLS version: want 1.0, 1.1, 1.2 or 1.3")
	case "real":
		if f, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f, nil
		}
		return wrong("number")
	case "text":
		if isText && text != "" {
			return text, nil
		}
		return wrong("text")
	case "list":
		if list, ok := texts(v); ok {
			return list, nil
		}
		return wrong("list of texts")
	}
	return nil, fmt.Errorf("parameter %s has unknown type %q", p.Name, p.Type)
}

// stated reads what an example states of a parameter: nothing, one value, or a
// list of {value, effective_from} as in a workspace, with days of UTC.
func stated(p controls.Param, v any) ([]controls.Policy, error) {
	if v == nil {
		return nil, nil
	}
	entries, ok := v.([]any)
	if _, dated := first(entries).(map[string]any); !ok || !dated {
		value, err := ParamValue(p, v)
		return []controls.Policy{{Param: p.Name, Value: value}}, err
	}
	var out []controls.Policy
	for _, e := range entries {
		entry, ok := e.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("parameter %s: %v is no {value, effective_from}", p.Name, e)
		}
		policy := controls.Policy{Param: p.Name}
		for key, v := range entry {
			var err error
			switch key {
			case "value":
				policy.Value, err = ParamValue(p, v)
			case "effective_from":
				var day controls.Date
				err = day.UnmarshalText(fmt.Append(nil, v))
				policy.From = day.Midnight(time.UTC)
			default:
				err = fmt.Errorf("parameter %s: %q is none of value and effective_from", p.Name, key)
			}
			if err != nil {
				return nil, err
			}
		}
		if policy.Value == nil {
			return nil, fmt.Errorf("parameter %s: an entry has no value", p.Name)
		}
		out = append(out, policy)
	}
	return out, nil
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

var tlsRanks = map[string]int64{"10": 10, "11": 11, "12": 12, "13": 13, "1.0": 10, "1.1": 11, "1.2": 12, "1.3": 13}

// ParseDuration reads a whole number with a unit: s, m, h or d (24 hours).
func ParseDuration(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if len(s) >= 2 {
		unit, known := units[s[len(s)-1]]
		n, err := strconv.ParseInt(s[:len(s)-1], 10, 32)
		if known && err == nil && n >= 0 && n <= math.MaxInt64/int64(unit) {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf("duration %q: want a whole number with s, m, h or d, such as 24h", s)
}

func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	out := make([]string, len(list))
	for i, e := range list {
		switch e := e.(type) {
		case string:
			out[i] = e
		case strictyaml.Number:
			out[i] = string(e)
		default:
			return nil, false
		}
	}
	return out, ok
}
