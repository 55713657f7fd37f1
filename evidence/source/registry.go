package source

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Common is what every source's entry in a workspace file has; a source's own
// Config holds it inline. Integrity belongs to the log behind the source and
// is read by whoever verifies it.
type Common struct {
	ID        string         `yaml:"id"`
	Type      string         `yaml:"type"`
	Integrity strictyaml.Raw `yaml:"integrity"`
}

// Configure decodes an entry of a workspace file into cfg, of which common is
// the part that every entry has, and lets prepare check it. What prepare finds
// is shown at the entry.
func Configure(raw strictyaml.Raw, cfg any, common *Common, prepare func() error) error {
	if err := raw.Decode(cfg); err != nil {
		return err
	}
	if err := prepare(); err != nil {
		return raw.Problem("source %s: %v", common.ID, err)
	}
	return nil
}

// Spec describes one type of source.
type Spec struct {
	Name    string
	Summary string          // one line
	Emits   []evidence.Kind // none = any, by configuration: its collectors are Emitters
	Access  []string        // the least rights it needs, as lines that doctor prints
	Blind   []string        // what it cannot see of its system, a sentence each
	Sample  string          // an entry of a workspace file
	New     func(cfg strictyaml.Raw) (Collector, error)
}

var registered = map[string]Spec{}

// Register makes a type of source known. It is called at start-up; a second
// registration under one name is a mistake of the programmer.
func Register(s Spec) {
	if _, twice := registered[s.Name]; twice || s.Name == "" || s.New == nil {
		panic(fmt.Sprintf("source: cannot register %q", s.Name))
	}
	registered[s.Name] = s
}

// All returns every type of source, sorted by name.
func All() []Spec {
	out := make([]Spec, 0, len(registered))
	for _, s := range registered {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Spec) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Of returns the type of source with the name.
func Of(name string) (Spec, bool) {
	s, ok := registered[name]
	return s, ok
}

// Kinds returns the kinds that the collector of the spec emits.
func Kinds(s Spec, c Collector) []evidence.Kind {
	kinds := s.Emits
	if e, ok := c.(Emitter); ok {
		kinds = e.Emits()
	}
	kinds = slices.Clone(kinds)
	slices.Sort(kinds)
	return slices.Compact(kinds)
}

// TypesOf returns the names of the types of source that can give a kind. One
// whose kinds are a matter of configuration can give any.
func TypesOf(k evidence.Kind) []string {
	var out []string
	for _, s := range All() {
		if len(s.Emits) == 0 || slices.Contains(s.Emits, k) {
			out = append(out, s.Name)
		}
	}
	return out
}
