// Package sourcetest tests any source against what all of them promise. It
// needs a fixture that makes a collector; it starts no server of its own.
package sourcetest

import (
	"bytes"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
)

// Keeper keeps a pull in memory.
type Keeper struct {
	Blobs map[evidence.Digest][]byte
	Lines [][]byte // the records of the last pull that was committed
	Fail  error    // what every call answers, to play a full disk
}

var _ engine.Keeper = (*Keeper)(nil)

// PutRaw implements engine.Keeper.
func (k *Keeper) PutRaw(r io.Reader) (evidence.Digest, int64, error) {
	b, err := io.ReadAll(r)
	if err == nil {
		err = k.Fail
	}
	if err != nil {
		return evidence.Digest{}, 0, err
	}
	return k.put(b), int64(len(b)), nil
}

func (k *Keeper) put(b []byte) evidence.Digest {
	if k.Blobs == nil {
		k.Blobs = map[evidence.Digest][]byte{}
	}
	d := evidence.DigestOf(b)
	k.Blobs[d] = b
	return d
}

// Records implements engine.Keeper.
func (k *Keeper) Records() (engine.RecordWriter, error) { return &recordWriter{k: k}, k.Fail }

type recordWriter struct {
	k     *Keeper
	lines [][]byte
}

func (w *recordWriter) Line(line []byte) error {
	w.lines = append(w.lines, bytes.Clone(line))
	return w.k.Fail
}

func (w *recordWriter) Commit() (evidence.Digest, error) {
	w.k.Lines = w.lines
	return w.k.put(append(bytes.Join(w.lines, []byte("\n")), '\n')), w.k.Fail
}

func (w *recordWriter) Abort() error { return nil }
