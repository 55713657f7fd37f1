package bundle

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
	"github.com/tieout/tieout/export/bundle/storedzip"
)

// maxFiles bounds the files of one package.
const maxFiles = 200_000

// container is what a package is read from: each file measured once, and how
// to read it again.
type container struct {
	files    map[string]FileEntry // without roles
	problems []Problem
	readable bool // false: the rest cannot be told, because the container is broken
	read     func(path string) (io.ReadCloser, error)
	close    func() error
}

var _ shelf = (*container)(nil)

func (c *container) has(path string) bool {
	_, ok := c.files[path]
	return ok
}

// open reads a file again. Where its end would be, the reader gives errChanged
// if it is no longer what was measured.
func (c *container) open(ctx context.Context, path string) (io.ReadCloser, error) {
	f, ok := c.files[path]
	if !ok {
		return nil, fmt.Errorf("read %s: %w", path, fs.ErrNotExist)
	}
	r, err := c.read(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return newCheckedReader(ctx, r, f), nil
}

// openContainer opens the package at the path and measures every file.
func openContainer(ctx context.Context, path string) (*container, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	var c *container
	switch {
	case info.IsDir():
		c, err = openFolder(ctx, path)
	case info.Mode().IsRegular():
		c, err = openZip(ctx, path)
	default:
		return nil, errors.New("it is neither a folder nor a file")
	}
	if err != nil {
		return nil, err
	}
	c.checkPaths()
	if len(c.problems) == 0 && !c.has(ManifestPath) && !c.has(SignaturePath) && !c.has(DossierPath) {
		return nil, errors.Join(errors.New("it holds no package of tieout: none of "+ManifestPath+", "+SignaturePath+" and "+DossierPath+" is there"), c.close())
	}
	return c, nil
}

// checkPaths reports every path that is not safe to unpack.
func (c *container) checkPaths() {
	var paths []string
	for p := range c.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	together := checkTogether(paths)
	for _, p := range paths {
		if err := checkPath(p); err != nil {
			c.problems = append(c.problems, Problem{PathUnsafe, p, err.Error()})
		} else if why := together[p]; why != "" {
			c.problems = append(c.problems, Problem{PathUnsafe, p, why})
		}
	}
}

func measure(path string, r io.Reader) (FileEntry, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	return FileEntry{Path: path, Bytes: n, SHA256: evidence.Digest(h.Sum(nil))}, err
}

func openZip(ctx context.Context, path string) (_ *container, err error) {
	f, err := logfile.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	c := &container{files: map[string]FileEntry{}, close: f.Close}
	contents, err := storedzip.Read(ctx, f, info.Size(), func(name string, _ int64, body io.Reader) error {
		if len(c.files) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		e, err := measure(name, body)
		if _, twice := c.files[name]; !twice {
			c.files[name] = e
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(contents.Entries) == 0 && !storedzip.IsZip(f, info.Size()) {
		return nil, errors.New("it is neither a folder nor a zip file, or it is empty: there is nothing to check")
	}
	if len(contents.Flaws) > 0 {
		for _, x := range contents.Flaws {
			c.problems = append(c.problems, Problem{NotCanonical, x.Name, x.What})
		}
		if views := storedzip.Explain(f, info.Size(), contents); len(views) > 0 {
			c.problems = append(c.problems, Problem{NotCanonical, "", "other programs may see something else in this file: " + strings.Join(views, "; ")})
		}
	}
	at := map[string]storedzip.Found{}
	for _, e := range contents.Entries {
		if _, twice := at[e.Name]; !twice {
			at[e.Name] = e
		}
	}
	c.readable = contents.Whole && len(contents.Entries) > 0
	c.read = func(path string) (io.ReadCloser, error) {
		e := at[path]
		return io.NopCloser(io.NewSectionReader(f, e.Offset, e.Size)), nil
	}
	return c, nil
}

func openFolder(ctx context.Context, dir string) (_ *container, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	c := &container{files: map[string]FileEntry{}, close: root.Close, readable: true}
	c.read = func(path string) (io.ReadCloser, error) { return root.Open(path) }
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case d.IsDir():
			entries, err := fs.ReadDir(root.FS(), p)
			if err == nil && len(entries) == 0 && p != "." {
				c.problems = append(c.problems, Problem{FileExtra, p + "/", "an empty folder"})
			}
			return err
		case !d.Type().IsRegular():
			c.problems = append(c.problems, Problem{PathUnsafe, p, "it is a link or a device, not a file"})
			return nil
		case len(c.files) >= maxFiles:
			return fmt.Errorf("more than %d files", maxFiles)
		}
		e, err := measureFile(ctx, root, p)
		c.files[p] = e
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(c.files) == 0 && len(c.problems) == 0 {
		return nil, errors.New("the folder is empty: there is nothing to check")
	}
	return c, nil
}

func measureFile(ctx context.Context, root *os.Root, p string) (_ FileEntry, err error) {
	f, err := root.Open(p)
	if err != nil {
		return FileEntry{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return FileEntry{}, err
	}
	if !info.Mode().IsRegular() {
		return FileEntry{}, fmt.Errorf("%s is no longer a file", p)
	}
	return measure(p, contextReader{ctx, f})
}

// contextReader ends with the context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	return c.r.Read(p)
}
