package xlsx_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

// long is a text of 50 kB that a cell cannot hold.
var long = exporttest.Odd + strings.Repeat("0123456789 ", 5_000)

func odd() map[string]*export.Dossier {
	return map[string]*export.Dossier{
		"lender": exporttest.Dossier(), "odd text": exporttest.Strange(exporttest.Odd), "long text": exporttest.Strange(long), "no text": exporttest.Strange(""),
		"digits": exporttest.Strange("0012345678901234567890"), "formula": exporttest.Strange("=1+1"), "escape": exporttest.Strange("_x0041_\x07"),
	}
}

func checkXML(t *testing.T, name, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

var escapes = regexp.MustCompile(`_x([0-9A-Fa-f]{4})_`)

// unescape undoes what the README sheet says of text in cells.
func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}

// same reports whether a cell's text is the value of the row: the same text,
// or the beginning of it and a mark that names the file and line of the rest.
func same(got, want, file string, line int) bool {
	if got == want {
		return true
	}
	head, mark, cut := strings.Cut(got, "… [cut here, ")
	return cut && len(want) > 30_000 && len(head) > 30_000 && strings.HasPrefix(want, head) && strings.HasSuffix(mark, fmt.Sprintf("data/%s.jsonl, line %d]", file, line))
}

func TestEveryCellIsReadBack(t *testing.T) {
	t.Parallel()
	for name, d := range odd() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			book := encode(t, d)
			for name, text := range parts(t, book) {
				checkXML(t, name, text)
			}
			f, err := excelize.OpenReader(bytes.NewReader(book))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			for i, s := range export.Sheets(d) {
				compare(t, f, i == 0, s)
			}
		})
	}
}

func compare(t *testing.T, f *excelize.File, readme bool, s export.Sheet) {
	t.Helper()
	got, err := f.GetRows(s.Name, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range s.Columns {
		if got[0][i] != c.Title {
			t.Errorf("sheet %s: header %q, want %q", s.Name, got[0][i], c.Title)
		}
	}
	n := 0
	for row, err := range s.Rows() {
		n++
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range row {
			cell := ""
			if n < len(got) && i < len(got[n]) {
				cell = got[n][i]
			}
			if at, ok := v.(evidence.Instant); ok {
				if got := timeOf(cell); got != at.Time().UnixMilli() {
					t.Errorf("sheet %s, row %d, %s: %s is %d, want %s", s.Name, n, s.Columns[i].Title, cell, got, at)
				}
				continue
			}
			if want := rawCell(v); !same(unescape(cell), want, s.File, n) && !same(cell, want, s.File, n) {
				t.Errorf("sheet %s, row %d, %s: %.80q, want %.80q", s.Name, n, s.Columns[i].Title, cell, want)
			}
		}
	}
	if !readme && len(got) != n+1 {
		t.Errorf("sheet %s: %d rows, want %d", s.Name, len(got)-1, n)
	}
}

// rawCell is what a cell with the value holds, as text.
func rawCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return map[bool]string{true: "1", false: "0"}[v]
	}
	return fmt.Sprint(v)
}

// timeOf returns the milliseconds since 1970 that a date cell stands for.
func timeOf(cell string) int64 {
	days, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		return -1
	}
	return int64(math.Round((days - 25_569) * 86_400_000))
}

// reader prints every cell of workbooks as openpyxl reads it, in both of its
// modes: by file and mode, the sheets as arrays of rows, a cell as text that
// names its type.
const reader = `
import datetime, json, sys, openpyxl
def show(v):
    if v is None: return None
    if isinstance(v, bool): return 'bool ' + str(v)
    if isinstance(v, (int, float)): return 'number ' + repr(v)
    if isinstance(v, datetime.datetime): return 'time ' + v.isoformat(timespec='milliseconds')
    return 'text ' + v
out = {}
for file in sys.argv[1:]:
    for mode in ('normal', 'read_only'):
        book = openpyxl.load_workbook(file, read_only=mode == 'read_only', data_only=True)
        out[file + ' ' + mode] = [{'name': s.title, 'size': s.calculate_dimension(), 'rows': [[show(v) for v in r] for r in s.iter_rows(values_only=True)]} for s in book]
json.dump(out, sys.stdout)
`

type pythonSheet struct {
	Name, Size string
	Rows       [][]*string
}

func TestOpenpyxlReadsEveryCellInBothModes(t *testing.T) {
	t.Parallel()
	const interpreter = "/usr/bin/python3"
	if err := exec.CommandContext(t.Context(), interpreter, "-c", "import openpyxl").Run(); err != nil {
		t.Skip("NOT RUN: reading the workbook with openpyxl needs Debian's python3-openpyxl: ", err)
	}
	dir := t.TempDir()
	args := []string{"-c", reader}
	for name, d := range odd() {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file+".xlsx", encode(t, d), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file+".xlsx")
	}
	cmd := exec.CommandContext(t.Context(), interpreter, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	books := map[string][]pythonSheet{}
	if err := json.Unmarshal(out, &books); err != nil {
		t.Fatal(err)
	}
	for name, d := range odd() {
		for _, mode := range []string{"normal", "read_only"} {
			sheets := books[filepath.Join(dir, name)+".xlsx "+mode]
			for i, s := range export.Sheets(d) {
				comparePython(t, sheets[i], i == 0, s)
			}
		}
	}
}

func comparePython(t *testing.T, got pythonSheet, readme bool, s export.Sheet) {
	t.Helper()
	n := 0
	for row, err := range s.Rows() {
		n++
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(got.Rows) {
			break
		}
		for i, v := range row {
			cell, want := got.Rows[n][i], typedCell(v)
			switch {
			case cell == nil && want == "":
			case cell == nil || !same(unescape(*cell), want, s.File, n):
				t.Errorf("sheet %s, row %d, %s: %.80v, want %.80q", s.Name, n, s.Columns[i].Title, cell, want)
			}
		}
	}
	if got.Name != s.Name || !readme && (len(got.Rows) != n+1 || !strings.HasSuffix(got.Size, strconv.Itoa(n+1))) {
		t.Errorf("sheet %s: name %s, size %s, %d rows, want %d", s.Name, got.Name, got.Size, len(got.Rows), n+1)
	}
}

// typedCell is what openpyxl makes of the value.
func typedCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return "text " + v
	case bool:
		return map[bool]string{true: "bool True", false: "bool False"}[v]
	case evidence.Instant:
		return "time " + v.Time().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000")
	}
	return fmt.Sprint("number ", v)
}
