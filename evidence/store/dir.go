package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// partialDir is the folder, among those of the blobs, of what is being written.
const partialDir = "partial"

// dirBlobs keeps each blob in a file <2 hex>/<digest> below one folder. Other
// files there are none of its business.
type dirBlobs struct {
	root     *os.Root
	readOnly bool
}

var _ Blobs = (*dirBlobs)(nil)

// openDir opens the folder. For writing, it is made where it is missing, and
// what a writer that was killed left unfinished is removed.
func openDir(dir string, readOnly bool) (*dirBlobs, error) {
	if !readOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of blobs: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of blobs: %w", err)
	}
	b := &dirBlobs{root: root, readOnly: readOnly}
	if !readOnly {
		if err := b.sweep(); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare the folder of blobs: %w", err), root.Close())
		}
	}
	return b, nil
}

// sweep leaves an empty folder for what is being written.
func (b *dirBlobs) sweep() error {
	if err := b.root.RemoveAll(partialDir); err != nil {
		return err
	}
	if err := b.root.Mkdir(partialDir, 0o700); err != nil {
		return err
	}
	return syncDir(b.root, ".")
}

func (b *dirBlobs) close() error { return b.root.Close() }

// place is where a digest's bytes are kept. Names inside a root have slashes
// on every system.
func place(d evidence.Digest) string {
	name := d.String()
	return path.Join(name[:2], name)
}

// Has implements Blobs.
func (b *dirBlobs) Has(ctx context.Context, d evidence.Digest) (bool, error) {
	_, err := b.stat(ctx, d)
	if errors.Is(err, evidence.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// stat finds the file of a blob. A link or a pipe in its place is no blob.
func (b *dirBlobs) stat(ctx context.Context, d evidence.Digest) (fs.FileInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := b.root.Lstat(place(d))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("blob %s: %w", d, evidence.ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("look for blob %s: %w", d, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("blob %s: %w: in its place is no file", d, ErrMismatch)
	}
	return info, nil
}

// Open implements Blobs.
func (b *dirBlobs) Open(ctx context.Context, d evidence.Digest) (io.ReadCloser, int64, error) {
	if _, err := b.stat(ctx, d); err != nil {
		return nil, 0, err
	}
	f, err := b.root.Open(place(d))
	if err != nil {
		return nil, 0, fmt.Errorf("open blob %s: %w", d, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("open blob %s: %w", d, err), f.Close())
	}
	return newCheckedReader(ctx, f, d), info.Size(), nil
}

// All implements Blobs.
func (b *dirBlobs) All(ctx context.Context) iter.Seq2[evidence.Digest, error] {
	return func(yield func(evidence.Digest, error) bool) {
		for i := range 256 {
			digests, err := b.shard(ctx, fmt.Sprintf("%02x", i))
			if err != nil {
				yield(evidence.Digest{}, fmt.Errorf("list blobs: %w", err))
				return
			}
			for _, d := range digests {
				if !yield(d, nil) {
					return
				}
			}
		}
	}
}

// shard returns the digests in one of the 256 folders, in ascending order.
func (b *dirBlobs) shard(ctx context.Context, name string) ([]evidence.Digest, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := b.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(-1)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	slices.Sort(names)
	var out []evidence.Digest
	for _, n := range names {
		if d, err := evidence.ParseDigest(n); err == nil && n[:2] == name {
			out = append(out, d)
		}
	}
	return out, nil
}
