//go:build unix

package integrity

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence/logfile"
)

// benchRecords is how many records the benchmark's files have.
const benchRecords = 300_000

// writeAsqav writes a log as LiteLLM's callback does: names unsorted, the hash
// over the record with sorted names, about 730 bytes a record.
func writeAsqav(t testing.TB, name string, n int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	prev := strings.Repeat("0", 64)
	for i := range n {
		call, ts := fmt.Sprintf("chatcmpl-%032x", i*7919), fmt.Sprintf("2026-03-%02dT%02d:%02d:%02d.%06d+00:00", 1+i/1_000_000%28, i/36000%24, i/600%60, i/10%60, i*37%1_000_000)
		in, out := digestText("in", i), digestText("out", i)
		latency := strconv.FormatFloat(120+float64(i%9000)/7, 'f', -1, 64)
		meta := fmt.Sprintf(`{"team":"lending-%d","user_id":"u-%05d","tags":["prod","eu-%d"],"Z":0.1}`, i%5, i%9999, i%3)
		sorted := fmt.Sprintf(`{"call_id":"%s","input_digest":"%s","latency_ms":%s,"metadata":{"Z":0.1,"tags":["prod","eu-%d"],"team":"lending-%d","user_id":"u-%05d"},"model":"parrot-large-2026-01","output_digest":"%s","prev_hash":"%s","provider":"parrot-cloud","seq":%d,"status":"success","tokens":{"completion":%d,"prompt":%d,"total":%d},"ts":"%s"}`,
			call, in, latency, i%3, i%5, i%9999, out, prev, i, 80+i%300, 900+i%2000, 980+i%300+i%2000, ts)
		sum := sha256.Sum256([]byte(sorted))
		self := hex.EncodeToString(sum[:])
		_, _ = fmt.Fprintf(w, `{"seq": %d, "ts": "%s", "prev_hash": "%s", "call_id": "%s", "model": "parrot-large-2026-01", "provider": "parrot-cloud", "status": "success", "latency_ms": %s, "tokens": {"prompt": %d, "completion": %d, "total": %d}, "input_digest": "%s", "output_digest": "%s", "metadata": %s, "record_hash": "%s"}`+"\n",
			i, ts, prev, call, latency, 900+i%2000, 80+i%300, 980+i%300+i%2000, in, out, strings.ReplaceAll(strings.ReplaceAll(meta, ":", ": "), ",", ", "), self)
		prev = self
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func digestText(what string, i int) string {
	s := sha256.Sum256([]byte(what + strconv.Itoa(i)))
	return hex.EncodeToString(s[:])
}

// writeRaw writes a decision log of about 700 bytes a record.
func writeRaw(t testing.TB, name string, n int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	prev := strings.Repeat("0", 64)
	seq := 0
	write := func(record string) {
		record = fmt.Sprintf(record, prev, seq)
		sum := sha256.Sum256([]byte(record))
		prev = hex.EncodeToString(sum[:])
		seq++
		_, _ = w.WriteString(record[:len(record)-1] + `,"hash":"` + prev + "\"}\n")
	}
	write(`{"at":"2026-01-01T00:00:00.000000Z","format":"tieout-decision/1","log":"larkspur/decisions","part":1,"prev":"%s","seq":%d,"type":"log","writer":"gateway.larkspur.example"}`)
	for i := range n {
		at := fmt.Sprintf("2026-01-%02dT%02d:%02d:%02d.%06dZ", 1+i/1_000_000%28, i/36000%24, i/600%60, i/10%60, i*37%1_000_000)
		write(fmt.Sprintf(`{"at":"%s","component_id":"fraud-score","confidence":0.%04d,"config_sha256":"%s","decision_id":"dc-%06d","delivered_at":"%s","deployment_id":"DEP-fraud-score-3","input_sha256":"%s","model_version":"fraud-score@3.2.1","output_sha256":"%s","prev":"%%s","request_id":"rq-%06d","route":"auto","seq":%%d,"status":"ok","tenant_id":"cust-%04d","type":"decision"}`,
			at, 1+i%9998, digestText("config", 1), i, at, digestText("in", i), digestText("out", i), i, i%4000))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// took is what a run took: on a shared machine processor time says more than
// the clock.
type took struct{ wall, cpu time.Duration }

// best returns the shortest of several runs.
func best(runs int, f func() time.Duration) took {
	out := took{1 << 62, 1 << 62}
	for range runs {
		start := time.Now()
		cpu := f()
		out.wall, out.cpu = min(out.wall, time.Since(start)), min(out.cpu, cpu)
	}
	return out
}

func processor(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// command runs a program and returns its processor time.
func command(b *testing.B, name string, args ...string) func() time.Duration {
	return func() time.Duration {
		c := exec.CommandContext(b.Context(), name, args...)
		if out, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%s: %v\n%s", name, err, out)
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
}

// BenchmarkRatios prints how much processor time a check takes against openssl
// and a plain verifier in Python on the same files, and how much sooner two
// cores are done than one.
//
//	go test ./evidence/integrity -run '^$' -bench Ratios -benchtime 1x
func BenchmarkRatios(b *testing.B) {
	dir := b.TempDir()
	asqav, raw := filepath.Join(dir, "asqav.jsonl"), filepath.Join(dir, "decisions.jsonl")
	writeAsqav(b, asqav, benchRecords)
	writeRaw(b, raw, benchRecords)
	for b.Loop() {
		for _, f := range []struct{ words, name string }{{"canonicalised again", asqav}, {"raw bytes", raw}} {
			info, err := os.Stat(f.name)
			if err != nil {
				b.Fatal(err)
			}
			check := func(cores int) func() time.Duration {
				return func() time.Duration {
					defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
					start := processor(b)
					r, err := Verify(b.Context(), logfile.Paths(f.name), Options{Workers: cores})
					if err != nil || r.Verdict != SelfConsistent {
						b.Fatalf("%v, %v", r, err)
					}
					return processor(b) - start
				}
			}
			one, two := best(7, check(1)), best(7, check(2))
			mb, s := float64(info.Size())/1e6, one.cpu.Seconds()
			b.Logf("%s: %.0f MB, %d bytes a record: %.0f MB/s, %.0f records/s on one core; two cores are done %.2f x as fast", f.words, mb, info.Size()/benchRecords, mb/s, benchRecords/s, one.wall.Seconds()/two.wall.Seconds())
			if path, err := exec.LookPath("openssl"); err == nil {
				base := best(7, command(b, path, "dgst", "-sha256", f.name))
				b.Logf("%s: %.2f x the time of openssl dgst -sha256", f.words, s/base.cpu.Seconds())
			}
			if path, err := exec.LookPath("python3"); err == nil && f.name == asqav {
				base := best(2, command(b, path, "testdata/plain_verifier.py", f.name))
				b.Logf("%s: %.1f x as fast as a plain verifier in Python", f.words, base.cpu.Seconds()/s)
			}
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, f := range []struct {
		name  string
		write func(testing.TB, string, int)
	}{{"canonicalised", writeAsqav}, {"raw", writeRaw}} {
		b.Run(f.name, func(b *testing.B) {
			name := filepath.Join(b.TempDir(), "log.jsonl")
			f.write(b, name, 100_000)
			info, err := os.Stat(name)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
			start := processor(b)
			for b.Loop() {
				if _, err := Verify(b.Context(), logfile.Paths(name), Options{Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processor(b)-start).Nanoseconds())/float64(b.N)/100_000, "cpu-ns/record")
		})
	}
}
