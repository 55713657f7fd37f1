package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
)

// MaxLine bounds one line of records, in bytes, without its line end.
const MaxLine = 4 << 20

// recordsWindow is how far back compression looks, and so what reading a blob
// of records may ask for in memory, in bytes.
const recordsWindow = 1 << 20

// Every setting that the bytes depend on is said, so that equal lines are one
// blob: level, window, checksum, one goroutine, and a frame for no lines too.
var recordsEncoding = []zstd.EOption{
	zstd.WithEncoderLevel(zstd.SpeedDefault),
	zstd.WithWindowSize(recordsWindow),
	zstd.WithEncoderCRC(true),
	zstd.WithEncoderConcurrency(1),
	zstd.WithZeroFrames(true),
}

// RecordsWriter writes lines of canonical JSON into one blob, compressed. End
// it with Commit or Abort. It is not safe for concurrent use.
type RecordsWriter struct {
	zstd *zstd.Encoder
	pipe *io.PipeWriter
	kept chan putResult // what became of the blob; read once
	err  error          // what every further call answers
	over bool           // committed or aborted
}

type putResult struct {
	digest evidence.Digest
	err    error
}

var (
	errRecordsOver = errors.New("write records: they were ended already")
	errAborted     = errors.New("thrown away")
)

// Records opens a place for the lines of one pull. Equal lines give an equal
// digest with one version of tieout.
func (s *Store) Records() (*RecordsWriter, error) {
	if s.readOnly {
		return nil, fmt.Errorf("write records: %w", errReadOnly)
	}
	r, w := io.Pipe()
	enc, err := zstd.NewWriter(w, recordsEncoding...)
	if err != nil {
		return nil, fmt.Errorf("write records: %w", err)
	}
	rw := &RecordsWriter{zstd: enc, pipe: w, kept: make(chan putResult, 1)}
	go func() {
		d, _, err := s.Put(context.Background(), r) // ends with the pipe
		_ = r.CloseWithError(err)                   // so that a writer does not wait for a full disk; never fails
		rw.kept <- putResult{d, err}
	}()
	return rw, nil
}

// Line takes one line without its line end: not empty, and no longer than
// MaxLine. The caller may use the slice again.
func (w *RecordsWriter) Line(line []byte) error {
	switch {
	case w.over:
		return errRecordsOver
	case w.err != nil:
		return w.err
	case len(line) == 0:
		w.err = errors.New("write records: an empty line")
	case len(line) > MaxLine:
		w.err = fmt.Errorf("write records: a line of %d bytes, and one may have %d", len(line), MaxLine)
	case bytes.IndexByte(line, '\n') >= 0:
		w.err = errors.New("write records: a line with a line end in it")
	default:
		if _, err := w.zstd.Write(line); err != nil {
			w.err = fmt.Errorf("write records: %w", err)
		} else if _, err := w.zstd.Write(lineEnd); err != nil {
			w.err = fmt.Errorf("write records: %w", err)
		}
	}
	return w.err
}

var lineEnd = []byte{'\n'}

// Commit ends the lines and returns the digest of the blob that holds them.
// After an error of Line it keeps nothing.
func (w *RecordsWriter) Commit() (evidence.Digest, error) {
	if w.over {
		return evidence.Digest{}, errRecordsOver
	}
	if w.err == nil {
		if err := w.zstd.Close(); err != nil {
			w.err = fmt.Errorf("write records: %w", err)
		}
	}
	if w.err != nil {
		return evidence.Digest{}, errors.Join(w.err, w.Abort())
	}
	w.over = true
	_ = w.pipe.Close() // never fails
	kept := <-w.kept
	return kept.digest, kept.err
}

// Abort throws the lines away. After Commit it does nothing.
func (w *RecordsWriter) Abort() error {
	if w.over {
		return nil
	}
	w.over = true
	_ = w.pipe.CloseWithError(errAborted) // never fails
	w.zstd.Reset(nil)
	<-w.kept // nothing was; a partial file that stayed goes when the store is opened next
	return nil
}
