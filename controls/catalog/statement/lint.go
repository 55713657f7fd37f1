package statement

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
)

// Problem is one thing that the rules for authors forbid.
type Problem struct {
	Part string // population, scope, not_due, a reason of excluded, or a letter
	What string
}

// Lint reports what the text of a test's parts shows of broken rules. Each rule
// is there because SQL gives an answer, and the wrong one, without an error.
func Lint(t *controls.Test) []Problem {
	var out []Problem
	check := func(part, sql string, isQuery bool) {
		if sql == "" {
			return
		}
		ts, err := tokens(sql)
		if err != nil {
			out = append(out, Problem{part, err.Error()})
			return
		}
		l := &linter{sql: sql, ts: ts, isQuery: isQuery}
		l.words()
		if isQuery {
			l.query(0, len(ts), nil, inFrom)
		} else {
			l.expression(0, len(ts), []string{"x", "p"}, false)
		}
		for _, what := range l.found {
			out = append(out, Problem{part, what})
		}
	}
	check("population", t.Population, true)
	check("scope", t.Scope, false)
	check("not_due", t.NotDue, false)
	for _, e := range t.Excluded {
		check(e.Reason, e.SQL, false)
	}
	for _, a := range t.Attributes {
		check(a.Letter, a.SQL, false)
	}
	return out
}

type linter struct {
	sql     string
	ts      []token
	isQuery bool // a population, and no part that sees its rows
	found   []string
}

func (l *linter) wrong(format string, args ...any) {
	if what := fmt.Sprintf(format, args...); !slices.Contains(l.found, what) {
		l.found = append(l.found, what)
	}
}

// near shows where in the text something stands.
func (l *linter) near(i int) string {
	from, to := max(0, i-2), min(len(l.ts), i+4)
	return source(l.sql, l.ts, from, to)
}

func (l *linter) at(i int) token {
	if i < 0 || i >= len(l.ts) {
		return token{}
	}
	return l.ts[i]
}

// forbidden words, and what to write in their place.
var forbidden = map[string]string{
	"EXISTS":            "it is never NULL, so a missing value in the other row counts as absence: use any3 in a subquery",
	"BETWEEN":           "it takes in its upper end: write >= and <, or >= and <=",
	"LIKE":              "it ignores case: compare with =",
	"GLOB":              "compare with =, or let the source decide and give a column",
	"REGEXP":            "let the source decide and give a column",
	"MATCH":             "compare with =",
	"COLLATE":           "texts are compared as they are stored",
	"NATURAL":           "name the columns of a join with ON",
	"USING":             "name the columns of a join with ON",
	"CURRENT_DATE":      "a test knows no clock: use p",
	"CURRENT_TIME":      "a test knows no clock: use p",
	"CURRENT_TIMESTAMP": "a test knows no clock: use p",
	"VALUES":            "write the values where they are needed",
	"PRAGMA":            "a test only reads",
	"ATTACH":            "a test only reads",
}

var clockFunctions = []string{"DATE", "TIME", "DATETIME", "JULIANDAY", "STRFTIME", "UNIXEPOCH", "TIMEDIFF"}

// words finds what is wrong wherever it stands.
func (l *linter) words() {
	for i, t := range l.ts {
		next := l.at(i + 1)
		switch {
		case t.kind == text && slices.Contains([]byte(t.text), '\n'):
			l.wrong("the text %.20s… runs over the end of its line", t.text)
		case t.isMark("*"):
			l.star(i)
		case t.isMark("->"), t.isMark("->>"):
			l.wrong("%s near %q: json_extract says the same in every version", t.text, l.near(i))
		case t.isMark("=="), t.isMark("!="):
			l.wrong("%s near %q: write = and <>", t.text, l.near(i))
		case t.kind != word || l.at(i-1).isMark("."):
		case forbidden[t.upper()] != "":
			l.wrong("%s near %q: %s", t.upper(), l.near(i), forbidden[t.upper()])
		case t.is("NOT") && next.is("IN"):
			l.wrong("NOT IN near %q: one NULL on either side hides the rest: use all3(… <> …), or NOT x IN (…) for a list of texts", l.near(i))
		case t.is("IN") && next.isMark("(") && (l.at(i+2).is("SELECT") || l.at(i+2).is("WITH")):
			l.wrong("IN (SELECT …) near %q: it is FALSE for a set that is not known to be empty: use any3", l.near(i))
		case (t.is("MAX") || t.is("MIN")) && next.isMark("("):
			if list := splitList(l.ts, i+2, closing(l.ts, i+1)); len(list) > 1 {
				l.wrong("%s with several arguments near %q: it is NULL if one is: compare with OR or AND", t.text, l.near(i))
			}
		case t.is(macroInForce):
			l.strayInForce(i)
		case next.isMark("(") && slices.Contains(clockFunctions, t.upper()):
			l.wrong("%s near %q: times are compared as texts of one width or as microseconds (…_us)", t.text, l.near(i))
		}
	}
}

