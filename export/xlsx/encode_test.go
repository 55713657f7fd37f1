package xlsx_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"iter"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
	"github.com/tieout/tieout/export/xlsx"
)

func encode(t testing.TB, d *export.Dossier) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := xlsx.Encode(&b, d, xlsx.Options{ContentDigest: exporttest.Digest}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// part returns one part of a workbook.
func part(t testing.TB, book []byte, name string) string {
	t.Helper()
	for n, text := range parts(t, book) {
		if n == name {
			return text
		}
	}
	t.Fatalf("no part %s", name)
	return ""
}

// parts yields every part of a workbook in the container's order.
func parts(t testing.TB, book []byte) iter.Seq2[string, string] {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, string) bool) {
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if !yield(f.Name, string(text)) {
				return
			}
		}
	}
}

// This test changes the zone and the processors of the whole process, so it
// does not run beside others.
func TestEqualDossiersGiveEqualBytes(t *testing.T) {
	want := encode(t, exporttest.Strange(exporttest.Odd))
	zone, cpus := time.Local, runtime.GOMAXPROCS(0)
	t.Cleanup(func() {
		time.Local = zone
		runtime.GOMAXPROCS(cpus)
	})
	for i, there := range []*time.Location{time.UTC, time.FixedZone("east", 14*3600), time.FixedZone("west", -11*3600)} {
		time.Local = there
		for range 4 {
			runtime.GOMAXPROCS(i + 1)
			if !bytes.Equal(encode(t, exporttest.Strange(exporttest.Odd)), want) {
				t.Errorf("run %d in zone %s: other bytes", i, there)
			}
		}
	}
}

func TestWorkbooksMadeAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	want := encode(t, exporttest.Dossier())
	got := make([][]byte, 3)
	t.Run("all", func(t *testing.T) {
		for i := range got {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				got[i] = encode(t, exporttest.Dossier())
			})
		}
	})
	for i := range got {
		if !bytes.Equal(got[i], want) {
			t.Errorf("workbook %d differs", i)
		}
	}
}

func TestTheContainerIsInOrderAndWithoutAClock(t *testing.T) {
	t.Parallel()
	book := encode(t, exporttest.Dossier())
	z, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
		if !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s has the time %s", f.Name, f.Modified)
		}
	}
	if names[0] != "[Content_Types].xml" || names[1] != "_rels/.rels" || !strings.HasPrefix(names[2], "xl/") {
		t.Errorf("the container begins with %v", names[:3])
	}
	unique := slices.Compact(slices.Sorted(slices.Values(names)))
	if len(unique) != len(names) {
		t.Errorf("entries twice in %v", names)
	}
	core := part(t, book, "docProps/core.xml")
	if strings.Count(core, "2026-07-01T04:05:06Z") != 2 || strings.Contains(core, "xuri") {
		t.Errorf("properties %s", core)
	}
	if app := part(t, book, "docProps/app.xml"); !strings.Contains(app, "<Application>tieout</Application>") {
		t.Errorf("properties %s", app)
	}
}

func TestNothingActiveOrHiddenIsInTheWorkbook(t *testing.T) {
	t.Parallel()
	never := regexp.MustCompile(`(?i)vba|externalLink|connections|oleObject|xl/activeX|TargetMode="External"|http://[^"]*\.js|hidden="(1|true)"|state="(hidden|veryHidden)"|<mergeCell|sheetProtection|<hyperlink|dataValidation|<script`)
	d := exporttest.Strange("x")
	for name, text := range parts(t, encode(t, d)) {
		if found := never.FindString(name + text); found != "" {
			t.Errorf("%s holds %s", name, found)
		}
		if strings.Contains(text, "<f>") && name != "xl/worksheets/sheet1.xml" {
			t.Errorf("%s holds a formula", name)
		}
	}
	for name, text := range parts(t, encode(t, exporttest.Strange("=1+1"))) {
		for _, f := range regexp.MustCompile(`<f>[^<]*</f>`).FindAllString(text, -1) {
			if name != "xl/worksheets/sheet1.xml" || !regexp.MustCompile(`^<f>(ROWS|SUM|COUNTIF|COUNTA)\(`).MatchString(f) {
				t.Errorf("%s holds the formula %s", name, f)
			}
		}
	}
}

func TestEverySheetIsReadyForWork(t *testing.T) {
	t.Parallel()
	d := exporttest.Dossier()
	book := encode(t, d)
	workbook := html.UnescapeString(part(t, book, "xl/workbook.xml"))
	for i, s := range export.Sheets(d) {
		name := fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)
		text := part(t, book, name)
		rows := strings.Count(text, "<row ")
		if !strings.Contains(workbook, `name="`+s.Name+`"`) || !strings.Contains(workbook, "'"+s.Name+"'!$1:$1") {
			t.Errorf("sheet %s is not named in the workbook, or has no print titles", s.Name)
		}
		for _, want := range []string{`state="frozen"`, `orientation="landscape"`, `<dimension ref="A1:`, `fitToHeight="0"`, "<cols>", fmt.Sprintf("%d\"", rows)} {
			if !strings.Contains(text, want) {
				t.Errorf("sheet %s has no %s", s.Name, want)
			}
		}
		if has := strings.Contains(text, "<tablePart "); has != (len(s.Columns) > 2) {
			t.Errorf("sheet %s: table %t", s.Name, has)
		}
	}
}

func TestWrongInputIsAnError(t *testing.T) {
	t.Parallel()
	late, none, damaged, changing := exporttest.Dossier(), exporttest.Dossier(), exporttest.Dossier(), exporttest.Dossier()
	late.Run.At = evidence.Instant(-1 << 62)
	none.Items = nil
	damage := errors.New("line 7 is damaged")
	damaged.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) { yield(controls.Item{}, damage) }
	}
	times := int64(0)
	changing.Items = func() iter.Seq2[controls.Item, error] {
		times++
		return exporttest.Items(changing, times)
	}
	shrinking := exporttest.Dossier()
	shrinks := int64(3)
	shrinking.Items = func() iter.Seq2[controls.Item, error] {
		shrinks--
		return exporttest.Items(shrinking, shrinks)
	}
	for name, d := range map[string]*export.Dossier{"no dossier": nil, "time": late, "no items": none, "damaged items": damaged, "more items the second time": changing, "fewer items the second time": shrinking} {
		err := xlsx.Encode(io.Discard, d, xlsx.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "write the workbook: ") {
			t.Errorf("%s: error %v", name, err)
		}
		if name == "damaged items" && !errors.Is(err, damage) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	size := len(encode(t, exporttest.Dossier()))
	for left := 0; left < size; left += size/9 + 1 {
		if err := xlsx.Encode(&full{left}, exporttest.Dossier(), xlsx.Options{}); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: error %v, want %v", left, err, errFull)
		}
	}
}

func TestEncoderNamesItself(t *testing.T) {
	t.Parallel()
	e := xlsx.Encoder{Options: xlsx.Options{ContentDigest: exporttest.Digest}}
	var b bytes.Buffer
	if err := e.Encode(&b, exporttest.Dossier()); err != nil {
		t.Fatal(err)
	}
	if e.Format() != "xlsx" || e.File() != "workbook.xlsx" || !bytes.Equal(b.Bytes(), encode(t, exporttest.Dossier())) {
		t.Error("the encoder does not do what Encode does")
	}
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", exporttest.Odd, "\x00", "=1", "_x0041_", "]]></t>", strings.Repeat("W", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		book := encode(t, exporttest.Strange(s))
		for name, text := range parts(t, book) {
			checkXML(t, name, text)
		}
	})
}
