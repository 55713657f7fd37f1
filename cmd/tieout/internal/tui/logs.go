package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// logsLines lists the logs with the verdict on each.
func logsLines(m *model, w int) []line {
	if !m.whole {
		return []line{text(faint, "the registers are being read …")}
	}
	out := []line{heading(fmt.Sprintf("logs: %d", len(m.x.d.Logs)))}
	for _, l := range m.x.d.Logs {
		out = append(out, logLine(l))
	}
	out = append(out, text(plain, ""))
	return append(out, paragraph(faint, "self consistent: intact, but only its own writer vouches for the end. not tamper evident: the source has no hash of its own.", 0, w)...)
}

func verdictTone(v string) tone {
	switch v {
	case "verified":
		return good
	case "broken":
		return bad
	case "indeterminate":
		return unknown
	default:
		return warn
	}
}

func verdictWords(v string) string { return strings.ReplaceAll(shown(v), "_", " ") }

func logLine(l export.Log) line {
	return line{open: target{kind: atLog, id: l.Source}, parts: []part{
		{fit(verdictWords(l.Verdict), 19), verdictTone(l.Verdict)}, {fit(shown(l.Source), 18) + " ", plain}, {fmt.Sprintf("%9d records  ", l.Records), plain}, {shown(l.Path), faint},
	}}
}

// logLines shows one log: the five axes, what was found, and its segments.
func logLines(m *model, source string, w int) []line {
	i := slices.IndexFunc(m.x.d.Logs, func(l export.Log) bool { return l.Source == source })
	if i < 0 {
		return []line{text(faint, "this run has no log "+shown(source))}
	}
	l := m.x.d.Logs[i]
	out := []line{{parts: []part{{shown(l.Source) + "  ", strong}, {verdictWords(l.Verdict), verdictTone(l.Verdict)}}}}
	for _, f := range []struct{ name, value string }{
		{"path", shown(l.Path)}, {"profile", shown(l.Profile)}, {"size", fmt.Sprintf("%d records, %d bytes", l.Records, l.Bytes)}, {"times", shown(l.FirstTime + " to " + l.LastTime)},
		{"sha-256", shown(l.SHA256)}, {"head", shown(l.Head)},
	} {
		out = append(out, field(f.name, f.value, w)...)
	}
	out = append(out, text(plain, ""), heading("five axes"))
	for _, f := range []struct{ name, value string }{
		{"integrity", l.Integrity}, {"continuity", l.Continuity}, {"authenticity", l.Authenticity}, {"anchoring", l.Anchoring}, {"coverage", l.Coverage},
	} {
		out = append(out, field(f.name, verdictWords(f.value), w)...)
	}
	out = append(out, findingLines(l, w)...)
	out = append(out, text(plain, ""), heading(fmt.Sprintf("segments: %d", len(l.Segments))))
	for _, s := range l.Segments {
		out = append(out, segmentLine(s))
	}
	out = append(out, text(plain, ""), heading("what this does not show"))
	for _, s := range l.NotShown {
		out = append(out, paragraph(plain, prose(s), 0, w)...)
	}
	return out
}

func findingLines(l export.Log, w int) []line {
	var total int64
	for _, n := range l.Counts {
		total += n
	}
	out := []line{text(plain, ""), heading(fmt.Sprintf("findings: %d", total))}
	codes := make([]string, 0, len(l.Counts))
	for c := range l.Counts {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	for _, c := range codes {
		out = append(out, line{parts: []part{{fit(fmt.Sprint(l.Counts[c]), 10), plain}, {shown(c), warn}}})
	}
	for _, f := range l.Findings {
		out = append(out, paragraph(plain, fmt.Sprintf("%s in %s, record %d, byte %d: %s", shown(f.Code), shown(f.File), f.Record, f.ByteOffset, prose(f.Note)), 2, w)...)
	}
	if int64(len(l.Findings)) < total {
		out = append(out, text(faint, fmt.Sprintf("  the first %d of %d; the counts are complete", len(l.Findings), total)))
	}
	return out
}

func segmentLine(s evidence.Segment) line {
	at := "no times"
	if !s.Untimed {
		at = s.FirstTime.String()[:19] + " to " + s.LastTime.String()[:19]
	}
	t := faint
	if s.Findings > 0 {
		t = warn
	}
	return line{parts: []part{{fmt.Sprintf("%5d  %9d records  ", s.No, s.Records), plain}, {fit(fmt.Sprintf("%d findings", s.Findings), 13), t}, {fit(at, 44) + " ", faint}, {shown(s.File), faint}}}
}
