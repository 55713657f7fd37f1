package store_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

// BenchmarkAppend appends 10,000 entries in one transaction. The baseline is
// the same rows in a table without a ledger, in the same run.
func BenchmarkAppend(b *testing.B) {
	entries := make([]store.Entry, 10_000)
	for i := range entries {
		entries[i] = store.Entry{Type: "slot", Key: fmt.Sprintf("job-%d", i%50), At: 1_796_083_200_000_000, JSON: fmt.Appendf(nil, `{"attempt":1,"slot":%d,"state":"done"}`, i)}
	}
	s := open(b, b.TempDir())
	plain := plainTable(b)
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := s.Append(b.Context(), entries...); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		insertPlain(b, plain, entries)
		theirs += time.Since(start)
	}
	b.ReportMetric(float64(b.N*len(entries))/ours.Seconds(), "entries/s")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-plain-table")
}

func plainTable(b *testing.B) *sql.DB {
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "plain.sqlite")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(b.Context(), "CREATE TABLE t (idx INTEGER PRIMARY KEY, type TEXT, key TEXT, at INTEGER, json TEXT) STRICT"); err != nil {
		b.Fatal(err)
	}
	return db
}

func insertPlain(b *testing.B, db *sql.DB, entries []store.Entry) {
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := tx.PrepareContext(b.Context(), "INSERT INTO t (type, key, at, json) VALUES (?, ?, ?, ?)")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = insert.Close() }()
	for _, e := range entries {
		if _, err := insert.ExecContext(b.Context(), e.Type, e.Key, int64(e.At), string(e.JSON)); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkRecords writes records and reads them again. The baselines are zstd
// with the same settings, in memory and without digests, in the same run.
func BenchmarkRecords(b *testing.B) {
	lines := manyLines(200_000)
	var text bytes.Buffer
	for _, l := range lines {
		text.WriteString(l)
		text.WriteByte('\n')
	}
	size := float64(text.Len()) / 1e6
	s := open(b, b.TempDir())
	var write, read, deflate, inflate time.Duration
	for b.Loop() {
		start := time.Now()
		w, err := s.Records()
		if err != nil {
			b.Fatal(err)
		}
		for l := range bytes.Lines(text.Bytes()) {
			if err := w.Line(l[:len(l)-1]); err != nil {
				b.Fatal(err)
			}
		}
		d, err := w.Commit()
		if err != nil {
			b.Fatal(err)
		}
		write += time.Since(start)

		start = time.Now()
		n := 0
		for _, err := range s.ReadRecords(b.Context(), d) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		read += time.Since(start)
		if n != len(lines) {
			b.Fatalf("%d lines of %d", n, len(lines))
		}

		start = time.Now()
		small := plainDeflate(b, text.Bytes())
		deflate += time.Since(start)
		start = time.Now()
		plainInflate(b, small)
		inflate += time.Since(start)
	}
	n := size * float64(b.N)
	b.ReportMetric(n/write.Seconds(), "write-MB/s")
	b.ReportMetric(n/read.Seconds(), "read-MB/s")
	b.ReportMetric(write.Seconds()/deflate.Seconds(), "write-x-zstd")
	b.ReportMetric(read.Seconds()/inflate.Seconds(), "read-x-zstd")
}

func plainDeflate(b *testing.B, text []byte) []byte {
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out, zstd.WithWindowSize(1<<20), zstd.WithEncoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := z.Write(text); err != nil {
		b.Fatal(err)
	}
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func plainInflate(b *testing.B, small []byte) {
	z, err := zstd.NewReader(bytes.NewReader(small), zstd.WithDecoderConcurrency(1))
	if err != nil {
		b.Fatal(err)
	}
	defer z.Close()
	if _, err := io.Copy(io.Discard, bufio.NewReader(z)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkVerify verifies a store of 10,000 entries and 100 blobs.
func BenchmarkVerify(b *testing.B) {
	s := open(b, b.TempDir())
	entries := make([]store.Entry, 10_000)
	for i := range entries {
		entries[i] = store.Entry{Type: "pull", JSON: fmt.Appendf(nil, `{"n":%d}`, i)}
		if i%100 == 0 {
			entries[i].Blobs = []evidence.Digest{put(b, s, string(bytes.Repeat(fmt.Append(nil, i), 100_000)))}
		}
	}
	if _, err := s.Append(b.Context(), entries...); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r := verify(b, s); r.Verdict != store.Intact {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(b.N*len(entries))/b.Elapsed().Seconds(), "entries/s")
}
