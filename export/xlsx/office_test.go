package xlsx_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

// office has LibreOffice convert a workbook and returns the folder with what
// came out.
func office(t *testing.T, book []byte, to string) string {
	t.Helper()
	if os.Getenv("TIEOUT_TEST_OFFICE") != "1" {
		t.Skip("NOT RUN: LibreOffice opens the workbook only if TIEOUT_TEST_OFFICE=1")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "workbook.xlsx")
	if err := os.WriteFile(file, book, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", to, "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

// everySheet is the conversion to one CSV file for each sheet, with cells as
// they are shown.
const everySheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

func officeRows(t *testing.T, dir, sheet string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "workbook-"+sheet+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestLibreOfficeShowsEveryCell(t *testing.T) {
	for name, d := range map[string]*export.Dossier{"lender": exporttest.Dossier(), "odd": exporttest.Strange("=1+1 00123 12345678901234567890 _x0041_ 🚀 שלום 名前 <b>&amp;</b>"), "formula": exporttest.Strange("=1+1")} {
		t.Run(name, func(t *testing.T) {
			dir := office(t, encode(t, d), everySheet)
			for _, s := range export.Sheets(d)[1:] {
				got := officeRows(t, dir, s.Name)
				n := 0
				for row, err := range s.Rows() {
					n++
					if err != nil {
						t.Fatal(err)
					}
					for i, v := range row {
						cell := got[n][i]
						if _, count := v.(int64); count { // separators are the reader's own
							cell = strings.ReplaceAll(cell, ",", "")
						}
						if want := shown(v); cell != want {
							t.Errorf("sheet %s, row %d, %s: %.80q, want %.80q", s.Name, n, s.Columns[i].Title, got[n][i], want)
						}
					}
				}
				if len(got) != n+1 {
					t.Errorf("sheet %s: %d rows, want %d", s.Name, len(got), n+1)
				}
			}
		})
	}
}

// shown is what a reader of the sheet sees.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "TRUE", false: "FALSE"}[v]
	case evidence.Instant:
		layout := "2006-01-02 15:04:05"
		if v%1_000_000 >= 1000 {
			layout += ".000"
		}
		return v.Time().Format(layout)
	}
	return fmt.Sprint(v)
}

// TestLibreOfficeComputesTheSameCounts takes the values out of the formulas,
// so that they are computed when the file is opened.
func TestLibreOfficeComputesTheSameCounts(t *testing.T) {
	book := encode(t, exporttest.Dossier())
	value := regexp.MustCompile(`</f><v>\d+</v>`)
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts(t, book) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, value.ReplaceAllString(text, "</f>")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	ours, theirs := officeRows(t, office(t, book, everySheet), "README"), officeRows(t, office(t, out.Bytes(), everySheet), "README")
	counts := 0
	for i := range ours {
		if _, err := strconv.Atoi(ours[i][1]); err == nil {
			counts++
		}
		if ours[i][1] != theirs[i][1] {
			t.Errorf("%s: %s, computed %s", ours[i][0], ours[i][1], theirs[i][1])
		}
	}
	if counts != len(export.Sheets(exporttest.Dossier()))-1+3 {
		t.Errorf("%d counts", counts)
	}
}

func TestLibreOfficePrintsTheWorkbook(t *testing.T) {
	dir := office(t, encode(t, exporttest.Strange(exporttest.Odd)), "pdf")
	b, err := os.ReadFile(filepath.Join(dir, "workbook.pdf"))
	if err != nil || !strings.HasPrefix(string(b), "%PDF-") {
		t.Errorf("no PDF came out: %v", err)
	}
}
