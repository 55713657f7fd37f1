package source

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tieout/tieout/evidence"
)

// Spool holds rows on disk between the system that gives them and whoever
// understands them, so that a million of them take no memory. First they are
// written, then kept, then read.
type Spool struct{ file *os.File }

// NewSpool returns an empty one. Close it.
func NewSpool() (*Spool, error) {
	f, err := os.CreateTemp("", "tieout-rows-*")
	if err != nil {
		return nil, fmt.Errorf("keep the rows for a moment: %w", err)
	}
	return &Spool{f}, nil
}

// Close removes it.
func (s *Spool) Close() {
	_ = s.file.Close() // it is removed
	_ = os.Remove(s.file.Name())
}

// Write implements io.Writer.
func (s *Spool) Write(p []byte) (int, error) { return s.file.Write(p) }

// Read implements io.Reader.
func (s *Spool) Read(p []byte) (int, error) { return s.file.Read(p) }

// Keep has all that was written kept under the name, and returns its digest
// and size. What is read next is the first row.
func (s *Spool) Keep(name string, keep func(name string, r io.Reader) (evidence.Digest, error)) (evidence.Digest, int64, error) {
	size, err := s.file.Seek(0, io.SeekEnd)
	if err = errors.Join(err, s.rewind()); err != nil {
		return evidence.Digest{}, 0, err
	}
	raw, err := keep(name, s.file)
	if err != nil {
		return evidence.Digest{}, 0, err
	}
	return raw, size, s.rewind()
}

func (s *Spool) rewind() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read back the rows: %w", err)
	}
	return nil
}
