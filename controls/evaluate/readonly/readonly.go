// Package readonly opens a frozen database so that SQL from a catalogue can do
// nothing but read the tables it may read.
//
// "Open for reading" is not enough: such a connection still attaches and
// writes files, and turns its own protection off again. So every statement
// passes SQLite's authorizer while it is compiled, with a closed list of
// actions, tables and functions, and runs under limits. What the engine does
// beyond that, such as using up memory, the child process of package evaluate
// bounds.
package readonly

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tieout/tieout/controls"
)

// Mapped is how many bytes of the file a connection maps into memory at most:
// mapped pages cost neither a read nor the lock on the cache that all
// connections share.
const Mapped = 256 << 20

// DB is one connection. It is for one goroutine.
type DB struct {
	pool  *sql.DB
	conn  *sql.Conn
	guard *guard
}

// Open opens the frozen database at path, which nobody may change meanwhile.
// Tables gives the CREATE statement of every table that it may hold, by name;
// a file with another table, a view or a trigger is refused.
func Open(ctx context.Context, path string, tables map[string]string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", path, err)
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive letter
	}
	// The cache bounds the sorter too: beyond it, rows go to temporary files, so
	// a million items need no more memory than a thousand.
	query := fmt.Sprintf("mode=ro&immutable=1&_dqs=0&_defensive=1&_pragma=cache_size(-16384)&_pragma=mmap_size(%d)&_query_only=1", Mapped)
	dsn := url.URL{Scheme: "file", Path: name, RawQuery: query}
	d, err := open(ctx, dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the frozen database %s: %w", path, err)
	}
	if err := d.checkSchema(ctx, tables); err != nil {
		return nil, errors.Join(fmt.Errorf("open the frozen database %s: %w", path, err), d.Close())
	}
	return d, nil
}

// Memory makes an empty database of the tables in memory. Write fills it.
func Memory(ctx context.Context, tables map[string]string) (*DB, error) {
	d, err := open(ctx, "file::memory:?_dqs=0&_defensive=1")
	if err != nil {
		return nil, fmt.Errorf("open a database in memory: %w", err)
	}
	for name, create := range tables {
		if err := d.Write(ctx, create); err != nil {
			return nil, errors.Join(err, d.Close())
		}
		d.guard.tables[name] = true
	}
	return d, nil
}

func open(ctx context.Context, dsn string) (_ *DB, err error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	d := &DB{pool: pool, conn: conn, guard: newGuard()}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	for id, most := range limits {
		if _, err := sqlite.Limit(conn, id, most); err != nil {
			return nil, fmt.Errorf("set the engine's limits: %w", err)
		}
	}
	err = conn.Raw(func(c any) error {
		r, ok := c.(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the engine takes no authorizer")
		}
		return r.RegisterAuthorizer(d.guard.decide)
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// limits of the engine. No text or row is longer than a frozen line can be.
var limits = map[int]int{
	sqlite3.SQLITE_LIMIT_LENGTH:              4 << 20,
	sqlite3.SQLITE_LIMIT_SQL_LENGTH:          4 << 20,
	sqlite3.SQLITE_LIMIT_COLUMN:              500,
	sqlite3.SQLITE_LIMIT_EXPR_DEPTH:          400,
	sqlite3.SQLITE_LIMIT_COMPOUND_SELECT:     50,
	sqlite3.SQLITE_LIMIT_VDBE_OP:             250_000,
	sqlite3.SQLITE_LIMIT_FUNCTION_ARG:        16,
	sqlite3.SQLITE_LIMIT_ATTACHED:            0,
	sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1,
	sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH:       1,
	sqlite3.SQLITE_LIMIT_WORKER_THREADS:      0,
}

// Close closes the connection. It may be called again.
func (d *DB) Close() error {
	return errors.Join(d.conn.Close(), d.pool.Close())
}

// Prepare compiles a statement under the guard.
func (d *DB) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	d.guard.begin()
	s, err := d.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, d.guard.explain(err)
	}
	return s, nil
}

// Query compiles and runs a statement under the guard.
func (d *DB) Query(ctx context.Context, query string) (*sql.Rows, error) {
	d.guard.begin()
	rows, err := d.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, d.guard.explain(err)
	}
	return rows, nil
}

// Reads compiles a statement and returns the columns that it reads, sorted.
// A table of which no column is read, such as in count(*), has one entry
// without a column.
func (d *DB) Reads(ctx context.Context, query string) (_ []controls.Read, err error) {
	s, err := d.Prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return d.guard.reads(), nil
}

// Write runs a statement without the guard: for setting up a database in
// memory. It takes only SQL from this program.
func (d *DB) Write(ctx context.Context, statement string, args ...any) error {
	d.guard.open = true
	defer func() { d.guard.open = false }()
	if _, err := d.conn.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%.80s: %w", statement, err)
	}
	return nil
}