// star tells a product and count(*) from "all columns".
func (l *linter) star(i int) {
	before, after := l.at(i-1), l.at(i+1)
	counts := before.isMark("(") && after.isMark(")") && l.at(i-2).is("COUNT")
	operand := before.kind == number || before.isMark(")") || before.kind == word && !isKeyword(before.upper())
	if !counts && (!operand || after.kind == 0 || after.isMark(",") || after.isMark(")") || after.is("FROM")) {
		l.wrong("* near %q: list the columns, so that a new one changes nothing", l.near(i))
	}
}

// aggregates are functions over the rows of the SELECT they stand in.
var aggregates = []string{"COUNT", "SUM", "AVG", "MIN", "MAX", "ANY3", "ALL3", "ATMOST3", "ATLEAST3"}

func (l *linter) isAggregate(i int) bool {
	return l.ts[i].kind == word && slices.Contains(aggregates, l.ts[i].upper()) && l.at(i+1).isMark("(") && !l.at(i-1).isMark(".")
}

// expression goes through ts[from:to], where the aliases given may be named.
// Aggregates are only right inside a SELECT.
func (l *linter) expression(from, to int, aliases []string, inSelect bool) {
	for i := from; i < to; i++ {
		t := l.ts[i]
		switch {
		case t.isMark("(") && (l.at(i+1).is("SELECT") || l.at(i+1).is("WITH")):
			end := closing(l.ts, i)
			where := inValue
			if l.at(i - 1).is("IN") {
				where = inList
			}
			l.query(i+1, end, aliases, where)
			i = end
		case t.kind != word:
		case l.at(i + 1).isMark("."):
			if !slices.Contains(aliases, t.text) {
				l.wrong("%s.%s: nothing here is called %s", t.text, l.at(i+2).text, t.text)
			}
			l.policyColumn(i)
			i += 2
		case l.at(i + 1).isMark("("):
			if !inSelect && l.isAggregate(i) {
				l.wrong("%s near %q: it counts the rows of a SELECT, and stands in none", t.text, l.near(i))
			}
		case isKeyword(t.upper()), l.at(i - 1).is("AS"):
		default:
			l.wrong("%s near %q: say of which table it is, as in x.%s", t.text, l.near(i), t.text)
		}
	}
}

// keywords that may stand in an expression or between the parts of a SELECT.
var keywords = []string{
	"ALL", "AND", "AS", "ASC", "BY", "CASE", "CAST", "CROSS", "CURRENT", "DESC", "DISTINCT", "ELSE", "END", "EXCEPT", "FALSE", "FILTER", "FIRST",
	"FOLLOWING", "FROM", "GROUP", "GROUPS", "HAVING", "IN", "INNER", "INTEGER", "INTERSECT", "IS", "JOIN", "LAST", "LEFT", "LIMIT", "MATERIALIZED", "NOT",
	"NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION", "PRECEDING", "RANGE", "REAL", "RECURSIVE", "ROW", "ROWS", "SELECT",
	"TEXT", "THEN", "TRUE", "UNBOUNDED", "UNION", "WHEN", "WHERE", "WINDOW", "WITH",
}

func isKeyword(upper string) bool {
	_, found := slices.BinarySearch(keywords, upper)
	return found || forbidden[upper] != ""
}
