package statement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// Names of the columns that the composed statements add.
const (
	ComponentColumn = "component" // whose result the item belongs to
	ScopeColumn     = "in_scope"
	NotDueColumn    = "is_not_due"
	StateColumn     = "state"
)

// Unmatched stands in the component's place for rows whose component the
// workspace does not know.
const Unmatched = "unmatched"

// Unexplained is the reason of a row of the base table that is no item and
// that no stated reason explains.
const Unexplained = "unexplained"

// reserved are names that a population may not give its columns.
var reserved = []string{ComponentColumn, ScopeColumn, NotDueColumn, StateColumn}

// Compose fills in the statements of a test from its parts.
func Compose(t *controls.Test) error {
	p, err := parts(t)
	if err != nil {
		return err
	}
	t.ItemSQL = p.items("IS NOT FALSE") + "\nORDER BY r." + ComponentColumn + ", r.item"
	if p.has("record") {
		t.ItemSQL += ", r.record" // where two sources use one key
	}
	t.ExcludedSQL = p.excluded()
	if err := p.prune(); err != nil {
		return err
	}
	t.CountSQL = p.counts()
	return nil
}

// Decisive returns a statement over what decides about the items and nothing
// that is only shown beside them. What it reads is what a test reads.
func Decisive(t *controls.Test) (string, error) {
	p, err := decisive(t)
	if err != nil {
		return "", err
	}
	return p.items("IS NOT FALSE"), nil
}

// Whole returns the statement of all items over every row of the population,
// also those out of scope: to explain one of them.
func Whole(t *controls.Test) (string, error) {
	p, err := parts(t)
	if err != nil {
		return "", err
	}
	return p.items(""), nil
}

// Letter returns a statement that gives one expression of a test over its
// population and nothing else of it.
func Letter(t *controls.Test, expression string) (string, error) {
	one := *t
	one.Scope, one.NotDue, one.Excluded, one.Of, one.Base = "TRUE", "", nil, controls.OfEntity, ""
	one.Attributes = []controls.Attribute{{Letter: "A", SQL: expression}}
	return Decisive(&one)
}

// Probe returns the statement of Decisive over every row of the population,
// also those out of scope.
func Probe(t *controls.Test) (string, error) {
	p, err := decisive(t)
	if err != nil {
		return "", err
	}
	return p.items(""), nil
}

func decisive(t *controls.Test) (*pieces, error) {
	p, err := parts(t)
	if err != nil {
		return nil, err
	}
	return p, p.prune()
}

// prune takes out of the population what is only shown.
func (p *pieces) prune() error {
	used := map[string]bool{"item": true}
	if p.test.Of == controls.OfComponent {
		used["component_id"] = true
	}
	if readsPolicy(p.deciding()) {
		used[p.dateColumn()] = true
	}
	for _, sql := range p.deciding() {
		names, err := Of("x", sql)
		if err != nil {
			return err
		}
		for _, n := range names {
			used[n] = true
		}
	}
	var err error
	if p.population, err = prune(p.population, func(name string) bool { return used[name] }); err != nil {
		return err
	}
	p.columns, err = Columns(p.population)
	return err
}

// pieces are the parts of a test with the macros expanded.
type pieces struct {
	test       *controls.Test
	columns    []Column // of the population
	population string
	scope      string
	notDue     string
	reasons    []controls.Exclusion
	letters    []controls.Attribute
}

func parts(t *controls.Test) (*pieces, error) {
	p := &pieces{test: t}
	var err error
	part := func(what, sql string) string {
		out, e := Expand(sql)
		if e != nil && err == nil {
			err = fmt.Errorf("%s: %w", what, e)
		}
		return strings.TrimSpace(out)
	}
	p.population = part("population", t.Population)
	p.scope = part("scope", t.Scope)
	p.notDue = part("not_due", t.NotDue)
	for _, e := range t.Excluded {
		p.reasons = append(p.reasons, controls.Exclusion{Reason: e.Reason, SQL: part("excluded "+e.Reason, e.SQL)})
	}
	for _, a := range t.Attributes {
		p.letters = append(p.letters, controls.Attribute{Letter: a.Letter, SQL: part("attribute "+a.Letter, a.SQL)})
	}
	if err != nil {
		return nil, err
	}
	if p.columns, err = Columns(p.population); err != nil {
		return nil, fmt.Errorf("population: %w", err)
	}
	for _, c := range p.columns {
		if slices.Contains(reserved, c.Name) || len(c.Name) < 2 {
			return nil, fmt.Errorf("population: column %s: that name is needed for the result, choose another", c.Name)
		}
	}
	if !p.has("item") {
		return nil, fmt.Errorf("population: no column is named item")
	}
	if t.Of == controls.OfComponent && !p.has("component_id") {
		return nil, fmt.Errorf("population: a test of a component needs the column component_id")
	}
	if p.hasRows() && !p.has("record") {
		return nil, fmt.Errorf("population: give the base table's _id as the column record, so that rows that are no items can be counted")
	}
	return p, nil
}

func (p *pieces) has(column string) bool {
	return slices.ContainsFunc(p.columns, func(c Column) bool { return c.Name == column })
}

// hasRows reports whether the base is a kind's table, whose rows have an id.
func (p *pieces) hasRows() bool {
	_, ok := kinds.Of(baseKind(p.test.Base))
	return ok
}

func baseKind(table string) evidence.Kind {
	return evidence.Kind(strings.TrimSuffix(table, "_obs"))
}

// component is the expression for whose result a row belongs to; join is what
// it needs. The alias is one that no author would choose.
func (p *pieces) component(of string) (expression, join string) {
	if p.test.Of != controls.OfComponent {
		return "'" + controls.EntityComponent + "'", ""
	}
	return "coalesce(known_component.component_id, '" + Unmatched + "')",
		" LEFT JOIN component AS known_component ON known_component.component_id = " + of
}

