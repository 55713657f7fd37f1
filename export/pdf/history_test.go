package pdf_test

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/export/exporttest"
	"github.com/tieout/tieout/export/pdf"
)

func TestWhoIsReliedOnAndWhatCameBeforeIsPrinted(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	d.Populations[0].Interim = "interim: source git showed change as of 2026-06-15, before the period's end"
	list := pages(t, d, pdf.Options{})
	cover, all := flat(list[0]), flat(strings.Join(list, " "))
	for _, s := range []string{"2 of 2; 1 earlier one had other results", "1 of 2 populations pulled before the period's end"} {
		if !strings.Contains(cover, s) {
			t.Errorf("the cover does not say %q", s)
		}
	}
	for _, s := range []string{
		"Reliance on others, freezes and scope over time", "Stillwater Models", "SW-AC-01, SW-AC-04", "2025-04-01 to 2026-03-31", "4 items, 1 would deviate", "relies on a subservice organisation",
		"AGAINST THE FREEZE BEFORE IT", "2 results are not what they were", "Switched off before the period.", "Not the whole period: interim: source git",
	} {
		if !strings.Contains(all, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
	if strings.Contains(all, "Walkthrough items") {
		t.Error("a report of a period has walkthrough items")
	}
}

func TestAReportOfOneDayHasItsOwnWords(t *testing.T) {
	t.Parallel()
	list := pages(t, exporttest.OneDay(), pdf.Options{})
	cover, all := flat(list[0]), flat(strings.Join(list, " "))
	for _, s := range []string{"SOC 2 Type 1, as of 2026-06-30", "within 7 days of it", "no rate is given", "“Implemented as of 2026-06-30” means that the stated query found no failing item"} {
		if !strings.Contains(cover, s) {
			t.Errorf("the cover does not say %q", s)
		}
	}
	for _, s := range []string{"implemented as of 2026-06-30", "not implemented", "not determined", "not examined in type 1", "Walkthrough items", "CHG-0017", "approver is not an author"} {
		if !strings.Contains(all, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
	for _, s := range []string{"no deviation found by this test", "none found", "did not occur"} {
		if strings.Contains(all, s) {
			t.Errorf("the report says %q, which is said of a period", s)
		}
	}
}

func TestAnythingCanBePrintedOfWhatCameBefore(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", exporttest.Odd, strings.Repeat("long ", 3000)} {
		if len(encode(t, exporttest.Strange(s), pdf.Options{})) == 0 {
			t.Errorf("%.20q: nothing was written", s)
		}
	}
}
