package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// sound reports why the journal cannot be worked with: it is not of this
// version, or its stored hashes do not make its head.
func (j *sqliteJournal) sound(ctx context.Context) error {
	return j.reading(func() error {
		if err := checkSchema(ctx, j.read); err != nil {
			return fmt.Errorf("%s: %w", j.path, err)
		}
		_, err := edgeOf(ctx, j.read)
		return err
	})
}

// Check implements Checker: the file's own structure, its tables, and rows
// beyond the head.
func (j *sqliteJournal) Check(ctx context.Context, found func(Problem)) error {
	err := j.reading(func() error {
		if err := checkSchema(ctx, j.read); errors.Is(err, ErrDamaged) {
			found(Problem{Code: CodeJournalDamaged, Note: err.Error()})
		} else if err != nil {
			return err
		}
		if err := j.integrity(ctx, found); err != nil {
			return err
		}
		return j.extra(ctx, found)
	})
	if errors.Is(err, ErrDamaged) {
		found(Problem{Code: CodeJournalDamaged, Note: err.Error()})
		return nil
	}
	if err != nil {
		return fmt.Errorf("check the journal: %w", err)
	}
	return nil
}

// integrity asks SQLite: a page that does not fit, or an index that hides a
// row.
func (j *sqliteJournal) integrity(ctx context.Context, found func(Problem)) (err error) {
	rows, err := j.read.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		if line != "ok" {
			found(Problem{Code: CodeJournalDamaged, Note: "SQLite says: " + line})
		}
	}
	return rows.Err()
}

// extra finds rows that no head stands for.
func (j *sqliteJournal) extra(ctx context.Context, found func(Problem)) error {
	h, err := readHead(ctx, j.read)
	if err != nil {
		return err
	}
	for _, q := range []struct {
		query string
		bound int64
		code  string
		what  string
	}{
		{"SELECT count(*), max(idx) FROM entries WHERE idx >= ?", h.Size, CodeEntryExtra, "entries"},
		{"SELECT count(*), max(pos) FROM hashes WHERE pos >= ?", tlog.StoredHashCount(h.Size), CodeHashExtra, "hashes"},
	} {
		var n int64
		var last sql.NullInt64
		if err := j.read.QueryRowContext(ctx, q.query, q.bound).Scan(&n, &last); err != nil {
			return err
		}
		if n > 0 {
			found(Problem{Code: q.code, Index: &last.Int64, Note: fmt.Sprintf("%d %s stand beyond the head, which stands for %d", n, q.what, q.bound)})
		}
	}
	return nil
}
