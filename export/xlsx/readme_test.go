package xlsx

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

func TestTheCountsOfTheReadmeAreWhatItsFormulasComeTo(t *testing.T) {
	t.Parallel()
	for _, maxRows := range []int64{excelRows, 90, 5} { // in the last, most sheets go on over several
		d := exporttest.Dossier()
		a := aboutOf(d, Options{ContentDigest: exporttest.Digest})
		a.maxRows = maxRows
		var b bytes.Buffer
		if err := write(&b, export.Sheets(d), a); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		formulas, deviations := 0, map[string]string{}
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for n := range rows {
				cell, _ := excelize.CoordinatesToCellName(2, n+1)
				text, err := f.GetCellFormula(name, cell)
				if err != nil {
					t.Fatal(err)
				}
				if text == "" {
					continue
				}
				formulas++
				got, err := f.CalcCellValue(name, cell, excelize.Options{RawCellValue: true})
				if err != nil || got != rows[n][1] || !strings.HasPrefix(name, "README") {
					t.Errorf("sheet %s, %s: %s comes to %s, and %s stands there (%v)", name, rows[n][0], text, got, rows[n][1], err)
				}
				if strings.HasPrefix(rows[n][0], "Candidate deviations in") {
					deviations[rows[n][0]] = got
				}
			}
		}
		if formulas < 19 || len(deviations) != 3 {
			t.Errorf("%d formulas, deviations %v", formulas, deviations)
		}
		for where, n := range deviations {
			if n != "2" {
				t.Errorf("%s: %s, want 2", where, n)
			}
		}
	}
}

func TestEveryStateButAPassHasItsColour(t *testing.T) {
	t.Parallel()
	for s := controls.Deviation; s <= controls.Pass; s++ {
		if _, has := inkOf[s.Words()]; has == (s == controls.Pass) {
			t.Errorf("%s: colour %t", s.Words(), has)
		}
	}
}
