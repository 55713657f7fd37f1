package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tieout/tieout/evidence/ledger"
)

// sqliteJournal keeps the journal in one SQLite file, in WAL mode: readers see
// whole transactions and never wait for the writer.
type sqliteJournal struct {
	path  string
	write *sql.DB     // nil: for reading only
	read  *sql.DB     //
	quiet fs.FileInfo // the file's state if nobody may write meanwhile, or nil
	mu    sync.Mutex  // held while appending
}

var (
	_ Journal = (*sqliteJournal)(nil)
	_ Checker = (*sqliteJournal)(nil)
)

// openSQLite opens a journal, and for writing makes it where there is none. It
// leaves what Verify checks to Verify.
func openSQLite(ctx context.Context, path string, readOnly bool) (_ *sqliteJournal, err error) {
	j := &sqliteJournal{path: path}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open journal %s: %w", path, damage(err)), j.Close())
		}
	}()
	if !readOnly {
		if j.write, err = openWriting(path); err != nil {
			return nil, err
		}
		if err := prepare(ctx, j.write); err != nil {
			return nil, err
		}
	}
	var more []string
	if readOnly {
		if more, j.quiet, err = beside(path); err != nil {
			return nil, err
		}
	}
	if j.read, err = openReading(path, more); err != nil {
		return nil, err
	}
	return j, j.reading(func() error { return checkFile(ctx, j.read) })
}

// prepare makes the tables of a new journal, or checks those of an old one, and
// sets the mode in which readers and the writer do not wait for each other.
func prepare(ctx context.Context, db *sql.DB) error {
	empty, err := isEmpty(ctx, db)
	if err != nil {
		return err
	}
	if !empty {
		if err := checkFile(ctx, db); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return err
	}
	if empty {
		return createSchema(ctx, db)
	}
	return nil
}

// Head implements Journal.
func (j *sqliteJournal) Head(ctx context.Context) (h ledger.Head, err error) {
	err = j.reading(func() error {
		h, err = readHead(ctx, j.read)
		return err
	})
	if err != nil {
		return ledger.Head{}, fmt.Errorf("read the head of the journal: %w", err)
	}
	return h, nil
}

// maxEntries is more than any journal has. Beyond it positions of hashes would
// no longer be numbers.
const maxEntries = 1 << 48

// querier is a database or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readHead(ctx context.Context, q querier) (ledger.Head, error) {
	var h ledger.Head
	var root []byte
	if err := q.QueryRowContext(ctx, "SELECT size, root FROM head").Scan(&h.Size, &root); errors.Is(err, sql.ErrNoRows) {
		return h, fmt.Errorf("%w: there is none", ErrDamaged)
	} else if err != nil {
		return h, err
	}
	if len(root) != len(h.Root) || h.Size < 0 || h.Size > maxEntries {
		return h, fmt.Errorf("%w: its size or root is none", ErrDamaged)
	}
	h.Root = ledger.Hash(root)
	return h, nil
}

// reading runs a read, and says so where the answer cannot be trusted because
// the file was written meanwhile by somebody it could not see.
func (j *sqliteJournal) reading(read func() error) error {
	err := damage(read())
	if j.quiet == nil {
		return err
	}
	now, e := os.Stat(j.path)
	if e != nil {
		return errors.Join(err, e)
	}
	wal, e := sizeOf(j.path + "-wal")
	if e != nil {
		return errors.Join(err, e)
	}
	if wal > 0 || now.Size() != j.quiet.Size() || !now.ModTime().Equal(j.quiet.ModTime()) {
		return errors.New("the journal was written while it was read: try again")
	}
	return err
}

// damage says of SQLite's errors that are findings that they are.
func damage(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

// Close implements Journal.
func (j *sqliteJournal) Close() error {
	var errs []error
	if j.read != nil {
		errs = append(errs, j.read.Close())
	}
	if j.write != nil { // last, so that it is the one that tidies up
		errs = append(errs, j.write.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the journal: %w", err)
	}
	return nil
}
