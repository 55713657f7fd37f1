package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/tieout/tieout/evidence"
)

// checkedReader reads a blob and gives ErrMismatch where its end would be, if
// what it read has another digest.
type checkedReader struct {
	ctx  context.Context
	in   io.ReadCloser
	want evidence.Digest
	hash hash.Hash
	done error // what every further call answers
}

func newCheckedReader(ctx context.Context, in io.ReadCloser, want evidence.Digest) *checkedReader {
	return &checkedReader{ctx: ctx, in: in, want: want, hash: sha256.New()}
}

// Read implements io.Reader.
func (c *checkedReader) Read(p []byte) (int, error) {
	if c.done != nil {
		return 0, c.done
	}
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	n, err := c.in.Read(p)
	c.hash.Write(p[:n])
	switch {
	case errors.Is(err, io.EOF):
		c.done = io.EOF
		if got := evidence.Digest(c.hash.Sum(nil)); got != c.want {
			c.done = fmt.Errorf("read blob %s: %w: they are those of %s", c.want, ErrMismatch, got)
		}
	case err != nil:
		c.done = fmt.Errorf("read blob %s: %w", c.want, err)
	}
	return n, c.done
}

// Close implements io.Closer.
func (c *checkedReader) Close() error { return c.in.Close() }
