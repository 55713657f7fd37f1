package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/source"
)

// sealedHead is an end of a piece of a log that an earlier check saw. The
// report of that check is a blob under the ledger, so nobody can have changed
// it since without being seen.
type sealedHead struct {
	integrity.EarlierHead
	entry   int64 // ledger entry of the check
	file    string
	profile string
}

// sealedHeads returns the ends that earlier checks of the log behind a source
// saw, each once, in order of the checks. A piece in which something was wrong
// then says nothing about now.
func (a *App) sealedHeads(ctx context.Context, id string) ([]sealedHead, error) {
	var out []sealedHead
	seen := map[string]bool{}
	for s, err := range a.Store.Entries(ctx, entryLog, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the earlier checks of the log of source %s: %w", id, err)
		}
		if s.Key != id {
			continue
		}
		var v LogVerdict
		if err := json.Unmarshal(s.JSON, &v); err != nil {
			return nil, fmt.Errorf("read the check of the log of source %s at ledger entry %d: %w", id, s.Index, err)
		}
		report, err := a.logReport(ctx, v)
		if err != nil {
			return nil, fmt.Errorf("read the check of the log of source %s at ledger entry %d: %w", id, s.Index, err)
		}
		for _, l := range report.Logs {
			for _, h := range headsOf(l) {
				key := fmt.Sprintf("%s\x00%s\x00%d\x00%s", h.Name, h.Path, h.Records, h.Head)
				if h.Name != "" {
					key = fmt.Sprintf("%s\x00%d\x00%s", h.Name, h.Records, h.Head)
				}
				if seen[key] {
					continue
				}
				seen[key] = true
				h.At, h.entry = s.At, s.Index
				out = append(out, h)
			}
		}
	}
	return out, nil
}

// headsOf returns the ends of the pieces of a log that were sound.
func headsOf(l *integrity.Log) []sealedHead {
	var out []sealedHead
	through := int64(0)
	for _, s := range l.Segments {
		through += s.Records
		records := through
		if !s.Unnumbered {
			records = s.LastSeq + 1
		}
		if s.Digest == "" || s.Recomputed == "" || s.Findings > 0 || s.HeadHash != "" && s.HeadHash != s.Recomputed {
			continue
		}
		out = append(out, sealedHead{EarlierHead: integrity.EarlierHead{Name: l.Name, Path: l.Path, Records: records, Head: s.Recomputed}, file: s.File, profile: l.Profile})
	}
	return out
}

// putHeads shows what became of the ends that earlier checks saw.
func (a *App) putHeads(id string, heads []sealedHead, report *integrity.Report, raw evidence.Digest, out source.Sink) error {
	for i, h := range heads {
		columns := map[string]any{
			"log_id": id, "records": h.Records, "sealed_hash": h.Head, "sealed_at": h.At, "sealed_entry": h.entry, "file": h.file, "checked_at": a.Clock(),
		}
		if there, known := stillThere(i, h, report); known {
			columns["still_there"] = there
		}
		if err := putRecord(out, "log_head", raw, int64(i+1), columns); err != nil {
			return err
		}
	}
	return nil
}

// stillThere reports whether a log of the report has the i-th head. A log that
// is gone as a whole has it not.
func stillThere(i int, h sealedHead, report *integrity.Report) (there, known bool) {
	for _, l := range report.Logs {
		n := slices.IndexFunc(l.Heads, func(c integrity.HeadCheck) bool { return c.Index == i })
		if n < 0 {
			continue
		}
		c := l.Heads[n]
		readable := l.Verdict != integrity.Indeterminate && l.Profile == h.profile
		return c.Holds, c.Holds || readable && !c.Outside
	}
	return false, true
}
