package workspace

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
)

func oneDay(t *testing.T, rest string) (*Workspace, error) {
	t.Helper()
	return Parse("/w", []byte(strings.Replace(good, "type: 2, from: 2026-01-01, to: 2026-06-30", "type: 1, "+rest, 1)))
}

func TestOneDayIsSeenFromItsNeighbours(t *testing.T) {
	t.Parallel()
	w, err := oneDay(t, "as_of: 2026-03-10, within: 3d")
	if err != nil {
		t.Fatal(err)
	}
	// Clocks in New York change on 8 March.
	for what, got := range map[string][2]string{
		"looked at": {w.Window.From.String() + " " + w.Window.To.String(), "2026-03-07T05:00:00.000000Z 2026-03-11T04:00:00.000000Z"},
		"stated":    {w.Stated().From.String() + " " + w.Stated().To.String(), "2026-03-10T04:00:00.000000Z 2026-03-11T04:00:00.000000Z"},
		"near":      {w.Near().From.String() + " " + w.Near().To.String(), "2026-03-07T05:00:00.000000Z 2026-03-14T04:00:00.000000Z"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %s, want %s", what, got[0], got[1])
		}
	}
	if first, last := w.File.Engagement.Days(); first != last || w.Wording().Of(controls.Pass) != "implemented as of 2026-03-10" {
		t.Errorf("got %s to %s, printed %q", first, last, w.Wording().Of(controls.Pass))
	}
	if w, err := oneDay(t, "as_of: 2026-03-10"); err != nil || w.Within != 7 {
		t.Errorf("without within: got %v", err)
	}
}

func TestDaysThatDoNotBelongToTheTypeAreRefused(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]string{
		"within: 3d":                          "needs as_of",
		"as_of: 2026-03-10, from: 2026-01-01": "belong to type 2",
		"as_of: 2026-03-10, within: 36h":      "whole days",
		"as_of: 2026-03-10, within: 0d":       "whole days",
		"as_of: 2026-03-10, within: 32d":      "whole days",
		"as_of: 2026-03-10, within: some":     "within",
	} {
		if _, err := oneDay(t, rest); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", rest, err, want)
		}
	}
	if _, err := Parse("/w", []byte(strings.Replace(good, "type: 2,", "type: 3,", 1))); err == nil || !strings.Contains(err.Error(), "want 1 (one day) or 2 (a period)") {
		t.Errorf("type 3: got %v", err)
	}
}

func TestReliancesAreHeldAgainstTheCatalogue(t *testing.T) {
	t.Parallel()
	catalog := &controls.Catalog{Controls: []controls.Control{{ID: "C-01"}, {ID: "C-02", Applies: controls.Applies{Kinds: []string{"llm_agent"}}}}}
	entry := func(s string) (*Workspace, error) { return Parse("/w", []byte(good+"relies_on:\n  - {"+s+"}\n")) }
	sound := "component: fraud-score, control: C-01, organisation: Cedar Hosting, method: carve_out, csoc: [A-1], our_control: C-02, report_from: 2025-04-01, report_to: 2026-03-31"
	w, err := entry(sound)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := w.Reliances(catalog); err != nil || len(got) != 1 || got[0].Organisation != "Cedar Hosting" || got[0].ReportTo.String() != "2026-03-31" {
		t.Errorf("got %+v, %v", got, err)
	}
	for want, change := range map[string][2]string{
		`there is no component "fraud"`:     {"fraud-score", "fraud"},
		"method is":                         {"carve_out", "carved"},
		"names in csoc":                     {"csoc: [A-1], ", ""},
		"organisation are needed":           {"Cedar Hosting", `""`},
		"first and the last day":            {"2026-03-31", "2024-03-31"},
		`csoc "A 1"`:                        {"[A-1]", "[A 1]"},
		`no control "C-09"`:                 {"control: C-01", "control: C-09"},
		`no control "C-08"`:                 {"our_control: C-02", "our_control: C-08"},
		"C-02 does not concern fraud-score": {"control: C-01", "control: C-02"},
	} {
		w, err := entry(strings.Replace(sound, change[0], change[1], 1))
		if err == nil {
			_, err = w.Reliances(catalog)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q in it", change, err, want)
		}
	}
	if _, err := Parse("/w", []byte(good+"relies_on:\n  - {"+sound+"}\n  - {"+sound+"}\n")); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("twice: got %v", err)
	}
}
