package decisionlog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
)

// genesis is what the first record of a chain names as its predecessor.
var genesis = strings.Repeat("0", 2*sha256.Size)

// reserved are the members that the format sets itself.
var reserved = []string{"seq", "prev", "hash", "format", "log", "part", "writer", "note"}

// Append writes one record. fields must have the member at, an RFC 3339 text or
// an evidence.Instant, and may have any other but those that the format sets;
// without a type, the record is a decision. Values are what canon.Append takes.
//
// After an error in writing, the file may end in a part of a record, and the
// writer takes nothing more; an error about the fields leaves it as it was.
func (w *Writer) Append(fields map[string]any) error {
	if w.err != nil {
		return w.err
	}
	at, err := checkFields(fields)
	if err != nil {
		return fmt.Errorf("decision log %s: record %d: %w", w.o.Log, w.s.Seq, err)
	}
	record := make(map[string]any, len(fields)+4)
	record["type"] = "decision"
	for k, v := range fields {
		record[k] = v
	}
	record["at"] = at.String()
	if err := w.open(at); err != nil {
		return err
	}
	if err := w.write(record); err != nil {
		return err
	}
	w.s.At = at
	if w.since++; w.o.Every > 0 && w.since >= w.o.Every {
		return w.checkpoint(at)
	}
	return nil
}

func checkFields(fields map[string]any) (evidence.Instant, error) {
	for _, r := range reserved {
		if _, ok := fields[r]; ok {
			return 0, fmt.Errorf("member %q is set by the format", r)
		}
	}
	if t, ok := fields["type"]; ok {
		if s, is := t.(string); !is || s == "" || slices.Contains([]string{"log", "checkpoint"}, s) {
			return 0, fmt.Errorf("type %v: want a text other than log and checkpoint", t)
		}
	}
	switch at := fields["at"].(type) {
	case evidence.Instant:
		return at, nil
	case string:
		return evidence.ParseInstant(at)
	}
	return 0, errors.New("member at: want the time of the record")
}

// open writes the header of a file that has none yet.
func (w *Writer) open(at evidence.Instant) error {
	if w.opened {
		return nil
	}
	at = w.now(at)
	if err := w.write(map[string]any{
		"type": "log", "format": Format, "log": w.o.Log, "writer": w.o.Writer, "part": int64(w.s.Part), "at": at.String(),
	}); err != nil {
		return err
	}
	w.opened, w.s.At = true, at
	return nil
}

func (w *Writer) now(at evidence.Instant) evidence.Instant {
	if w.o.Now != nil {
		return w.o.Now()
	}
	return at
}

// write puts a record into the chain: its canonical bytes, with the hash over
// them put in as the last member.
func (w *Writer) write(record map[string]any) error {
	record["seq"], record["prev"] = w.s.Seq, w.s.Head
	line, err := canon.Append(w.buf[:0], record)
	if err != nil {
		return fmt.Errorf("decision log %s: record %d: %w", w.o.Log, w.s.Seq, err)
	}
	sum := sha256.Sum256(line)
	head := hex.EncodeToString(sum[:])
	line = append(line[:len(line)-1], `,"hash":"`...)
	line = append(append(line, head...), '"', '}')
	w.buf = line
	if len(line) > MaxRecord {
		return fmt.Errorf("decision log %s: record %d: %d bytes are more than the %d of a line; keep large texts elsewhere, by their digest", w.o.Log, w.s.Seq, len(line), MaxRecord)
	}
	w.buf = append(w.buf, '\n')
	if _, err := w.out.Write(w.buf); err != nil {
		w.err = fmt.Errorf("write decision log %s: record %d: %w", w.o.Log, w.s.Seq, err)
		return w.err
	}
	w.s.Seq, w.s.Head = w.s.Seq+1, head
	return nil
}

// Checkpoint lets the signer fix everything written so far, also between the
// regular ones: a checkpoint now and then shows that a quiet log is alive.
func (w *Writer) Checkpoint() error {
	switch {
	case w.err != nil:
		return w.err
	case w.o.Signer == nil:
		return fmt.Errorf("decision log %s: there is no key to sign a checkpoint with", w.o.Log)
	}
	if err := w.open(w.s.At); err != nil {
		return err
	}
	return w.checkpoint(w.s.At)
}

// checkpoint writes a note over all records so far, as a record of its own.
func (w *Writer) checkpoint(at evidence.Instant) error {
	w.since = 0
	if w.o.Signer == nil {
		return nil
	}
	at = w.now(at)
	c := ledger.Checkpoint{Origin: Origin(w.o.Log), Head: ledger.Head{Size: w.s.Seq}, Extensions: []string{"at " + at.String()}}
	if _, err := hex.Decode(c.Head.Root[:], []byte(w.s.Head)); err != nil {
		return fmt.Errorf("decision log %s: head %q: %w", w.o.Log, w.s.Head, err)
	}
	signed, err := ledger.FormatCheckpoint(c, w.o.Signer)
	if err != nil {
		return fmt.Errorf("decision log %s: %w", w.o.Log, err)
	}
	if err := w.write(map[string]any{"type": "checkpoint", "at": at.String(), "note": string(signed)}); err != nil {
		return err
	}
	w.s.At = at
	return nil
}
