package integrity

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// endless generates a chained log of about size bytes, a record at a time.
type endless struct {
	left int64
	prev string
	seq  int
	have []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.have) == 0 {
		if e.left <= 0 {
			return 0, io.EOF
		}
		body := fmt.Sprintf(`{"call_id":"c%d","pad":%q,"prev_hash":"%s","seq":%d}`, e.seq, strings.Repeat("x", 400), e.prev, e.seq)
		e.prev = evidence.DigestOf([]byte(body)).String()
		e.seq++
		e.have = append(e.have[:0], body[:len(body)-1]+`,"record_hash":"`+e.prev+"\"}\n"...)
		e.left -= int64(len(e.have))
	}
	n := copy(p, e.have)
	e.have = e.have[n:]
	return n, nil
}

// TestHugeStreamTakesConstantMemory checks a generated log at the reader's own
// interface. TIEOUT_HUGE_MB makes it as long as one likes; 100000 is 100 GB.
func TestHugeStreamTakesConstantMemory(t *testing.T) {
	mb := int64(48)
	if s := os.Getenv("TIEOUT_HUGE_MB"); s != "" {
		var err error
		if mb, err = strconv.ParseInt(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	p, err := Preset("litellm-asqav")
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		in := &endless{left: mb << 20, prev: strings.Repeat("0", 64)}
		cut, err := logfile.NewCutter(in, chunkSize, p.plan.framing, "")
		if err != nil {
			t.Fatal(err)
		}
		v := &verifier{o: Options{Workers: workers, chunk: chunkSize}}
		j := &joiner{v: v, group: group{profile: p}, run: &run{keys: newKeyring(nil), seed: maphash.MakeSeed()}, ids: newIDSet()}
		runtime.GC()
		var most, before runtime.MemStats
		runtime.ReadMemStats(&before)
		chunks := 0
		out := newFileResult("stream", p.plan)
		c := &collector{fileResult: out, plan: p.plan, run: j.run, ids: j.ids, each: func() {
			if chunks++; chunks%64 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most.HeapInuse = max(most.HeapInuse, now.HeapInuse)
			}
		}}
		if workers == 1 {
			err = v.alone(t.Context(), cut, j, c)
		} else {
			err = v.together(t.Context(), cut, j, c)
		}
		if err != nil {
			t.Fatal(err)
		}
		if out.report.Records != int64(in.seq) || len(out.counts) != 0 {
			t.Errorf("%d of %d records, %v", out.report.Records, in.seq, out.counts)
		}
		t.Logf("%d workers: %d records, %d MB; heap in use at most %d MB", workers, in.seq, mb, most.HeapInuse>>20)
		if grew := int64(most.HeapInuse) - int64(before.HeapInuse); grew > 64<<20 {
			t.Errorf("%d workers: the heap grew by %d MB", workers, grew>>20)
		}
	}
}

// TestThousandsOfRotatedFilesAreOneLog has more files than anybody names.
func TestThousandsOfRotatedFilesAreOneLog(t *testing.T) {
	t.Parallel()
	const files = 4000
	dir := t.TempDir()
	prev, seq := strings.Repeat("0", 64), 0
	for i := range files {
		var b strings.Builder
		for range 2 {
			body := fmt.Sprintf(`{"call_id":"c%d","prev_hash":"%s","seq":%d}`, seq, prev, seq)
			prev = evidence.DigestOf([]byte(body)).String()
			seq++
			b.WriteString(body[:len(body)-1] + `,"record_hash":"` + prev + "\"}\n")
		}
		put(t, filepath.Join(dir, fmt.Sprintf("audit.jsonl.%d", files-i)), []byte(b.String()))
	}
	o := Options{Workers: 1}
	check := func() *Log {
		r, err := Verify(t.Context(), logfile.Paths(dir), o)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Logs) != 1 {
			t.Fatalf("%d logs", len(r.Logs))
		}
		return r.Logs[0]
	}
	if l := check(); l.Verdict != SelfConsistent || l.Records != 2*files || len(l.Files) != files || *l.LastSeq != 2*files-1 {
		t.Errorf("%s, %d records in %d files, %v", l.Verdict, l.Records, len(l.Files), l.Counts)
	}
	if err := os.Remove(filepath.Join(dir, "audit.jsonl.1234")); err != nil {
		t.Fatal(err)
	}
	if l := check(); l.Verdict != Broken || l.Counts[FileMissing] != 1 {
		t.Errorf("without one of them: %s %v", l.Verdict, l.Counts)
	}
}

func TestInterruptedCheckIsNoVerdict(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 3000, 0)
	ls[3] = append([]byte("{"), ls[3]...)
	put(t, name, ls...)
	for _, workers := range []int{1, 3} {
		ctx, stop := context.WithCancel(t.Context())
		var last Progress
		r, err := Verify(ctx, logfile.Paths(name), Options{Keys: []Key{key}, Workers: workers, chunk: 4096, Progress: func(p Progress) {
			if last = p; p.Records > 500 {
				stop()
			}
		}})
		stop()
		partial, ok := errors.AsType[*Interrupted](err)
		if r != nil || !ok || !errors.Is(err, context.Canceled) || partial.Records < 500 || partial.Records > 3000 || partial.Done != 0 || partial.Counts[BadJSON] != 1 {
			t.Errorf("%d workers: %+v, %v", workers, partial, err)
		}
		if last.Share <= 0 || last.Share >= 1 || last.Files != 1 {
			t.Errorf("%+v", last)
		}
	}
	shares := []float64{}
	if _, err := Verify(t.Context(), logfile.Paths(name), Options{Keys: []Key{key}, chunk: 4096, Progress: func(p Progress) { shares = append(shares, p.Share) }}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(shares); i++ {
		if shares[i] < shares[i-1] {
			t.Fatalf("it goes back: %v", shares)
		}
	}
	if shares[len(shares)-1] != 1 {
		t.Errorf("%v", shares)
	}
}
