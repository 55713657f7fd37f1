package freeze

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "modernc.org/sqlite" // the engine that the file is made with
)

// TableFile is one table and where its lines are read from.
type TableFile struct {
	Table *Table
	Name  string                        // of the file, for messages
	Open  func() (io.ReadCloser, error) // called once
}

// FileOf returns the lines of a table in a folder as Freeze writes them.
func FileOf(dir string, t *Table) TableFile {
	path := filepath.Join(dir, t.Name+".jsonl")
	return TableFile{Table: t, Name: path, Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// Build makes the database file of the tables from their lines and nothing
// else. Equal tables and lines give equal bytes with one version of the engine
// (EngineVersion), in whatever order the tables are given. The file must not
// exist; after an error there is none.
//
// Every line must be canonical, of the table's columns, and in the order of
// the table's key: an error names the file and the line.
func Build(ctx context.Context, dbPath string, tables []TableFile) (err error) {
	if _, err := os.Lstat(dbPath); err == nil {
		return fmt.Errorf("build %s: the file exists already, and evidence is never overwritten", dbPath)
	}
	partial := dbPath + ".partial"
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("build %s: %w", dbPath, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	if err := f.Close(); err != nil {
		return fmt.Errorf("build %s: %w", dbPath, err)
	}
	tables = slices.Clone(tables)
	slices.SortFunc(tables, func(a, b TableFile) int { return strings.Compare(a.Table.Name, b.Table.Name) })
	if err := fill(ctx, partial, tables); err != nil {
		return err
	}
	if err := syncFile(partial); err != nil {
		return fmt.Errorf("build %s: %w", dbPath, err)
	}
	if err := os.Rename(partial, dbPath); err != nil {
		return fmt.Errorf("build %s: %w", dbPath, err)
	}
	return nil
}

// EngineVersion returns the version of SQLite that Build writes with. Its
// number stands in the file, so files of two versions differ.
func EngineVersion(ctx context.Context) (version string, err error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return "", fmt.Errorf("open SQLite: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return "", fmt.Errorf("ask SQLite for its version: %w", err)
	}
	return version, nil
}

// What the bytes depend on is said and not left to defaults. There is no
// journal because a file that was not finished is thrown away, and deleted
// content is zeroed so that no page carries what happened to be in memory.
var pragmas = []string{
	"PRAGMA page_size = 4096",
	"PRAGMA encoding = 'UTF-8'",
	"PRAGMA auto_vacuum = NONE",
	"PRAGMA journal_mode = OFF",
	"PRAGMA synchronous = OFF",
	"PRAGMA locking_mode = EXCLUSIVE",
	"PRAGMA secure_delete = ON",
	"PRAGMA cache_size = -65536",
}

func fill(ctx context.Context, path string, tables []TableFile) (err error) {
	dsn, err := dataSource(path)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return fmt.Errorf("open the new database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open the new database: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	statements := append(slices.Clone(pragmas), "BEGIN")
	for i, t := range tables {
		if i > 0 && t.Table.Name == tables[i-1].Table.Name {
			return fmt.Errorf("table %s is given twice", t.Table.Name)
		}
		statements = append(statements, t.Table.SQL)
	}
	if err := execAll(ctx, conn, statements); err != nil {
		return err
	}
	for _, t := range tables {
		if err := insertFile(ctx, conn, t); err != nil {
			return err
		}
	}
	if err := samePeriod(ctx, conn, tables); err != nil {
		return err
	}
	statements = statements[:0]
	for _, t := range tables {
		statements = append(statements, t.Table.indexSQL()...)
	}
	return execAll(ctx, conn, append(statements, "COMMIT"))
}

// dataSource names a file to the driver, whatever stands in its path.
func dataSource(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: name}).String(), nil
}

func execAll(ctx context.Context, conn *sql.Conn, statements []string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("build the database: %.60s: %w", s, err)
		}
	}
	return nil
}

// insertFile reads one table's lines into the database.
func insertFile(ctx context.Context, conn *sql.Conn, f TableFile) (err error) {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("open table %s: %w", f.Table.Name, err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	in, err := newInserter(ctx, conn, f.Table)
	if err != nil {
		return fmt.Errorf("table %s: %w", f.Table.Name, err)
	}
	defer func() { err = errors.Join(err, in.close()) }()
	rows, stretches := int64(0), partition{}
	for row, err := range f.Table.rows(r) {
		rows++
		if err == nil && f.Table.Parts {
			err = stretches.add(row)
		}
		if err == nil {
			err = in.add(ctx, row)
		}
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", f.Name, rows, err)
		}
	}
	if f.Table.OneRow && rows != 1 {
		return fmt.Errorf("%s: %d rows, want exactly one", f.Name, rows)
	}
	if f.Table.Parts {
		if err := stretches.end(); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	if err := in.flush(ctx); err != nil {
		return fmt.Errorf("%s, line %d or shortly before: %w", f.Name, rows, err)
	}
	return nil
}

// rows reads a table's lines one after the other. The row is valid until the
// next one is asked for. After an error there is none.
func (t *Table) rows(r io.Reader) func(yield func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		buf := bufio.NewReaderSize(r, MaxLine)
		row, previous := make([]any, len(t.Columns)), make([]any, len(t.Columns))
		for first := true; ; first = false {
			line, err := buf.ReadSlice('\n')
			atEnd := err == io.EOF //nolint:errorlint // a wrapped EOF is a file that was cut, not its end
			switch {
			case atEnd && len(line) == 0:
				return
			case atEnd:
				err = errors.New("the last line has no line end: the file was cut")
			case errors.Is(err, bufio.ErrBufferFull):
				err = fmt.Errorf("the line is longer than %d bytes", MaxLine)
			case err == nil:
				err = t.parseLine(bytes.TrimSuffix(line, []byte{'\n'}), row)
			}
			if err == nil && !first {
				switch c := t.compareKeys(previous, row); {
				case c == 0:
					err = fmt.Errorf("the key (%s) stands twice", strings.Join(t.Key, ", "))
				case c > 0:
					err = fmt.Errorf("the line stands before one with a smaller key (%s): lines are sorted", strings.Join(t.Key, ", "))
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
			row, previous = previous, row
		}
	}
}

// syncFile brings a written file to the disk before it gets its name.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
