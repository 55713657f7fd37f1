package freeze

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// BenchmarkFreeze freezes principals and ten grants for each of them, made as
// they are asked for. TIEOUT_BENCH is the number of principals.
func BenchmarkFreeze(b *testing.B) {
	principals := 2_000
	if s := os.Getenv("TIEOUT_BENCH"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		principals = n
	}
	in := world{}.input()
	in.Records = func(kind evidence.Kind) iter.Seq2[*evidence.Record, error] { return manyRecords(b, kind, principals) }
	rows := 0
	for i := 0; b.Loop(); i++ {
		f, err := Freeze(b.Context(), filepath.Join(b.TempDir(), strconv.Itoa(i)), in)
		if err != nil {
			b.Fatal(err)
		}
		for _, t := range f.Tables {
			rows += int(t.Rows)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(peakMemory(), "peak-MB")
}

func manyRecords(b *testing.B, kind evidence.Kind, principals int) iter.Seq2[*evidence.Record, error] {
	n := map[evidence.Kind]int{"principal": principals, "worker": principals, "grant": 10 * principals}[kind]
	return func(yield func(*evidence.Record, error) bool) {
		for i := range n {
			r := kinds.New(kind)
			r.ID, r.Source, r.Item = fmt.Sprintf("%040x", i), "iam", int64(i+1)
			r.ObservedAt = evidence.Instant(1_782_000_000_000_000)
			person := strconv.Itoa(i % principals)
			values := map[string]any{"worker_id": "W" + person, "email": "Person" + person + "@example.test", "started_at": r.ObservedAt - 1}
			switch kind {
			case "principal":
				values = map[string]any{"principal_id": "p" + person, "principal_kind": "human", "email": "person" + person + "@example.test", "status": "active", "mfa_enrolled": true, "created_at": r.ObservedAt - 1}
			case "grant":
				values = map[string]any{"grant_id": "g" + strconv.Itoa(i), "principal_id": "p" + person, "resource_id": "r" + strconv.Itoa(i%500), "role": "reader", "privileged": i%7 == 0,
					"approved_by": "person" + strconv.Itoa(i%97) + "@example.test", "approved_at": r.ObservedAt - 3, "granted_at": r.ObservedAt - 2}
			}
			for name, v := range values {
				if err := r.Set(name, v); err != nil {
					b.Error(err)
					return
				}
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// peakMemory returns the most memory that the process ever held, in MB, or
// what Go holds now where the system does not say.
func peakMemory() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(status)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				if kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64); err == nil {
					return kb / 1024
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}
