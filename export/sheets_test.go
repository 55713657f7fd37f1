package export_test

import (
	"errors"
	"iter"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

func dossiers() map[string]*export.Dossier {
	return map[string]*export.Dossier{
		"lender":   exporttest.Dossier(),
		"odd text": exporttest.Strange(exporttest.Odd),
		"no text":  exporttest.Strange(""),
		"empty":    {Items: func() iter.Seq2[controls.Item, error] { return func(func(controls.Item, error) bool) {} }},
	}
}

func rowsOf(t *testing.T, s export.Sheet) [][]any {
	t.Helper()
	var out [][]any
	for row, err := range s.Rows() {
		if err != nil {
			t.Fatalf("sheet %s: %v", s.Name, err)
		}
		out = append(out, row)
	}
	return out
}

// sheet returns the sheet with that file, and a look-up of its cells by the
// column's key.
func sheet(t *testing.T, d *export.Dossier, file string) []map[string]any {
	t.Helper()
	for _, s := range export.Sheets(d) {
		if s.File != file {
			continue
		}
		var out []map[string]any
		for _, row := range rowsOf(t, s) {
			m := map[string]any{}
			for i, c := range s.Columns {
				m[c.Key] = row[i]
			}
			out = append(out, m)
		}
		return out
	}
	t.Fatalf("no sheet %s", file)
	return nil
}

func TestEverySheetKeepsItsShape(t *testing.T) {
	t.Parallel()
	want := map[export.ColumnType]reflect.Type{
		export.TextCell: reflect.TypeFor[string](), export.IntCell: reflect.TypeFor[int64](), export.RealCell: reflect.TypeFor[float64](),
		export.TimeCell: reflect.TypeFor[evidence.Instant](), export.BoolCell: reflect.TypeFor[bool](),
	}
	for name, d := range dossiers() {
		for _, s := range export.Sheets(d) {
			for n, row := range rowsOf(t, s) {
				if len(row) != len(s.Columns) {
					t.Fatalf("%s, sheet %s, row %d: %d values for %d columns", name, s.Name, n+1, len(row), len(s.Columns))
				}
				for i, v := range row {
					if v == nil {
						continue
					}
					if v == "" || reflect.TypeOf(v) != want[s.Columns[i].Type] {
						t.Errorf("%s, sheet %s, row %d, %s: %#v is no value of a %s column", name, s.Name, n+1, s.Columns[i].Title, v, s.Columns[i].Type)
					}
				}
			}
		}
	}
}

func TestNamesOfSheetsAndColumnsCanStandInAnyFormat(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for i, s := range export.Sheets(exporttest.Dossier()) {
		if i == 0 && s.File != "readme" {
			t.Errorf("the first sheet is %s", s.Name)
		}
		if len(s.Name) > 26 || strings.ContainsAny(s.Name, `:\/?*[]'`) || !snake.MatchString(s.File) || seen[s.File] || seen[strings.ToLower(s.Name)] || s.Words == "" {
			t.Errorf("sheet %q, file %q, words %q", s.Name, s.File, s.Words)
		}
		seen[s.File], seen[strings.ToLower(s.Name)] = true, true
		titles := map[string]bool{}
		for _, c := range s.Columns {
			title := strings.ToLower(c.Title)
			if titles[title] || titles["key "+c.Key] || !snake.MatchString(c.Key) || c.Width < 5 {
				t.Errorf("sheet %s: column %q, key %q, width %d", s.Name, c.Title, c.Key, c.Width)
			}
			titles[title], titles["key "+c.Key] = true, true
			if strings.HasPrefix(c.Title, "Auditor") != (c.Type == export.AuditCell) {
				t.Errorf("sheet %s: column %s has type %s", s.Name, c.Title, c.Type)
			}
		}
	}
}

func TestSheetsAreTheSameEachTimeTheyAreRead(t *testing.T) {
	t.Parallel()
	for range 5 {
		a, b := export.Sheets(exporttest.Strange(exporttest.Odd)), export.Sheets(exporttest.Strange(exporttest.Odd))
		for i := range a {
			first := rowsOf(t, a[i])
			if !reflect.DeepEqual(first, rowsOf(t, a[i])) || !reflect.DeepEqual(first, rowsOf(t, b[i])) {
				t.Errorf("sheet %s differs", a[i].Name)
			}
		}
	}
}

func TestNothingReadsAsAnAuditorsConclusion(t *testing.T) {
	t.Parallel()
	never := regexp.MustCompile(`(?i)no exceptions?|exceptions? noted|\d\s*%|\bcertif|\bcompliant\b|\bpassed\b|effective(ly)? operat`)
	for _, s := range export.Sheets(exporttest.Dossier()) {
		texts := []string{s.Name, s.Words}
		for _, c := range s.Columns {
			texts = append(texts, c.Title)
		}
		for _, row := range rowsOf(t, s) {
			for _, v := range row {
				if text, ok := v.(string); ok {
					texts = append(texts, text)
				}
			}
		}
		for _, text := range texts {
			if found := never.FindString(text); found != "" {
				t.Errorf("sheet %s says %q: %s", s.Name, found, text)
			}
		}
	}
}

func TestAResultThatIsNotThereHasARow(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	found := 0
	for _, row := range sheet(t, d, "test_summary") {
		if row["state"] == "no result on record" {
			found++
			if row["test_id"] != "AI-CHG-02.T2" || row["component_id"] != "claims-helper" || row["population"] != nil {
				t.Errorf("row %v", row)
			}
		}
	}
	for _, row := range sheet(t, d, "not_tested") {
		if row["state"] == "no result on record" {
			found++
		}
	}
	for _, row := range sheet(t, d, "control_matrix") {
		if row["control_id"] == "AI-CHG-02" && row["without_result"] == int64(1) {
			found++
		}
	}
	if found != 3 {
		t.Errorf("the missing result is told in %d of 3 places", found)
	}
}

func TestWhatWasNotTestedHasNoCounts(t *testing.T) {
	t.Parallel()
	for _, row := range sheet(t, exporttest.Dossier(), "test_summary") {
		if row["state"] == "not tested" && (row["pass"] != nil || row["deviation"] != nil || row["population"] != nil || row["reasons"] == nil) {
			t.Errorf("row %v", row)
		}
		if row["state"] == "did not occur" && row["population"] != int64(0) {
			t.Errorf("row %v", row)
		}
	}
}

func TestWhatWasSeenOfAnUntestedPopulationIsNotHidden(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	r := &d.Results[4]
	r.Population, r.Pass, r.Deviation = 5, 3, 2
	for _, row := range sheet(t, d, "test_summary") {
		if row["state"] == "not tested" && (row["pass"] != nil || row["deviation"] != int64(2) || row["population"] != int64(5) || !strings.Contains(row["reasons"].(string), "what could be seen")) {
			t.Errorf("row %v", row)
		}
	}
}

func TestASignalIsNeverADeviation(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Controls[0].Tests[0].Kind = controls.Indicator
	d.Results[0].State, d.Results[1].State = controls.NoState, controls.NoState
	for _, row := range sheet(t, d, "test_summary") {
		if row["test_id"] == "AI-CHG-02.T1" && (row["state"] != "signal only, no state" || row["deviation"] != nil) {
			t.Errorf("row %v", row)
		}
	}
	for _, row := range sheet(t, d, "test_detail") {
		if row["test_id"] == "AI-CHG-02.T1" && row["state"] != "signal only, no state" {
			t.Errorf("row %v", row)
		}
	}
	if row := sheet(t, d, "control_matrix")[0]; row["deviation"] != int64(0) || row["signals"] != int64(2) || row["deviating_items"] != int64(0) {
		t.Errorf("row %v", row)
	}
}

func TestCountsThatDoNotAddUpAreToldInTheRow(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Results[0].Pass--
	d.Results[1].ExcludedBy[0].Rows++
	d.Results[4].Reasons, d.Results[4].Gaps = nil, nil
	var notes []string
	for _, row := range sheet(t, d, "test_summary") {
		text, _ := row["reasons"].(string)
		notes = append(notes, text)
	}
	all := strings.Join(notes, "\n")
	for _, want := range []string{"do not add up to the population", "do not add up to the excluded rows", "No reason is recorded"} {
		if strings.Count(all, want) != 1 {
			t.Errorf("%q is told %d times", want, strings.Count(all, want))
		}
	}
}

func TestEveryItemAndDeviationIsListed(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	states := map[any]int{}
	for _, row := range sheet(t, d, "test_detail") {
		states[row["state"]]++
	}
	if states["no deviation found by this test"] != 7 || states["candidate deviation"] != 2 || states["field missing"] != 2 || states["not due"] != 1 {
		t.Errorf("states %v", states)
	}
	register := sheet(t, d, "deviations")
	if len(register) != 2 || register[1]["management_determination"] != "rebutted" || register[0]["event_time_exact"] != "2026-03-02T09:02:44.250000Z" {
		t.Errorf("register %v", register)
	}
}

func TestALetterThatNoTestDescribesIsNotLost(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			yield(controls.Item{Test: "AI-CHG-02.T1", State: controls.Deviation, Letters: map[string]string{"A": "true", "Q": "false"}, Reason: "Q"}, nil)
		}
	}
	if got := sheet(t, d, "test_detail")[0]["reason"]; got != "Q; letters of this item: A true, Q false" {
		t.Errorf("reason %v", got)
	}
}

