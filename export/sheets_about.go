package export

import (
	"fmt"
	"strconv"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

const preparedWords = "Prepared by the management of the entity named below, with the tool named below. " +
	"These are management's own test results. They are not a service auditor's tests, this is not a SOC 2 report, and it gives no opinion."

// readmeSheet says what this is, what it must not be taken for, and what the
// other sheets hold.
func readmeSheet(d *Dossier, others []Sheet) Sheet {
	var rows [][]any
	add := func(item, value string) { rows = append(rows, []any{item, text(value)}) }
	add("What this is", preparedWords)
	add("What it does not say", MeaningWords(d.Engagement))
	add("Read first", "The sheet “Can I rely on this” says what each population rests on and what it cannot show.")
	add("Entity", orElse(d.Entity.Name, "not named"))
	add("System", orElse(d.Entity.System, "not named"))
	add("Engagement", engagementLine(d.Engagement))
	add("Stage", orElse(d.Stage, "not stated"))
	for _, r := range completeness(d) {
		add(r[0], r[1])
	}
	add("Run", orElse(d.Run.ID, "not named"))
	add("Prepared by", orElse(d.Run.PreparedBy, "not stated"))
	add("Tool", orElse(d.Run.Tool, "not stated"))
	for _, m := range stateMeanings {
		add("State: "+d.Engagement.Wording().Of(m.state), m.words)
	}
	add("State: "+noResult, noResultWhy+" Management must explain it.")
	add("Signals", "An indicator gives people something to look at. It has no state and decides nothing.")
	add("Auditor columns", "Columns whose name begins with Auditor are the auditor's own. They are empty, and nothing fills or checks them.")
	add("Times", "All times are UTC unless a zone is named. A column named “exact” holds the same moment as text, to the microsecond. Calendar days have no zone and are text.")
	add("Ids and counts", "Ids are text, so that no digit and no leading zero is lost. An empty count was not stated or does not apply; it is not zero.")
	add("Facts", "A fact whose name ends in _us is a moment in microseconds since 1970 in the data; the sheets show it as a UTC time.")
	add("To verify", "tieout verify package FILE --key VKEY, with a key that did not come with the package. Saving a sheet changes its bytes; the files of data/ hold the same rows, and so do those of csv/ where that format was exported.")
	for i, s := range d.Limits {
		add("Standing limit "+strconv.Itoa(i+1), s)
	}
	for _, s := range others {
		add("Sheet: "+s.Name, s.Words+" Same rows: data/"+s.File+".jsonl.")
	}
	return Sheet{
		Name: "README", File: "readme", Words: "What this is, and what the sheets hold.",
		Columns: []SheetColumn{textColumn("Item", "item", 34), textColumn("Value", "value", 110)},
		Rows:    rowsOf(rows, same),
	}
}

func engagementLine(e Engagement) string {
	from, to := orElse(e.From.String(), "(no first day)"), orElse(e.To.String(), "(no last day)")
	switch e.Type {
	case 1:
		return "SOC 2 Type 1, as of " + to + oneDay(e)
	case 2:
		return "SOC 2 Type 2, " + from + " to " + to + ", both days included"
	}
	return "type not stated, " + from + " to " + to
}

// oneDay says how far from its day things may have been seen.
func oneDay(e Engagement) string {
	if e.Within == 0 {
		return ""
	}
	return fmt.Sprintf(", from what was seen within %d days of it", e.Within)
}

// completeness says whether the package is complete, and if not, why.
func completeness(d *Dossier) [][2]string {
	if d.Complete && len(d.Incomplete) == 0 {
		return [][2]string{{"Complete", "COMPLETE. No gap and no open source stands on record for what is in scope. This says nothing about the results."}}
	}
	first := "NOT COMPLETE"
	switch {
	case d.Complete:
		first += ". The dossier is marked complete, yet it lists reasons why it is not. The reasons win."
	case len(d.Incomplete) == 0:
		first += ". The dossier gives no reason. Ask management for one before relying on anything here."
	}
	out := [][2]string{{"Complete", first}}
	for i, why := range d.Incomplete {
		out = append(out, [2]string{"Not complete because " + strconv.Itoa(i+1), why})
	}
	return out
}

var ledgerLevels = map[int]string{
	0: "0: self-consistent; the key holder could have rebuilt it",
	1: "1: existed by a stated time",
	2: "2: append-only since a deposit held by someone else",
}

func ledgerLevel(n int) string { return orElse(ledgerLevels[n], strconv.Itoa(n)+": unknown level") }

// relianceSheet is read before any result: what each population rests on.
func relianceSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Can I rely on this", File: "reliance",
		Words: "One row for each population, before any result: what it rests on, what it cannot show, what is still open.",
		Columns: []SheetColumn{
			textColumn("Population", "population", 24), textColumn("Open Point", "open_point", 32), textColumn("Tests", "tests", 20), textColumn("Definition", "definition", 36),
			textColumn("System and Account", "system", 30), textColumn("Source = Extracted = Tested", "counts", 26),
			textColumn("Second Source and Difference", "second_source", 26), textColumn("Period and Pull", "period", 26),
			textColumn("Configuration Unchanged Since", "config_unchanged_since", 16), textColumn("Source Authenticity", "authenticity", 18),
			textColumn("Ledger Level", "anchor_level", 26), textColumn("Re-performable From", "reperformable_from", 14),
			textColumn("Candidate / Confirmed / Rebutted", "candidates", 16), countColumn("Excluded Rows", "excluded_rows"),
			auditColumn("Auditor Note", "auditor_note", 24),
		},
		Rows: rowsOf(d.Reliance, func(x RelianceLine) []any {
			return []any{text(x.Population), orElse(x.OpenPoint, "none recorded"), text(x.Tests), text(x.Definition),
				orElse(x.System, "not stated"), orElse(x.Counts, "not stated"),
				orElse(x.Second, "not stated"), orElse(x.Period, "not stated"),
				orElse(x.ConfigSince, "not stated"), orElse(x.Authenticity, "not stated"),
				ledgerLevel(x.AnchorLevel), orElse(x.Reperformable, "not stated"),
				text(x.Candidates), x.Excluded, nil}
		}),
	}
}

