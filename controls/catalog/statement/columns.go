package statement

import (
	"errors"
	"fmt"
)

// Column is one column that a population gives.
type Column struct {
	Name string
	SQL  string // as it stands in the list, with its name
}

// selectList finds the columns of a population: those of its first SELECT
// outside parentheses. The range is that of the list in ts.
func selectList(sql string, ts []token) (cols []Column, from, to int, err error) {
	from = -1
	for i, t := range ts {
		if t.depth != 0 {
			continue
		}
		if from < 0 && t.is("SELECT") {
			if from = i + 1; from < len(ts) && ts[from].is("DISTINCT") {
				from++
			}
			continue
		}
		if from >= 0 && t.is("FROM") {
			to = i
			break
		}
	}
	if from < 0 || to <= from {
		return nil, 0, 0, errors.New("want a SELECT … FROM …")
	}
	seen := map[string]bool{}
	for _, r := range splitList(ts, from, to) {
		name, err := columnName(ts[r[0]:r[1]])
		if err != nil {
			return nil, 0, 0, fmt.Errorf("column %q: %w", source(sql, ts, r[0], r[1]), err)
		}
		if seen[name] {
			return nil, 0, 0, fmt.Errorf("column %s is given twice", name)
		}
		seen[name] = true
		cols = append(cols, Column{Name: name, SQL: source(sql, ts, r[0], r[1])})
	}
	return cols, from, to, nil
}

// columnName returns the name of one column: what follows AS, or of a
// qualified name its last part.
func columnName(ts []token) (string, error) {
	n := len(ts)
	var name token
	switch {
	case n >= 3 && ts[n-2].is("AS") && ts[n-1].kind == word:
		name = ts[n-1]
	case n == 3 && ts[0].kind == word && ts[1].isMark(".") && ts[2].kind == word:
		name = ts[2]
	default:
		return "", errors.New("give it a name with AS")
	}
	for _, c := range name.text {
		if c >= 'A' && c <= 'Z' {
			return "", fmt.Errorf("name %s: write it in lower case", name.text)
		}
	}
	return name.text, nil
}

// Columns returns the columns that a population gives, in order.
func Columns(population string) ([]Column, error) {
	ts, err := tokens(population)
	if err != nil {
		return nil, err
	}
	cols, _, _, err := selectList(population, ts)
	return cols, err
}

// prune returns the population with only the columns that keep asks for,
// where leaving out columns cannot change its rows.
func prune(population string, keep func(name string) bool) (string, error) {
	ts, err := tokens(population)
	if err != nil {
		return "", err
	}
	cols, from, to, err := selectList(population, ts)
	if err != nil {
		return "", err
	}
	grouped := false
	for _, t := range ts {
		switch {
		case t.depth != 0:
		case t.is("UNION"), t.is("EXCEPT"), t.is("INTERSECT"), t.is("DISTINCT"):
			return population, nil
		case t.is("GROUP"):
			grouped = true
		}
	}
	l := &linter{sql: population, ts: ts}
	if !grouped && l.aggregate(from, to, nil) {
		return population, nil // without its aggregates it would have a row for each row
	}
	list := ""
	for _, c := range cols {
		if !keep(c.Name) {
			continue
		}
		if list != "" {
			list += ", "
		}
		list += c.SQL
	}
	return population[:ts[from].start] + list + population[ts[to-1].end:], nil
}

// takesAll reports whether a population has every row of its base table by its
// form: FROM that table, to which others are joined with LEFT JOIN or as the
// one row of table period, and nothing that takes rows away or puts them together.
func takesAll(population, base string) bool {
	ts, err := tokens(population)
	if err != nil || len(ts) == 0 || !ts[0].is("SELECT") {
		return false
	}
	started := false
	for i, t := range ts {
		if t.depth != 0 || t.kind != word && !t.isMark(",") {
			continue
		}
		switch t.upper() {
		case "FROM":
			if started || i+2 >= len(ts) || ts[i+1].text != base || ts[i+2].kind != word {
				return false
			}
			started = true
		case "JOIN":
			left := ts[i-1].is("LEFT") || ts[i-1].is("OUTER") && ts[i-2].is("LEFT")
			oneRow := ts[i-1].is("CROSS") && i+1 < len(ts) && ts[i+1].text == "period"
			if !left && !oneRow {
				return false
			}
		case "COUNT", "SUM", "AVG", "MIN", "MAX", "DISTINCT", "WHERE", "GROUP", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT":
			return false
		}
		if started && t.isMark(",") {
			return false
		}
	}
	return started
}
