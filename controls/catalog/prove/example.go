package prove

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
)

// scopeLetter stands among the letters of an expectation for the scope.
const scopeLetter = "scope"

// example loads one example and compares what the test says with what the
// example expects.
func (b *bench) example(ctx context.Context, e *controls.Example) (map[string]seen, []error) {
	if err := b.load(ctx, e); err != nil {
		return nil, []error{err}
	}
	got, err := b.look(ctx)
	if err != nil {
		return nil, []error{err}
	}
	var problems []error
	for _, item := range slices.Sorted(maps.Keys(got)) {
		if _, ok := e.Want[item]; !ok {
			problems = append(problems, fmt.Errorf("item %s is in the population and in no expectation: it comes out as %s", item, b.words(got[item])))
		}
	}
	for _, item := range slices.Sorted(maps.Keys(e.Want)) {
		s, ok := got[item]
		if !ok {
			problems = append(problems, fmt.Errorf("item %s is not in the population", item))
			continue
		}
		if want := wantWords(e.Want[item]); want != b.words(s) {
			problems = append(problems, fmt.Errorf("item %s: want %s, got %s%s", item, want, b.words(s), b.detail(s)))
		}
	}
	if len(problems) == 0 {
		problems = b.shipped(ctx, got)
	}
	return got, problems
}

// words says what came out in the words that an expectation uses.
func (b *bench) words(s seen) string {
	var letters []string
	named := func(value any) string {
		for i, v := range s.letters {
			if v == value {
				letters = append(letters, b.test.Attributes[i].Letter)
			}
		}
		return " " + strings.Join(letters, ",")
	}
	switch {
	case s.scope == int64(0):
		return "excluded"
	case s.state == "indeterminate" && s.scope == nil:
		return "indeterminate " + scopeLetter
	case s.state == "indeterminate" && slices.Contains(s.letters, any(int64(0))):
		return "indeterminate not_due"
	case s.state == "indeterminate":
		return "indeterminate" + named(nil)
	case s.state == "deviation":
		return "deviation" + named(int64(0))
	}
	return s.state
}

func wantWords(w controls.Want) string {
	if w.State == controls.NoState {
		return "excluded"
	}
	s := w.State.String()
	if len(w.Letters) > 0 {
		s += " " + strings.Join(slices.Sorted(maps.Keys(w.Letters)), ",")
	}
	return s
}

// detail shows every letter, for whoever has to find out why.
func (b *bench) detail(s seen) string {
	name := func(v any) string {
		switch v {
		case int64(1):
			return "true"
		case int64(0):
			return "false"
		}
		return "null"
	}
	parts := []string{"scope=" + name(s.scope)}
	if b.test.NotDue != "" {
		parts = append(parts, "not_due="+name(s.notDue))
	}
	for i, v := range s.letters {
		parts = append(parts, b.test.Attributes[i].Letter+"="+name(v))
	}
	return " (" + strings.Join(parts, " ") + ")"
}
