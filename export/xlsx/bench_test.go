package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// decisions is a sheet of 14 columns: the texts of 10,000 rows over and over,
// with an id, a digest and a time that no two rows share. watch is called now
// and then while rows are read.
func decisions(rows int, watch func()) export.Sheet {
	col := func(title, key string, typ export.ColumnType, width int) export.SheetColumn {
		return export.SheetColumn{Title: title, Key: key, Type: typ, Width: width}
	}
	s := export.Sheet{Name: "Test Detail", File: "test_detail", Words: "Every item.", Columns: []export.SheetColumn{
		col("Item", "item", export.TextCell, 24), col("Item No", "item_no", export.IntCell, 12), col("At (UTC)", "at", export.TimeCell, 24), col("Component ID", "component_id", export.TextCell, 18),
		col("State", "state", export.TextCell, 29), col("A", "a", export.TextCell, 9), col("B", "b", export.TextCell, 9), col("Model", "model", export.TextCell, 20), col("Confidence", "confidence", export.RealCell, 12),
		col("Person", "person", export.TextCell, 22), col("Reason", "reason", export.TextCell, 40), col("Latency (ms)", "latency_ms", export.IntCell, 12), col("Record Hash", "hash", export.TextCell, 66), col("Auditor Note", "auditor_note", export.AuditCell, 24),
	}}
	const pool = 10_000
	ready := make([][]any, pool)
	for i := range ready {
		state := "no deviation found by this test"
		if i%97 == 0 {
			state = "candidate deviation"
		}
		ready[i] = []any{nil, nil, nil, "component-" + strconv.Itoa(i%7), state, "true", strconv.FormatBool(i%97 != 0), fmt.Sprintf("fraud-model-v%d.%d", i%5, i%11), float64(i%1000) / 1000,
			fmt.Sprintf("person-%05d@example.com", i*7919%pool), fmt.Sprintf("rule %d applied, threshold in force since 2026-0%d-01", i%23, i%9+1), int64(i * 31 % 900), nil, nil}
	}
	start, _ := evidence.ParseInstant("2026-01-01T00:00:00Z")
	s.Rows = func() iter.Seq2[[]any, error] {
		return func(yield func([]any, error) bool) {
			for i := range rows {
				at := uint32(i) * 2654435761 % uint32(len(noise)-64)
				row := ready[i%pool]
				row[0] = noise[at+7 : at+20]
				row[1] = int64(i + 1)
				row[2] = start + evidence.Instant(i)*15_500_000
				row[12] = noise[at : at+64]
				if watch != nil && i%4096 == 0 {
					watch()
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
	return s
}

// noise is a text of hexadecimal digits without a pattern, from which each row
// takes a stretch for its digest.
var noise = func() string {
	var b []byte
	for x := uint64(88172645463325252); len(b) < 4<<20; {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b = strconv.AppendUint(b, x, 16)
	}
	return string(b)
}()

// note is a README sheet of one row.
func note() export.Sheet {
	return export.Sheet{Name: "README", File: "readme", Words: "What this is.",
		Columns: []export.SheetColumn{{Title: "Item", Key: "item", Type: export.TextCell, Width: 30}, {Title: "Value", Key: "value", Type: export.TextCell, Width: 90}},
		Rows: func() iter.Seq2[[]any, error] {
			return func(y func([]any, error) bool) { y([]any{"Entity", "Example"}, nil) }
		},
	}
}

func testAbout() about {
	return about{title: "test", creator: "tieout", at: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), maxRows: excelRows}
}

// heap returns the bytes that the process holds for its heap and stacks.
func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}

// BenchmarkMillionRows compares a workbook of a million rows and 14 columns, on
// one core, with compressing the ready XML of as many rows at the same level,
// and with the workbook library's own stream writer. Of each it takes the
// shortest time, because other work on the machine only ever adds to it.
func BenchmarkMillionRows(b *testing.B) {
	const rows, part = 1_000_000, 100_000
	old := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(old)
	size, peak := measure(b, rows)
	xml := readyXML(b, part)
	ours, floor, library := time.Hour, time.Hour, time.Hour
	for b.Loop() {
		ours = min(ours, timed(func() {
			if err := write(io.Discard, []export.Sheet{note(), decisions(rows, nil)}, testAbout()); err != nil {
				b.Fatal(err)
			}
		}))
		floor = min(floor, timed(func() {
			w, _ := flate.NewWriter(io.Discard, level)
			for range rows / part {
				for at := 0; at < len(xml); at += flushAt {
					_, _ = w.Write(xml[at:min(at+flushAt, len(xml))])
				}
			}
			_ = w.Close()
		}))
		library = min(library, timed(func() { streamWriter(b, decisions(part, nil)) })*(rows/part))
	}
	b.ReportMetric(rows/ours.Seconds(), "rows/s")
	b.ReportMetric(floor.Seconds()/ours.Seconds(), "x_of_deflate_floor")
	b.ReportMetric(library.Seconds()/ours.Seconds(), "x_streamwriter")
	b.ReportMetric(float64(peak)/(1<<20), "peak_MiB")
	b.ReportMetric(float64(size)/(1<<20), "file_MiB")
	b.ReportMetric(float64(len(xml))/part, "xml_B/row")
}

func timed(do func()) time.Duration {
	t := time.Now()
	do()
	return time.Since(t)
}

// measure writes a workbook and returns its size and the most memory that the
// process held beyond what it held before.
func measure(t testing.TB, rows int) (size int64, peak uint64) {
	t.Helper()
	debug.FreeOSMemory()
	before := heap()
	c := counter{}
	watch := func() {
		if now := heap(); now > before {
			peak = max(peak, now-before)
		}
	}
	if err := write(&c, []export.Sheet{note(), decisions(rows, watch)}, testAbout()); err != nil {
		t.Fatal(err)
	}
	return c.n, peak
}

func TestMemoryDoesNotGrowWithTheRows(t *testing.T) {
	_, few := measure(t, 30_000)
	_, many := measure(t, 150_000)
	t.Logf("30,000 rows: %d MiB, 150,000 rows: %d MiB", few>>20, many>>20)
	if many > 48<<20 || many > few+16<<20 {
		t.Errorf("150,000 rows need %d MiB, 30,000 need %d MiB", many>>20, few>>20)
	}
}

type counter struct{ n int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.n += int64(len(b))
	return len(b), nil
}

// readyXML is the XML of that many rows.
func readyXML(t testing.TB, rows int) []byte {
	t.Helper()
	b, err := plan([]export.Sheet{note(), decisions(rows, nil)}, testAbout())
	if err != nil {
		t.Fatal(err)
	}
	s, err := makeShell(b, testAbout())
	if err != nil {
		t.Fatal(err)
	}
	w := newRowWriter(&b[1], s.styles)
	var out []byte
	n := int64(0)
	for row := range b[1].Rows() {
		n++
		if out, err = w.append(out, n+1, n, row); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// streamWriter writes the sheet as the workbook library's own stream writer
// does.
func streamWriter(t testing.TB, s export.Sheet) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	layout := "yyyy-mm-dd hh:mm:ss"
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: &layout})
	if err != nil {
		t.Fatal(err)
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	n := 1
	for row := range s.Rows() {
		cells := make([]any, len(row))
		for i, v := range row {
			if at, ok := v.(evidence.Instant); ok {
				v = excelize.Cell{StyleID: date, Value: at.Time()}
			}
			cells[i] = v
		}
		if err := w.SetRow("A"+strconv.Itoa(n), cells); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
}
