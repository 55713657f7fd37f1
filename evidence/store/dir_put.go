package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"

	"github.com/tieout/tieout/evidence"
)

// errReadOnly is the error of writing to what was opened for reading.
var errReadOnly = errors.New("the store is open for reading only")

// Put implements Blobs: into a partial file, to the disk, then under its name
// in one step. What may stand there already is replaced, which heals it if it
// was damaged.
func (b *dirBlobs) Put(ctx context.Context, r io.Reader) (evidence.Digest, int64, error) {
	if b.readOnly {
		return evidence.Digest{}, 0, fmt.Errorf("keep a blob: %w", errReadOnly)
	}
	d, n, err := b.put(ctx, r)
	if err != nil {
		return evidence.Digest{}, 0, fmt.Errorf("keep a blob: %w", err)
	}
	return d, n, nil
}

func (b *dirBlobs) put(ctx context.Context, r io.Reader) (d evidence.Digest, n int64, err error) {
	partial := path.Join(partialDir, rand.Text())
	f, err := b.root.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return d, 0, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.root.Remove(partial))
		}
	}()
	h := sha256.New()
	n, err = io.CopyBuffer(io.MultiWriter(f, h), &contextReader{ctx, r}, make([]byte, 128<<10))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return d, 0, err
	}
	d = evidence.Digest(h.Sum(nil))
	shard := d.String()[:2]
	switch err := b.root.Mkdir(shard, 0o700); {
	case err == nil:
		if err := syncDir(b.root, "."); err != nil {
			return d, 0, err
		}
	case !errors.Is(err, fs.ErrExist):
		return d, 0, err
	}
	if err := b.root.Rename(partial, place(d)); err != nil {
		return d, 0, err
	}
	if err := syncDir(b.root, shard); err != nil {
		return d, 0, err
	}
	return d, n, nil
}

// syncDir brings the names in a folder to the disk, where the system can.
func syncDir(root *os.Root, name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// contextReader ends with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