func TestItemsThatCannotBeReadAreAnError(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	broken := errors.New("line 7 is damaged")
	for name, items := range map[string]func() iter.Seq2[controls.Item, error]{
		"none given": nil,
		"damaged": func() iter.Seq2[controls.Item, error] {
			return func(y func(controls.Item, error) bool) { y(controls.Item{}, broken) }
		},
	} {
		d.Items = items
		for _, s := range export.Sheets(d) {
			if s.File != "test_detail" {
				continue
			}
			failed := false
			for _, err := range s.Rows() {
				failed = failed || err != nil && (items == nil || errors.Is(err, broken))
			}
			if !failed {
				t.Errorf("%s: no error", name)
			}
		}
	}
}

func TestFactsShowMomentsAsTimes(t *testing.T) {
	t.Parallel()
	want := `approved_at_us: (none); approver_persons: ["p-17","p-3"]; deployed_at_us: 2026-02-11T16:40:12.004005Z; environment: production`
	if got := sheet(t, exporttest.Dossier(), "test_detail")[0]["facts"]; got != want {
		t.Errorf("facts %v", got)
	}
}

func TestAnIncompletePackageSaysSoFirst(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Complete = true // yet reasons are listed: the reasons win
	told := false
	for _, row := range sheet(t, d, "readme") {
		text, _ := row["value"].(string)
		told = told || row["item"] == "Complete" && strings.HasPrefix(text, "NOT COMPLETE")
	}
	if !told {
		t.Error("the README does not say that the package is not complete")
	}
}

