package bundle

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// entry is a file of the package that is measured, and where its bytes are.
type entry struct {
	FileEntry
	crc  uint32
	open func() (io.ReadCloser, error)
}

// stage is the folder, beside the target, in which a package comes together.
// Whatever happens, close leaves nothing of it.
type stage struct {
	ctx     context.Context // of the one call of Write
	dir     string
	create  func(name string) (io.WriteCloser, error) // never replaces a file
	seal    func(io.Writer) (io.WriteCloser, error)   // encrypts the zip file, or none
	copyAll bool                                      // files that come as they are go into the stage too
	entries []entry
	buf     []byte
}

// stageFolder is where the package's files are inside the stage.
const stageFolder = "files"

func newStage(ctx context.Context, target string, copyAll bool) (*stage, error) {
	dir, err := os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+".partial-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for what is not finished: %w", err)
	}
	return &stage{ctx: ctx, dir: dir, create: createFile, copyAll: copyAll, buf: make([]byte, 128<<10)}, nil
}

func (s *stage) close() error { return os.RemoveAll(s.dir) }

func createFile(name string) (io.WriteCloser, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// place returns where a file of the package is in the stage.
func (s *stage) place(p string) string {
	return filepath.Join(s.dir, stageFolder, filepath.FromSlash(p))
}

// role checks the path and returns what a file there is.
func role(p string) (Role, error) {
	if err := checkPath(p); err != nil {
		return "", fmt.Errorf("path %.130q cannot stand in a package: %w", p, err)
	}
	r, ok := roleOf(p)
	if !ok {
		return "", fmt.Errorf("path %s has no place in a package", p)
	}
	return r, nil
}

// write makes a file of the package from what fill writes.
func (s *stage) write(p string, fill func(io.Writer) error) error {
	r, err := role(p)
	if err != nil {
		return err
	}
	return s.put(p, r, fill)
}

func (s *stage) put(p string, r Role, fill func(io.Writer) error) (err error) {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	name := s.place(p)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("write %s: %w", p, err)
	}
	f, err := s.create(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", p, err)
	}
	m := newMeter(s.ctx, f)
	buf := bufio.NewWriterSize(m, 64<<10)
	if err = fill(buf); err == nil {
		err = buf.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", p, err)
	}
	s.add(p, r, m, func() (io.ReadCloser, error) { return os.Open(name) })
	return nil
}

// take measures a file that goes into the package as it is.
func (s *stage) take(p string, open func() (io.ReadCloser, error)) (err error) {
	r, err := role(p)
	if err != nil {
		return err
	}
	in, err := open()
	if err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	fill := func(w io.Writer) error {
		_, err := io.CopyBuffer(onlyWriter{w}, onlyReader{in}, s.buf)
		return err
	}
	if s.copyAll {
		return s.write(p, fill)
	}
	m := newMeter(s.ctx, io.Discard)
	if err := fill(m); err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	s.add(p, r, m, open)
	return nil
}

func (s *stage) add(p string, r Role, m *meter, open func() (io.ReadCloser, error)) {
	s.entries = append(s.entries, entry{FileEntry: FileEntry{Bytes: m.n, Path: p, Role: r, SHA256: evidence.Digest(m.sha.Sum(nil))}, crc: m.crc.Sum32(), open: open})
}

var _ shelf = (*stage)(nil)

func (s *stage) find(p string) (entry, bool) {
	i := slices.IndexFunc(s.entries, func(e entry) bool { return e.Path == p })
	if i < 0 {
		return entry{}, false
	}
	return s.entries[i], true
}

func (s *stage) has(p string) bool {
	_, ok := s.find(p)
	return ok
}

func (s *stage) open(ctx context.Context, p string) (io.ReadCloser, error) {
	e, ok := s.find(p)
	if !ok {
		return nil, fmt.Errorf("read %s: %w", p, fs.ErrNotExist)
	}
	r, err := e.open()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return newCheckedReader(ctx, r, e.FileEntry), nil
}

// files returns the files so far.
func (s *stage) files() []FileEntry {
	out := make([]FileEntry, len(s.entries))
	for i, e := range s.entries {
		out[i] = e.FileEntry
	}
	return out
}

// meter measures what passes through it.
type meter struct {
	ctx context.Context // of the one file
	w   io.Writer
	n   int64
	sha hash.Hash
	crc hash.Hash32
}

func newMeter(ctx context.Context, w io.Writer) *meter {
	return &meter{ctx: ctx, w: w, sha: sha256.New(), crc: crc32.NewIEEE()}
}

func (m *meter) Write(p []byte) (int, error) {
	if m.ctx.Err() != nil {
		return 0, context.Cause(m.ctx)
	}
	n, err := m.w.Write(p)
	m.n += int64(n)
	m.sha.Write(p[:n])
	m.crc.Write(p[:n])
	return n, err
}

// onlyWriter and onlyReader hide what else their like could do, so that the
// buffer given is the one used.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)
