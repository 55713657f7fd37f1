package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/strictyaml"
)

var (
	testKinds  = []string{string(controls.PerItem), string(controls.ConfigState), string(controls.Reconciliation), string(controls.Aggregate), string(controls.Indicator)}
	ofs        = []string{string(controls.OfComponent), string(controls.OfEntity)}
	reperforms = []string{"rows", "pseudonyms", "log"}
	reasonName = regexp.MustCompile(`^[a-z][a-z_]*$`)
	letterName = regexp.MustCompile(`^[A-Z]$`)
)

func (l *loader) test(file, control string, raw strictyaml.Raw, how care) (controls.Test, bool) {
	var f testFile
	if err := raw.Decode(&f); err != nil {
		l.problems = append(l.problems, err)
		return controls.Test{}, false
	}
	before := len(l.problems)
	wrong := func(format string, args ...any) {
		l.problems = append(l.problems, raw.Problem("test %s: %s", f.ID, fmt.Sprintf(format, args...)))
	}
	if n, ok := strings.CutPrefix(f.ID, control+".T"); !ok || strings.Trim(n, "0123456789") != "" || n == "" {
		wrong("its id is the control's with .T and a number, such as %s.T1", control)
		return controls.Test{}, false
	}
	if !l.claim(f.ID, file, wrong) {
		return controls.Test{}, false
	}
	if f.Words == "" || len(f.Attributes) == 0 {
		wrong("words and attributes are required")
	}
	f.Of = cmp.Or(f.Of, string(controls.OfComponent))
	f.Reperform = cmp.Or(f.Reperform, "rows")
	l.oneOf(wrong, "kind", f.Kind, testKinds)
	l.oneOf(wrong, "of", f.Of, ofs)
	l.oneOf(wrong, "reperform", f.Reperform, reperforms)
	t := controls.Test{
		ID: f.ID, Control: control, Words: f.Words, Kind: controls.TestKind(f.Kind), Of: controls.Of(f.Of), Base: f.Base,
		Population: l.sql(f.Population), Scope: l.sql(f.Scope), NotDue: l.sql(f.NotDue), Note: f.Note, Reperform: f.Reperform,
	}
	for _, reason := range slices.Sorted(maps.Keys(f.Excluded)) {
		if !reasonName.MatchString(reason) || reason == statement.Unexplained {
			wrong("excluded: %q is no reason: lower-case letters and _, and not %s", reason, statement.Unexplained)
		}
		t.Excluded = append(t.Excluded, controls.Exclusion{Reason: reason, SQL: l.sql(f.Excluded[reason])})
	}
	for i, letter := range slices.Sorted(maps.Keys(f.Attributes)) {
		if !letterName.MatchString(letter) || int(letter[0]-'A') != i {
			wrong("attribute %q: letters are A, B, C and so on, none left out", letter)
		}
		a := f.Attributes[letter]
		if a.Words == "" {
			wrong("attribute %s has no words", letter)
		}
		t.Attributes = append(t.Attributes, controls.Attribute{Letter: letter, Words: a.Words, SQL: l.sql(a.SQL)})
	}
	for _, w := range f.Waived {
		if w.Because == "" || !strings.Contains(w.Column, ".") {
			wrong("waived: %q: give table.column, and say because of what", w.Column)
		}
		t.Waived = append(t.Waived, controls.Waiver(w))
	}
	if t.Population == "" || t.Scope == "" {
		wrong("population and scope are required")
	}
	if t.Base != "" {
		l.checkBase(wrong, &t)
	}
	if len(l.problems) > before {
		return t, false
	}
	if how >= linted {
		for _, p := range statement.Lint(&t) {
			l.problems = append(l.problems, f.part(p.Part).Problem("test %s, %s: %s", f.ID, p.Part, p.What))
		}
	}
	if err := statement.Compose(&t); err != nil {
		wrong("%v", err)
		return t, false
	}
	if how == proven {
		if l.places != nil {
			l.places[[2]string{f.ID, ""}] = raw
		}
		l.examples(&t, f.Examples)
	}
	return t, len(l.problems) == before
}

// checkBase sees to it that each row of the base table is an item, or can be
// counted under a reason why it is none.
func (l *loader) checkBase(wrong func(string, ...any), t *controls.Test) {
	_, isKind := kinds.Of(evidence.Kind(strings.TrimSuffix(t.Base, freeze.ObsSuffix)))
	if !isKind && t.Base != "component" {
		wrong("base: there is no table %q of records or components", t.Base)
	}
	if len(t.Excluded) == 0 && !strings.EqualFold(t.Scope, "TRUE") {
		wrong("excluded: a row of %s that the scope leaves out is counted under no reason: name one", t.Base)
	}
}

// part returns where one part of the SQL stands in the file.
func (f *testFile) part(name string) strictyaml.Raw {
	switch name {
	case "population":
		return f.Population
	case "scope":
		return f.Scope
	case "not_due":
		return f.NotDue
	}
	if a, ok := f.Attributes[name]; ok {
		return a.SQL
	}
	return f.Excluded[name]
}

// sql takes one part of a test.
func (l *loader) sql(raw strictyaml.Raw) string {
	var s string
	if err := raw.Decode(&s); err != nil {
		l.problems = append(l.problems, err)
	}
	return strings.TrimSpace(s)
}

func (l *loader) examples(t *controls.Test, raws []strictyaml.Raw) {
	for _, raw := range raws {
		if l.places != nil {
			l.places[[2]string{t.ID, raw.Text("name")}] = raw
		}
		var f exampleFile
		if err := raw.Decode(&f); err != nil {
			l.problems = append(l.problems, err)
			continue
		}
		e := controls.Example{Name: f.Name, Rows: f.Rows, Params: map[string][]controls.Policy{}, Want: map[string]controls.Want{}}
		for item, s := range f.Want {
			w, err := parseWant(s)
			if err != nil {
				l.problems = append(l.problems, raw.Problem("test %s, example %q: %s: %v", t.ID, f.Name, item, err))
			}
			e.Want[item] = w
		}
		for name, v := range f.Params {
			i := slices.IndexFunc(l.params, func(p controls.Param) bool { return p.Name == name })
			if i < 0 {
				l.problems = append(l.problems, raw.Problem("test %s, example %q: there is no parameter %q", t.ID, f.Name, name))
				continue
			}
			values, err := stated(l.params[i], v)
			if err != nil {
				l.problems = append(l.problems, raw.Problem("test %s, example %q: %v", t.ID, f.Name, err))
			}
			e.Params[name] = values
		}
		t.Examples = append(t.Examples, e)
	}
}
