package export

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/tieout/tieout/evidence"
)

// populationSheet is the register of information produced by the entity.
func populationSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Populations", File: "populations",
		Words: "Information produced by the entity: where each population comes from, who asked for it with which words, and how its count compares with what the source itself states.",
		Columns: []SheetColumn{
			textColumn("Population ID", "population_id", 13), textColumn("Kind", "kind", 18), textColumn("Title", "title", 28), textColumn("Definition", "definition", 40), textColumn("Test IDs", "test_ids", 18),
			textColumn("Sources", "sources", 18), textColumn("Systems", "systems", 30), textColumn("Extracted By", "extracted_by", 22), textColumn("Queries", "queries", 44),
			countColumn("Source Count", "source_count"), textColumn("Count Basis", "count_basis", 24), countColumn("Extracted Count", "extracted_count"), countColumn("Difference To Source", "difference_to_source"),
			countColumn("Distinct Objects", "distinct"), countColumn("Rejected", "rejected"), countColumn("Unmatched", "unmatched"), countColumn("Duplicates", "duplicates"),
			textColumn("First Key", "first_key", 20), textColumn("Last Key", "last_key", 20), textColumn("First Event", "first_event", 28), textColumn("Last Event", "last_event", 28),
			timeColumn("First Pull (UTC)", "pulled_first"), timeColumn("Last Pull (UTC)", "pulled_last"), {Title: "Pulled After Period End", Key: "pulled_after_period_end", Type: BoolCell, Width: 12},
			textColumn("Interim Because", "interim", 36), textColumn("Carried By A Change Record", "carried", 36),
			textColumn("As Of (stated by file)", "as_of", 14), textColumn("Second Source", "second_source", 28), textColumn("Difference To Second Source", "difference", 24), textColumn("Gaps", "gaps", 36),
			textColumn("Re-performable From", "reperformable_from", 14), textColumn("Zero Statement", "zero", 30), textColumn("File", "file", 32), textColumn("SHA-256", "sha256", 66),
		},
		Rows: rowsOf(d.Populations, populationRow),
	}
}

func populationRow(x Population) []any {
	basis, difference := orElse(x.CountBasis, "not stated"), any(nil)
	if x.SourceCount >= 0 {
		difference = x.SourceCount - x.Extracted
	} else if x.CountBasis == "" {
		basis = "no source states a count"
	}
	second := orElse(x.SecondSource, "none: completeness rests on the source alone")
	var secondDifference any
	if x.SecondSource != "" {
		secondDifference = orElse(x.Difference, "not stated")
	}
	return []any{text(x.ID), text(x.Kind), text(x.Title), text(x.Definition), list(x.Tests),
		list(x.Sources), sentences(x.Systems), orElse(valueText(list(x.Principals)), "not stated"), sentences(x.Queries),
		stated(x.SourceCount), basis, x.Extracted, difference, x.Distinct, x.Rejected, x.Unmatched, x.Duplicates,
		text(x.FirstKey), text(x.LastKey), text(x.FirstEvent), text(x.LastEvent), moment(x.PulledFirst), moment(x.PulledLast), x.AfterPeriodEnd, text(x.Interim), text(x.Carried),
		text(x.AsOf), second, secondDifference, sentences(x.Gaps), orElse(x.Reperform, "not stated"), text(x.Zero), text(x.File), text(x.SHA256)}
}

// logSheet has a row for each log, each followed by its segments.
func logSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Log Integrity", File: "log_integrity",
		Words: "What the verifier found out about each log, and about each segment of it. Intact means that nothing was changed after it was written, not that every event was written.",
		Columns: []SheetColumn{
			textColumn("Level", "level", 10), textColumn("Source ID", "source_id", 16), countColumn("Segment No", "segment_no"), textColumn("File", "file", 36), textColumn("Profile", "profile", 18),
			textColumn("Verdict", "verdict", 18), textColumn("Integrity", "integrity", 12), textColumn("Continuity", "continuity", 12), textColumn("Authenticity", "authenticity", 13), textColumn("Anchoring", "anchoring", 14), textColumn("Coverage", "coverage", 24),
			countColumn("Records", "records"), {Title: "Bytes", Key: "bytes", Type: IntCell, Width: 16}, countColumn("First Seq", "first_seq"), countColumn("Last Seq", "last_seq"),
			textColumn("First Time", "first_time", 28), textColumn("Last Time", "last_time", 28), textColumn("Previous Hash", "prev_hash", 30), textColumn("Head Hash", "head_hash", 30), textColumn("Recomputed Head", "recomputed_head", 30),
			{Title: "Heads Agree", Key: "heads_agree", Type: BoolCell, Width: 10}, countColumn("Findings", "findings"), textColumn("Findings By Code", "findings_by_code", 30), textColumn("What This Does Not Show", "not_shown", 40),
			textColumn("SHA-256", "sha256", 66), textColumn("Report File", "report_file", 26),
		},
		Rows: func() iter.Seq2[[]any, error] {
			return func(yield func([]any, error) bool) {
				for _, l := range d.Logs {
					if !yield(logRow(l), nil) {
						return
					}
					for _, s := range l.Segments {
						if !yield(segmentRow(l, s), nil) {
							return
						}
					}
				}
			}
		},
	}
}

