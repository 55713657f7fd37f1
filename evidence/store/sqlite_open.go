package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// dataSource names a journal's file to the driver, whatever stands in its
// path. The mode is SQLite's: ro, rw or rwc.
func dataSource(path, mode string, more ...string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", path, err)
	}
	name := filepath.ToSlash(abs)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // a drive letter
	}
	query := append([]string{
		"mode=" + mode, "_defensive=1", "_pragma=trusted_schema(0)", "_pragma=busy_timeout(10000)", "_pragma=mmap_size(0)",
	}, more...)
	return (&url.URL{Scheme: "file", Path: name, RawQuery: strings.Join(query, "&")}).String(), nil
}

// openWriting opens the one connection that writes.
func openWriting(path string) (*sql.DB, error) {
	dsn, err := dataSource(path, "rwc", "_txlock=immediate", "_pragma=synchronous(FULL)", "_pragma=fullfsync(1)", "_pragma=journal_size_limit(4194304)")
	if err != nil {
		return nil, err
	}
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("name %s to SQLite: %w", path, err)
	}
	db := sql.OpenDB(keepingFiles{c})
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

// openReading opens connections that change nothing.
func openReading(path string, more []string) (*sql.DB, error) {
	dsn, err := dataSource(path, "ro", more...)
	if err != nil {
		return nil, err
	}
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fmt.Errorf("name %s to SQLite: %w", path, err)
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	return db, nil
}

// beside says how to read a journal without creating anything. SQLite would
// make the two files beside it if they were missing, as in a copy of one that
// was closed: then what there is is read as it is, and quiet is the state of
// the file that must still hold after each read.
func beside(path string) (more []string, quiet fs.FileInfo, err error) {
	wal, err := sizeOf(path + "-wal")
	if err != nil {
		return nil, nil, err
	}
	shm, err := sizeOf(path + "-shm")
	if err != nil {
		return nil, nil, err
	}
	if wal > 0 && shm < 0 {
		return nil, nil, fmt.Errorf("it was in use when it was copied, and %s-shm is missing: copy the whole folder, or open the store for writing once", filepath.Base(path))
	}
	if wal >= 0 && shm >= 0 {
		return nil, nil, nil
	}
	quiet, err = os.Stat(path)
	return []string{"immutable=1"}, quiet, err
}

// sizeOf returns the size of a file, or -1 where there is none.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return -1, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// keepingFiles makes connections that leave the two files beside the journal
// in place when they close, so that a reader need not create them.
type keepingFiles struct{ driver.Connector }

// Connect implements driver.Connector.
func (k keepingFiles) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.(sqlite.FileControl).FileControlPersistWAL("main", 1); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}
