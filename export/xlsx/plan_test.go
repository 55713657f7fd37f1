package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// narrow is a sheet of n rows: their numbers, and a text.
func narrow(n int) export.Sheet {
	return export.Sheet{Name: "Test Detail", File: "test_detail", Words: "Every item.",
		Columns: []export.SheetColumn{{Title: "No", Key: "no", Type: export.IntCell, Width: 9}, {Title: "Text", Key: "text", Type: export.TextCell, Width: 9}, {Title: "Auditor Note", Key: "auditor_note", Type: export.AuditCell, Width: 9}},
		Rows: func() iter.Seq2[[]any, error] {
			return func(yield func([]any, error) bool) {
				for i := range n {
					if !yield([]any{int64(i + 1), "same", nil}, nil) {
						return
					}
				}
			}
		},
	}
}

func book(t *testing.T, a about, sheets ...export.Sheet) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, append([]export.Sheet{note()}, sheets...), a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestASheetThatIsTooLongGoesOnAndSaysSo(t *testing.T) {
	t.Parallel()
	a := testAbout()
	a.maxRows = 21 // twenty rows and the header
	for n, pages := range map[int]int{0: 1, 1: 1, 20: 1, 21: 2, 40: 2, 41: 3, 75: 4} {
		b := book(t, a, narrow(n))
		f, err := excelize.OpenReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		names := f.GetSheetList()[1:]
		if len(names) != pages {
			t.Fatalf("%d rows fill the sheets %v", n, names)
		}
		next := 1
		for i, name := range names {
			if want := fmt.Sprintf("Test Detail (%d)", i+1); i > 0 && name != want {
				t.Errorf("sheet %q, want %q", name, want)
			}
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			if size, _ := f.GetSheetDimension(name); size != fmt.Sprintf("A1:C%d", len(rows)) {
				t.Errorf("%d rows, sheet %s: size %s, %d rows", n, name, size, len(rows))
			}
			for _, row := range rows[1:] {
				if row[0] != fmt.Sprint(next) {
					t.Fatalf("%d rows, sheet %s: row %s, want %d", n, name, row[0], next)
				}
				next++
			}
			tables, err := f.GetTables(name)
			if err != nil || len(tables) != min(1, len(rows)-1) {
				t.Errorf("%d rows, sheet %s: tables %v, %v", n, name, tables, err)
			}
		}
		if next != n+1 {
			t.Errorf("%d rows: %d came back", n, next-1)
		}
		readme, err := f.GetRows("README")
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for _, row := range readme {
			if strings.HasPrefix(row[0], "Rows of sheet Test Detail") || row[0] == "Sheet Test Detail goes on" && strings.Contains(row[1], fmt.Sprintf("all %d rows", n)) {
				told++
			}
		}
		if want := pages + min(1, pages-1); told != want {
			t.Errorf("%d rows: the README has %d rows about them, want %d", n, told, want)
		}
		if again := book(t, a, narrow(n)); !bytes.Equal(again, b) {
			t.Errorf("%d rows: other bytes the second time", n)
		}
		f.Close()
	}
}

