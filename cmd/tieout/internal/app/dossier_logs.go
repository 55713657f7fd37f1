package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/export"
)

// maxLogFindings is how many findings of one log the documents list.
const maxLogFindings = 200

// logLines makes the integrity of every verified log.
func (m *dossierMaker) logLines(ctx context.Context) ([]export.Log, error) {
	var out []export.Log
	for _, v := range m.logs {
		report, err := m.app.logReport(ctx, v)
		if err != nil {
			return nil, err
		}
		for _, l := range report.Logs {
			out = append(out, logLine(v, l))
		}
	}
	return out, nil
}

func (a *App) logReport(ctx context.Context, v LogVerdict) (*integrity.Report, error) {
	r, _, err := a.Store.Open(ctx, v.Report)
	if err != nil {
		return nil, fmt.Errorf("read the report on the log of %s: %w", v.Source, err)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxManifest))
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("read the report on the log of %s: %w", v.Source, err)
	}
	report := &integrity.Report{}
	if err := json.Unmarshal(body, report); err != nil {
		return nil, fmt.Errorf("read the report on the log of %s: %w", v.Source, err)
	}
	return report, nil
}

func logLine(v LogVerdict, l *integrity.Log) export.Log {
	line := export.Log{
		Source: v.Source, Path: l.Path, Profile: l.Profile, Verdict: string(l.Verdict), Records: l.Records, Bytes: l.Bytes, SHA256: l.SHA256.String(),
		FirstSeq: l.FirstSeq, LastSeq: l.LastSeq, FirstTime: instantText(l.FirstTime), LastTime: instantText(l.LastTime), Head: l.Head,
		Integrity: l.Axes.Integrity, Continuity: l.Axes.Continuity, Authenticity: l.Axes.Authenticity, Anchoring: l.Axes.Anchoring,
		Counts: map[string]int64{}, NotShown: l.NotShown, Segments: l.Segments, ReportFile: logFile(v.Source), Coverage: coverageWords(l),
	}
	for code, n := range l.Counts {
		line.Counts[string(code)] = n
	}
	for i, f := range l.Findings {
		if i == maxLogFindings {
			break
		}
		line.Findings = append(line.Findings, export.LogFinding{Code: string(f.Code), File: f.File, Record: f.Record, ByteOffset: f.ByteOffset, Note: f.Note})
	}
	return line
}

// coverageWords says how much of the period the log covers.
func coverageWords(l *integrity.Log) string {
	c := l.Axes.Coverage
	if c == nil {
		return "not stated: the records carry no time"
	}
	words := fmt.Sprintf("%s to %s: %.4f of that time lies outside of longer silences", c.From, c.To, c.Covered)
	if n := l.SilenceCount; n > 0 {
		words += fmt.Sprintf("; %d silences longer than the policy allows without explanation", n)
	}
	return words
}
