// Package pg is how collectors look into a PostgreSQL server: in one read-only
// snapshot, as a role that can do nothing else.
package pg

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tieout/tieout/evidence/secret"
)

const connectTimeout = 10 * time.Second

// Env is what a session uses of the world; every source.Env is one.
type Env interface {
	Secret(ref string) (secret.Value, error)
	Principal(name string)
}

// Options is how a session is opened.
type Options struct {
	DSN      string        // a reference to the connection string, such as env:DATABASE_URL
	Database string        // instead of the one that the connection string names
	Timeout  time.Duration // of each statement
	Note     func(string)  // is told each exact question of Pages and Number; nil: nobody is
}

// Session is one read-only snapshot of one database. It is used by one
// goroutine at a time.
type Session struct {
	Tx       pgx.Tx
	Host     string // host:port
	Database string

	conn     *pgx.Conn
	password string
	asking   string
	note     func(string)
}

// Error is what a server, or the way to it, said. It never holds the password.
type Error struct {
	Refused bool // the server does not let this role look
	text    string
	err     error
}

// Error implements error.
func (e *Error) Error() string { return e.text }

// Unwrap returns the error below. Its own text may hold a secret.
func (e *Error) Unwrap() error { return e.err }

// Refused reports whether the server does not let this role look.
func Refused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Refused
}

// errRole is a role that could do more than read.
var errRole = errors.New("this role could run programs or read and write files on the server, even in a read-only transaction: " +
	"make one that may only read, such as CREATE ROLE tieout_ro LOGIN NOSUPERUSER; GRANT SELECT ON … TO tieout_ro")

// CheckDSN says what is wrong with a reference to a connection string.
func CheckDSN(ref string) error {
	if !strings.Contains(ref, ":") || strings.Contains(ref, "://") || strings.ContainsAny(ref, " =") {
		return errors.New("must be a reference such as env:DATABASE_URL: a connection string holds a password, and this file is not the place for one")
	}
	return nil
}

// Open connects, begins the snapshot, and refuses a role that could do harm.
// Its errors are of type *Error, other than those of a secret that cannot be
// had. Close the session.
func Open(ctx context.Context, env Env, o Options) (*Session, error) {
	dsn, err := env.Secret(o.DSN)
	if err != nil {
		return nil, fmt.Errorf("read the connection string: %w", err)
	}
	cfg, err := pgx.ParseConfig(dsn.Reveal())
	if err != nil { // the error may quote what it could not read
		return nil, fmt.Errorf("%s holds no connection string that can be read: want postgres://user:password@host:port/database", o.DSN)
	}
	if o.Database != "" {
		cfg.Database = o.Database
	}
	cfg.ConnectTimeout = connectTimeout
	cfg.RuntimeParams["application_name"] = "tieout"
	s := &Session{Host: fmt.Sprintf("%s:%d", cfg.Host, cfg.Port), Database: cfg.Database, password: cfg.Password, note: o.Note}
	s.Asking("connecting")
	if s.conn, err = pgx.ConnectConfig(ctx, cfg); err != nil {
		return nil, s.Describe(err)
	}
	s.Tx, err = s.conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		err = s.prepare(ctx, env, o.Timeout)
	}
	if err != nil {
		err = s.Describe(err)
		s.Close(ctx)
		return nil, err
	}
	return s, nil
}

// Close ends the snapshot and the connection.
func (s *Session) Close(ctx context.Context) {
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_ = s.conn.Close(end) // nothing was written that could be lost; it ends the transaction
}

// Asking says what is being asked from here on, for errors.
func (s *Session) Asking(what string) { s.asking = what }

// Describe says which server it was and what was being asked, and never the
// password.
func (s *Session) Describe(err error) error {
	if err == nil {
		return nil
	}
	var done *Error
	if errors.As(err, &done) {
		return err
	}
	text, refused := err.Error(), errors.Is(err, errRole)
	if p := (*pgconn.PgError)(nil); errors.As(err, &p) {
		text = fmt.Sprintf("%s (%s)", p.Message, p.Code)
		refused = refused || p.Code == "42501" || strings.HasPrefix(p.Code, "28")
		if s.asking != "" {
			text += " in " + s.asking
		}
	}
	if s.password != "" {
		text = strings.ReplaceAll(text, s.password, "•••")
	}
	return &Error{refused, fmt.Sprintf("postgres at %s: %s", s.Host, text), err}
}

// prepare fixes what rows look like, notes as whom we look, and refuses a role
// that could do harm: a read-only transaction does not stop it.
func (s *Session) prepare(ctx context.Context, env Env, timeout time.Duration) error {
	s.Asking("preparing the session")
	for _, set := range []string{
		fmt.Sprintf("SET LOCAL statement_timeout = %d", timeout.Milliseconds()),
		"SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO'", "SET LOCAL extra_float_digits = 1",
		"SET LOCAL row_security = off",                  // a policy that would hide rows becomes an error
		"SET LOCAL plan_cache_mode = force_custom_plan", // each page is planned for where it begins; a plan for any would sort everything again
	} {
		if _, err := s.Tx.Exec(ctx, set); err != nil {
			return err
		}
	}
	var user, session, database, version string
	err := s.Tx.QueryRow(ctx, "SELECT current_user, session_user, current_database(), current_setting('server_version')").Scan(&user, &session, &database, &version)
	if err != nil {
		return err
	}
	env.Principal(fmt.Sprintf("%s (session %s), database %s at %s, PostgreSQL %s", user, session, database, s.Host, version))
	var power string
	err = s.Tx.QueryRow(ctx, `
		SELECT coalesce(string_agg(r.rolname, ', ' ORDER BY r.rolname), '')
		FROM pg_catalog.pg_roles r
		WHERE (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
		  AND (pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') OR pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER'))`).Scan(&power)
	if err != nil {
		return err
	}
	if power != "" {
		return fmt.Errorf("%s is or may become %s: %w", session, power, errRole)
	}
	return nil
}
