package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
)

func (e *env) showCriterion(c *controls.Catalog, k controls.Criterion, asJSON bool) error {
	if asJSON {
		return e.json(k)
	}
	e.line("%s  %s", k.ID, k.Title)
	e.line("%s, %s. The criterion is the AICPA's text; this is ours.\n", strings.ReplaceAll(k.Category, "_", " "), strings.ToLower(k.Group))
	e.fold("", k.Words)
	e.line("")
	e.fold("", "What no record can show: "+k.Limit)
	e.line("")
	for _, role := range []string{"primary", "supporting"} {
		for _, x := range c.Controls {
			if role == "primary" && has(x.Primary, k.ID) || role == "supporting" && has(x.Supporting, k.ID) {
				e.line("%-10s  %-11s %s", role, x.ID, plain(x.Title))
			}
		}
	}
	return nil
}

// showControl prints a control in words, or of one of its tests the SQL too.
func (e *env) showControl(ctx context.Context, c *controls.Catalog, k *controls.Control, id string, asJSON bool) error {
	if asJSON {
		return e.json(k)
	}
	if id != k.ID && !slices.ContainsFunc(k.Tests, func(t controls.Test) bool { return t.ID == id }) {
		return fmt.Errorf("catalog: control %s has no test %q", k.ID, id)
	}
	if err := evaluate.FillReads(ctx, c); err != nil {
		return err
	}
	policies, err := e.policies(c)
	if err != nil {
		return err
	}
	e.line("%s  %s\n", k.ID, plain(k.Title))
	e.fold("", k.Statement)
	e.line("")
	e.fact("severity", fmt.Sprintf("%s; %s; %s", k.Severity, strings.ReplaceAll(k.Frequency, "_", " "), k.Nature))
	e.fact("primary", titles(c, k.Primary))
	e.fact("supporting", cmp.Or(titles(c, k.Supporting), "none"))
	e.fact("for", catalog.AppliesWords(k.Applies))
	for _, r := range catalog.RefWords(k.Refs) {
		e.fact("near to", r)
	}
	e.fact("from", k.Source)
	for i := range k.Tests {
		if t := &k.Tests[i]; id == k.ID || id == t.ID {
			e.showTest(c, t, policies)
			if id == t.ID {
				e.showSQL(t)
			}
		}
	}
	for _, m := range k.Manual {
		e.line("")
		e.fold("  ", m.ID+"  owed by people: "+m.Words)
	}
	if k.Limit != "" {
		e.line("")
		e.fold("", "What these tests cannot show: "+k.Limit)
	}
	if id == k.ID && len(k.Tests) > 0 {
		e.line("\nThe SQL of a test: tieout catalog show %s", k.Tests[0].ID)
	}
	return nil
}

// policies are the workspace's values of policy where there is one, or else
// none: then the catalogue's defaults are shown.
func (e *env) policies(c *controls.Catalog) ([]controls.Policy, error) {
	w, err := e.workspace()
	if errors.Is(err, workspace.ErrNone) && e.dir == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return w.ResolvePolicies(c.Params)
}

func (e *env) showTest(c *controls.Catalog, t *controls.Test, policies []controls.Policy) {
	e.line("\n%s  %s of %s, re-performable from %s", t.ID, strings.ToLower(catalog.TestKindWords(t.Kind)), catalog.OfWords(t.Of), t.Reperform)
	e.fold("  ", t.Words)
	for _, a := range t.Attributes {
		e.fold("    ", a.Letter+"  "+a.Words)
	}
	if t.Base != "" {
		e.fold("  ", "Every row of "+t.Base+" is an item, or is counted as none.")
	}
	for _, x := range t.Excluded {
		e.fold("    ", "none: "+strings.ReplaceAll(x.Reason, "_", " "))
	}
	for _, r := range catalog.Readings(t) {
		e.fold("  ", strings.TrimSuffix("reads "+r.Name()+": "+strings.Join(r.Columns, ", "), ": "))
	}
	for _, p := range c.Params {
		if has(t.Params, p.Name) {
			e.showParam(p, policies)
		}
	}
	for _, w := range t.Waived {
		e.fold("  ", "waived for "+w.Column+": "+w.Because)
	}
	if t.Note != "" {
		e.fold("  ", "Note: "+t.Note)
	}
}

// showParam prints the values of one parameter with the time from which each
// is in force.
func (e *env) showParam(p controls.Param, policies []controls.Policy) {
	e.fold("  ", "policy "+p.Name+": "+p.Words)
	stated := slices.DeleteFunc(slices.Clone(policies), func(o controls.Policy) bool { return o.Param != p.Name || o.Default })
	if len(stated) == 0 {
		e.fold("    ", "not stated; "+catalog.DefaultWords(p))
	}
	for _, o := range stated {
		words := p.Show(o.Value) + ", always in force"
		if o.From != 0 {
			words = p.Show(o.Value) + ", in force from " + o.From.String()
		}
		if o.ApprovedBy != "" {
			words += ", approved by " + o.ApprovedBy
		}
		e.fold("    ", words)
	}
}

// showSQL prints the parts of a test as they are written.
func (e *env) showSQL(t *controls.Test) {
	part := func(name, sql string) {
		if sql != "" {
			e.line("\n  %s\n%s", name, indent(sql, "    "))
		}
	}
	part("population", t.Population)
	part("in scope where", t.Scope)
	part("not due where", t.NotDue)
	for _, x := range t.Excluded {
		part("none as "+strings.ReplaceAll(x.Reason, "_", " ")+" where", x.SQL)
	}
	for _, a := range t.Attributes {
		part(a.Letter+"  "+a.Words, a.SQL)
	}
	part("statement that counts (tests.sql)", t.CountSQL)
}

// titles names criteria by id and title.
func titles(c *controls.Catalog, ids []string) string {
	var out []string
	for _, id := range ids {
		for _, k := range c.Criteria {
			if k.ID == id {
				out = append(out, id+" "+k.Title)
			}
		}
	}
	return strings.Join(out, "; ")
}

// foldAt is the width of prose.
const foldAt = 100

func (e *env) fact(name, value string) {
	e.foldAfter(fmt.Sprintf("%-12s", name), "            ", value)
}

// fold prints prose in lines that a reader can follow, each indented.
func (e *env) fold(by, text string) { e.foldAfter(by, by, text) }

func (e *env) foldAfter(first, by, text string) {
	line := first
	empty := true
	for _, word := range strings.Fields(plain(text)) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > foldAt {
			e.line("%s", line)
			line, empty = by, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	e.line("%s", line)
}

func indent(s, by string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = by + plain(l)
	}
	return strings.Join(lines, "\n")
}
