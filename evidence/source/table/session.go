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
)

// session is one read-only snapshot of one server.
type session struct {
	p       *Postgres
	cfg     *pgx.ConnConfig
	timeout time.Duration
	env     source.Env
	host    string

	tx      pgx.Tx
	asked   string // what is being asked, for errors
	refused bool   // the server does not let this role look
	rows    int64
	total   int64
	basis   string
}

// errRole is a role that could do more than read.
var errRole = errors.New("this role could run programs or read and write files on the server, even in a read-only transaction: " +
	"make one that may only read, such as CREATE ROLE tieout_ro LOGIN NOSUPERUSER; GRANT SELECT ON … TO tieout_ro")

// read writes the rows of the query to w, one JSON object a line.
func (s *session) read(ctx context.Context, w io.Writer) (err error) {
	s.asked = "connecting"
	conn, err := pgx.ConnectConfig(ctx, s.cfg)
	if err != nil {
		return err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = conn.Close(end) // nothing was written that could be lost; it ends the transaction
	}()
	s.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
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

// prepare fixes what rows look like, notes as whom we look, and refuses a role
// that could do harm: a read-only transaction does not stop it.
func (s *session) prepare(ctx context.Context) error {
	s.asked = "preparing the session"
	for _, set := range []string{
		fmt.Sprintf("SET LOCAL statement_timeout = %d", s.timeout.Milliseconds()),
		"SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO'", "SET LOCAL extra_float_digits = 1",
		"SET LOCAL row_security = off", // a policy that would hide rows becomes an error
	} {
		if _, err := s.tx.Exec(ctx, set); err != nil {
			return err
		}
	}
	var user, session, database, version string
	err := s.tx.QueryRow(ctx, "SELECT current_user, session_user, current_database(), current_setting('server_version')").Scan(&user, &session, &database, &version)
	if err != nil {
		return err
	}
	s.env.Principal(fmt.Sprintf("%s (session %s), database %s at %s, PostgreSQL %s", user, session, database, s.host, version))
	var power string
	err = s.tx.QueryRow(ctx, `
		SELECT coalesce(string_agg(r.rolname, ', ' ORDER BY r.rolname), '')
		FROM pg_catalog.pg_roles r
		WHERE (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
		  AND (pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER'))`).Scan(&power)
	if err != nil {
		return err
	}
	if power != "" {
		s.refused = true
		return fmt.Errorf("%s is or may become %s: %w", session, power, errRole)
	}
	return nil
}

// wrapped is the query as a table. The line end keeps a comment at its end
// from reaching further.
func (s *session) wrapped() string { return "(\n" + s.p.Query + "\n) AS tieout_row" }

// count counts the rows of the query, and what the entity's own count says, in
// the snapshot that the rows are read from.
func (s *session) count(ctx context.Context) (int64, error) {
	s.asked = "the query"
	if _, err := s.tx.Prepare(ctx, "tieout_alone", s.p.Query); err != nil { // it must be whole before anything stands around it
		return 0, err
	}
	s.asked = "counting the rows of the query"
	var n int64
	own := "SELECT count(*) FROM " + s.wrapped()
	s.env.Query(own)
	if err := s.tx.QueryRow(ctx, own).Scan(&n); err != nil {
		return 0, err
	}
	s.total, s.basis = n, "SELECT count(*) over the query, in the same snapshot"
	if s.p.Total != "" {
		s.asked = "the total"
		s.env.Query(s.p.Total)
		if err := s.tx.QueryRow(ctx, s.p.Total).Scan(&s.total); err != nil {
			return 0, err
		}
		s.basis = s.p.Total + " (in the same snapshot)"
	}
	return n, nil
}

// pages reads the query page by page behind its key, or in one go where no key
// is stated.
func (s *session) pages(ctx context.Context, w *bufio.Writer) error {
	s.asked = "the query"
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
	rows, err := s.tx.Query(ctx, sql, args...)
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
		line = append(appendExact(line[:0], tree), '\n')
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

// appendExact appends the value as canonical JSON whose numbers keep every
// digit that the server gave.
func appendExact(dst []byte, v any) []byte {
	switch v := v.(type) {
	case canon.Number:
		return append(dst, v...)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendExact(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.SortFunc(names, canon.Compare)
		dst = append(dst, '{')
		for i, name := range names {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(canon.AppendString(dst, name), ':')
			dst = appendExact(dst, v[name])
		}
		return append(dst, '}')
	case string:
		return canon.AppendString(dst, v)
	case bool:
		if v {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}
