package logfile

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/evidence"
)

// File is a log file while it is read: its size when it was opened, and no
// byte beyond it, unpacked.
type File struct {
	Ref

	Packing string // "", "gzip" or "zstd"
	Stored  int64  // bytes as stored, when it was opened
	BOM     bool   // it began with a byte order mark, which was taken off

	file   *os.File
	before os.FileInfo
	in     io.Reader // unpacked
	raw    *snapshot
	close  func()
}

// Open opens the file. Links and what is no regular file are refused.
func (r Ref) Open() (*File, error) {
	f, err := r.open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", r.Name, plain(err))
	}
	out := &File{Ref: r, file: f}
	if err := out.start(); err != nil {
		_ = f.Close() // read only, and err says more
		return nil, fmt.Errorf("open %s: %w", r.Name, plain(err))
	}
	return out, nil
}

func (r Ref) open() (*os.File, error) {
	root := r.root
	if root == nil {
		var err error
		if root, err = os.OpenRoot(filepath.Dir(filepath.FromSlash(r.Name))); err != nil {
			return nil, err
		}
		defer func() { _ = root.Close() }() // the file stays open
	}
	info, err := root.Lstat(r.base)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&os.ModeSymlink != 0:
		return nil, errors.New("it is a link, which is not followed: name the file itself")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no ordinary file")
	}
	f, err := root.OpenFile(r.base, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	now, err := f.Stat()
	if err == nil && !os.SameFile(info, now) {
		err = errors.New("another file was put in its place while it was opened")
	}
	if err != nil {
		_ = f.Close() // read only, and err says more
		return nil, err
	}
	return f, nil
}

func (f *File) start() error {
	info, err := f.file.Stat()
	if err != nil {
		return err
	}
	f.before, f.Stored = info, info.Size()
	magic := make([]byte, 4)
	n, err := f.file.ReadAt(magic, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	f.raw = &snapshot{r: f.file, left: info.Size()}
	return f.unpack(magic[:n])
}

// snapshot reads the bytes that were there when the file was opened.
type snapshot struct {
	r    io.Reader
	left int64
	sum  hash.Hash // of the bytes as stored; nil where the unpacked ones are the same
}

// errShrank is the error of a file that lost bytes while it was read.
var errShrank = errors.New("it became shorter while it was read")

func (s *snapshot) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if s.sum != nil {
		s.sum.Write(p[:n])
	}
	if err == io.EOF && s.left > 0 {
		return n, errShrank
	}
	return n, err
}

// Read reads unpacked bytes.
func (f *File) Read(p []byte) (int, error) { return f.in.Read(p) }

// Closed is what was known about a file once it was read.
type Closed struct {
	StoredSHA256 evidence.Digest // of the bytes as stored; zero where they are not packed
	Grew         int64           // bytes that were appended meanwhile, and not read
	Changed      string          // what happened to the file while it was read; "" if nothing
}

// Close closes the file and says what happened to it while it was read. The
// digest of the stored bytes covers all of them only if all were read.
func (f *File) Close() (Closed, error) {
	var c Closed
	if f.raw.sum != nil {
		if _, err := io.Copy(io.Discard, f.raw); err != nil && !errors.Is(err, errShrank) {
			c.Changed = "its end could not be read"
		}
		c.StoredSHA256 = evidence.Digest(f.raw.sum.Sum(nil))
	}
	f.close()
	after, err := f.file.Stat()
	switch {
	case err != nil:
		c.Changed = "it could not be looked at again"
	case after.Size() < f.before.Size():
		c.Changed = fmt.Sprintf("it shrank from %d to %d bytes", f.before.Size(), after.Size())
	case after.Size() > f.before.Size():
		c.Grew = after.Size() - f.before.Size()
	case !after.ModTime().Equal(f.before.ModTime()):
		c.Changed = "it was written to"
	}
	if err := f.file.Close(); err != nil {
		return c, fmt.Errorf("close %s: %w", f.Name, plain(err))
	}
	if c.Changed == "" && f.replaced() {
		c.Changed = "another file was put in its place"
	}
	return c, nil
}

func (f *File) replaced() bool {
	var now os.FileInfo
	var err error
	if f.root != nil {
		now, err = f.root.Lstat(f.base)
	} else {
		now, err = os.Lstat(filepath.FromSlash(f.Name))
	}
	return err != nil || !os.SameFile(now, f.before)
}