func TestASheetIsFilledToItsLastRow(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a million rows")
	}
	t.Parallel()
	b := book(t, testAbout(), narrow(excelRows))
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"xl/worksheets/sheet2.xml": excelRows, "xl/worksheets/sheet3.xml": 2}
	for _, f := range z.File {
		rows, ok := want[f.Name]
		if !ok {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("<row ")); n != rows || !bytes.Contains(text, fmt.Appendf(nil, `<row r="%d"`, rows)) || bytes.Contains(text, fmt.Appendf(nil, `<row r="%d"`, rows+1)) {
			t.Errorf("%s has %d rows, want %d", f.Name, n, rows)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

func TestWhatNoCellCanHoldStaysText(t *testing.T) {
	t.Parallel()
	one := func(typ export.ColumnType, values ...any) export.Sheet {
		return export.Sheet{Name: "Values", File: "values", Columns: []export.SheetColumn{{Title: "Value", Key: "value", Type: typ, Width: 30}},
			Rows: func() iter.Seq2[[]any, error] {
				return func(yield func([]any, error) bool) {
					for _, v := range values {
						if !yield([]any{v}, nil) {
							return
						}
					}
				}
			}}
	}
	moment := func(s string) evidence.Instant {
		i, err := evidence.ParseInstant(s)
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	for _, c := range []struct {
		sheet export.Sheet
		want  []string
	}{
		{one(export.IntCell, int64(999_999_999_999_999), int64(1_000_000_000_000_000), int64(-9_223_372_036_854_775_808)), []string{"<v>999999999999999</v>", "<t>1000000000000000</t>", "<t>-9223372036854775808</t>"}},
		{one(export.TimeCell, moment("1900-02-28T23:59:59Z"), moment("1900-03-01T00:00:00Z"), moment("9999-12-31T23:59:59.999Z"), moment("1970-01-01T12:00:00Z"), moment("1969-12-31T23:59:59.999999Z"), evidence.Instant(1<<63-1)),
			[]string{"<t>1900-02-28T23:59:59.000000Z</t>", "<v>61</v>", "<v>2958465.99999998843</v>", "<v>25569.5</v>", "<v>25568.99999998843</v>", "<t>294247-01-10T04:00:54.775807Z</t>"}},
		{one(export.RealCell, 0.1, -1e300, 5e-324), []string{"<v>0.1</v>", "<v>-1e+300</v>", "<v>5e-324</v>"}},
		{one(export.BoolCell, true, false), []string{`t="b"><v>1</v>`, `t="b"><v>0</v>`}},
	} {
		b := book(t, testAbout(), c.sheet)
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		r, err := z.Open("xl/worksheets/sheet2.xml")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if _, row, _ := strings.Cut(string(text), fmt.Sprintf(`<c r="A%d"`, i+2)); !strings.Contains(row[:strings.Index(row, "</c>")], want) {
				t.Errorf("row %d: no %s in %s", i+1, want, row[:strings.Index(row, "</c>")])
			}
		}
	}
}

func TestASheetThatBreaksItsPromiseIsAnError(t *testing.T) {
	t.Parallel()
	sheet := func(change func(*export.Sheet), rows ...[]any) export.Sheet {
		s := export.Sheet{Name: "Values", File: "values", Columns: []export.SheetColumn{{Title: "No", Key: "no", Type: export.IntCell, Width: 9}, {Title: "Auditor Note", Key: "auditor_note", Type: export.AuditCell, Width: 9}},
			Rows: func() iter.Seq2[[]any, error] {
				return func(yield func([]any, error) bool) {
					for _, r := range rows {
						if !yield(r, nil) {
							return
						}
					}
				}
			}}
		if change != nil {
			change(&s)
		}
		return s
	}
	nothing := func(*export.Sheet) {}
	for want, s := range map[string]export.Sheet{
		"Go type int,":           sheet(nothing, []any{3, nil}),
		"must stay empty":        sheet(nothing, []any{int64(3), "no exceptions"}),
		"1 values for 2 columns": sheet(nothing, []any{int64(3)}),
		"two columns":            sheet(func(s *export.Sheet) { s.Columns[1].Title = "nO" }),
		"a name of 1 to 26":      sheet(func(s *export.Sheet) { s.Name = strings.Repeat("n", 27) }),
		"the signs":              sheet(func(s *export.Sheet) { s.Name = "really?" }),
		"two sheets":             sheet(func(s *export.Sheet) { s.Name = "Readme" }),
		"no column":              sheet(func(s *export.Sheet) { s.Columns = nil }),
	} {
		if err := write(io.Discard, []export.Sheet{note(), s}, testAbout()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if err := write(io.Discard, nil, testAbout()); err == nil {
		t.Error("no sheet: no error")
	}
}
