package prove

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/evidence/kinds"
)

// Script writes a test's examples as one script for the sqlite3 program, and
// what our engine answers to the same statements, line by line. Another engine
// that answers otherwise would tell an auditor something else than us.
func (s *Schema) Script(ctx context.Context, t *controls.Test) (script, answer string, err error) {
	b, err := newBench(ctx, s, t)
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	var out, ours strings.Builder
	for _, table := range b.tables {
		out.WriteString(table.SQL + ";\n")
	}
	for i := range t.Examples {
		if err := b.load(ctx, &t.Examples[i]); err != nil {
			return "", "", err
		}
		out.WriteString("BEGIN;\n")
		for _, r := range slices.Concat(b.policy, b.rows) {
			out.WriteString(insertText(r))
		}
		for _, query := range b.lines() {
			out.WriteString(query + ";\n")
			err := b.each(ctx, query, func(r map[string]any) error {
				fmt.Fprintln(&ours, r["line"])
				return nil
			})
			if err != nil {
				return "", "", err
			}
		}
		out.WriteString("ROLLBACK;\n")
	}
	return out.String(), ours.String(), nil
}

// lines are the shipped statements, each row as one text.
func (b *bench) lines() []string {
	line := func(columns []string, query string) string {
		for i, c := range columns {
			columns[i] = "coalesce(q." + c + ", 'NULL')"
		}
		return "SELECT " + strings.Join(columns, " || '|' || ") + " AS line FROM (\n" + query + "\n) AS q"
	}
	columns := []string{statement.ComponentColumn, "item", statement.ScopeColumn, statement.NotDueColumn, statement.StateColumn}
	return []string{
		line(append(columns, b.letterNames()...), b.test.ItemSQL),
		line([]string{"test", "component", "population", "pass", "deviation", "indeterminate", "not_due"}, b.test.CountSQL),
		line([]string{"component", "reason", "row_count"}, b.test.ExcludedSQL),
	}
}

// insertText writes one row with its values as SQL, for a program that takes
// no arguments.
func insertText(r *row) string {
	values := make([]string, 0, len(r.values))
	for _, v := range r.arguments() {
		switch v := v.(type) {
		case nil:
			values = append(values, "NULL")
		case int64:
			values = append(values, strconv.FormatInt(v, 10))
		case float64:
			values = append(values, strconv.FormatFloat(v, 'e', -1, 64))
		case string:
			values = append(values, "'"+strings.ReplaceAll(v, "'", "''")+"'")
		}
	}
	return "INSERT INTO " + kinds.Quote(r.table.Name) + " (" + strings.Join(sqlColumns(r.table), ", ") + ") VALUES (" + strings.Join(values, ", ") + ");\n"
}