func TestParametersShowTheTimeOfEachValue(t *testing.T) {
	t.Parallel()
	const day = 86_400_000_000
	d := exporttest.Dossier()
	d.Params = []controls.Param{{Name: "leaver_max", Type: "duration", Words: "until disabled", Default: "24h"}, {Name: "hosts", Type: "list", Words: "hosts"}}
	d.Policies = []controls.Policy{
		{Param: "leaver_max", Value: int64(day / 2), From: 90 * day, ApprovedBy: "Ann"}, {Param: "leaver_max", Value: int64(day), From: 0, ApprovedBy: "Ann"},
		{Param: "leaver_max", Value: int64(day / 4), From: 200 * day, ApprovedBy: "Ann"},
	}
	rows := sheet(t, d, "parameters")
	want := [][3]any{{"12h", evidence.Instant(90 * day), evidence.Instant(200 * day)}, {"24h", nil, evidence.Instant(90 * day)}, {"6h", evidence.Instant(200 * day), nil}, {"not set", nil, nil}}
	if len(rows) != len(want) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, w := range want {
		if got := [3]any{rows[i]["value"], rows[i]["effective_from"], rows[i]["effective_until"]}; got != w {
			t.Errorf("row %d: %v, want %v", i, got, w)
		}
	}
}

func TestTheCrosswalkHoldsIdsAlone(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Controls[0].Refs = controls.Refs{AIRMF: []string{"GOVERN 1.4", "MANAGE 1.1"}, EUAIAct: []string{"17(1)(a)"}}
	rows := sheet(t, d, "crosswalk")
	if len(rows) != len(d.Controls) || rows[0]["control_id"] != d.Controls[0].ID || rows[0]["nist_ai_rmf"] != "GOVERN 1.4, MANAGE 1.1" || rows[0]["eu_ai_act"] != "17(1)(a)" || rows[0]["iso_42001"] != nil {
		t.Errorf("%v", rows)
	}
}

func TestNothingIsOwedOutsideTheEngagement(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	c := &d.Controls[0]
	open := func() any {
		for _, row := range sheet(t, d, "control_matrix") {
			if row["control_id"] == c.ID {
				return row["manual_open"]
			}
		}
		return nil
	}
	d.Manual = nil
	c.Manual, c.Applies.Categories = []controls.ManualPoint{{ID: c.ID + ".M1", Words: "The policy"}}, []string{"privacy"}
	d.Engagement.Categories = []string{"security", "privacy"}
	if got := open(); got != int64(1) {
		t.Errorf("with privacy in the engagement: %v", got)
	}
	d.Engagement.Categories = []string{"security"}
	if got := open(); got != int64(0) || len(d.Owed(*c)) != 0 {
		t.Errorf("without privacy: %v", got)
	}
}
