package statement

import (
	"slices"

	"github.com/tieout/tieout/controls"
)

// PolicyColumn names the column of a population whose moment decides by which
// values of policy a row is judged, where that is not its column at: an item
// that reaches into the period from long before is judged by policy of the period.
const PolicyColumn = "policy_at"

const atColumn = "at"

// PeriodColumns are those that table p has in common with table period.
var PeriodColumns = []string{"start_at", "start_us", "end_at", "end_us"}

// inForce is the condition under which a row of table p holds the values in
// force at a moment: of all rows, it is true of one. Without a moment, that is
// the last one. The bare day comes after every moment that a row could begin at.
func inForce(at string) string {
	const late = ", '9999-12-31')"
	return "(p.from_at <= coalesce(" + at + late + " AND coalesce(" + at + late + " < p.to_at)"
}

// besidePeriod stands beside each row where nothing is asked but the period.
const besidePeriod = "CROSS JOIN period AS p"

// beside joins to each row of the population, as p, what its parts read: the
// period, and where they read values of policy, those in force on its date. A
// date that lies nowhere leaves the row, with nothing in force.
func (p *pieces) beside(parts []string) string {
	switch {
	case !readsPolicy(parts):
		return besidePeriod
	case p.dateColumn() == "":
		return "LEFT JOIN p ON p.to_at = '" + controls.Ever.To.String() + "'"
	}
	return "LEFT JOIN p ON " + inForce("x."+p.dateColumn())
}

// dateColumn is the column by whose moment policy is chosen, if there is one.
func (p *pieces) dateColumn() string {
	for _, name := range []string{PolicyColumn, atColumn} {
		if p.has(name) {
			return name
		}
	}
	return ""
}

// readsPolicy reports whether some part names a column of p that is none of
// the period's. The parts have been read into tokens before.
func readsPolicy(parts []string) bool {
	for _, sql := range parts {
		names, err := Of("p", sql)
		if err != nil || slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(PeriodColumns, n) }) {
			return true
		}
	}
	return false
}

// Met returns a statement that gives, for each component, the beginning
// (from_at) of each row of table p that one of its items is judged by. It is
// empty for a test whose items are all judged by the last row, or by none.
func Met(t *controls.Test) (string, error) {
	p, err := decisive(t)
	if err != nil || p.dateColumn() == "" || !readsPolicy(p.deciding()) {
		return "", err
	}
	component, join := p.component("x.component_id")
	return "SELECT DISTINCT " + component + " AS " + ComponentColumn + ", p.from_at AS from_at\n  " +
		p.from(join, p.deciding()) + "\n  WHERE (" + p.scope + ") IS NOT FALSE AND p.from_at IS NOT NULL", nil
}

// policy sees to it that a population reads values of policy for one moment,
// and that other parts take those that stand beside their item.
func (l *linter) policy(i int) {
	if !l.isQuery {
		l.wrong("table %s near %q: its values for this item stand beside it already, as p.…", l.ts[i].text, l.near(i))
		return
	}
	if l.ts[i].text != "p" {
		return
	}
	joined := l.at(i-1).is("JOIN") && l.at(i-2).is("LEFT") && l.at(i+1).is("ON") && l.at(i+2).is(macroInForce) && l.at(i+3).isMark("(")
	if joined {
		after := l.at(closing(l.ts, i+3) + 1)
		joined = !after.is("AND") && !after.is("OR")
	}
	if !joined {
		l.wrong("table p near %q: it has a row for each stretch of policy: write LEFT JOIN p ON in_force(…) with the moment that decides, or take the period from table period", l.near(i))
	}
}

// policyColumn sees to it that no part mixes the two sources of the period.
func (l *linter) policyColumn(i int) {
	column := l.at(i + 2).text
	if l.isQuery && l.ts[i].text == "p" && slices.Contains(PeriodColumns, column) {
		l.wrong("p.%s: a population takes the period from table period, and only values of policy from p", column)
	}
}

// strayInForce refuses the macro where it does not choose a row of table p.
func (l *linter) strayInForce(i int) {
	if !l.at(i-1).is("ON") || l.at(i-2).text != "p" {
		l.wrong("in_force near %q: it chooses the row of table p, in LEFT JOIN p ON in_force(…) of a population", l.near(i))
	}
}
