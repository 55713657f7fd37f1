package evaluate

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// collector keeps what it receives.
type collector struct{ got []any }

func (c *collector) located(record, component string) error {
	c.got = append(c.got, record, component)
	return nil
}

func (c *collector) begin(b begun) error {
	c.got = append(c.got, b)
	return nil
}

func (c *collector) row(v []any) error {
	c.got = append(c.got, append([]any(nil), v...))
	return nil
}

func (c *collector) excluded(component, reason string, rows int64) error {
	c.got = append(c.got, component, reason, rows)
	return nil
}

func (c *collector) end() error {
	c.got = append(c.got, "end")
	return nil
}

func send(t interface{ Fatal(...any) }, rows [][]any) []byte {
	var b bytes.Buffer
	s := &sender{out: bufio.NewWriter(&b)}
	for _, r := range rows {
		if err := s.row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.message(message{Done: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.out.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRowsArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Just[any](nil), rapid.Map(rapid.Int64(), func(i int64) any { return i }),
			rapid.Map(rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) && (f != 0 || !math.Signbit(f)) }), func(f float64) any { return f }),
			rapid.Map(rapid.String(), func(s string) any { return s }),
		)
		rows := rapid.SliceOf(rapid.SliceOfN(value, 1, 8)).Draw(t, "rows")
		c := &collector{}
		if err := receive(bytes.NewReader(send(t, rows)), c); err != nil {
			t.Fatal(err)
		}
		if len(c.got) != len(rows) {
			t.Fatalf("%d rows of %d", len(c.got), len(rows))
		}
		for i := range rows {
			if !reflect.DeepEqual(c.got[i], any(rows[i])) {
				t.Fatalf("row %v arrived as %v", rows[i], c.got[i])
			}
		}
	})
}

func TestALineThatIsTooLongOrOddIsAnError(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"nothing":            "",
		"cut":                `["a"`,
		"no done":            "[1]\n",
		"two values":         "[1][2]\n{\"done\":true}\n",
		"a nested array":     "[[1]]\n{\"done\":true}\n",
		"a number too large": "[9223372036854775808]\n{\"done\":true}\n",
		"no JSON":            "hello\n",
		"an error":           `{"error":"no"}` + "\n",
		"too long":           `["` + strings.Repeat("a", maxLine+1<<20) + "\"]\n",
	} {
		if err := receive(strings.NewReader(lines), &collector{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte("[1,null,\"a\",2.0]\n{\"begin\":{\"test\":\"t\"}}\n{\"excluded\":{\"component\":\"c\",\"reason\":\"r\",\"rows\":1}}\n{\"end\":true}\n{\"done\":true}\n"))
	f.Fuzz(func(_ *testing.T, b []byte) { _ = receive(bytes.NewReader(b), &collector{}) })
}

// BenchmarkWire sends rows of twenty columns through the pipe's two ends.
func BenchmarkWire(b *testing.B) {
	row := []any{"fraud", "grant1000123", nil, "f5701e18f9b8ce39e52f3b8b5307a77e9a57ca8a", "2026-03-01T00:00:00.000000Z", "resource17", int64(1), int64(1), int64(0),
		int64(1772323200000000), int64(1772323200000000), "principal12345", "worker12345", "role7", nil, nil, int64(1), int64(1), "pass", 0.5}
	var lines bytes.Buffer
	s := &sender{out: bufio.NewWriter(&lines)}
	for b.Loop() {
		for range 1000 {
			if err := s.row(row); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.message(message{Done: true}); err != nil {
			b.Fatal(err)
		}
		_ = s.out.Flush()
		if err := receive(&lines, nothing{}); err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, &lines)
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "rows/s")
}

type nothing struct{}

func (nothing) located(string, string) error         { return nil }
func (nothing) begin(begun) error                    { return nil }
func (nothing) row([]any) error                      { return nil }
func (nothing) excluded(string, string, int64) error { return nil }
func (nothing) end() error                           { return nil }
