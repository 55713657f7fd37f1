package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/tieout/tieout/export/bundle/storedzip"
)

// finish brings the package to the disk and gives it its name.
func (s *stage) finish(target string) error {
	whole := filepath.Join(s.dir, stageFolder)
	if !s.copyAll {
		whole = filepath.Join(s.dir, "package.zip")
		if err := s.zip(whole); err != nil {
			return err
		}
	}
	if err := syncAll(whole); err != nil {
		return err
	}
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, errors.New("it has come into being meanwhile, and a package is never replaced"))
	}
	if err := os.Rename(whole, target); err != nil {
		return err
	}
	return toDisk(filepath.Dir(target), true)
}

func (s *stage) zip(name string) (err error) {
	f, err := s.create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	slices.SortFunc(s.entries, func(a, b entry) int { return comparePaths(a.FileEntry, b.FileEntry) })
	var out io.Writer = f
	if s.seal != nil {
		sealed, bad := s.seal(f)
		if bad != nil {
			return bad
		}
		defer func() { err = errors.Join(err, sealed.Close()) }()
		out = sealed
	}
	z := storedzip.NewWriter(out)
	for _, e := range s.entries {
		if err := s.zipEntry(z, e); err != nil {
			return err
		}
	}
	return z.Close()
}

func (s *stage) zipEntry(z *storedzip.Writer, e entry) (err error) {
	r, err := e.open()
	if err != nil {
		return fmt.Errorf("read %s again: %w", e.Path, err)
	}
	checked := newCheckedReader(s.ctx, r, e.FileEntry)
	defer func() { err = errors.Join(err, checked.Close()) }()
	return z.Add(storedzip.Entry{Name: e.Path, Size: e.Bytes, CRC32: e.crc}, checked)
}

// syncAll brings a file, or a folder with all below it, to the disk.
func syncAll(whole string) error {
	return filepath.WalkDir(whole, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return toDisk(p, d.IsDir())
	})
}

func toDisk(name string, folder bool) error {
	if folder && runtime.GOOS == "windows" {
		return nil // it has no such thing
	}
	f, err := os.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
