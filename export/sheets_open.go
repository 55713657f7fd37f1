package export

import "github.com/tieout/tieout/controls"

// notTestedSheet has what was not looked at or could not be: why the package
// is not complete, results without a test or with a field missing, results
// that are not there at all, and the gaps on record.
func notTestedSheet(d *Dossier, x *lookup) Sheet {
	var rows [][]any
	for _, why := range d.Incomplete {
		rows = append(rows, []any{"package", nil, nil, nil, "not complete", orElse(why, "no reason is recorded"), nil, nil, nil, nil, nil, nil})
	}
	if !d.Complete && len(d.Incomplete) == 0 {
		rows = append(rows, []any{"package", nil, nil, nil, "not complete", "no reason is recorded", nil, nil, nil, nil, nil, nil})
	}
	for _, r := range d.Results {
		if r.State == controls.NotTested || r.State == controls.Indeterminate {
			rows = append(rows, []any{"result", text(r.Test), text(r.Control), text(r.Component), stateWords(d.Engagement.Wording(), r.State), whyOpen(r), nil, nil, nil, nil, nil, nil})
		}
	}
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			for _, id := range x.missing(c, t) {
				rows = append(rows, []any{"result", text(t.ID), text(c.ID), text(id), noResult, noResultWhy, nil, nil, nil, nil, nil, nil})
			}
		}
	}
	for _, g := range d.Gaps {
		rows = append(rows, []any{"gap", nil, nil, orElse(g.Component, "every component"), plain(string(g.Reason)), text(g.Detail),
			text(string(g.Kind)), list(g.Columns), moment(g.From), moment(g.To), text(g.Source), seen(g.Rows)})
	}
	return Sheet{
		Name: "Not Tested", File: "not_tested", Words: "What was not looked at, or could not be, and why. It is neither a finding nor its absence.",
		Columns: []SheetColumn{
			textColumn("Concerns", "concerns", 11), testColumn, controlColumn, componentColumn, stateColumn, textColumn("Reason", "reason", 60),
			textColumn("Kind Of Record", "kind", 18), textColumn("Columns", "columns", 20), timeColumn("From (UTC)", "from"), timeColumn("To (UTC)", "to"), textColumn("Source ID", "source_id", 16), countColumn("Rows Concerned", "rows"),
		},
		Rows: rowsOf(rows, same),
	}
}

func whyOpen(r controls.Result) any {
	if r.State == controls.Indeterminate {
		return "a field is missing for " + itemCount(r.Indeterminate) + " of " + itemCount(r.Population)
	}
	why := r.Reasons
	for _, g := range r.Gaps {
		why = append(why[:len(why):len(why)], gapLine(g))
	}
	if len(why) == 0 {
		return "no reason is recorded: ask management"
	}
	return sentences(why)
}

// manualSheet lists what people and documents owe or gave: the points of the
// catalogue in its order, then those on record that it does not name.
func manualSheet(d *Dossier, x *lookup) Sheet {
	var rows [][]any
	named := map[string]bool{}
	for _, c := range d.Controls {
		for _, p := range d.Owed(c) {
			named[p.ID] = true
			rows = append(rows, append([]any{text(p.ID), text(c.ID), list(c.Primary), text(p.Words), x.manualStatus(p)}, manualCells(x.manual[p.ID])...))
		}
	}
	for _, m := range d.Manual {
		if !named[m.ID] {
			rows = append(rows, append([]any{text(m.ID), text(m.Control), nil, text(m.Words), orElse(m.Status, "open")}, manualCells(m)...))
		}
	}
	return Sheet{
		Name: "Manual Points", File: "manual_points", Words: "What a person or a document still owes, or gave. A document that was provided is evidence to read, not a result. A statement alone leaves a point open.",
		Columns: []SheetColumn{
			textColumn("Manual ID", "manual_id", 17), controlColumn, textColumn("Primary Criteria", "primary_criteria", 16), textColumn("What Is Owed", "what", 70), textColumn("Status", "status", 18),
			textColumn("Document IDs", "document_ids", 16), textColumn("Attestation IDs", "attestation_ids", 16), textColumn("How Far Documents Cover The Period", "coverage", 44),
		},
		Rows: rowsOf(rows, same),
	}
}

func manualCells(m ManualLine) []any {
	return []any{list(m.Documents), list(m.Attestations), text(m.Note)}
}
