package store

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/tieout/tieout/evidence"
)

// Blobs keeps bytes under their SHA-256. All methods may be called from
// several goroutines. storetest.Blobs is its contract.
type Blobs interface {
	// Put keeps everything that r gives and returns its digest and size. Bytes
	// that are kept already are kept once. When it returns, they would survive
	// a loss of power; after an error nothing was added.
	Put(ctx context.Context, r io.Reader) (evidence.Digest, int64, error)

	// Open reads a blob, and gives its size, or evidence.ErrNotFound. Where
	// others would give io.EOF, the reader gives ErrMismatch if the bytes were
	// not those of the digest: only what was read to its end is proved.
	Open(ctx context.Context, d evidence.Digest) (io.ReadCloser, int64, error)

	// Has reports whether something is kept under the digest. It does not read it.
	Has(ctx context.Context, d evidence.Digest) (bool, error)

	// All yields the digest of every blob, in ascending order. An error is
	// yielded last.
	All(ctx context.Context) iter.Seq2[evidence.Digest, error]
}

// ErrMismatch is the error of bytes that are not those of their digest. It is
// a finding, unlike an error of a disk that could not be read.
var ErrMismatch = errors.New("the bytes do not match their digest")
