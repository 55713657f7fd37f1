package export_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

func TestOneDayIsPrintedInItsOwnWords(t *testing.T) {
	t.Parallel()
	d := exporttest.OneDay()
	for _, s := range export.Sheets(d) {
		if s.File == "tests" {
			continue // what the catalogue asks, in its own words
		}
		for _, c := range s.Columns {
			for _, never := range []string{"No Deviation Found", "Candidate Deviation", "Did Not Occur"} {
				if c.Title == never {
					t.Errorf("sheet %s has a column %q", s.Name, c.Title)
				}
			}
		}
		for _, row := range rowsOf(t, s) {
			for _, v := range row {
				if text, ok := v.(string); ok && (strings.Contains(text, "no deviation found by this test") || text == "candidate deviation") {
					t.Errorf("sheet %s says %q", s.Name, text)
				}
			}
		}
	}
	states := map[string]bool{}
	for _, row := range sheet(t, d, "test_summary") {
		states[row["state"].(string)] = true
	}
	for _, want := range []string{"implemented as of 2026-06-30", "not implemented", "not determined", "not examined in an engagement of type 1"} {
		if !states[want] {
			t.Errorf("no result is %q: %v", want, states)
		}
	}
	if scope := sheet(t, d, "scope"); !slices.ContainsFunc(scope, func(r map[string]any) bool {
		return r["value"] == "SOC 2 Type 1, as of 2026-06-30, from what was seen within 7 days of it"
	}) {
		t.Errorf("the scope does not say which day: %v", scope)
	}
}

func TestWhatHasNoResultForAReasonIsNotMissing(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Dispositions = append(d.Dispositions, export.Disposition{Disposition: export.ReliesOnSubservice, Control: "AI-CHG-02", Component: "claims-helper", Reason: "carried out by Stillwater Models, a subservice organisation"})
	d.Results = slices.DeleteFunc(d.Results, func(r controls.Result) bool { return r.Control == "AI-CHG-02" && r.Component == "claims-helper" })
	n := 0
	for _, row := range sheet(t, d, "test_summary") {
		if row["control_id"] != "AI-CHG-02" || row["component_id"] != "claims-helper" {
			continue
		}
		n++
		if row["state"] != "relies on a subservice organisation" || row["pass"] != nil || !strings.Contains(row["reasons"].(string), "Stillwater Models") {
			t.Errorf("got %v", row)
		}
	}
	if n != 2 {
		t.Errorf("%d rows of the control for the component, want one for each of its two tests", n)
	}
	for _, row := range sheet(t, d, "not_tested") {
		if row["control_id"] == "AI-CHG-02" && row["component_id"] == "claims-helper" {
			t.Errorf("listed as missing: %v", row)
		}
	}
}

func TestAFreezeIsNumberedAndHeldAgainstTheOneBefore(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	if words := export.FreezeWords(d.Freezes); words != "2 of 2; 1 earlier one had other results" {
		t.Errorf("got %q", words)
	}
	var late, result map[string]any
	for _, row := range sheet(t, d, "restatement") {
		switch {
		case row["kind"] == "change":
			late = row
		case row["test_id"] == "AI-CHG-02.T1":
			result = row
		}
	}
	if late["late_added"] != int64(1) || late["vanished"] != int64(1) || late["then"] != int64(9) || late["now"] != int64(17) {
		t.Errorf("rows: %v", late)
	}
	if result["difference"] != "then no deviation found by this test (0 items); now candidate deviation (2 items)" {
		t.Errorf("result: %v", result)
	}
	for _, row := range sheet(t, d, "scope_history") {
		if removed := row["component_id"] == "old-bot"; removed != (row["open_deviations"] != nil) || removed && row["open_deviations"] != int64(2) {
			t.Errorf("scope: %v", row)
		}
	}
}
