package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

func TestProgressSaysHowFastAndHowLong(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		p     integrity.Progress
		since time.Duration
	}{
		"a.jsonl: file 2 of 4, 1000000 records, 700 MB, 100000 records/s, 30s left": {integrity.Progress{File: "a.jsonl", Files: 4, Done: 1, Records: 1_000_000, Bytes: 700_000_000, Share: 0.25}, 10 * time.Second},
		"a.jsonl: file 1 of 1, 5 records, 0 MB":                                     {integrity.Progress{File: "a.jsonl", Files: 1, Records: 5, Share: 0.5}, time.Millisecond},
		"⟦U+001B⟧.jsonl: file 1 of 1, 10 records, 0 MB, 5 records/s":                {integrity.Progress{File: "\x1b.jsonl", Files: 1, Done: 1, Records: 10, Share: 1}, 2 * time.Second},
	} {
		if got := progressWords(c.p, c.since); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	var b strings.Builder
	now := evidence.Instant(0)
	line := progressLine(&b, func() evidence.Instant { now += 1000; return now })
	for range 1000 {
		line(integrity.Progress{File: "a", Files: 1})
	}
	if n := strings.Count(b.String(), "\r"); n > 6 {
		t.Errorf("%d lines in a second", n)
	}
}
