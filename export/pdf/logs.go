package pdf

import (
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/export"
)

var verdictWords = map[string]safe{
	"verified":           "Intact, and something outside the writer's control fixes its end.",
	"verified_with_gaps": "Intact where it was read and fixed from outside, but with the gaps listed below.",
	"self_consistent":    "Intact, but only its own writer vouches for where it ends.",
	"not_tamper_evident": "The log carries no hash: a change would leave no trace in it.",
	"broken":             "The log's own protection does not hold. See the findings.",
	"indeterminate":      "Could not be decided: a key is missing, records cannot be read, or the file changed while it was read.",
}

// logs sets what the verifier found out about each log.
func (r *report) logs() {
	p := r.p
	p.sectionPage("Log integrity", secLogs, false)
	p.prose("Each log was read record by record. Integrity says that nothing was changed after it was written. It does not say that every event was written: that takes a second source, see the populations.")
	if len(r.d.Logs) == 0 {
		p.prose("The dossier holds no verified log. Nothing is known about the integrity of any log.")
	}
	for _, l := range r.d.Logs {
		r.log(l)
	}
}

func (r *report) log(l export.Log) {
	p := r.p
	p.h2(r.name(l.Source)+": "+orWord(r.word(l.Verdict), "no verdict"), 150)
	if l.Verdict == "broken" || l.Verdict == "indeterminate" || verdictWords[l.Verdict] == "" {
		p.rule(p.left(), p.left()+36, p.y-1.5, 1.6, alarm)
		p.y += 3
	}
	p.prose(orWord(verdictWords[l.Verdict], "This verdict is unknown to this report: treat the log as not verified."))
	sequence := safe("no sequence numbers")
	if l.FirstSeq != nil && l.LastSeq != nil {
		sequence = num(*l.FirstSeq) + " to " + num(*l.LastSeq)
	}
	codes := func(s string) []para { return []para{{st: monoStyle, text: orWord(r.name(s), "not stated")}} }
	p.pairs(92,
		pair{"Path", codes(l.Path)},
		says("Profile", orWord(r.name(l.Profile), "none")),
		says("Records", num(l.Records)+" in "+num(l.Bytes)+" bytes, "+counted(len(l.Segments), "segment", "segments")),
		says("Sequence", sequence),
		says("Time", orWord(r.name(l.FirstTime), "not stated")+" to "+orWord(r.name(l.LastTime), "not stated")),
		pair{"SHA-256", codes(l.SHA256)},
		pair{"Head", codes(l.Head)},
		pair{"Full report", codes(l.ReportFile)},
	)
	p.gap(3)
	p.need(70)
	t := p.table(column{title: "Axis", share: 20}, column{title: "Result", share: 22}, column{title: "The question", share: 58})
	for _, a := range []struct {
		axis  safe
		value string
		asks  safe
	}{
		{"Integrity", l.Integrity, "Do the records still hash to what the log itself says?"},
		{"Continuity", l.Continuity, "Does each record follow the one before, with none left out?"},
		{"Authenticity", l.Authenticity, "Who signed it, with a key that somebody had pinned?"},
		{"Anchoring", l.Anchoring, "What outside the writer's control fixes the end of the log?"},
		{"Coverage", l.Coverage, "How much of the period asked for do the records cover?"},
	} {
		t.row(row{cells: [][]para{{{st: cellStyle, text: a.axis}}, {{st: cellBold, text: orWord(r.cell(strings.ReplaceAll(a.value, "_", " ")), "not stated")}}, {{st: cellMuted, text: a.asks}}}})
	}
	t.end("")
	r.findings(l)
	if len(l.NotShown) > 0 {
		p.h3("WHAT THIS DOES NOT SHOW", 30)
		for _, s := range l.NotShown {
			p.bullet(r.cell(s))
		}
		p.gap(4)
	}
}

func (r *report) findings(l export.Log) {
	p := r.p
	if len(l.Counts) == 0 && len(l.Findings) == 0 {
		p.note("The verifier counted no finding in this log.")
		return
	}
	p.h3("FINDINGS BY CODE (COUNTS ARE COMPLETE)", 60)
	t := p.table(column{title: "Code", share: 70}, column{title: "Count", share: 30, right: true})
	var total int64
	for _, code := range slices.Sorted(maps.Keys(l.Counts)) {
		total += l.Counts[code]
		t.row(row{cells: [][]para{{{st: cellMono, text: r.name(code)}}, {{st: cellStyle, text: num(l.Counts[code])}}}})
	}
	t.end("No count is recorded.")
	shown := l.Findings[:min(len(l.Findings), maxFindings)]
	if len(shown) > 0 {
		p.h3("THE FIRST FINDINGS", 60)
		t = p.table(column{title: "Code", share: 26}, column{title: "File", share: 24}, column{title: "Record", share: 12, right: true},
			column{title: "Byte", share: 14, right: true}, column{title: "Note", share: 36})
		for _, f := range shown {
			t.row(row{cells: [][]para{{{st: cellMono, text: r.name(f.Code)}}, {{st: cellStyle, text: r.cell(f.File)}}, {{st: cellStyle, text: num(f.Record)}},
				{{st: cellStyle, text: num(f.ByteOffset)}}, {{st: cellStyle, text: r.cell(f.Note)}}}})
		}
		t.end("")
	}
	if rest := max(total, int64(len(l.Findings))) - int64(len(shown)); rest > 0 {
		p.note("… and " + counted(rest, "more finding", "more findings") + ": " + orWord(r.name(l.ReportFile), "logs/"))
	}
}
