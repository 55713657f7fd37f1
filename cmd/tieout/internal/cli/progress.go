package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

func isTerminal(f *os.File) bool {
	return os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// progressEvery is how often the line is written anew, in microseconds.
const progressEvery = 200_000

// progressLine writes how far a check has come over one line of a terminal.
func progressLine(w io.Writer, clock app.Clock) func(integrity.Progress) {
	start := clock()
	last := evidence.Instant(0)
	return func(p integrity.Progress) {
		now := clock()
		if now-last < progressEvery && p.Done < p.Files {
			return
		}
		last = now
		_, _ = fmt.Fprintf(w, "\r\x1b[K%s", progressWords(p, time.Duration(now-start)*time.Microsecond))
	}
}

// progressWords says how far a check is, how fast it runs, and how long it will
// take if it goes on like that.
func progressWords(p integrity.Progress, since time.Duration) string {
	s := fmt.Sprintf("%s: file %d of %d, %d records, %d MB", plain(p.File), min(p.Done+1, p.Files), p.Files, p.Records, p.Bytes/1_000_000)
	if since < time.Second {
		return s
	}
	s += fmt.Sprintf(", %.0f records/s", float64(p.Records)/since.Seconds())
	if p.Share > 0.01 && p.Share < 1 {
		left := time.Duration(float64(since) * (1 - p.Share) / p.Share)
		s += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return s
}
