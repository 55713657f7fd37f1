package pg

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// PageRows is how many rows are asked for at once.
const PageRows = 5000

// maxText bounds the text of a row, in bytes.
const maxText = 4 << 20

// noted notes an exact question.
func (s *Session) noted(sql string) {
	if s.note != nil {
		s.note(sql)
	}
}

// Whole checks that a statement is one alone, before anything stands around it.
func (s *Session) Whole(ctx context.Context, sql string) error {
	s.asking = "the query"
	_, err := s.Tx.Prepare(ctx, "tieout_alone", sql)
	return err
}

// Number asks for one whole number, such as a count.
func (s *Session) Number(ctx context.Context, what, sql string, args ...any) (int64, error) {
	s.asking = what
	s.noted(sql)
	var n int64
	err := s.Tx.QueryRow(ctx, sql, args...).Scan(&n)
	return n, err
}

// Ask asks for a few rows and calls each with a reader of their columns.
func (s *Session) Ask(ctx context.Context, what, sql string, each func(scan func(...any) error) error, args ...any) error {
	s.asking = what
	rows, err := s.Tx.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Table is a query whose rows are asked for as JSON.
type Table struct {
	What string   // for errors
	From string   // a query in brackets, with a name
	Name string   // that name
	Key  []string // columns of it that order it and are unique together; none: in one go
	Args []any    // of the query
}

// Pages calls each with every row as the server's JSON text. The text is valid
// until each returns.
func (s *Session) Pages(ctx context.Context, t Table, each func(text string) error) (int64, error) {
	s.asking = t.What
	row := "SELECT pg_catalog.row_to_json(" + t.Name + ")::text"
	if len(t.Key) == 0 {
		sql := row + " FROM " + t.From
		s.noted(sql)
		n, _, err := s.page(ctx, each, sql, 0, t.Args)
		return int64(n), err
	}
	keys := make([]string, len(t.Key))
	holes := make([]string, len(t.Key))
	for i, k := range t.Key {
		keys[i] = t.Name + "." + pgx.Identifier{k}.Sanitize()
		holes[i] = fmt.Sprintf("$%d", len(t.Args)+i+1)
	}
	list := strings.Join(keys, ", ")
	head := row + ", " + list + " FROM " + t.From
	tail := fmt.Sprintf(" ORDER BY %s LIMIT %d", list, PageRows)
	next := fmt.Sprintf("%s WHERE (%s) > (%s)%s", head, list, strings.Join(holes, ", "), tail)
	s.noted(head + tail)
	s.noted(next)
	n, last, err := s.page(ctx, each, head+tail, len(keys), t.Args)
	sum := int64(n)
	for err == nil && n == PageRows {
		n, last, err = s.page(ctx, each, next, len(keys), append(slices.Clone(t.Args), last...))
		sum += int64(n)
	}
	return sum, err
}

// page reads one page and returns its length and the key of its last row.
func (s *Session) page(ctx context.Context, each func(string) error, sql string, keys int, args []any) (n int, last []any, err error) {
	rows, err := s.Tx.Query(ctx, sql, args...)
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if keys == 0 {
			if err := rows.Scan(&text); err != nil {
				return n, nil, err
			}
		} else {
			text = string(rows.RawValues()[0]) // the key is read once a page
		}
		if len(text) > maxText {
			return n, nil, fmt.Errorf("row %d of a page is longer than %d bytes: leave out of the query what no column needs", n+1, maxText)
		}
		if err := each(text); err != nil {
			return n, nil, err
		}
		n++
		if keys > 0 && n == PageRows {
			values, err := rows.Values()
			if err != nil {
				return n, nil, err
			}
			last = slices.Clone(values[1:])
		}
	}
	return n, last, rows.Err()
}

// Lines writes rows to w, one a line as the server gave them.
func Lines(w *bufio.Writer) func(text string) error {
	return func(text string) error {
		if _, err := w.WriteString(text); err != nil {
			return fmt.Errorf("keep the rows of the query for a moment: %w", err)
		}
		if err := w.WriteByte('\n'); err != nil {
			return fmt.Errorf("keep the rows of the query for a moment: %w", err)
		}
		return nil
	}
}
