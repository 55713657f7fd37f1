package freeze

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Match says which records belong to a component: those of the source whose
// columns fit every pattern. In a pattern * stands for any text.
type Match struct {
	Component string
	Source    string
	Where     map[string]string // column → pattern
}

// assigner gives records their component.
type assigner struct {
	known map[string]bool
	rules map[string][]Match // by source, in the order given
}

func newAssigner(components []controls.Component, rules []Match) (*assigner, error) {
	a := &assigner{known: map[string]bool{}, rules: map[string][]Match{}}
	for _, c := range components {
		if c.ID == "" || a.known[c.ID] {
			return nil, fmt.Errorf("component id %q is empty or stands twice", c.ID)
		}
		a.known[c.ID] = true
	}
	for _, m := range rules {
		if !a.known[m.Component] {
			return nil, fmt.Errorf("a match rule for source %s names component %q, which there is not", m.Source, m.Component)
		}
		a.rules[m.Source] = append(a.rules[m.Source], m)
	}
	return a, nil
}

// component returns the component of a record, and whether the workspace
// knows it. What a record states counts; a rule may rename it only by naming
// what is stated, so that a rule for all records of a source never draws in
// those that say they belong elsewhere.
func (a *assigner) component(r *evidence.Record) (string, bool) {
	stated := r.Text("component_id")
	if a.known[stated] {
		return stated, true
	}
	for _, m := range a.rules[r.Source] {
		if _, renames := m.Where["component_id"]; stated != "" && !renames {
			continue
		}
		if m.holds(r) {
			return m.Component, true
		}
	}
	return stated, false
}

func (m Match) holds(r *evidence.Record) bool {
	for column, pattern := range m.Where {
		text, ok := asText(r.Value(column))
		if !ok || !glob(pattern, text) {
			return false
		}
	}
	return true
}

// asText returns a single value as text. No value and a list are none.
func asText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// glob reports whether text fits the pattern, in which * stands for any text
// and everything else for itself.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
