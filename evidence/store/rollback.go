package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence/ledger"
)

// CodeRollback is the code of a store that went back in time.
const CodeRollback = "LEDGER_ROLLBACK"

// RollbackError says that the ledger does not contain what it contained when
// its head was last remembered: entries are missing, or were rewritten.
type RollbackError struct {
	Remembered ledger.Head
	Found      ledger.Head // of the store now
	HeadFile   string
}

// Code returns CodeRollback.
func (e *RollbackError) Code() string { return CodeRollback }

// Error implements error.
func (e *RollbackError) Error() string {
	what := fmt.Sprintf("the store has %d entries, and %d were remembered", e.Found.Size, e.Remembered.Size)
	if e.Found.Size >= e.Remembered.Size {
		what = fmt.Sprintf("the first %d entries of the store are not those that were remembered", e.Remembered.Size)
	}
	return fmt.Sprintf("%s: %s in %s; restore the newest backup and compare with the last checkpoint that you handed out; "+
		"only if the store was replaced on purpose, tell your auditor and remove that file", CodeRollback, what, e.HeadFile)
}

// recall compares the store with the head that was remembered, and for writing
// remembers the one it has.
func (s *Store) recall(ctx context.Context) error {
	found, err := s.Head(ctx)
	if err != nil {
		return err
	}
	if err := s.compare(ctx, found); err != nil {
		return err
	}
	s.newest = found
	if s.readOnly {
		return nil
	}
	return s.writeHead()
}

// recallNone is recall where there is no store.
func (s *Store) recallNone() error {
	none, err := ledger.HeadAt(0, nil)
	if err != nil {
		return err
	}
	return s.compare(context.Background(), none) // reads nothing of the store
}

// compare reports why the ledger of the head does not begin with the one that
// was remembered.
func (s *Store) compare(ctx context.Context, found ledger.Head) error {
	if s.headFile == "" {
		return nil
	}
	remembered, known, err := ledger.ReadHead(s.headFile)
	if err != nil || !known {
		return err
	}
	back := &RollbackError{Remembered: remembered, Found: found, HeadFile: s.headFile}
	if found.Size < remembered.Size {
		return back
	}
	then := found
	if found.Size > remembered.Size {
		if then, err = ledger.HeadAt(remembered.Size, s.Hashes(ctx)); errors.Is(err, ErrDamaged) {
			return errors.Join(back, err)
		} else if err != nil {
			return err
		}
	}
	if then != remembered {
		return back
	}
	return nil
}

// remember renews the head file after an append. Where it cannot, the append
// stands, the file lags behind, and Close says so if it still cannot.
func (s *Store) remember(ctx context.Context) {
	h, err := s.Head(context.WithoutCancel(ctx))
	if err == nil {
		s.newest = h
		err = s.writeHead()
	}
	s.behind = err
}

func (s *Store) writeHead() error {
	if s.headFile == "" {
		return nil
	}
	return ledger.WriteHead(s.headFile, s.newest)
}
