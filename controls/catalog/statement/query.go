package statement

import "slices"

// Where a SELECT stands.
type position int

const (
	inFrom  position = iota // its rows are a table
	inValue                 // its one row is a value
	inList                  // after IN, which the words have refused already
)

// query goes through one SELECT, WITH or compound in ts[from:to].
func (l *linter) query(from, to int, outer []string, where position) {
	if from >= to {
		return
	}
	depth := l.ts[from].depth
	if l.ts[from].is("WITH") {
		from = l.with(from, to)
	}
	start := from
	for i := from; i <= to; i++ {
		if i < to && (l.ts[i].depth != depth || !l.ts[i].is("UNION") && !l.ts[i].is("EXCEPT") && !l.ts[i].is("INTERSECT")) {
			continue
		}
		l.selects(start, i, outer, where)
		if start = i + 1; start < to && l.ts[start].is("ALL") {
			start++
		}
	}
}

// with goes through the tables that WITH names and returns where the SELECT
// begins.
func (l *linter) with(from, to int) int {
	depth := l.ts[from].depth
	for i := from; i < to; i++ {
		if l.ts[i].depth != depth {
			continue
		}
		if l.ts[i].is("SELECT") {
			return i
		}
		if l.ts[i].isMark("(") && (l.at(i-1).is("AS") || l.at(i-1).is("MATERIALIZED")) {
			l.query(i+1, closing(l.ts, i), nil, inFrom)
		}
	}
	return to
}

// clauses are the words that end the one before.
var clauses = []string{"FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT"}

// selects goes through one SELECT without compounds.
func (l *linter) selects(from, to int, outer []string, where position) {
	if from >= to || !l.ts[from].is("SELECT") {
		l.wrong("near %q: want a SELECT", l.near(from))
		return
	}
	depth := l.ts[from].depth
	starts := map[string]int{}
	ends := map[string]int{}
	last := "SELECT"
	starts[last] = from + 1
	for i := from + 1; i < to; i++ {
		if l.ts[i].depth == depth && l.ts[i].kind == word && slices.Contains(clauses, l.ts[i].upper()) && !l.at(i-1).isMark(".") {
			ends[last] = i
			last = l.ts[i].upper()
			starts[last] = i + 1
		}
	}
	ends[last] = to
	own := l.tables(starts["FROM"], ends["FROM"], outer)
	for _, a := range own {
		if slices.Contains([]string{"x", "known_component"}, a) {
			l.wrong("alias %s: that name is taken, choose another", a)
		}
	}
	all := slices.Concat(own, outer)
	for clause, start := range starts {
		if clause != "FROM" {
			l.expression(start, ends[clause], all, true)
		}
	}
	if starts["LIMIT"] > 0 && starts["ORDER"] == 0 {
		l.wrong("LIMIT near %q: without ORDER BY, which rows it keeps is chance", l.near(starts["LIMIT"]))
	}
	l.list(starts["SELECT"], ends["SELECT"], own, starts["GROUP"], ends["GROUP"], where, starts["LIMIT"] > 0)
}

// tables goes through a FROM clause and returns what its tables are called.
func (l *linter) tables(from, to int, outer []string) (own []string) {
	if from == 0 {
		return nil
	}
	depth := l.ts[from].depth
	wantTable := true
	for i := from; i < to; i++ {
		t := l.ts[i]
		switch {
		case wantTable && t.isMark("("):
			end := closing(l.ts, i)
			l.query(i+1, end, outer, inFrom)
			own, i = l.alias(end+1, to, "", own)
			wantTable = false
		case wantTable && t.kind == word && !isKeyword(t.upper()):
			if l.at(i + 1).isMark("(") {
				end := closing(l.ts, i+1)
				l.expression(i+2, end, slices.Concat(own, outer), false)
				own, i = l.alias(end+1, to, t.text, own)
			} else {
				if t.text == "p" || t.text == "period" {
					l.policy(i)
				}
				own, i = l.alias(i+1, to, t.text, own)
			}
			wantTable = false
		case t.depth == depth && (t.isMark(",") || t.is("JOIN")):
			wantTable = true
		case t.is("ON"):
			end := i + 1
			for end < to && (l.ts[end].depth != depth || !l.ts[end].isMark(",") && !slices.Contains([]string{"JOIN", "LEFT", "CROSS", "INNER"}, l.ts[end].upper())) {
				end++
			}
			l.expression(i+1, end, slices.Concat(own, outer), false)
			i = end - 1
		}
	}
	return own
}

