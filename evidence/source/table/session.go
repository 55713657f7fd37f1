package table

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

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
	s.Session, err = pg.Open(ctx, s.env, pg.Options{DSN: s.p.DSN, Timeout: s.timeout, Note: s.env.Query})
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
	if err := s.Whole(ctx, s.p.Query); err != nil {
		return 0, err
	}
	n, err := s.Number(ctx, "counting the rows of the query", "SELECT count(*) FROM "+s.wrapped())
	if err != nil {
		return 0, err
	}
	s.total, s.basis = n, "SELECT count(*) over the query, in the same snapshot"
	if s.p.Total != "" {
		if s.total, err = s.Number(ctx, "the total", s.p.Total); err != nil {
			return 0, err
		}
		s.basis = s.p.Total + " (in the same snapshot)"
	}
	return n, nil
}

// pages reads the query page by page behind its key, or in one go where no key
// is stated.
func (s *session) pages(ctx context.Context, w *bufio.Writer) error {
	var line []byte
	_, err := s.Pages(ctx, pg.Table{What: "the query", From: s.wrapped(), Name: "tieout_row", Key: s.p.Key}, func(text string) error {
		tree, err := canon.Parse([]byte(text))
		if err != nil {
			return fmt.Errorf("row %d cannot be taken: two columns have one name, or a json column holds a name twice", s.rows+1)
		}
		line = append(pg.AppendExact(line[:0], tree), '\n')
		if _, err := w.Write(line); err != nil {
			return fmt.Errorf("keep the rows of the query for a moment: %w", err)
		}
		s.rows++
		return nil
	})
	return err
}
