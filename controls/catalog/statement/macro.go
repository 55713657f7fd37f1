package statement

import (
	"fmt"
	"strings"
)

// macros are aggregates over conditions that may be NULL. A condition that is
// NULL may be true or false: the result is NULL where that matters, and no
// set counts as known because a row of it was dropped.
//
//	any3(c)        TRUE if one is true, FALSE if all are false or there is none
//	all3(c)        FALSE if one is false, TRUE if all are true or there is none
//	atmost3(c, n)  whether at most n are true
//	atleast3(c, n) whether at least n are true
//
// One more is no aggregate: in_force(t) joins the row of table p that is in
// force at t.
var macros = map[string]struct {
	args   int
	expand func(args []string) string
}{
	macroInForce: {1, func(a []string) string { return inForce(a[0]) }},
	"ANY3": {1, func(a []string) string {
		return "CASE max(" + three(a[0]) + ") WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END"
	}},
	"ALL3": {1, func(a []string) string {
		return "CASE min(" + three(a[0]) + ") WHEN 0 THEN FALSE WHEN 1 THEN NULL ELSE TRUE END"
	}},
	"ATMOST3": {2, func(a []string) string {
		return "CASE WHEN " + notFalse(a[0]) + " <= (" + a[1] + ") THEN TRUE WHEN " + certain(a[0]) + " > (" + a[1] + ") THEN FALSE END"
	}},
	"ATLEAST3": {2, func(a []string) string {
		return "CASE WHEN " + certain(a[0]) + " >= (" + a[1] + ") THEN TRUE WHEN " + notFalse(a[0]) + " < (" + a[1] + ") THEN FALSE END"
	}},
}

const macroInForce = "IN_FORCE"

// three orders a condition's values: false 0, NULL 1, true 2.
func three(c string) string {
	return "CASE (" + c + ") WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END"
}
func certain(c string) string  { return "count(CASE (" + c + ") WHEN TRUE THEN 1 END)" }
func notFalse(c string) string { return "count(CASE (" + c + ") WHEN FALSE THEN NULL ELSE 1 END)" }

// maxExpanded bounds what macros inside macros can grow to.
const maxExpanded = 256 << 10

// Expand replaces the macros by plain SQL. Text without macros stays as it is.
func Expand(sql string) (string, error) {
	ts, err := tokens(sql)
	if err != nil {
		return "", err
	}
	return expand(sql, ts, 0, len(ts))
}

func expand(sql string, ts []token, from, to int) (string, error) {
	var b strings.Builder
	copied := from // tokens before this are written
	flush := func(upTo int) {
		if copied >= upTo {
			return
		}
		start := ts[copied].start
		if copied > from {
			start = ts[copied-1].end // with the space before it
		}
		b.WriteString(sql[start:ts[upTo-1].end])
	}
	for i := from; i < to; i++ {
		if ts[i].kind != word || i+1 >= to || !ts[i+1].isMark("(") {
			continue
		}
		m, isMacro := macros[ts[i].upper()]
		if !isMacro {
			continue
		}
		flush(i)
		if i > from {
			b.WriteString(sql[ts[i-1].end:ts[i].start])
		}
		end := closing(ts, i+1)
		var args []string
		for _, r := range splitList(ts, i+2, end) {
			arg, err := expand(sql, ts, r[0], r[1])
			if err != nil {
				return "", err
			}
			args = append(args, arg)
		}
		if len(args) != m.args {
			return "", fmt.Errorf("%s takes %d arguments, not %d", strings.ToLower(ts[i].upper()), m.args, len(args))
		}
		for _, a := range args {
			if a == "" {
				return "", fmt.Errorf("%s has an empty argument", strings.ToLower(ts[i].upper()))
			}
		}
		b.WriteString(m.expand(args))
		if b.Len() > maxExpanded {
			return "", fmt.Errorf("the macros expand to more than %d bytes: nest them less", maxExpanded)
		}
		copied, i = end+1, end
	}
	flush(to)
	return b.String(), nil
}