// scopeSheet says what was examined, over which period, by which run.
func scopeSheet(d *Dossier) Sheet {
	var rows [][]any
	add := func(field, value string) { rows = append(rows, []any{field, orElse(value, "not stated")}) }
	e, r := d.Engagement, d.Run
	add("Entity", d.Entity.Name)
	add("System", d.Entity.System)
	add("Engagement", engagementLine(e))
	add("Zone of the period", e.Zone)
	add("Period in UTC, from", e.Window.From.String())
	add("Period in UTC, to before", e.Window.To.String())
	add("Categories", valueText(plainList(e.Categories)))
	add("Stage", d.Stage)
	for _, c := range completeness(d) {
		add(c[0], c[1])
	}
	if d.Supersedes != "" {
		add("Corrects the package with content digest", d.Supersedes)
	}
	add("Components in scope", strconv.Itoa(len(d.Components)))
	add("Components left out", strconv.Itoa(len(d.Excluded)))
	var outside []string
	for _, c := range d.Criteria {
		if !c.InScope {
			outside = append(outside, c.ID)
		}
	}
	add("Criteria outside the engagement", orElse(valueText(list(outside)), "none of those that the dossier names"))
	add("Run", r.ID)
	add("Period frozen at", valueText(moment(r.At)))
	if d.Freezes != nil {
		add("Freeze", FreezeWords(d.Freezes))
	}
	add("Interim populations", fmt.Sprintf("%d of %d", InterimCount(d), len(d.Populations)))
	add("Tool", r.Tool)
	add("Database engine", r.Engine)
	add("Prepared by", r.PreparedBy)
	add("Catalogue, SHA-256", r.CatalogDigest)
	add("Configuration, SHA-256", r.ConfigDigest)
	add("Population database, SHA-256", r.DatabaseSHA)
	add("Ledger", r.LedgerOrigin)
	add("Ledger entries", strconv.FormatInt(r.LedgerSize, 10))
	add("Ledger root", r.LedgerRoot)
	add("Ledger's first entry", valueText(moment(r.LedgerBirth)))
	add("Ledger level", ledgerLevel(r.LedgerLevel))
	for _, t := range d.Tables {
		add("Table "+t.Name, fmt.Sprintf("%d rows, %s, SHA-256 %s", t.Rows, orElse(t.File, "no file"), orElse(t.SHA256, "not stated")))
	}
	return Sheet{
		Name: "Scope", File: "scope", Words: "What was examined, over which period, and the exact inputs of the run.",
		Columns: []SheetColumn{textColumn("Field", "field", 40), textColumn("Value", "value", 100)},
		Rows:    rowsOf(rows, same),
	}
}

