package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/export"
)

// logs holds what the dossier says of each log against the report on it, which
// the package has too.
func (v *verifier) logs() error {
	said := map[string][]export.Log{}
	for _, l := range v.d.Logs {
		if l.ReportFile == "" {
			v.undecided("what the dossier says of the log of source %s: it names no report on it", l.Source)
			continue
		}
		said[l.ReportFile] = append(said[l.ReportFile], l)
	}
	for _, f := range v.m.Files {
		if f.Role != RoleLog {
			continue
		}
		body, err := readAll(v.ctx, v.c, f.Path, maxDossier)
		if errors.Is(err, errForm) {
			v.undecided("what the dossier says of logs against %s: %v", f.Path, err)
			continue
		}
		if err != nil {
			return err
		}
		var report integrity.Report
		if err := json.Unmarshal(body, &report); err != nil {
			v.bad(CountMismatch, f.Path, "it is no report on a log: %v", err)
			continue
		}
		if len(report.Logs) != len(said[f.Path]) {
			v.bad(CountMismatch, f.Path, "it reports on %d logs, and the dossier lists %d of them", len(report.Logs), len(said[f.Path]))
			continue
		}
		for i, l := range report.Logs {
			if why := logDiffers(&said[f.Path][i], l); why != "" {
				v.bad(CountMismatch, f.Path, "log %.100q of source %s: %s", said[f.Path][i].Path, said[f.Path][i].Source, why)
			}
		}
	}
	return nil
}

// logDiffers says where the dossier's line on a log is not what the report says.
func logDiffers(d *export.Log, r *integrity.Log) string {
	if r == nil {
		return "the report leaves it empty"
	}
	counts := map[string]int64{}
	for code, n := range r.Counts {
		counts[string(code)] = n
	}
	for _, x := range []struct{ what, said, is string }{
		{"path", d.Path, r.Path}, {"profile", d.Profile, r.Profile}, {"verdict", d.Verdict, string(r.Verdict)}, {"head", d.Head, r.Head}, {"sha256", d.SHA256, r.SHA256.String()},
		{"records", fmt.Sprint(d.Records), fmt.Sprint(r.Records)}, {"bytes", fmt.Sprint(d.Bytes), fmt.Sprint(r.Bytes)},
		{"integrity", d.Integrity, r.Axes.Integrity}, {"continuity", d.Continuity, r.Axes.Continuity}, {"authenticity", d.Authenticity, r.Axes.Authenticity}, {"anchoring", d.Anchoring, r.Axes.Anchoring},
	} {
		if x.said != x.is {
			return fmt.Sprintf("the dossier states the %s %.100q, its report %.100q", x.what, x.said, x.is)
		}
	}
	if !maps.Equal(d.Counts, counts) {
		return fmt.Sprintf("the dossier counts the findings %v, its report %v", d.Counts, counts)
	}
	return ""
}

// logs checks that each report on a log is the last one that the ledger has of
// that source.
func (c *ledgerCheck) logs(entries map[int64][]byte) {
	if c.sum == nil {
		return
	}
	for _, l := range c.d.Logs {
		source := `"source":` + string(canon.AppendString(nil, l.Source))
		last := int64(-1)
		for _, at := range slices.Sorted(maps.Keys(entries)) {
			if leaf := entries[at]; bytes.HasSuffix(leaf, []byte(`"type":"log"}`)) && bytes.Contains(leaf, []byte(source)) {
				last = at
			}
		}
		switch {
		case last < 0:
			c.note("whether the report on the log of source %s is the one that was made: the package shows no ledger entry of it", l.Source)
		case !bytes.Contains(entries[last], []byte(`"report":"`+c.sum(l.ReportFile)+`"`)):
			c.bad(LedgerMismatch, l.ReportFile, "it is not the report on the log of source %s that ledger entry %d, the last one on it, names", l.Source, last)
		}
	}
}
