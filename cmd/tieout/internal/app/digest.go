package app

import (
	"crypto/sha256"
	"hash"
	"io"

	"github.com/tieout/tieout/evidence"
)

// digestWriter hands bytes on and digests them.
type digestWriter struct {
	w io.Writer
	h hash.Hash
}

func newDigestWriter(w io.Writer) *digestWriter { return &digestWriter{w: w, h: sha256.New()} }

func (d *digestWriter) Write(p []byte) (int, error) {
	n, err := d.w.Write(p)
	d.h.Write(p[:n])
	return n, err
}

func (d *digestWriter) sum() evidence.Digest { return evidence.Digest(d.h.Sum(nil)) }
