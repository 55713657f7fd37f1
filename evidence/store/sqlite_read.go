package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
)

// What a row is read from. A row beyond the head was not appended.
const selectEntry = "SELECT idx, type, key, at_us, blobs, lists, json FROM entries WHERE idx < (SELECT size FROM head) AND "

// entriesAtOnce is how many rows are read before any is handed on, so that no
// statement stays open while a caller thinks.
const entriesAtOnce = 64

// Entry implements Journal.
func (j *sqliteJournal) Entry(ctx context.Context, index int64) (Stored, error) {
	s, err := j.one(ctx, selectEntry+"idx = ?", index)
	if err != nil {
		return Stored{}, fmt.Errorf("entry %d of the journal: %w", index, err)
	}
	return s, nil
}

// Last implements Journal.
func (j *sqliteJournal) Last(ctx context.Context, typ, key string) (Stored, error) {
	s, err := j.one(ctx, selectEntry+"type = ? AND key = ? ORDER BY idx DESC LIMIT 1", typ, key)
	if err != nil {
		return Stored{}, fmt.Errorf("last entry %s %q of the journal: %w", typ, key, err)
	}
	return s, nil
}

func (j *sqliteJournal) one(ctx context.Context, query string, args ...any) (Stored, error) {
	found, err := j.some(ctx, query, args...)
	if err != nil {
		return Stored{}, err
	}
	if len(found) == 0 {
		return Stored{}, evidence.ErrNotFound
	}
	return found[0], nil
}

// Entries implements Journal.
func (j *sqliteJournal) Entries(ctx context.Context, typ string, from int64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		head, err := j.Head(ctx)
		if err != nil {
			yield(Stored{}, err)
			return
		}
		query, filter := selectEntry+"idx >= ? AND idx < ? ORDER BY idx LIMIT ?", []any(nil)
		if typ != "" {
			query, filter = selectEntry+"type = ? AND idx >= ? AND idx < ? ORDER BY idx LIMIT ?", []any{typ}
		}
		for next := max(from, 0); next < head.Size; {
			found, err := j.some(ctx, query, append(filter, next, head.Size, entriesAtOnce)...)
			for _, s := range found {
				if !yield(s, nil) {
					return
				}
				next = s.Index + 1
			}
			if err != nil {
				yield(Stored{}, fmt.Errorf("read the journal from entry %d on: %w", next, err))
				return
			}
			if len(found) < entriesAtOnce {
				return
			}
		}
	}
}

// some reads rows until one cannot be read, and returns those before it too.
func (j *sqliteJournal) some(ctx context.Context, query string, args ...any) (out []Stored, err error) {
	err = j.reading(func() (err error) {
		rows, err := j.read.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			s, err := scan(rows)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		return rows.Err()
	})
	return out, err
}

// scan reads one row, and refuses what Append would not have written.
func scan(rows *sql.Rows) (Stored, error) {
	var s Stored
	var at int64
	var blobs, lists []byte
	if err := rows.Scan(&s.Index, &s.Type, &s.Key, &at, &blobs, &lists, &s.JSON); err != nil {
		return Stored{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	s.At = evidence.Instant(at)
	var whole bool
	if s.Blobs, whole = split(blobs); whole {
		s.Lists, whole = split(lists)
	}
	if !whole {
		return Stored{}, fmt.Errorf("%w: a digest of entry %d is cut", ErrDamaged, s.Index)
	}
	if !canon.IsCanonical(s.JSON) {
		return Stored{}, fmt.Errorf("%w: the JSON of entry %d is not canonical", ErrDamaged, s.Index)
	}
	return s, nil
}

// split takes apart what joined put together.
func split(b []byte) (out []evidence.Digest, whole bool) {
	const size = len(evidence.Digest{})
	for ; len(b) >= size; b = b[size:] {
		out = append(out, evidence.Digest(b[:size]))
	}
	return out, len(b) == 0
}

// Hashes implements Journal.
func (j *sqliteJournal) Hashes(ctx context.Context) ledger.HashReader {
	return tlog.HashReaderFunc(func(positions []int64) (out []ledger.Hash, err error) {
		err = j.reading(func() error {
			out, err = hashesOf(ctx, j.read).ReadHashes(positions)
			return err
		})
		return out, err
	})
}

// hashesOf reads the hashes that the transaction or database sees.
func hashesOf(ctx context.Context, q querier) ledger.HashReader {
	return tlog.HashReaderFunc(func(positions []int64) ([]ledger.Hash, error) {
		out := make([]ledger.Hash, len(positions))
		for i, p := range positions {
			var b []byte
			err := q.QueryRowContext(ctx, "SELECT hash FROM hashes WHERE pos = ?", p).Scan(&b)
			if errors.Is(err, sql.ErrNoRows) {
				return nil, fmt.Errorf("%w: hash %d of the ledger is missing", ErrDamaged, p)
			}
			if err != nil {
				return nil, fmt.Errorf("read hash %d of the ledger: %w", p, err)
			}
			if len(b) != len(out[i]) {
				return nil, fmt.Errorf("%w: hash %d of the ledger is cut", ErrDamaged, p)
			}
			out[i] = ledger.Hash(b)
		}
		return out, nil
	})
}
