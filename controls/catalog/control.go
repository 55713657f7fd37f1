package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/strictyaml"
)

var (
	controlID   = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$`)
	severities  = []string{"critical", "high", "medium", "low"}
	natures     = []string{"automated", "manual", "hybrid"}
	frequencies = []string{"continuous", "event_driven", "daily", "weekly", "monthly", "quarterly", "semiannual", "annual"}
)

// care says how closely a file is read.
type care int

const (
	lenient care = iota // a file of this package, which its tests have proven
	linted              // a user's: its SQL is held against the rules for authors
	proven              // with its examples, which somebody is about to run
)

// add reads one family's file.
func (l *loader) add(f File, c care) {
	var file familyFile
	if err := strictyaml.Load(f.Name, f.Src, &file); err != nil {
		l.problems = append(l.problems, err)
		return
	}
	if file.Schema != "tieout/controls/v1" {
		l.problems = append(l.problems, fmt.Errorf("%s: schema is %q, want tieout/controls/v1", f.Name, file.Schema))
		return
	}
	if file.Family == "" || len(file.Controls) == 0 {
		l.problems = append(l.problems, fmt.Errorf("%s: family and controls are required", f.Name))
	}
	for _, raw := range file.Controls {
		l.addControl(f.Name, file.Family, raw, c)
	}
}

func (l *loader) addControl(file, family string, raw strictyaml.Raw, how care) {
	var c controlFile
	if err := raw.Decode(&c); err != nil {
		l.problems = append(l.problems, err)
		return
	}
	wrong := func(format string, args ...any) {
		l.problems = append(l.problems, raw.Problem("control %s: %s", c.ID, fmt.Sprintf(format, args...)))
	}
	if !controlID.MatchString(c.ID) {
		wrong("an id is capital letters and digits with hyphens, such as AI-CHG-01")
		return
	}
	if !l.claim(c.ID, file, wrong) {
		return
	}
	if c.Title == "" || c.Statement == "" {
		wrong("title and statement are required")
	}
	l.oneOf(wrong, "severity", c.Severity, severities)
	l.oneOf(wrong, "frequency", c.Frequency, frequencies)
	l.oneOf(wrong, "nature", c.Nature, natures)
	l.checkCriteria(wrong, c)
	if len(c.Tests) == 0 && len(c.Manual) == 0 {
		wrong("it has neither tests nor anything that a person owes")
	}
	out := controls.Control{
		ID: c.ID, Family: family, Title: c.Title, Statement: c.Statement, Severity: c.Severity, Frequency: c.Frequency, Nature: c.Nature,
		Primary: c.Primary, Supporting: c.Supporting, Refs: l.refs(wrong, c), Applies: l.applies(wrong, c), Limit: c.Limit, Source: file,
	}
	for i, words := range c.Manual {
		out.Manual = append(out.Manual, controls.ManualPoint{ID: fmt.Sprintf("%s.M%d", c.ID, i+1), Words: words})
	}
	for _, t := range c.Tests {
		if test, ok := l.test(file, c.ID, t, how); ok {
			out.Tests = append(out.Tests, test)
		}
	}
	l.controls = append(l.controls, out)
}

// applies reads whom a control concerns, and adds the categories of its
// primary criteria.
func (l *loader) applies(wrong func(string, ...any), c controlFile) controls.Applies {
	a := c.Applies
	for what, list := range map[string][2][]string{
		"kinds": {a.Kinds, controls.ComponentKinds}, "deployments": {a.Deployments, controls.Deployments}, "effects": {a.Effects, controls.Effects},
	} {
		for _, v := range list[0] {
			l.oneOf(wrong, "applies, "+what, v, list[1])
		}
	}
	for _, v := range a.Data {
		if !reasonName.MatchString(v) {
			wrong("applies, data: %q is no class of data: lower-case letters and _, as components name them", v)
		}
	}
	out := controls.Applies{Kinds: a.Kinds, Deployments: a.Deployments, Effects: a.Effects, Data: a.Data, Because: a.Because}
	for _, category := range Categories {
		if slices.ContainsFunc(l.criteria, func(k controls.Criterion) bool { return k.Category == category && slices.Contains(c.Primary, k.ID) }) {
			out.Categories = append(out.Categories, category)
		}
	}
	return out
}

// claim notes that the id is taken, and refuses one that is.
func (l *loader) claim(id, file string, wrong func(string, ...any)) bool {
	if other, taken := l.owner[id]; taken {
		wrong("the id %s is taken by %s: a file adds to the catalogue and replaces nothing in it", id, other)
		return false
	}
	l.owner[id] = file
	return true
}

func (l *loader) oneOf(wrong func(string, ...any), what, v string, list []string) {
	if !slices.Contains(list, v) {
		wrong("%s is %q, want %s%s", what, v, strings.Join(list, ", "), strictyaml.Nearest(v, list))
	}
}

func (l *loader) checkCriteria(wrong func(string, ...any), c controlFile) {
	if len(c.Primary) == 0 {
		wrong("name at least one primary criterion")
	}
	for i, id := range slices.Concat(c.Primary, c.Supporting) {
		if !slices.ContainsFunc(l.criteria, func(k controls.Criterion) bool { return k.ID == id }) {
			wrong("%q is none of the %d criteria", id, CriteriaCount)
		}
		if i >= len(c.Primary) && slices.Contains(c.Primary, id) || slices.Contains(c.Primary[:min(i, len(c.Primary))], id) {
			wrong("criterion %s is named twice", id)
		}
	}
}
