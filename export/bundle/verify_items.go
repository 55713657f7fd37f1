package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/export"
)

// reperform runs the statements of items on the rebuilt database and compares
// each item, the register of deviations, and which control has a result for
// which component, with what the package says. Counts alone would not show that
// another item deviates, nor that a control was said to concern nobody.
// It reports whether all of it could be looked at.
func (v *verifier) reperform(built string) (found []Problem, whole bool, err error) {
	if v.o.Reperform == nil {
		v.notChecked("each item by running the tests again: this program was not told how")
		return nil, false, nil
	}
	if found, err = v.scope(); err != nil || !v.c.has(ItemsPath) {
		return found, false, err
	}
	r, err := v.c.open(v.ctx, ItemsPath)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	next, stop := iter.Pull2(linesOf(r))
	defer stop()
	c := &itemCheck{next: next, sameTool: v.sameTool(), register: map[deviation][]*export.DeviationLine{}, tests: map[string]*controls.Test{}, criteria: map[string][]string{}}
	in := v.again(built)
	for i := range in.Catalog.Controls {
		k := &in.Catalog.Controls[i]
		c.criteria[k.ID] = k.Primary
		for j := range k.Tests {
			c.tests[k.Tests[j].ID] = &k.Tests[j]
		}
	}
	for i := range v.d.Deviations {
		x := &v.d.Deviations[i]
		k := deviation{x.Test, x.Component, x.Item}
		c.register[k] = append(c.register[k], x)
	}
	outcome, err := v.o.Reperform(v.ctx, in, c.item)
	switch {
	case c.broken != nil:
		return nil, false, c.broken
	case err != nil && v.ctx.Err() != nil:
		return nil, false, context.Cause(v.ctx)
	case err != nil:
		v.undecided("the tests' items: running the tests on the rebuilt database ended with: %v", err)
		return append(found, c.found...), false, nil
	}
	if err := c.rest(); err != nil {
		return nil, false, err
	}
	if c.words > 0 {
		v.notChecked("the words in which %d items and deviations say what fails: they are those of %s, and this is %s; verify with that version", c.words, v.d.Run.Tool, orNone(v.o.Tool))
	}
	return append(append(found, v.compareScope(outcome)...), c.found...), true, nil
}

// again is what the evaluation that the package shows was told, as far as the
// package says it. What could not be seen is taken from the results: that a test
// is not tested is no pass.
func (v *verifier) again(built string) evaluate.Input {
	in := evaluate.Input{
		Database: built, Catalog: v.catalog(), Components: v.d.Components, Categories: v.d.Engagement.Categories, Window: v.d.Engagement.Window,
		TestIDs: v.examined(),
	}
	cs := make([]controls.Control, len(in.Catalog.Controls)) // an evaluation notes in them what it reads
	for i, c := range in.Catalog.Controls {
		c.Tests = append([]controls.Test(nil), c.Tests...)
		cs[i] = c
	}
	in.Catalog.Controls = cs
	for _, r := range v.d.ReliesOn {
		in.ReliesOn = append(in.ReliesOn, r.ReliesOn)
	}
	blind := map[subject]bool{}
	for _, r := range v.d.Results {
		blind[subject{r.Test, r.Component}] = len(r.Reasons) > 0 && r.Pass+r.Deviation+r.Indeterminate+r.NotDue == 0
	}
	in.Blind = func(test, component string) bool { return blind[subject{test, component}] }
	return in
}

// itemCheck compares items as they are made again with the lines of the package.
// It holds one item at a time, and the register.
type itemCheck struct {
	next     func() ([]byte, error, bool)
	line     []byte
	sameTool bool
	tests    map[string]*controls.Test
	criteria map[string][]string // of a control, as its deviations name them
	register map[deviation][]*export.DeviationLine
	found    []Problem
	words    int64 // texts of another version that could not be compared
	broken   error // the lines could not be read
}