// alias reads what a table is called, from the token after it, and returns
// the last token that belongs to it.
func (l *linter) alias(i, to int, name string, own []string) ([]string, int) {
	if i < to && l.ts[i].is("AS") {
		i++
	}
	if i < to && l.ts[i].kind == word && !isKeyword(l.ts[i].upper()) {
		if l.ts[i].text == "p" {
			l.wrong("alias p: that name is taken, choose another")
		}
		return append(own, l.ts[i].text), i
	}
	if name == "" {
		l.wrong("near %q: give the subquery a name", l.near(i-1))
		return own, i - 1
	}
	return append(own, name), i - 1
}

// list goes through the columns of one SELECT: what aggregates count, and
// what stands beside them.
func (l *linter) list(from, to int, own []string, groupFrom, groupTo int, where position, limited bool) {
	var groups []string
	if groupFrom > 0 {
		if l.at(groupFrom).is("BY") {
			groupFrom++
		}
		for _, r := range splitList(l.ts, groupFrom, groupTo) {
			groups = append(groups, source(l.sql, l.ts, r[0], r[1]))
		}
	}
	var bare []string
	counted := false
	for _, r := range splitList(l.ts, from, to) {
		end := r[1]
		if end-2 > r[0] && l.ts[end-2].is("AS") {
			end -= 2
		}
		item := source(l.sql, l.ts, r[0], end)
		switch aggregate := l.aggregate(r[0], end, own); {
		case aggregate:
			counted = true
		case !slices.Contains(groups, item):
			bare = append(bare, l.ungrouped(r[0], end, own, groups)...)
		}
	}
	if (counted || len(groups) > 0) && len(bare) > 0 {
		l.wrong("column %s beside an aggregate: it is of any row of the group: put it into GROUP BY, or take its min or max", bare[0])
	}
	isOneRow := len(own) == 1 && (own[0] == "period" || slices.Contains(l.oneRowTables(), own[0]))
	if where == inValue && !counted && !limited && len(own) > 0 && !isOneRow {
		l.wrong("(SELECT %s …) as a value: where it has several rows, any of them is taken: use an aggregate", source(l.sql, l.ts, from, to))
	}
}

// ungrouped returns the columns of own tables that ts[from:to] names, outside
// subqueries, and that the groups do not.
func (l *linter) ungrouped(from, to int, own, groups []string) []string {
	var out []string
	for i := from; i+2 < to; i++ {
		if l.ts[i].isMark("(") && l.at(i+1).is("SELECT") {
			i = closing(l.ts, i)
			continue
		}
		if name := source(l.sql, l.ts, i, i+3); l.ts[i].kind == word && l.ts[i+1].isMark(".") && slices.Contains(own, l.ts[i].text) && !slices.Contains(groups, name) {
			out = append(out, name)
		}
	}
	return out
}

// oneRowTables returns the aliases of table component, which has one row per
// component: looking one up by its id gives one value.
func (l *linter) oneRowTables() []string {
	var out []string
	for i, t := range l.ts {
		if t.text == "component" && (l.at(i-1).is("FROM") || l.at(i-1).is("JOIN")) {
			name := l.at(i + 1)
			if name.is("AS") {
				name = l.at(i + 2)
			}
			out = append(out, name.text)
		}
	}
	return out
}

// aggregate reports whether ts[from:to] aggregates, outside the subqueries in
// it, and sees to it that what it counts are rows of its own SELECT: SQLite
// takes an aggregate over columns of an outer SELECT for one of that SELECT,
// and its items shrink to a single row.
func (l *linter) aggregate(from, to int, own []string) bool {
	found := false
	for i := from; i < to; i++ {
		if l.ts[i].isMark("(") && (l.at(i+1).is("SELECT") || l.at(i+1).is("WITH")) {
			i = closing(l.ts, i)
			continue
		}
		if !l.isAggregate(i) {
			continue
		}
		end := closing(l.ts, i+1)
		if l.at(end + 1).is("OVER") {
			continue
		}
		found = true
		if l.names(i+2, end, nil) && !l.names(i+2, end, own) {
			l.wrong("%s near %q: its condition names no column of the rows that it counts", l.ts[i].text, l.near(i))
		}
		i = end
	}
	return found
}

// names reports whether ts[from:to] names a column of one of the aliases, or
// of any alias where none is given.
func (l *linter) names(from, to int, aliases []string) bool {
	for i := from; i+1 < to; i++ {
		if l.ts[i].kind == word && l.ts[i+1].isMark(".") && (aliases == nil || slices.Contains(aliases, l.ts[i].text)) {
			return true
		}
	}
	return false
}
