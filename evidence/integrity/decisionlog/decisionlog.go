// Package decisionlog writes decision logs in tieout's own open format,
// tieout-decision/1, which docs/decision-log.md describes byte by byte: chained
// JSONL with checkpoints that another party signs.
//
// It writes to the writers handed in and keeps one record's hash in memory. It
// opens no file, syncs none and reads no clock. Package integrity verifies what
// it writes.
package decisionlog

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
)

// Format is the format's name, which stands in every header.
const Format = "tieout-decision/1"

// Origin returns the first line of the notes that checkpoints of a log hold.
func Origin(log string) string { return Format + "/" + log }

// MaxRecord is the longest line that is written, in bytes without its end.
const MaxRecord = 1 << 20

// Options describe a log.
type Options struct {
	Log    string // its name, such as "larkspur-lending/decisions"
	Writer string // name of whatever writes it

	// Signer signs checkpoints. To fix the end of the log against its own
	// writer it must be another party's key, under another name than Writer.
	// nil: the log has no checkpoints.
	Signer note.Signer

	// Every is after how many records a checkpoint is written; 0: only at the
	// end of each file.
	Every int

	// Now is the clock for headers and checkpoints. nil: the time of the record
	// at hand.
	Now func() evidence.Instant

	// Resume goes on with a log where another Writer stopped, in a new file.
	Resume *State
}

// State is where a log stands between two records.
type State struct {
	Seq  int64            // number of the next record
	Head string           // hash of the last one, in hex
	Part int              // number of the file being written, from 1
	At   evidence.Instant // of the last record
}

// Writer writes one log. It is not for use by two goroutines at once.
type Writer struct {
	o      Options
	out    io.Writer
	s      State
	opened bool // the file's header is written
	since  int  // records since the last checkpoint
	err    error
	buf    []byte
}

// New returns a writer of the log, which begins or goes on in out.
func New(out io.Writer, o Options) (*Writer, error) {
	for _, n := range []struct{ what, name string }{{"log", o.Log}, {"writer", o.Writer}} {
		if n.name == "" || len(n.name) > 200 || strings.ContainsFunc(n.name, func(r rune) bool { return r <= ' ' || r > '~' || r == '+' }) {
			return nil, fmt.Errorf("decision log: name %q of the %s: want 1 to 200 plain characters without spaces and plus signs", n.name, n.what)
		}
	}
	if o.Every < 0 {
		return nil, fmt.Errorf("decision log %s: a checkpoint every %d records", o.Log, o.Every)
	}
	w := &Writer{o: o, out: out, s: State{Head: genesis, Part: 1}}
	if o.Resume != nil {
		w.s = *o.Resume
		w.s.Part++ // what stands in the old file is finished
	}
	return w, nil
}

// State returns where the log stands.
func (w *Writer) State() State { return w.s }

// Rotate ends the file with a checkpoint and goes on in the next one. Closing
// files is the caller's part.
func (w *Writer) Rotate(next io.Writer) error {
	if err := w.Close(); err != nil {
		return err
	}
	w.out, w.opened, w.err = next, false, nil
	w.s.Part++
	return nil
}

// errClosed is the error of a log that was closed.
var errClosed = errors.New("the decision log is closed")

// Close ends the file with a checkpoint. The log can go on in another file with
// Options.Resume.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	if err := w.open(w.s.At); err != nil {
		return err
	}
	if err := w.checkpoint(w.s.At); err != nil {
		return err
	}
	w.err = errClosed
	return nil
}
