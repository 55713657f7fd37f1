package table

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// nowhere keeps digests only, so that the benchmark measures the source.
type nowhere struct{ lines int }

func (nowhere) PutRaw(r io.Reader) (evidence.Digest, int64, error) {
	n, err := io.Copy(io.Discard, r)
	return evidence.DigestOf(nil), n, err
}
func (n *nowhere) Records() (engine.RecordWriter, error) { return n, nil }
func (n *nowhere) Line([]byte) error                     { n.lines++; return nil }
func (n *nowhere) Commit() (evidence.Digest, error)      { return evidence.DigestOf(nil), nil }
func (n *nowhere) Abort() error                          { return nil }

// BenchmarkGrantsCSV reads a million grants from CSV to sorted records.
func BenchmarkGrantsCSV(b *testing.B) {
	const rows = 1_000_000
	dir := b.TempDir()
	file, err := os.Create(filepath.Join(dir, "g.csv"))
	if err != nil {
		b.Fatal(err)
	}
	text := bufio.NewWriter(file)
	size, _ := text.WriteString(grants)
	for i := range rows {
		n, _ := fmt.Fprintf(text, "G%07d,person.%d,registry-%d,reader,false,REQ-%d,reader,samuel.dorn,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,\n", i*7919%rows, i%100_000, i%50, i)
		size += n
	}
	if err := errors.Join(text.Flush(), file.Close()); err != nil {
		b.Fatal(err)
	}
	config := "{id: g, type: table, files: g.csv, mapping: native, kind: grant, keep: path}"
	b.SetBytes(int64(size))
	for b.Loop() {
		k := &nowhere{}
		var peak uint64
		done, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-done:
					return
				case <-time.After(50 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.Sys-m.HeapReleased)
				}
			}
		}()
		res, err := engine.Run(b.Context(), sourcetest.Plan(b, spec(b), sourcetest.Fixture{Dir: dir}, config, k))
		close(done)
		<-stopped
		if err != nil || k.lines != rows || len(res.Gaps) > 0 {
			b.Fatalf("%v, %d lines, %+v", err, k.lines, res.Gaps)
		}
		b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
	}
	b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
