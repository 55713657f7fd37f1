package export

import (
	"fmt"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// dispositionWords is what a cell says where there is no result, and a reason
// for that.
func dispositionWords(x Disposition) string {
	switch x.Disposition {
	case ReliesOnSubservice:
		return "relies on a subservice organisation"
	case NotExamined:
		return "not examined in an engagement of type 1"
	}
	return plain(x.Disposition)
}

// reliesOnSheet lists the controls that subservice organisations carry out.
func reliesOnSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Relies On", File: "relies_on",
		Words: "Controls that a subservice organisation carries out for a component: how it is shown, which of its controls are to be there, which of ours watches it, and how far its report reaches. None of them counts as tested.",
		Columns: []SheetColumn{
			componentColumn, controlColumn, textColumn("Organisation", "organisation", 28), textColumn("Method", "method", 12), textColumn("CSOC IDs", "csoc_ids", 24), textColumn("Our Monitoring Control", "our_control", 16),
			textColumn("Report From", "report_from", 12), textColumn("Report To", "report_to", 12), countColumn("Covered Days", "covered_days"), countColumn("Gap Days", "gap_days"),
			countColumn("Own Items Beside", "own_items"), countColumn("Of Them Would Deviate", "own_would_deviate"), countColumn("Of Them Field Missing", "own_field_missing"),
			auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.ReliesOn, func(x ReliesOnLine) []any {
			from, to := orElse(x.ReportFrom.String(), "no report on record"), orElse(x.ReportTo.String(), "no report on record")
			return []any{text(x.Component), text(x.Control), text(x.Organisation), text(plain(x.Method)), list(x.CSOC), orElse(x.OurControl, "none stated"),
				from, to, int64(x.CoveredDays), int64(x.GapDays), x.Items, x.Deviation, x.Indeterminate, nil}
		}),
	}
}

