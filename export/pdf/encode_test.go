package pdf_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/pdf"
)

func encode(t testing.TB, d *export.Dossier, o pdf.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Encode(&b, d, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// odd is text that has broken document writers before.
const odd = "🚀 \u202eevil 名前 שלום e\u0301\x00\x1b[31m\xff\r\n ⟦U+202E⟧ <b> (\\) {nb}"

// This test changes the zone and the processors of the whole process, so it
// does not run beside others.
func TestEqualDossiersGiveEqualBytes(t *testing.T) {
	o := pdf.Options{ContentDigest: digest}
	want := encode(t, strange(odd), o)
	zone, cpus := time.Local, runtime.GOMAXPROCS(0)
	t.Cleanup(func() {
		time.Local = zone
		runtime.GOMAXPROCS(cpus)
	})
	for i, there := range []*time.Location{time.UTC, time.FixedZone("east", 14*3600), time.FixedZone("west", -11*3600)} {
		time.Local = there
		runtime.GOMAXPROCS(i + 1)
		if !bytes.Equal(encode(t, strange(odd), o), want) {
			t.Errorf("run %d in zone %s: other bytes", i, there)
		}
	}
}

func TestReportsMadeAtOnceDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	want := encode(t, lender(), pdf.Options{})
	got := make([][]byte, 3)
	t.Run("all", func(t *testing.T) {
		for i := range got {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				got[i] = encode(t, lender(), pdf.Options{})
			})
		}
	})
	for i := range got {
		if !bytes.Equal(got[i], want) {
			t.Errorf("report %d differs", i)
		}
	}
}

func TestNothingActiveIsInTheDocument(t *testing.T) {
	t.Parallel()
	b := encode(t, strange("javascript:app.alert(1) https://example.com "+odd), pdf.Options{ContentDigest: digest})
	for _, s := range []string{"/JavaScript", "/JS", "/OpenAction", "/Launch", "/URI", "/Type /EmbeddedFile", "/Filespec", "/AA", "/SubmitForm", "/RichMedia"} {
		if bytes.Contains(b, []byte(s)) {
			t.Errorf("the document holds %s", s)
		}
	}
}

func TestAnythingCanBePrinted(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]*export.Dossier{
		"empty":            {},
		"odd text":         strange(odd),
		"50 kB of rockets": strange(strings.Repeat("🚀", 12_500)),
		"50 kB, no space":  strange(strings.Repeat("x", 50_000)),
		"50 kB of lines":   strange(strings.Repeat("a\n", 25_000)),
		"50 kB of spaces":  strange(strings.Repeat(" ", 50_000)),
		"broken UTF-8":     strange(strings.Repeat("\xed\xa0\x80", 10_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := encode(t, d, pdf.Options{Paper: []string{"A4", "Letter"}[len(name)%2], ContentDigest: odd})
			if !bytes.HasPrefix(b, []byte("%PDF-1.")) || !bytes.HasSuffix(bytes.TrimSpace(b), []byte("%%EOF")) {
				t.Error("this is no PDF")
			}
		})
	}
}

func TestWrongInputIsAnError(t *testing.T) {
	t.Parallel()
	late := lender()
	late.Run.At = evidence.Instant(-1 << 62)
	for name, c := range map[string]struct {
		d *export.Dossier
		o pdf.Options
	}{
		"no dossier":    {nil, pdf.Options{}},
		"unknown paper": {lender(), pdf.Options{Paper: "A5"}},
		"time":          {late, pdf.Options{}},
	} {
		var b bytes.Buffer
		if err := pdf.Encode(&b, c.d, c.o); err == nil || b.Len() > 0 {
			t.Errorf("%s: error %v and %d bytes, want an error and none", name, err, b.Len())
		}
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	if err := pdf.Encode(full{}, lender(), pdf.Options{}); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
}

func TestEncoderNamesItself(t *testing.T) {
	t.Parallel()
	e := pdf.Encoder{Options: pdf.Options{ContentDigest: digest}}
	var b bytes.Buffer
	if err := e.Encode(&b, lender()); err != nil {
		t.Fatal(err)
	}
	if e.Format() != "pdf" || e.File() != "report.pdf" || !bytes.Equal(b.Bytes(), encode(t, lender(), e.Options)) {
		t.Error("the encoder does not do what Encode does")
	}
}

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", odd, "\x00", "(((\\", strings.Repeat("W", 3000), "\n\n\n\t"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if err := pdf.Encode(io.Discard, strange(s), pdf.Options{ContentDigest: s}); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkPages(b *testing.B) {
	d := crowd(300, 2000)
	pages := 0
	for b.Loop() {
		pages += bytes.Count(encode(b, d, pdf.Options{ContentDigest: digest}), []byte("<</Type /Page\n"))
	}
	b.ReportMetric(float64(pages)/b.Elapsed().Seconds(), "pages/s")
}

// BenchmarkLender is a report of the usual size, fonts and all.
func BenchmarkLender(b *testing.B) {
	d := lender()
	for b.Loop() {
		encode(b, d, pdf.Options{ContentDigest: digest})
	}
}