func logRow(l Log) []any {
	seq := func(n *int64) any {
		if n == nil {
			return nil
		}
		return *n
	}
	total, codes := int64(0), []string(nil)
	for _, code := range slices.Sorted(maps.Keys(l.Counts)) {
		total += l.Counts[code]
		codes = append(codes, code+" "+strconv.FormatInt(l.Counts[code], 10))
	}
	axis := func(s string) any { return orElse(plain(s), "not stated") }
	return []any{"log", text(l.Source), nil, text(l.Path), text(l.Profile),
		orElse(plain(l.Verdict), "no verdict"), axis(l.Integrity), axis(l.Continuity), axis(l.Authenticity), axis(l.Anchoring), text(l.Coverage),
		l.Records, l.Bytes, seq(l.FirstSeq), seq(l.LastSeq), text(l.FirstTime), text(l.LastTime), nil, text(l.Head), nil, nil,
		total, sentences(codes), sentences(l.NotShown), text(l.SHA256), text(l.ReportFile)}
}

func segmentRow(l Log, s evidence.Segment) []any {
	var agree any
	if s.HeadHash != "" && s.Recomputed != "" {
		agree = s.HeadHash == s.Recomputed
	}
	row := []any{"segment", text(l.Source), int64(s.No), text(s.File), text(l.Profile), nil, nil, nil, nil, nil, nil,
		s.Records, s.Bytes, s.FirstSeq, s.LastSeq, nil, nil, text(s.PrevHash), text(s.HeadHash), text(s.Recomputed), agree,
		s.Findings, nil, nil, text(s.SHA256.String()), text(l.ReportFile)}
	for i, t := range []evidence.Instant{s.FirstTime, s.LastTime} {
		if t != 0 {
			row[15+i] = t.String()
		}
	}
	return row
}

// evidenceSheet lists the raw files that the package holds or names.
func evidenceSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Evidence Index", File: "evidence_index", Words: "Every raw file that the package holds or names, with its digest and its place in the ledger.",
		Columns: []SheetColumn{
			textColumn("Evidence ID", "evidence_id", 13), textColumn("Title", "title", 34), textColumn("Source ID", "source_id", 16), textColumn("System", "system", 30), timeColumn("Collected At (UTC)", "collected_at"),
			textColumn("Collected By", "collected_by", 20), textColumn("Method", "method", 10), textColumn("Kinds", "kinds", 20), textColumn("Used By (test ids)", "test_ids", 20), textColumn("File", "file", 30),
			{Title: "Bytes", Key: "bytes", Type: IntCell, Width: 16}, textColumn("SHA-256", "sha256", 66), countColumn("Ledger Entry", "ledger_index"), textColumn("Withheld Because", "withheld", 34),
		},
		Rows: rowsOf(d.Evidence, func(x EvidenceItem) []any {
			withheld := x.Withheld
			if x.File == "" {
				withheld = orElse(withheld, "no reason recorded")
			}
			return []any{text(x.ID), text(x.Title), text(x.Source), text(x.System), moment(x.CollectedAt), text(x.CollectedBy), text(x.Method),
				list(x.Kinds), list(x.Tests), text(x.File), x.Bytes, text(x.SHA256), x.LedgerIndex, text(withheld)}
		}),
	}
}

// runSheet lists every pull that the package rests on.
func runSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Tool Runs", File: "tool_runs", Words: "Every pull that the package rests on, those that failed too.",
		Columns: []SheetColumn{
			textColumn("Source ID", "source_id", 18), textColumn("Type", "type", 14), timeColumn("Started (UTC)", "started"), timeColumn("Finished (UTC)", "finished"), textColumn("Status", "status", 11),
			textColumn("Principal", "principal", 24), countColumn("Extracted Count", "extracted_count"), countColumn("Source Count", "source_count"), countColumn("Rejected", "rejected"), countColumn("Files", "files"),
			countColumn("Ledger Entry", "ledger_index"), textColumn("Error", "error", 50),
		},
		Rows: rowsOf(d.Pulls, func(x Pull) []any {
			return []any{text(x.Source), text(x.Type), moment(x.Started), moment(x.Finished), orElse(x.Status, "not stated"),
				orElse(x.Principal, "not stated"), x.Records, stated(x.SourceCount), x.Rejected, int64(x.Files), x.LedgerIndex, text(x.Error)}
		}),
	}
}

// itemCount writes "1 item" and "2 items".
func itemCount(n int64) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
}
