package freeze

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/evidence"
)

// tableWriter writes the lines of one table.
type tableWriter struct {
	table *Table
	path  string
	file  *os.File
	out   *bufio.Writer
	hash  hash.Hash
	tail  *tail
	line  []byte
	rows  int64
	bytes int64

	row      []any // the next one, to be filled before write
	previous []any // the one before, whose key must be smaller
}

func (f *freezer) newTableWriter(t *Table) (*tableWriter, error) {
	path := filepath.Join(f.dir, t.Name+".jsonl")
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write table %s: %w", t.Name, err)
	}
	w := &tableWriter{table: t, path: path, file: file, hash: sha256.New(), tail: f.tails[t.Name]}
	w.out = bufio.NewWriterSize(io.MultiWriter(file, w.hash, w.tail), 1<<16)
	w.row, w.previous = make([]any, len(t.Columns)), make([]any, len(t.Columns))
	return w, nil
}

// write writes w.row and clears it for the next one.
func (w *tableWriter) write() error {
	if w.rows > 0 && w.table.compareKeys(w.previous, w.row) >= 0 {
		return fmt.Errorf("table %s: two rows with one key, or rows out of order", w.table.Name)
	}
	if err := w.table.check(w.row); err != nil {
		return fmt.Errorf("table %s: %w", w.table.Name, err)
	}
	line, err := w.table.appendLine(w.line[:0], w.row)
	if err != nil {
		return err
	}
	w.line = line
	w.rows++
	w.bytes += int64(len(line))
	w.row, w.previous = w.previous, w.row
	clear(w.row)
	if _, err := w.out.Write(line); err != nil {
		return fmt.Errorf("write table %s: %w", w.table.Name, err)
	}
	return nil
}

// close finishes the file. It may be called again.
func (w *tableWriter) close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.out.Flush(), w.file.Sync(), w.file.Close())
	w.file = nil
	if err != nil {
		return fmt.Errorf("write table %s: %w", w.table.Name, err)
	}
	return nil
}

// report says what was written, once all of it is. Whoever reads the file
// while it grows knows by it that this is the end.
func (w *tableWriter) report() TableReport {
	w.tail.end(nil)
	r := TableReport{Name: w.table.Name, Rows: w.rows, Path: w.path, Bytes: w.bytes, SHA256: evidence.Digest(w.hash.Sum(nil))}
	if w.table.schema != nil {
		r.Kind = w.table.schema.Kind
	}
	return r
}

// digestOfFile returns the SHA-256 of a file's bytes.
func digestOfFile(path string) (d evidence.Digest, err error) {
	f, err := os.Open(path)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return d, fmt.Errorf("read %s: %w", path, err)
	}
	return evidence.Digest(h.Sum(nil)), nil
}
