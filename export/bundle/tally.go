package bundle

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// subject is what a result is about.
type subject struct{ test, component string }

// tally counts items as they come by, for the results and the register of a
// dossier. It holds no more than those: items are a stranger's, and may be many.
type tally struct {
	total   int64
	items   Counts
	results map[subject]*controls.Result // counted, with the letters that the dossier's result has

	signals    map[string]bool   // tests that are indicators: their items are signals, not deviations
	listed     map[deviation]int // by the register, how often
	deviating  map[deviation]int // by the items, of those that are listed
	unlisted   []deviation       // the first items that deviate and are not listed
	unexpected []subject         // the first items that no result is for

	test   string
	no     int64
	broken []string // what is wrong with the order of the items
}

// deviation is what an entry of the register is about.
type deviation struct{ test, component, item string }

// maxTold bounds how often one kind of mistake is told.
const maxTold = 10

func newTally(d *export.Dossier) *tally {
	t := &tally{results: map[subject]*controls.Result{}, signals: map[string]bool{}, listed: map[deviation]int{}, deviating: map[deviation]int{}}
	for _, c := range d.Controls {
		for _, x := range c.Tests {
			t.signals[x.ID] = x.Kind == controls.Indicator
		}
	}
	for _, r := range d.Results {
		n := &controls.Result{}
		for _, l := range r.Letters {
			n.Letters = append(n.Letters, controls.LetterCount{Letter: l.Letter})
		}
		t.results[subject{r.Test, r.Component}] = n
	}
	for _, x := range d.Deviations {
		t.listed[deviation{x.Test, x.Component, x.Item}]++
	}
	return t
}

func (t *tally) add(it controls.Item) {
	t.total++
	t.number(it)
	if t.signals[it.Test] {
		t.items.add(controls.NoState)
	} else {
		t.items.add(it.State)
	}
	if it.State == controls.Deviation && !t.signals[it.Test] {
		d := deviation{it.Test, it.Component, it.Key}
		if t.listed[d] > t.deviating[d] {
			t.deviating[d]++
		} else if len(t.unlisted) < maxTold {
			t.unlisted = append(t.unlisted, d)
		}
	}
	s := subject{it.Test, it.Component}
	r := t.results[s]
	if r == nil {
		if len(t.unexpected) < maxTold && !slices.Contains(t.unexpected, s) {
			t.unexpected = append(t.unexpected, s)
		}
		return
	}
	r.Population++
	switch it.State {
	case controls.Pass:
		r.Pass++
	case controls.Deviation:
		r.Deviation++
	case controls.Indeterminate:
		r.Indeterminate++
	case controls.NotDue:
		r.NotDue++
	default: // counted by the population alone, which then does not add up
	}
	for i := range r.Letters {
		l := &r.Letters[i]
		switch v, has := it.Letters[l.Letter]; {
		case !has:
		case v == controls.LetterTrue:
			l.True++
		case v == controls.LetterFalse:
			l.False++
		default:
			l.Null++
		}
	}
}

// number checks that the items of a test are numbered from 1 without a gap.
func (t *tally) number(it controls.Item) {
	if it.Test != t.test {
		t.test, t.no = it.Test, 0
	}
	t.no++
	if it.No != t.no && len(t.broken) < maxTold {
		t.broken = append(t.broken, fmt.Sprintf("item %q of %s has number %d where %d should stand: an item is missing, or the order is not that of tests", it.Key, it.Test, it.No, t.no))
		t.no = it.No
	}
}

// compare reports where the dossier's numbers are not those of the items.
func (t *tally) compare(d *export.Dossier) []Problem {
	var out []Problem
	bad := func(code Code, path, format string, args ...any) {
		out = append(out, Problem{code, path, fmt.Sprintf(format, args...)})
	}
	for _, b := range t.broken {
		bad(CountMismatch, ItemsPath, "%s", b)
	}
	named := map[subject]bool{}
	for _, r := range d.Results {
		s := subject{r.Test, r.Component}
		if named[s] {
			bad(CountMismatch, DossierPath, "%s has two results for %s", r.Test, r.Component)
		}
		named[s] = true
		if what := t.disagrees(r); what != "" {
			bad(CountMismatch, DossierPath, "%s for %s: %s", r.Test, r.Component, what)
		}
	}
	for _, s := range t.unexpected {
		bad(CountMismatch, DossierPath, "there are items of %s for %s and no result", s.test, s.component)
	}
	return append(out, t.register(d)...)
}

// disagrees says in what a result differs from the items counted for it.
func (t *tally) disagrees(r controls.Result) string {
	got := t.results[subject{r.Test, r.Component}]
	for _, c := range []struct {
		what      string
		said, are int64
	}{
		{"population", r.Population, got.Population}, {"no deviation found", r.Pass, got.Pass}, {"candidate deviations", r.Deviation, got.Deviation},
		{"field missing", r.Indeterminate, got.Indeterminate}, {"not due", r.NotDue, got.NotDue},
	} {
		if c.said != c.are {
			return fmt.Sprintf("%s: %d are stated, the items give %d", c.what, c.said, c.are)
		}
	}
	if want := stateOf(got); r.State != want && r.State != controls.NotTested && r.State != controls.NoState {
		return fmt.Sprintf("its state is %s, the items give %s", r.State, want)
	}
	if r.State == controls.NotTested && len(r.Reasons)+len(r.Gaps) == 0 {
		return "it is said not to be tested, and no reason says why"
	}
	return lettersDisagree(r.Letters, got.Letters)
}

// stateOf is the worst state of the items that were due. No item at all is
// nothing that happened, never a pass.
func stateOf(r *controls.Result) controls.State {
	switch {
	case r.Population == 0:
		return controls.NotOccurring
	case r.Deviation > 0:
		return controls.Deviation
	case r.Indeterminate > 0:
		return controls.Indeterminate
	case r.Pass > 0:
		return controls.Pass
	default:
		return controls.NotDue
	}
}

func lettersDisagree(said, are []controls.LetterCount) string {
	for i, l := range said {
		if are[i] != l {
			return fmt.Sprintf("attribute %s: %d true, %d false, %d missing are stated, the items give %d, %d, %d", l.Letter, l.True, l.False, l.Null, are[i].True, are[i].False, are[i].Null)
		}
	}
	return ""
}

// register compares the register of deviations with the items that deviate.
func (t *tally) register(d *export.Dossier) []Problem {
	var out []Problem
	for _, k := range t.unlisted {
		out = append(out, Problem{DeviationLost, DossierPath, fmt.Sprintf("item %q of %s for %s deviates and is not in the register, or not as often", k.item, k.test, k.component)})
	}
	ids, told := map[string]bool{}, map[deviation]bool{}
	for _, x := range d.Deviations {
		if ids[x.ID] {
			out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf("deviation %s stands twice in the register", x.ID)})
		}
		ids[x.ID] = true
		k := deviation{x.Test, x.Component, x.Item}
		if t.listed[k] > t.deviating[k] && !told[k] {
			told[k] = true
			out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf("the register lists item %q of %s for %s more often than it deviates", k.item, k.test, k.component)})
		}
	}
	return out
}
