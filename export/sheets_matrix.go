package export

import (
	"strings"

	"github.com/tieout/tieout/controls"
)

// stateCountColumns count results by state, worst first.
func stateCountColumns(d *Dossier) []SheetColumn {
	t := titlesOf(d.Engagement)
	return []SheetColumn{
		countColumn(t.deviation, "deviation"), countColumn(t.indeterminate, "indeterminate"), countColumn(t.notTested, "not_tested"),
		countColumn(t.notOccurring, "not_occurring"), countColumn(t.notDue, "not_due"), countColumn(t.pass, "pass"),
	}
}

func stateCells(c StateCounts) []any {
	return []any{int64(c.Deviation), int64(c.Indeterminate), int64(c.NotTested), int64(c.NotOccurring), int64(c.NotDue), int64(c.Pass)}
}

// criteriaSheet has a row for each criterion, with counts and no conclusion.
func criteriaSheet(d *Dossier, x *lookup) Sheet {
	byID := map[string]controls.Control{}
	for _, c := range d.Controls {
		byID[c.ID] = c
	}
	columns := []SheetColumn{
		textColumn("Criterion ID", "criterion_id", 11), textColumn("Title (our words)", "title", 34), textColumn("Category", "category", 16), textColumn("Group", "group", 18),
		{Title: "In Scope", Key: "in_scope", Type: BoolCell, Width: 9}, textColumn("Primary Controls", "primary_controls", 22), textColumn("Supporting Controls", "supporting_controls", 22),
	}
	columns = append(columns, stateCountColumns(d)...)
	columns = append(columns, countColumn("Without Result", "without_result"), countColumn("Manual Points Open", "manual_open"), textColumn("What No Record Can Show", "limit", 44),
		auditColumn("Auditor Ref", "auditor_ref", 14), auditColumn("Auditor Result", "auditor_result", 24))
	return Sheet{
		Name: "Criteria Matrix", File: "criteria_matrix",
		Words:   "One row for each criterion: its controls, and counts of the results of its primary controls' tests. Supporting controls are not counted. A criterion has no conclusion here.",
		Columns: columns,
		Rows: rowsOf(d.Criteria, func(c CriterionLine) []any {
			row := []any{text(c.ID), text(c.Title), text(plain(c.Category)), text(c.Group), c.InScope, list(c.Primary), list(c.Supporting)}
			row = append(row, stateCells(c.Counts)...)
			without := int64(0)
			for _, id := range c.Primary {
				_, _, missing, _ := x.of(byID[id])
				without += int64(missing)
			}
			return append(row, without, int64(c.ManualOpen), text(c.Limit), nil, nil)
		}),
	}
}

// controlSheet has a row for each control, in the order that an auditor's own
// table has: what management states, then room for the auditor's test and
// result.
func controlSheet(d *Dossier, x *lookup) Sheet {
	columns := []SheetColumn{
		controlColumn, textColumn("Control Title", "title", 30), textColumn("Control Statement", "statement", 50),
		textColumn("Family", "family", 13), textColumn("Nature", "nature", 12), textColumn("Frequency", "frequency", 14), textColumn("Severity", "severity", 10),
		textColumn("Primary Criteria", "primary_criteria", 14), textColumn("Supporting Criteria", "supporting_criteria", 14),
		textColumn("Applies To", "applies_to", 26), textColumn("Not Applicable To", "not_applicable_to", 36), textColumn("Test IDs", "test_ids", 17),
	}
	columns = append(columns, stateCountColumns(d)...)
	columns = append(columns, countColumn("Without Result", "without_result"), countColumn("Signals", "signals"),
		countColumn("Deviating Items", "deviating_items"), countColumn("Manual Points Open", "manual_open"),
		textColumn("What These Tests Cannot Show", "limit", 36), textColumn("Catalogue File", "catalogue_file", 18),
		auditColumn("Auditor Test", "auditor_test", 30), auditColumn("Auditor Result", "auditor_result", 24))
	return Sheet{
		Name: "Control Matrix", File: "control_matrix",
		Words:   "One row for each control: what management states, whom it concerns, and counts of its results by state. A count is of results, one for each test and component; deviating items are counted beside.",
		Columns: columns,
		Rows: rowsOf(d.Controls, func(c controls.Control) []any {
			tests := make([]string, len(c.Tests))
			for i, t := range c.Tests {
				tests[i] = t.ID
			}
			counts, signals, missing, deviating := x.of(c)
			row := []any{text(c.ID), text(c.Title), text(c.Statement), text(plain(c.Family)), text(plain(c.Nature)), text(plain(c.Frequency)), text(c.Severity),
				list(c.Primary), list(c.Supporting), appliesTo(x, c), notApplicableTo(d, c), list(tests)}
			row = append(row, stateCells(counts)...)
			return append(row, int64(missing), int64(signals), deviating, x.manualOpen(c), text(c.Limit), text(c.Source), nil, nil)
		}),
	}
}

// appliesTo names whom the control concerns.
func appliesTo(x *lookup, c controls.Control) any {
	entity := len(c.Tests) > 0
	for _, t := range c.Tests {
		entity = entity && t.Of == controls.OfEntity
	}
	if entity {
		return "the entity as a whole"
	}
	return orElse(strings.Join(x.concerned(c, controls.Test{}), ", "), "no component in scope")
}

func notApplicableTo(d *Dossier, c controls.Control) any {
	var out []string
	for _, n := range d.NotApplicable {
		if n.Control == c.ID {
			out = append(out, n.Component+": "+orElse(n.Reason, "no reason given"))
		}
	}
	return sentences(out)
}
