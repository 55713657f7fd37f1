package litellm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env    source.Env
	out    source.Sink
	s      *pg.Session
	reach  *reach
	window evidence.Window
}

// Collect implements source.Collector. Calls and audit events are those of the
// window; keys, users and teams are as they stand.
func (c *collector) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	p := &pull{collector: c, env: env, out: out, window: w}
	err := p.read(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if pg.Refused(err) {
		for _, k := range emits() {
			if gap := out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapPermission, Detail: err.Error()}); gap != nil {
				return gap
			}
		}
	}
	return err
}

// read asks for everything in one snapshot.
func (p *pull) read(ctx context.Context) (err error) {
	p.s, err = pg.Open(ctx, p.env, pg.Options{DSN: p.cfg.DSN, Timeout: p.timeout, Note: p.env.Query})
	if err != nil {
		return err
	}
	defer p.s.Close(ctx)
	return p.s.Describe(p.all(ctx))
}

func (p *pull) all(ctx context.Context) error {
	var err error
	if p.reach, err = look(ctx, p.s); err != nil {
		return err
	}
	if err := p.expired(); err != nil {
		return err
	}
	for i := range parts {
		if err := p.part(ctx, &parts[i]); err != nil {
			return fmt.Errorf("%s: %w", parts[i].name, err)
		}
	}
	return p.compare(ctx)
}

// expired says the part of the window that the proxy has deleted by its own rule.
func (p *pull) expired() error {
	kept := evidence.InstantOf(p.env.Now().Time().Add(-p.retention))
	if p.retention == 0 || kept <= p.window.From {
		return nil
	}
	return p.out.Gap(evidence.Gap{
		Kind: "gateway_request", Reason: evidence.GapRetention, From: p.window.From, To: min(kept, p.window.To),
		Detail: "the proxy deletes calls after " + p.cfg.Retention,
	})
}

// part reads one part: its rows are kept as JSON lines first, and understood
// from there.
func (p *pull) part(ctx context.Context, part *part) error {
	lines := p.lines[part.mapping]
	if lacks := p.reach.lacks(part.tables); lacks != "" {
		for _, k := range lines.Kinds() {
			if err := p.out.Gap(evidence.Gap{Kind: k, Reason: evidence.GapPermission, Detail: part.name + ": " + lacks}); err != nil {
				return err
			}
		}
		return nil
	}
	spool, err := source.NewSpool()
	if err != nil {
		return err
	}
	defer spool.Close()
	n, failed := p.rows(ctx, part, spool)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if n == 0 {
		if failed == nil && part.mapping == "audit" {
			return p.out.Gap(evidence.Gap{
				Kind: "config_event", Reason: evidence.GapDisabled,
				Detail: "the audit log holds nothing of this time: it is written with an enterprise licence and store_audit_logs only, so nothing need not mean that nothing was changed",
			})
		}
		return failed
	}
	return errors.Join(failed, p.understand(part, spool))
}

// rows writes the rows of the part to w and states how many the server counts.
func (p *pull) rows(ctx context.Context, part *part, w io.Writer) (int64, error) {
	var args []any
	if part.window {
		args = []any{stamp(p.window.From), stamp(p.window.To)}
	}
	out := bufio.NewWriterSize(w, 256<<10)
	sql := strings.Replace(part.sql, "{columns}", p.newer(part), 1)
	n, err := p.s.Pages(ctx, pg.Table{What: part.name, From: "(" + sql + ") AS r", Name: "r", Key: part.key, Args: args}, pg.Lines(out))
	if err = errors.Join(err, out.Flush()); err != nil || part.count == "" {
		return n, err
	}
	total, err := p.s.Number(ctx, "counting "+part.name, part.count, args...)
	if err != nil {
		return n, err
	}
	kind := p.lines[part.mapping].Kinds()[0]
	return n, p.out.Total(evidence.Total{Kind: kind, Count: total, Basis: part.count + " (in the same snapshot)"})
}

// newer lists the columns that this version has and older ones lack.
func (p *pull) newer(part *part) string {
	var b strings.Builder
	for _, u := range part.tables {
		for _, c := range u.newer {
			if !p.reach.may[key(u.table, c)] {
				continue
			}
			if c == "created_at" || c == "last_active" { // UTC without saying so
				fmt.Fprintf(&b, `, %s."%s" AT TIME ZONE 'UTC' AS "%[2]s"`, u.alias, c)
				continue
			}
			fmt.Fprintf(&b, `, %s."%s"`, u.alias, c)
		}
	}
	return b.String()
}

// understand keeps the rows and turns them into records.
func (p *pull) understand(part *part, spool *source.Spool) error {
	name := part.name + " of " + p.s.Host
	raw, size, err := spool.Keep(name, p.out.Raw)
	if err != nil {
		return err
	}
	rows, err := p.lines[part.mapping].Read(p.env, p.out, name, raw, spool)
	page := source.Page{Name: name, SHA256: raw, Bytes: size, Rows: rows, Kept: true}
	if err != nil {
		page.Error = err.Error()
	}
	p.env.Page(page)
	return err
}

// stamp is an instant as the proxy writes it: UTC without a zone.
func stamp(i evidence.Instant) string { return i.Time().UTC().Format("2006-01-02 15:04:05.999999") }

// compare holds the log against the proxy's own count of calls by days: it
// drops calls whose id it has seen before, and deletes old ones.
func (p *pull) compare(ctx context.Context) error {
	first := p.window.From.Time().UTC().Add(24*time.Hour - time.Microsecond).Truncate(24 * time.Hour)
	end := min(p.window.To, p.env.Now()).Time().UTC().Truncate(24 * time.Hour)
	if lacks := p.reach.lacks(append(slices.Clone(parts[0].tables), daily)); lacks != "" {
		return p.out.Gap(evidence.Gap{Kind: "gateway_request", Columns: []string{"request_id"}, Reason: evidence.GapPermission, Detail: "the proxy's own count of calls cannot be compared: " + lacks})
	}
	if !first.Before(end) {
		return nil
	}
	const sql = `SELECT day, coalesce(d.n, 0), coalesce(s.n, 0) FROM
  (SELECT date AS day, sum(api_requests)::bigint AS n FROM "LiteLLM_DailyUserSpend" WHERE date >= $1 AND date < $2 GROUP BY date) d
  FULL JOIN (SELECT to_char("startTime", 'YYYY-MM-DD') AS day, count(*) AS n FROM "LiteLLM_SpendLogs" WHERE "startTime" >= $1::timestamp AND "startTime" < $2::timestamp GROUP BY 1) s USING (day)
  WHERE coalesce(d.n, 0) <> coalesce(s.n, 0) ORDER BY day`
	p.env.Query(sql)
	return p.s.Ask(ctx, "comparing with the proxy's count by days", sql, func(scan func(...any) error) error {
		var day string
		var counted, logged int64
		if err := scan(&day, &counted, &logged); err != nil {
			return err
		}
		from, err := time.Parse(time.DateOnly, day)
		if err != nil {
			return fmt.Errorf("a day of the proxy's own count is none: %w", errors.New("want YYYY-MM-DD"))
		}
		return p.out.Gap(evidence.Gap{
			Kind: "gateway_request", Reason: evidence.GapCountMismatch, From: evidence.InstantOf(from), To: evidence.InstantOf(from.Add(24 * time.Hour)),
			Rows: max(counted-logged, 0), Detail: fmt.Sprintf("on %s the proxy counted %d calls, and its log holds %d", day, counted, logged),
		})
	}, first.Format(time.DateOnly), end.Format(time.DateOnly))
}