func (c *itemCheck) bad(code Code, path, format string, args ...any) {
	if len(c.found) < maxTold {
		c.found = append(c.found, Problem{code, path, fmt.Sprintf(format, args...)})
	}
}

func (c *itemCheck) item(it controls.Item) (err error) {
	if c.line, err = appendItem(c.line[:0], it); err != nil {
		return err
	}
	line, err, ok := c.next()
	if err != nil {
		c.broken = err
		return err
	}
	made := bytes.TrimSuffix(c.line, []byte{'\n'})
	switch {
	case !ok:
		c.bad(codeOf(it), ItemsPath, "item %q of %s for %s is missing: running the test on the tables gives it, %s", it.Key, it.Test, it.Component, it.State.Words())
	case !bytes.Equal(line, made):
		c.differs(it, line)
	}
	if it.State != controls.Deviation {
		return nil
	}
	spelt, err := parseItem(made) // numbers as they are read from a line
	if err != nil {
		return err
	}
	c.registered(spelt)
	return nil
}

// codeOf is the code of an item that the package does not have as it is.
func codeOf(it controls.Item) Code {
	if it.State == controls.Deviation {
		return DeviationLost
	}
	return CountMismatch
}

func (c *itemCheck) differs(it controls.Item, line []byte) {
	said, err := parseItem(line)
	if err != nil {
		c.bad(CountMismatch, ItemsPath, "%v", err)
		return
	}
	if !c.sameTool && said.Reason != it.Reason {
		same := said
		same.Reason = it.Reason
		if b, err := appendItem(nil, same); err == nil && bytes.Equal(b, c.line) {
			c.words++
			return
		}
	}
	if said.Test != it.Test || said.Component != it.Component || said.Key != it.Key {
		c.bad(codeOf(it), ItemsPath, "item %q of %s for %s stands where running the test on the tables gives item %q of %s for %s, %s",
			said.Key, said.Test, said.Component, it.Key, it.Test, it.Component, it.State.Words())
		return
	}
	if said.State != it.State {
		c.bad(codeOf(it), ItemsPath, "item %q of %s for %s is said to be %q; running the test on the tables gives %q", it.Key, it.Test, it.Component, said.State.Words(), it.State.Words())
		return
	}
	c.bad(CountMismatch, ItemsPath, "item %q of %s for %s is not what running the test on the tables gives: %s", it.Key, it.Test, it.Component,
		firstDifference(line, bytes.TrimSuffix(c.line, []byte{'\n'})))
}

// registered compares what the register says of an item that deviates. That it
// is there was counted before.
func (c *itemCheck) registered(it controls.Item) {
	t := c.tests[it.Test]
	if t.Kind == controls.Indicator {
		return
	}
	want := export.DeviationLine{Control: t.Control, At: it.At, Record: it.Record, Letters: it.Letters, Facts: export.DeviationFacts(*t, it)}
	for _, x := range c.register[deviation{it.Test, it.Component, it.Key}] {
		what := ""
		switch {
		case x.Control != want.Control:
			what = "control"
		case x.At != want.At:
			what = "time"
		case x.Record != want.Record:
			what = "record"
		case fmt.Sprint(x.Letters) != fmt.Sprint(want.Letters): // maps print in the order of their keys
			what = "letters"
		case x.Facts != want.Facts && c.sameTool:
			what = "facts"
		case x.Facts != want.Facts:
			c.words++
		}
		if what != "" {
			c.bad(CountMismatch, DossierPath, "deviation %s, item %q of %s for %s: its %s are not those that running the test on the tables gives", x.ID, it.Key, it.Test, it.Component, what)
		}
	}
}

// rest reports the first item that the package has beyond those made again.
func (c *itemCheck) rest() error {
	line, err, more := c.next()
	if err != nil || !more {
		return err
	}
	said, err := parseItem(line)
	if err != nil {
		return fmt.Errorf("%w: %w", errForm, err)
	}
	c.bad(CountMismatch, ItemsPath, "item %q of %s for %s: running the tests on the tables does not give it", said.Key, said.Test, said.Component)
	return nil
}
