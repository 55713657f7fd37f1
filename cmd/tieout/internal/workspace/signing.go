package workspace

import (
	"path/filepath"
	"time"

	"github.com/tieout/tieout/evidence/source/web"
)

// timestampTimeout is how long an authority may take, all in all.
const timestampTimeout = 30 * time.Second

// TimestampSite returns where time-stamps are asked for, nil where they are
// not. Making it connects to nothing.
func (w *Workspace) TimestampSite() (*web.Site, error) {
	s := w.File.Signing
	if s.Timestamp == "" {
		return nil, nil
	}
	return web.New(web.Access{URL: s.Timestamp, Allow: s.Allow}, web.Rules{Timeout: timestampTimeout})
}

func (w *Workspace) checkSigning(wrong func(string, ...any)) {
	s := w.File.Signing
	if s.Timestamp == "" {
		if len(s.Roots)+len(s.Allow) > 0 {
			wrong("signing.timestamp is missing: timestamp_roots and timestamp_allow say how it is asked")
		}
		return
	}
	if _, err := w.TimestampSite(); err != nil {
		wrong("signing.timestamp: %v", err)
	}
	if len(s.Roots) == 0 {
		wrong("signing.timestamp_roots is missing: name a PEM file with the authority's root certificate, without which no time-stamp can be checked")
	}
	for _, r := range s.Roots {
		if !filepath.IsLocal(filepath.FromSlash(r)) {
			wrong("signing.timestamp_roots: %.80q is no file below the workspace", r)
		}
	}
}
