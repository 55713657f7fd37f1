package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
)

// Reference returns the page docs/controls.md, made from the catalogue. What
// tests read must have been filled in.
func Reference(c *controls.Catalog) string {
	r := &reference{catalog: c}
	r.say("# Controls\n\n%d controls with %d tests for %d criteria, made from `controls/catalog/*.yaml`; a test compares the two. "+
		"The SQL of a test: `tieout catalog show AI-CHG-02.T1`; how one is written: [writing-tests.md](writing-tests.md).\n", len(c.Controls), len(Tests(c)), len(c.Criteria))
	r.say("\nA control is management's, in management's words; change what does not fit the entity by stating its own policy and its own controls. " +
		"An item of a test has a letter for each thing that is asked of it. A letter that is false makes it a candidate deviation, one that a missing value leaves open is *field missing*, " +
		"and *no deviation found* says just that. Rows that are no items are counted by reason. A test is *not tested* while a kind that it reads has no source, " +
		"a gap, or a value that could not be read.\n")
	r.say("\nThe criteria are the AICPA's: here stand their public ids with titles of our own. Ids of other frameworks say where they ask for something near; " +
		"a control that works is no evidence that they are met, and articles of the EU AI Act bind certain systems and roles only.\n")
	r.index()
	for i := range c.Controls {
		r.control(&c.Controls[i])
	}
	return r.b.String()
}

type reference struct {
	catalog *controls.Catalog
	b       strings.Builder
}

func (r *reference) say(format string, args ...any) { fmt.Fprintf(&r.b, format, args...) }

// index is a row for each criterion with the controls that are primary for it.
func (r *reference) index() {
	r.say("\n| criterion | primary controls | supporting controls |\n|---|---|---|\n")
	for _, k := range r.catalog.Criteria {
		var primary, supporting []string
		for _, c := range r.catalog.Controls {
			link := "[" + c.ID + "](#" + strings.ToLower(c.ID) + ")"
			switch {
			case slices.Contains(c.Primary, k.ID):
				primary = append(primary, link)
			case slices.Contains(c.Supporting, k.ID):
				supporting = append(supporting, link)
			}
		}
		if len(primary)+len(supporting) > 0 {
			r.say("| %s %s | %s | %s |\n", k.ID, k.Title, strings.Join(primary, ", "), strings.Join(supporting, ", "))
		}
	}
	var none []string
	for _, k := range r.catalog.Criteria {
		if !slices.ContainsFunc(r.catalog.Controls, func(c controls.Control) bool {
			return slices.Contains(c.Primary, k.ID) || slices.Contains(c.Supporting, k.ID)
		}) {
			none = append(none, k.ID+" "+k.Title)
		}
	}
	if len(none) > 0 {
		r.say("\nNo control of this catalogue speaks to: %s.\n", strings.Join(none, ", "))
	}
}

func (r *reference) control(c *controls.Control) {
	r.say("\n## %s\n\n**%s.** %s\n\n", c.ID, c.Title, c.Statement)
	r.say("* Severity %s, %s, %s. For %s.\n", c.Severity, plain(c.Frequency), c.Nature, AppliesWords(c.Applies))
	r.say("* Primary: %s.", r.criteria(c.Primary))
	if len(c.Supporting) > 0 {
		r.say(" Supporting: %s.", r.criteria(c.Supporting))
	}
	r.say("\n")
	if refs := RefWords(c.Refs); len(refs) > 0 {
		r.say("* Near to %s.\n", strings.Join(refs, "; "))
	}
	for i := range c.Tests {
		r.test(&c.Tests[i])
	}
	if len(c.Manual) > 0 {
		r.say("\nOwed by people:\n\n")
		for _, m := range c.Manual {
			r.say("* **%s** %s\n", m.ID, m.Words)
		}
	}
	if c.Limit != "" {
		r.say("\nWhat this cannot show: %s\n", c.Limit)
	}
}

func (r *reference) criteria(ids []string) string {
	var out []string
	for _, id := range ids {
		for _, k := range r.catalog.Criteria {
			if k.ID == id {
				out = append(out, id+" "+k.Title)
			}
		}
	}
	return strings.Join(out, ", ")
}

func (r *reference) test(t *controls.Test) {
	r.say("\n### %s\n\n%s %s, of %s, re-performable from %s.\n\n", t.ID, t.Words, TestKindWords(t.Kind), OfWords(t.Of), t.Reperform)
	for _, a := range t.Attributes {
		r.say("* **%s** %s\n", a.Letter, a.Words)
	}
	if len(t.Excluded) > 0 {
		var reasons []string
		for _, x := range t.Excluded {
			reasons = append(reasons, plain(x.Reason))
		}
		r.say("* No items: %s.\n", strings.Join(reasons, "; "))
	}
	var reads []string
	for _, x := range Readings(t) {
		name := x.Name()
		if x.Kind != "" {
			name = "[" + name + "](records.md#" + string(x.Kind) + ")"
			if len(x.Columns) > 0 {
				name += " (" + strings.Join(x.Columns, ", ") + ")"
			}
		}
		reads = append(reads, name)
	}
	r.say("* Reads %s.\n", strings.Join(reads, ", "))
	for _, p := range r.catalog.Params {
		if slices.Contains(t.Params, p.Name) {
			r.say("* Policy `%s`: %s; %s.\n", p.Name, p.Words, DefaultWords(p))
		}
	}
	for _, w := range t.Waived {
		r.say("* Waived for `%s`: %s\n", w.Column, w.Because)
	}
	if t.Note != "" {
		r.say("\n%s\n", t.Note)
	}
}

// TestKindWords says how a test is to be read.
func TestKindWords(k controls.TestKind) string {
	switch k {
	case controls.PerItem:
		return "Item by item"
	case controls.ConfigState:
		return "State of a configuration"
	case controls.Reconciliation:
		return "Reconciliation of two sources"
	case controls.Aggregate:
		return "Over groups of items"
	case controls.Indicator:
		return "A signal for people, without a state"
	}
	return plain(string(k))
}

// OfWords says whose result a test gives.
func OfWords(o controls.Of) string {
	if o == controls.OfEntity {
		return "the entity as a whole"
	}
	return "each component"
}
