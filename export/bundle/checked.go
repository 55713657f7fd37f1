package bundle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// errChanged is the error of a file whose bytes are not those that were
// measured before.
var errChanged = errors.New("the file changed while it was read")

// checkedReader reads a file again and gives errChanged where its end would
// be, if what it read was not what was measured.
type checkedReader struct {
	ctx  context.Context // of the one reading
	in   io.ReadCloser
	want FileEntry
	hash hash.Hash
	done error // what every further call answers
}

func newCheckedReader(ctx context.Context, in io.ReadCloser, want FileEntry) *checkedReader {
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
	case err == io.EOF: // a wrapped one is a file that was cut, not its end
		c.done = io.EOF
		if [sha256.Size]byte(c.hash.Sum(nil)) != c.want.SHA256 {
			c.done = fmt.Errorf("%s: %w", c.want.Path, errChanged)
		}
	case err != nil:
		c.done = fmt.Errorf("read %s: %w", c.want.Path, err)
	}
	return n, c.done
}

// Close implements io.Closer.
func (c *checkedReader) Close() error { return c.in.Close() }
