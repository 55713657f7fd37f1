package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// Append implements Journal.
func (j *sqliteJournal) Append(ctx context.Context, entries ...Entry) (int64, error) {
	if j.write == nil {
		return 0, fmt.Errorf("append to the journal: %w", errReadOnly)
	}
	for i, e := range entries {
		if err := e.check(); err != nil {
			return 0, fmt.Errorf("append entry %d of %d (%.64s %.100q) to the journal: %w", i+1, len(entries), e.Type, e.Key, err)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	first, err := j.append(ctx, entries)
	if err != nil {
		return 0, fmt.Errorf("append to the journal: %w", damage(err))
	}
	return first, nil
}

func (j *sqliteJournal) append(ctx context.Context, entries []Entry) (first int64, err error) {
	tx, err := j.write.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(tx))
		}
	}()
	edge, err := edgeOf(ctx, tx)
	if err != nil {
		return 0, err
	}
	first = edge.Size()
	if len(entries) == 0 {
		return first, tx.Rollback()
	}
	if err := insert(ctx, tx, edge, entries); err != nil {
		return 0, err
	}
	h := edge.Head()
	if _, err := tx.ExecContext(ctx, "UPDATE head SET size = ?, root = ?", h.Size, h.Root[:]); err != nil {
		return 0, err
	}
	return first, tx.Commit()
}

// edgeOf reads the edge to append to.
func edgeOf(ctx context.Context, q querier) (*ledger.Edge, error) {
	h, err := readHead(ctx, q)
	if err != nil {
		return nil, err
	}
	edge, err := ledger.EdgeAt(h.Size, hashesOf(ctx, q))
	if err != nil {
		return nil, err
	}
	if edge.Head() != h {
		return nil, fmt.Errorf("%w: its hashes do not make its head: 'tieout verify store' says more", ErrDamaged)
	}
	return edge, nil
}

func insert(ctx context.Context, tx *sql.Tx, edge *ledger.Edge, entries []Entry) (err error) {
	row, err := tx.PrepareContext(ctx, "INSERT INTO entries (idx, type, key, at_us, blobs, lists, json) VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, row.Close()) }()
	hash, err := tx.PrepareContext(ctx, "INSERT INTO hashes (pos, hash) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hash.Close()) }()
	for _, e := range entries {
		idx := edge.Size()
		if _, err := row.ExecContext(ctx, idx, e.Type, e.Key, int64(e.At), joined(e.Blobs), joined(e.Lists), string(e.JSON)); err != nil {
			return err
		}
		pos := tlog.StoredHashIndex(0, idx)
		for i, h := range edge.Append(Leaf(e)) {
			if _, err := hash.ExecContext(ctx, pos+int64(i), h[:]); err != nil {
				return err
			}
		}
	}
	return nil
}

// joined returns the digests one behind the other. None of them is no NULL.
func joined(digests []evidence.Digest) []byte {
	out := make([]byte, 0, len(digests)*len(evidence.Digest{}))
	for _, d := range digests {
		out = append(out, d[:]...)
	}
	return out
}

// rollback ends a transaction that may have ended already.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
