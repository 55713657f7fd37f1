package litellm

import (
	"crypto/sha256"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
)

// nowhere digests what it is handed and keeps none of it.
type nowhere struct{ lines int }

func (nowhere) PutRaw(r io.Reader) (evidence.Digest, int64, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	return evidence.Digest(h.Sum(nil)), n, err
}
func (n *nowhere) Records() (engine.RecordWriter, error) { return n, nil }
func (n *nowhere) Line([]byte) error                     { n.lines++; return nil }
func (n *nowhere) Commit() (evidence.Digest, error)      { return evidence.DigestOf(nil), nil }
func (n *nowhere) Abort() error                          { return nil }
