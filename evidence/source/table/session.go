package table

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
)

// session is the reading of one query in one read-only snapshot.
type session struct {
	*pg.Session
	p       *Postgres
	timeout time.Duration
	env     source.Env

	rows  int64
	total int64
	basis string
}

// read writes the rows of the query to w, one JSON object a line.
func (s *session) read(ctx context.Context, w io.Writer) (err error) {
	s.Session, err = pg.Open(ctx, s.env, pg.Options{DSN: s.p.DSN, Timeout: s.timeout})
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	counted, err := s.count(ctx)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 256<<10)
	if err := s.pages(ctx, out); err != nil {
		return errors.Join(err, out.Flush())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("keep the rows of the query for a moment: %w", err)
	}
	if s.rows != counted {
		return fmt.Errorf("the query gives %d rows and %d came page by page: state as key: columns that are never NULL and unique together", counted, s.rows)
	}
	return nil
}

// wrapped is the query as a table. The line end keeps a comment at its end
// from reaching further.
func (s *session) wrapped() string { return "(\n" + s.p.Query + "\n) AS tieout_row" }

// count counts the rows of the query, and what the entity's own count says, in
// the snapshot that the rows are read from.
func (s *session) count(ctx context.Context) (int64, error) {
	s.Asking("the query")
	if _, err := s.Tx.Prepare(ctx, "tieout_alone", s.p.Query); err != nil { // it must be whole before anything stands around it
		return 0, err
	}
	s.Asking("counting the rows of the query")
	var n int64
	own := "SELECT count(*) FROM " + s.wrapped()
	s.env.Query(own)
	if err := s.Tx.QueryRow(ctx, own).Scan(&n); err != nil {
		return 0, err
	}
	s.total, s.basis = n, "SELECT count(*) over the query, in the same snapshot"
	if s.p.Total != "" {
		s.Asking("the total")
		s.env.Query(s.p.Total)
		if err := s.Tx.QueryRow(ctx, s.p.Total).Scan(&s.total); err != nil {
			return 0, err
		}
		s.basis = s.p.Total + " (in the same snapshot)"
	}
	return n, nil
}

// pages reads the query page by page behind its key, or in one go where no key
// is stated.
func (s *session) pages(ctx context.Context, w *bufio.Writer) error {
	s.Asking("the query")
	keys := make([]string, len(s.p.Key))
	for i, k := range s.p.Key {
		keys[i] = "tieout_row." + pgx.Identifier{k}.Sanitize()
	}
	row := "SELECT pg_catalog.row_to_json(tieout_row)::text"
	if len(keys) == 0 {
		sql := row + " FROM " + s.wrapped()
		s.env.Query(sql)
		_, _, err := s.page(ctx, w, sql, 0)
		return err
	}
	list := strings.Join(keys, ", ")
	head := row + ", " + list + " FROM " + s.wrapped()
	tail := fmt.Sprintf(" ORDER BY %s LIMIT %d", list, pageRows)
	holes := make([]string, len(keys))
	for i := range holes {
		holes[i] = fmt.Sprintf("$%d", i+1)
	}
	next := fmt.Sprintf("%s WHERE (%s) > (%s)%s", head, list, strings.Join(holes, ", "), tail)
	s.env.Query(head + tail)
	s.env.Query(next)
	n, last, err := s.page(ctx, w, head+tail, len(keys))
	for err == nil && n == pageRows {
		n, last, err = s.page(ctx, w, next, len(keys), last...)
	}
	return err
}

// page reads one page and returns its length and the key of its last row.
func (s *session) page(ctx context.Context, w *bufio.Writer, sql string, keys int, args ...any) (n int, last []any, err error) {
	rows, err := s.Tx.Query(ctx, sql, args...)
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	var line []byte
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return n, nil, err
		}
		text, ok := values[0].(string)
		if !ok || len(text) > maxRow {
			return n, nil, fmt.Errorf("row %d is longer than %d bytes: leave out of the query what no column needs", s.rows+1, maxRow)
		}
		tree, err := canon.Parse([]byte(text))
		if err != nil {
			return n, nil, fmt.Errorf("row %d cannot be taken: two columns have one name, or a json column holds a name twice", s.rows+1)
		}
		line = append(pg.AppendExact(line[:0], tree), '\n')
		if _, err := w.Write(line); err != nil {
			return n, nil, fmt.Errorf("keep the rows of the query for a moment: %w", err)
		}
		n++
		s.rows++
		if keys > 0 {
			last = slices.Clone(values[1:])
		}
	}
	return n, last, rows.Err()
}
