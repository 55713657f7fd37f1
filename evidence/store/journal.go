package store

import (
	"context"
	"errors"
	"iter"

	"github.com/tieout/tieout/evidence/ledger"
)

// Journal keeps entries in their order, and the ledger over them. All methods
// may be called from several goroutines. storetest.Journal is its contract.
type Journal interface {
	// Append adds the entries in one transaction with their leaf hashes and the
	// new head: all of them or none. It returns the index of the first once
	// they would survive a loss of power. After an error none was added.
	Append(ctx context.Context, entries ...Entry) (first int64, err error)

	// Entry returns the entry at the index, or evidence.ErrNotFound.
	Entry(ctx context.Context, index int64) (Stored, error)

	// Entries yields the entries of the type, or with "" of every type, from
	// the index on, in ascending order. It yields what there was when the loop
	// began. An error is yielded last, and what came before it is not all.
	Entries(ctx context.Context, typ string, from int64) iter.Seq2[Stored, error]

	// Last returns the newest entry of the type and key, or evidence.ErrNotFound.
	Last(ctx context.Context, typ, key string) (Stored, error)

	// Head returns the head of the ledger over all entries.
	Head(ctx context.Context) (ledger.Head, error)

	// Hashes reads the ledger's stored hashes, for proofs.
	Hashes(ctx context.Context) ledger.HashReader

	// Close ends the use of the journal. It may be called again.
	Close() error
}

// ErrDamaged is the error of something kept that cannot be what was written.
// It is a finding, unlike an error of a disk that could not be read.
var ErrDamaged = errors.New("damaged")

// Checker is a journal that can look for damage which the methods of Journal
// do not show: Verify asks it.
type Checker interface {
	// Check reports each problem to found. Its own error means that it could
	// not look.
	Check(ctx context.Context, found func(Problem)) error
}