// componentSheet lists the components inside the boundary, then those that
// management left out.
func componentSheet(d *Dossier) Sheet {
	var rows [][]any
	for _, c := range d.Components {
		rows = append(rows, []any{text(c.ID), text(c.Name), text(plain(c.Kind)), text(c.Function), text(c.Owner),
			text(plain(c.Deployment)), text(plain(c.Effect)), plainList(c.Data), list(c.Vendors), day(c.Since), day(c.Retired), true, nil, nil})
	}
	for _, x := range d.Excluded {
		row := make([]any, 14)
		row[0], row[11], row[12], row[13] = text(x.ID), false, orElse(x.Reason, "no reason given"), orElse(x.ApprovedBy, "nobody named")
		rows = append(rows, row)
	}
	return Sheet{
		Name: "Components", File: "components", Words: "The AI components inside the boundary of the system described, then those that management left out.",
		Columns: []SheetColumn{
			componentColumn, textColumn("Name", "name", 26), textColumn("Kind", "kind", 13), textColumn("Function", "function", 36), textColumn("Owner", "owner", 18),
			textColumn("Deployment", "deployment", 13), textColumn("Decision Effect", "decision_effect", 13), textColumn("Data Classes", "data_classes", 20),
			textColumn("Vendors", "vendors", 18), textColumn("In Production Since", "in_production_since", 13), textColumn("Retired At", "retired_at", 13),
			{Title: "Included", Key: "included", Type: BoolCell, Width: 10},
			textColumn("Exclusion Reason", "exclusion_reason", 32), textColumn("Exclusion Approved By", "exclusion_approved_by", 20),
		},
		Rows: rowsOf(rows, same),
	}
}

func notIncludedSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Not Included", File: "not_included", Words: "What a reader may expect in the package and does not find, and why.",
		Columns: []SheetColumn{textColumn("What", "what", 40), textColumn("Why", "why", 50), textColumn("How To Obtain It", "how_to_obtain", 44)},
		Rows: rowsOf(d.NotIncluded, func(x NotIncluded) []any {
			return []any{text(x.What), orElse(x.Why, "no reason given"), orElse(x.How, "not stated")}
		}),
	}
}

// parameterSheet lists each value of policy and since when it is in force. A
// parameter without any value is listed too.
func parameterSheet(d *Dossier) Sheet {
	words := map[string]controls.Param{}
	for _, p := range d.Params {
		words[p.Name] = p
	}
	set := map[string]bool{}
	var rows [][]any
	for _, p := range d.Policies {
		set[p.Param] = true
		basis, by := "the entity's policy", any(orElse(p.ApprovedBy, "nobody named"))
		if p.Default {
			basis, by = "default of the catalogue: no policy stated", nil
		}
		w := words[p.Param]
		rows = append(rows, []any{text(p.Param), text(w.Words), text(w.Type), orElse(w.Show(p.Value), "not set"), basis, moment(p.From), inForceUntil(d, p), by, text(w.Show(w.Default))})
	}
	for _, p := range d.Params {
		if !set[p.Name] {
			rows = append(rows, []any{text(p.Name), text(p.Words), text(p.Type), "not set", "no value on record", nil, nil, nil, text(p.Show(p.Default))})
		}
	}
	return Sheet{
		Name: "Parameters", File: "parameters", Words: "The values of policy that tests read, each with the time in which it is in force. An item is judged by the value in force on its date; a time without a value is not tested.",
		Columns: []SheetColumn{
			textColumn("Name", "name", 22), textColumn("In Words", "in_words", 44), textColumn("Type", "type", 11), textColumn("Value", "value", 28), textColumn("Basis", "basis", 26),
			timeColumn("In Force From (UTC)", "effective_from"), timeColumn("In Force Until (UTC)", "effective_until"), textColumn("Approved By", "approved_by", 26), textColumn("Catalogue Default", "catalogue_default", 18),
		},
		Rows: rowsOf(rows, same),
	}
}

// inForceUntil is the moment from which the parameter's next value is in
// force.
func inForceUntil(d *Dossier, p controls.Policy) any {
	var next evidence.Instant
	for _, o := range d.Policies {
		if o.Param == p.Param && o.InForceFrom() > p.InForceFrom() && (next == 0 || o.From < next) {
			next = o.From
		}
	}
	return moment(next)
}
