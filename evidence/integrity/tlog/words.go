package tlog

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/evidence/integrity"
)

// words says what the check does not show, and how to repeat a part of it.
func words(l *integrity.Log, c *opened, plainFiles bool) {
	not := func(format string, args ...any) { l.NotShown = append(l.NotShown, fmt.Sprintf(format, args...)) }
	not("That everything that happened was written: for that, compare with a second source.")
	if l.Verdict == integrity.SelfConsistent {
		not("That the log is as it was written: whoever holds its key could have written all of it anew. A witness that cosigns (--key with its verifier key), or an older checkpoint that you kept (--anchor FILE), would show it.")
	}
	if c != nil && len(c.held) == 0 && c.bad == "" {
		not("Who signed the checkpoint: no key that was given did.")
	}
	var others []string
	for _, a := range l.Anchors {
		if a.Role == integrity.RoleOther && a.Kind == "cosignature" {
			others = append(others, fmt.Sprintf("%q", a.By))
		}
	}
	if len(others) > 0 {
		not("That %s is independent of the log: that must be asked.", strings.Join(others, ", "))
	}
	if l.Profile == Format {
		dir := integrity.ShellQuote(l.Path)
		if plainFiles {
			l.Recheck = append(l.Recheck, fmt.Sprintf("(cd %s && sha256sum checkpoint $(find tile/entries -type f | LC_ALL=C sort)) | sha256sum  # %s", dir, l.SHA256))
		}
		l.Recheck = append(l.Recheck, fmt.Sprintf("python3 -I tlog-root.py %s  # the script stands in docs/log-profiles.md", dir))
	}
}
