package evaluate

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// BenchmarkAccess freezes users and ten grants for each, runs every access
// test on them, and prints how many items a second that is and what the tests
// cost against the freeze. TIEOUT_BENCH is the number of users, of which a large
// company has 100000; with TIEOUT_BENCH_CHILD the statements run in a child.
func BenchmarkAccess(b *testing.B) {
	users := benchSize(b, 2_000)
	w := many{"worker": users, "principal": users, "grant": 10 * users, "resource": 500, "access_review": 100, "access_review_item": users}
	benchmark(b, w, 20, "AI-IAM-")
}

// BenchmarkComponents runs the whole catalogue over many components with a few
// rows of everything each. TIEOUT_BENCH is the number of components.
func BenchmarkComponents(b *testing.B) {
	n := benchSize(b, 100)
	w := many{}
	for _, s := range kinds.All() {
		w[s.Kind] = n
	}
	benchmark(b, w, n, "AI-")
}

func benchSize(b *testing.B, otherwise int) int {
	s := os.Getenv("TIEOUT_BENCH")
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// many is how many records of a kind there are, made as they are asked for.
type many map[evidence.Kind]int

func benchmark(b *testing.B, w many, components int, tests string) {
	cat, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Catalog: cat, Window: period}
	for i := range components {
		in.Components = append(in.Components, controls.Component{ID: benchComponent(i), Name: "c", Kind: "ml_model", Deployment: "private", Effect: "automated"})
	}
	for _, t := range catalog.Tests(cat) {
		if strings.HasPrefix(t.ID, tests) {
			in.TestIDs = append(in.TestIDs, t.ID)
		}
	}
	began := time.Now()
	f, err := freeze.Freeze(b.Context(), filepath.Join(b.TempDir(), "frozen"), freeze.Input{
		Window: period, Zone: time.UTC, Components: in.Components, Params: cat.Params, Policies: defaults(b, cat),
		Records: func(k evidence.Kind) iter.Seq2[*evidence.Record, error] { return w.records(b, k, components) }, ObsKinds: catalog.Observed(cat),
	})
	if err != nil {
		b.Fatal(err)
	}
	frozen := time.Since(began)
	in.Database = f.Database
	items := int64(0)
	count := func(controls.Item) error {
		items++
		return nil
	}
	b.ResetTimer()
	for b.Loop() {
		if os.Getenv("TIEOUT_BENCH_CHILD") != "" {
			_, err = RunSandboxed(b.Context(), childArgv, in, count)
		} else {
			_, err = Run(b.Context(), in, count)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(items)/b.Elapsed().Seconds(), "items/s")
	b.ReportMetric(frozen.Seconds(), "freeze-s")
	b.ReportMetric(each.Seconds()/frozen.Seconds(), "tests/freeze")
	b.ReportMetric(peakMemory(), "peak-MB")
}

func benchComponent(i int) string { return fmt.Sprintf("c%04d", i) }

// records makes the records of a kind: n-th key, a component in turn, and the
// same texts and times in every other column.
func (w many) records(b *testing.B, kind evidence.Kind, components int) iter.Seq2[*evidence.Record, error] {
	return func(yield func(*evidence.Record, error) bool) {
		s, _ := kinds.Of(kind)
		for i := range w[kind] {
			r := evidence.NewRecord(s)
			r.ID, r.Source, r.Item, r.ObservedAt = fmt.Sprintf("%040x", i), "src", int64(i+1), period.To-1
			r.NativeID = strconv.Itoa(i)
			for _, c := range s.Columns {
				if err := r.Set(c.Name, benchValue(s, c, i, components, w)); err != nil {
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

func benchValue(s *evidence.Schema, c evidence.Column, i, components int, w many) any {
	link := map[string]evidence.Kind{
		"principal_id": "principal", "worker_id": "worker", "resource_id": "resource", "grant_id": "grant", "access_review_id": "access_review",
		"owner_id": "worker", "approved_by": "worker", "reviewer_id": "worker",
	}
	switch {
	case c.Name == "component_id":
		return benchComponent(i % components)
	case link[c.Name] != "" && link[c.Name] == s.Kind:
		return string(s.Kind) + strconv.Itoa(i)
	case link[c.Name] != "":
		return string(link[c.Name]) + strconv.Itoa((i*7919)%max(1, w[link[c.Name]]))
	case len(c.Enum) > 0:
		return c.Enum[0]
	case c.Name == "email":
		return strconv.Itoa(i) + "@example.test"
	case c.Name == "environment":
		return "production"
	case strings.HasPrefix(c.Name, "ended") || strings.HasPrefix(c.Name, "revoked") || strings.HasPrefix(c.Name, "disabled"):
		if i%10 > 0 {
			return nil
		}
	}
	switch c.Type {
	case evidence.Time:
		return period.From + evidence.Instant(i%15_000_000)*1_000_000
	case evidence.Int:
		return int64(i % 14)
	case evidence.Real:
		return float64(i%100) / 100
	case evidence.Bool:
		return i%7 > 0
	case evidence.List:
		return []string{"worker" + strconv.Itoa(i%97)}
	default:
		if c.Name == s.Key[0] || len(s.Key) > 1 {
			return string(s.Kind) + strconv.Itoa(i)
		}
		return c.Name + strconv.Itoa(i%50)
	}
}

// peakMemory returns the most memory that this process ever held, in MB.
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
