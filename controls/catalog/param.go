package catalog

import (
	"fmt"
	"math"
	"strconv"

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
		if us, ok := microseconds(text); ok {
			return us, nil
		}
		return wrong("duration: want a whole number with s, m, h or d, such as 24h")
	case "int":
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i, nil
		}
		return wrong("whole number")
	case "rank":
		if i, ok := tlsRanks[text]; ok {
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

var tlsRanks = map[string]int64{"10": 10, "11": 11, "12": 12, "13": 13, "1.0": 10, "1.1": 11, "1.2": 12, "1.3": 13}

var unitMicroseconds = map[byte]int64{'s': 1_000_000, 'm': 60_000_000, 'h': 3_600_000_000, 'd': 86_400_000_000}

func microseconds(s string) (int64, bool) {
	if len(s) < 2 {
		return 0, false
	}
	unit, known := unitMicroseconds[s[len(s)-1]]
	n, err := strconv.ParseInt(s[:len(s)-1], 10, 32)
	return n * unit, known && err == nil && n >= 0
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
