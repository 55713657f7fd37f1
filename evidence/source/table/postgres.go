package table

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
)

const defaultTimeout = 60 * time.Second // of each statement

// check refuses a query that is more than one question.
func (p *Postgres) check() (time.Duration, error) {
	if err := pg.CheckDSN(p.DSN); err != nil {
		return 0, fmt.Errorf("postgres.dsn %w", err)
	}
	for name, text := range map[string]*string{"query": &p.Query, "total": &p.Total} {
		*text = strings.TrimSuffix(strings.TrimSpace(*text), ";")
		if strings.Contains(*text, ";") {
			return 0, fmt.Errorf("postgres.%s holds a semicolon: it must be one SELECT (in a text write chr(59))", name)
		}
		first := strings.ToUpper(*text)
		if *text != "" && !strings.HasPrefix(first, "SELECT") && !strings.HasPrefix(first, "WITH") {
			return 0, fmt.Errorf("postgres.%s must begin with SELECT or WITH", name)
		}
	}
	if p.Query == "" {
		return 0, errors.New("postgres.query is missing: one SELECT")
	}
	if p.Timeout == "" {
		return defaultTimeout, nil
	}
	d, err := time.ParseDuration(p.Timeout)
	if err != nil || d < time.Second || d > 24*time.Hour {
		return 0, fmt.Errorf("postgres.timeout is %q, want a duration from 1s to 24h", p.Timeout)
	}
	return d, nil
}

// query reads the rows of one query within one read-only snapshot. The rows are
// kept as JSON lines first and understood from there, like a file's.
func (c *collector) query(ctx context.Context, env source.Env, out source.Sink, t *tally) error {
	s := &session{p: c.cfg.Postgres, timeout: c.timeout, env: env}
	spool, err := source.NewSpool()
	if err != nil {
		return err
	}
	defer spool.Close()
	failure := s.read(ctx, spool)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if failure != nil {
		if s.Session != nil {
			failure = s.Describe(failure)
		}
		if pg.Refused(failure) {
			failure = errors.Join(failure, c.gaps(out, evidence.GapPermission, failure.Error()))
		}
	} else if err := c.totals(out, s.total, s.basis); err != nil {
		return err
	}
	if s.rows == 0 {
		return failure
	}
	return errors.Join(failure, c.spooled(env, out, t, spool, "query of "+s.Host))
}

// spooled keeps the rows that were read and turns them into records.
func (c *collector) spooled(env source.Env, out source.Sink, t *tally, spool *source.Spool, name string) error {
	raw, size, err := spool.Keep(name, out.Raw)
	if err != nil {
		return err
	}
	f := &fileReader{c: c, env: env, out: out, tally: t, name: name, raw: raw}
	err = f.readJSONL(bufio.NewReaderSize(spool, 256<<10))
	f.done()
	page := source.Page{Name: name, SHA256: raw, Bytes: size, Rows: f.rows, Kept: true}
	if err != nil {
		page.Error = err.Error()
	}
	env.Page(page)
	return err
}

// totals states the count for every kind that takes one record a row.
func (c *collector) totals(out source.Sink, n int64, basis string) error {
	for _, m := range c.mappings {
		for _, r := range m.rules {
			if r.each != nil {
				continue
			}
			if err := out.Total(evidence.Total{Kind: r.schema.Kind, Count: n, Basis: basis}); err != nil {
				return err
			}
		}
	}
	return nil
}