// walkthroughSheet has the items that show how controls work. None is a
// result.
func walkthroughSheet(d *Dossier) Sheet {
	var rows [][]any
	for _, w := range d.Walkthroughs {
		letters, words := map[string]string{}, []string(nil)
		for _, l := range w.Letters {
			letters[l.Letter] = l.Value
			words = append(words, l.Letter+" "+l.Words)
		}
		at, exact := eventTime(w.At)
		rows = append(rows, []any{text(w.Control), text(w.Test), text(w.Component), text(w.Item), at, exact, text(letterLine(letters)), lines(words), text(factsLine(w.Facts)), nil, nil})
	}
	return Sheet{
		Name: "Walkthrough", File: "walkthrough",
		Words: "In an engagement of type 1, one item for each control that shows how it works: the last one before the end of the day. It is an example to walk through, no result, and no rate follows from it.",
		Columns: []SheetColumn{
			controlColumn, testColumn, componentColumn, textColumn("Item", "item", 26), timeColumn("Event Time (UTC)", "event_time"), textColumn("Event Time (exact)", "event_time_exact", 28),
			textColumn("Attributes", "letters", 24), textColumn("What They Ask", "asks", 60), textColumn("Facts", "facts", 60), auditColumn("Auditor Tick", "auditor_tick", 12), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(rows, same),
	}
}

// freezeSheet lists every freeze of the period, so that nobody can choose
// among them unseen.
func freezeSheet(d *Dossier) Sheet {
	var all []FreezeLine
	if d.Freezes != nil {
		all = d.Freezes.List
	}
	return Sheet{
		Name: "Freezes", File: "freezes",
		Words: "Every time that this period was frozen and tested, in order, and whether the results were those of this package.",
		Columns: []SheetColumn{
			textColumn("Run ID", "run_id", 30), timeColumn("Frozen At (UTC)", "frozen_at"), {Title: "This Package", Key: "this_package", Type: BoolCell, Width: 10}, {Title: "Same Results", Key: "same_results", Type: BoolCell, Width: 10},
			textColumn("Tool", "tool", 20), textColumn("Configuration SHA-256", "config_sha256", 66), textColumn("Catalogue SHA-256", "catalog_sha256", 66),
			textColumn("Database SHA-256", "database_sha256", 66), textColumn("Results SHA-256", "results_sha256", 66),
		},
		Rows: rowsOf(all, func(x FreezeLine) []any {
			return []any{text(x.Run), moment(x.At), x.This, x.Same, text(x.Tool), text(x.Config), text(x.Catalog), text(x.Database), text(x.Results)}
		}),
	}
}

// restatementSheet says how this freeze differs from the one before it.
func restatementSheet(d *Dossier) Sheet {
	var rows [][]any
	f := d.Freezes
	if f == nil {
		f = &Freezes{}
	}
	if f.Why != "" {
		rows = append(rows, []any{"freeze", text(f.Previous), nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, "not compared: " + f.Why, nil})
	}
	for _, t := range f.Tables {
		rows = append(rows, []any{"rows", text(f.Previous), text(t.Kind), nil, nil, t.Then, t.Now, t.Same, t.Changed, t.Vanished, t.Gone, t.Added, t.LateAdded, t.Undated, list(t.Examples), nil})
	}
	words := d.Engagement.Wording()
	state := func(s controls.State, deviating int64) string {
		if s == controls.NoState {
			return "no result"
		}
		return fmt.Sprintf("%s (%s)", words.Of(s), itemCount(deviating))
	}
	for _, r := range f.Results {
		rows = append(rows, []any{"result", text(f.Previous), nil, text(r.Test), text(r.Component), nil, nil, nil, nil, nil, nil, nil, nil, nil,
			"then " + state(r.Then, r.DeviationThen) + "; now " + state(r.Now, r.DeviationNow), nil})
	}
	return Sheet{
		Name: "Restatement", File: "restatement",
		Words: "This freeze against the one before it of the same period: rows of each kind, and results that are not what they were, with the number of items that deviate. Late rows happened before the earlier freeze, which did not show them. What a source shows no more stays in the populations.",
		Columns: []SheetColumn{
			textColumn("Concerns", "concerns", 10), textColumn("Against Run", "against_run", 30), textColumn("Kind Of Record", "kind", 20), testColumn, componentColumn,
			countColumn("Rows Then", "then"), countColumn("Rows Now", "now"), countColumn("Same", "same"), countColumn("Changed", "changed"), countColumn("Vanished", "vanished"), countColumn("Shown No More", "gone"), countColumn("Added", "added"),
			countColumn("Of Them Late", "late_added"), countColumn("Of Them Undated", "undated"), textColumn("What Differs", "difference", 60), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(rows, same),
	}
}

// scopeHistorySheet says since when and until when runs saw each component in
// the configuration.
func scopeHistorySheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Scope History", File: "scope_history",
		Words: "Each component that the configuration of some run listed: since when, until when, and what was open when it was taken out. What was listed and taken out between two runs is not seen.",
		Columns: []SheetColumn{
			componentColumn, timeColumn("First In Configuration (UTC)", "first"), textColumn("First Run", "first_run", 30), timeColumn("Last In Configuration (UTC)", "last"), textColumn("Last Run", "last_run", 30),
			timeColumn("Removed (UTC)", "removed"), textColumn("Removed In Run", "removed_run", 30), textColumn("Exclusion Reason", "exclusion_reason", 40), countColumn("Deviations Open When Removed", "open_deviations"),
			auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.ScopeHistory, func(x ScopeLine) []any {
			row := []any{text(x.Component), moment(x.First), text(x.FirstRun), moment(x.Last), text(x.LastRun), moment(x.Removed), text(x.RemovedRun), nil, nil, nil}
			if x.RemovedRun != "" {
				row[7], row[8] = orElse(x.Reason, "no reason on record"), x.OpenDeviations
			}
			return row
		}),
	}
}

// toolSheet says what is known of the tool, and what is not.
func toolSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Tool Reliance", File: "tool_reliance", Words: "What is known of the tool that made this package and of its setups over time, and what nobody recorded.",
		Columns: []SheetColumn{
			textColumn("Fact", "fact", 52), textColumn("Value", "value", 70), timeColumn("First Used (UTC)", "first_used"), textColumn("Approved By (as a source shows it)", "approved_by", 40), textColumn("Basis", "basis", 34),
			auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.ToolFacts, func(x ToolFact) []any {
			var by any
			if x.Since != evidence.Instant(0) {
				by = orElse(x.ApprovedBy, "no approval on record")
			}
			return []any{text(x.What), orElse(x.Value, "not recorded"), moment(x.Since), by, text(x.Basis), nil}
		}),
	}
}
