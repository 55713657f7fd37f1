package cli

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/tieout/tieout/evidence/integrity"
)

func isTerminal(f *os.File) bool {
	return os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// progressLine writes how far a check has come over one line of a terminal.
func progressLine(w io.Writer) func(integrity.Progress) {
	return func(p integrity.Progress) {
		_, _ = fmt.Fprintf(w, "\r\x1b[K%s: file %d of %d, %d bytes", plain(p.File), p.Done+1, p.Files, p.Bytes)
	}
}