// from is the population with what its parts read beside each of its rows.
func (p *pieces) from(join string, parts []string) string {
	return "FROM (\n" + indent(p.population, "    ") + "\n  ) AS x " + p.beside(parts) + join
}

// deciding are the parts that decide about an item.
func (p *pieces) deciding() []string {
	out := []string{p.scope, p.notDue}
	for _, a := range p.letters {
		out = append(out, a.SQL)
	}
	return out
}

// items is the statement of the items whose scope is as asked. The bound that bounds nothing keeps
// SQLite from computing each letter again wherever it is used.
func (p *pieces) items(scope string) string {
	where := ""
	if scope != "" {
		where = "\n  WHERE (" + p.scope + ") " + scope
	}
	component, join := p.component("x.component_id")
	inner := []string{component + " AS " + ComponentColumn}
	outer := []string{"r." + ComponentColumn + " AS " + ComponentColumn}
	for _, c := range p.columns {
		inner = append(inner, "x."+c.Name+" AS "+c.Name)
		outer = append(outer, "r."+c.Name+" AS "+c.Name)
	}
	notDue := p.notDue
	if notDue == "" {
		notDue = "FALSE"
	}
	inner = append(inner, "("+p.scope+") AS "+ScopeColumn, "("+notDue+") AS "+NotDueColumn)
	outer = append(outer, "r."+ScopeColumn+" AS "+ScopeColumn, "r."+NotDueColumn+" AS "+NotDueColumn)
	for _, a := range p.letters {
		inner = append(inner, "("+a.SQL+") AS "+a.Letter)
		outer = append(outer, "r."+a.Letter+" AS "+a.Letter)
	}
	return "SELECT " + strings.Join(outer, ", ") + ",\n  " + p.state() + " AS " + StateColumn +
		"\nFROM (\n  SELECT " + strings.Join(inner, ",\n    ") + "\n  " + p.from(join, p.deciding()) + where + "\n  LIMIT -1 OFFSET 0\n) AS r"
}

// state decides about one item. Whether it belongs to the test at all comes
// first, then whether its time has come, then its letters. Where it is not
// known whether its time has come, a letter that is false is none yet.
func (p *pieces) state() string {
	var bad, open []string
	for _, a := range p.letters {
		bad = append(bad, "r."+a.Letter+" IS FALSE")
		open = append(open, "r."+a.Letter+" IS NULL")
	}
	isBad := "(" + strings.Join(bad, " OR ") + ")"
	return "CASE WHEN r." + ScopeColumn + " IS NULL THEN 'indeterminate'" +
		" WHEN r." + NotDueColumn + " IS TRUE THEN 'not_due'" +
		" WHEN " + isBad + " AND r." + NotDueColumn + " IS NULL THEN 'indeterminate'" +
		" WHEN " + isBad + " THEN 'deviation'" +
		" WHEN " + strings.Join(open, " OR ") + " THEN 'indeterminate' ELSE 'pass' END"
}

// countColumns are the states that CountSQL counts, in its order.
var countColumns = []string{"pass", "deviation", "indeterminate", "not_due"}

func (p *pieces) counts() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SELECT '%s' AS test, c.component AS component, count(c.state) AS population", p.test.ID)
	for _, s := range countColumns {
		fmt.Fprintf(&b, ",\n  count(CASE c.state WHEN '%s' THEN 1 END) AS %s", s, s)
	}
	b.WriteString("\nFROM (\n" + indent(p.items("IS NOT FALSE"), "  ") + "\n) AS c\nGROUP BY c.component\nORDER BY c.component")
	return b.String()
}

// excluded counts the rows that are no items. The second half finds rows of
// the base table that the population dropped, which a population never may. It
// is left out where the population plainly takes every row of that table.
func (p *pieces) excluded() string {
	component, join := p.component("x.component_id")
	reason := "'" + Unexplained + "'"
	asked := []string{p.scope}
	if len(p.reasons) > 0 {
		reason = "CASE"
		for _, r := range p.reasons {
			asked = append(asked, r.SQL)
			reason += "\n      WHEN (" + r.SQL + ") IS TRUE THEN '" + r.Reason + "'"
		}
		reason += "\n      ELSE '" + Unexplained + "' END"
	}
	rows := "SELECT " + component + " AS component, " + reason + " AS reason\n  " + p.from(join, asked) +
		"\n  WHERE (" + p.scope + ") IS FALSE"
	if p.hasRows() && !takesAll(p.population, p.test.Base) {
		component, join := "'"+controls.EntityComponent+"'", ""
		if p.test.Of == controls.OfComponent {
			component = "'" + Unmatched + "'"
			if s, ok := kinds.Of(baseKind(p.test.Base)); ok && s.HasComponent() {
				component, join = p.component("b.component_id")
			}
		}
		rows += "\n  UNION ALL\n  SELECT " + component + ", '" + Unexplained + "' FROM " + kinds.Quote(p.test.Base) + " AS b" + join +
			"\n  WHERE b._id IN (SELECT b._id FROM " + kinds.Quote(p.test.Base) + " AS b EXCEPT SELECT x.record FROM (\n" +
			indent(p.population, "    ") + "\n  ) AS x)"
	}
	return "SELECT e.component AS component, e.reason AS reason, count(e.reason) AS row_count\nFROM (\n  " + rows +
		"\n) AS e\nGROUP BY e.component, e.reason\nORDER BY e.component, e.reason"
}

func indent(sql, by string) string {
	return by + strings.ReplaceAll(strings.TrimSpace(sql), "\n", "\n"+by)
}
