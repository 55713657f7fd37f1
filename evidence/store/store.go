package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// Names inside a store's folder.
const (
	blobsDir    = "blobs"
	journalFile = "journal.sqlite"
)

// Options say how a store is opened.
type Options struct {
	// HeadFile is where the newest head is remembered, outside the store. None
	// means that a store that went back in time is not recognised.
	HeadFile string

	// ReadOnly creates and changes nothing.
	ReadOnly bool

	// Examine opens for Verify: it reads only, and leaves it to Verify to name
	// what is not as it should be.
	Examine bool
}

// Store is blobs and the journal about them.
type Store struct {
	Blobs
	Journal

	headFile string // or ""
	readOnly bool
	close    func() error // the blobs

	mu      sync.Mutex // held while appending
	behind  error      // why the head file is behind, or nil
	newest  ledger.Head
	dropped bool // closed
}

// ErrNoStore is the error of opening a folder for reading that holds no store,
// where none is known to have been.
var ErrNoStore = errors.New("there is no store here yet")

// Open opens the store in a folder. For writing it is made where there is none,
// and never where one was lost. Where the remembered head shows that entries
// are missing or were rewritten, the error is a RollbackError.
func Open(ctx context.Context, dir string, o Options) (_ *Store, err error) {
	s := &Store{headFile: o.HeadFile, readOnly: o.ReadOnly || o.Examine}
	exists, err := isStore(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	case !exists:
		if err := s.mayCreate(dir); err != nil {
			return nil, fmt.Errorf("open store %s: %w", dir, err)
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open store %s: %w", dir, err), s.Close())
		}
	}()
	blobs, err := openDir(filepath.Join(dir, blobsDir), s.readOnly)
	if err != nil {
		return nil, err
	}
	s.Blobs, s.close = blobs, blobs.close
	journal, err := openSQLite(ctx, filepath.Join(dir, journalFile), s.readOnly)
	if errors.Is(err, ErrNoStore) { // an empty journal: nothing was kept yet, or all of it was lost
		if lost := s.recallNone(); lost != nil {
			return nil, lost
		}
	}
	if err != nil {
		return nil, err
	}
	s.Journal = journal
	if o.Examine {
		return s, nil
	}
	if err := journal.sound(ctx); err != nil {
		return nil, err
	}
	if err := s.recall(ctx); err != nil {
		return nil, err
	}
	if !exists {
		if err := syncDirs(dir); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// isStore reports whether the folder holds a journal. A file with nothing in it
// is what was left by somebody who was stopped while making one.
func isStore(dir string) (bool, error) {
	info, err := os.Lstat(filepath.Join(dir, journalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no file", journalFile)
	}
	return err == nil && info.Size() > 0, err
}

// mayCreate reports why no store may be made in the folder: there was one, or
// only reading was asked for.
func (s *Store) mayCreate(dir string) error {
	if err := s.recallNone(); err != nil {
		return err
	}
	names, err := os.ReadDir(filepath.Join(dir, blobsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, n := range names {
		if n.Name() != partialDir {
			return fmt.Errorf("blobs are kept here, but %s is missing: restore it from a backup, or choose another folder", journalFile)
		}
	}
	if s.readOnly {
		return fmt.Errorf("%w: 'tieout collect' makes one", ErrNoStore)
	}
	return nil
}

// Append adds the entries in one transaction, all of them or none, and returns
// the index of the first. Every blob and list that they name must be kept
// already.
func (s *Store) Append(ctx context.Context, entries ...Entry) (int64, error) {
	for _, e := range entries {
		for _, digests := range [][]evidence.Digest{e.Blobs, e.Lists} {
			if err := s.kept(ctx, digests); err != nil {
				return 0, fmt.Errorf("append entry %.64s %.100q: %w", e.Type, e.Key, err)
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	first, err := s.Journal.Append(ctx, entries...)
	if err != nil {
		return 0, err
	}
	s.remember(ctx)
	return first, nil
}

// kept reports the first digest under which nothing is kept.
func (s *Store) kept(ctx context.Context, digests []evidence.Digest) error {
	for _, d := range digests {
		has, err := s.Has(ctx, d)
		if err != nil {
			return err
		}
		if !has {
			return fmt.Errorf("blob %s: %w: keep it before what names it", d, evidence.ErrNotFound)
		}
	}
	return nil
}

// Close ends the use of the store. Its error may be that the newest head could
// not be remembered. It may be called again.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dropped {
		return nil
	}
	s.dropped = true
	var errs []error
	if s.behind != nil {
		errs = append(errs, s.writeHead())
	}
	if s.Journal != nil {
		errs = append(errs, s.Journal.Close())
	}
	if s.close != nil {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// syncDirs brings the names of a new store to the disk.
func syncDirs(dir string) (err error) {
	for _, d := range []string{dir, filepath.Dir(dir)} {
		root, err := os.OpenRoot(d)
		if err != nil {
			return err
		}
		if err := errors.Join(syncDir(root, "."), root.Close()); err != nil {
			return err
		}
	}
	return nil
}
