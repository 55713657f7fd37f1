package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
)

func parquetFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "parquet", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// show writes a tree so that kinds of values can be told apart.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%+q", v)
	case canon.Number:
		return string(v)
	case unreadable:
		return "(" + v.Error() + ")"
	case evidence.Instant:
		return "@" + v.String()
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, show(e))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case map[string]any:
		var out []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, k+": "+show(v[k]))
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func trees(t testing.TB, b []byte) (out []map[string]any, err error) {
	t.Helper()
	err = eachRow(bytes.NewReader(b), int64(len(b)), func(tree any) error {
		m, ok := tree.(map[string]any)
		if !ok {
			t.Fatalf("a row is %T", tree)
		}
		out = append(out, m)
		return nil
	})
	return out, err
}

// TestParquetOfEveryType reads what testdata/parquet/make.py has written.
func TestParquetOfEveryType(t *testing.T) {
	t.Parallel()
	rows, err := trees(t, parquetFile(t, "every.parquet"))
	if err != nil || len(rows) != 10 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for at, want := range map[int]map[string]string{
		0: {
			"grant_id": `"G0"`, "principal": `{email: "x@example.com", groups: [], id: "p0"}`, "d32": "-0.03", "d128": "-12345678901234567890.123456790",
			"ms_utc": "@2026-03-02T10:00:00.123000Z", "us_utc": "@2026-03-02T10:00:00.123456Z", "ns_utc": "@2026-03-02T10:00:00.123456Z",
			"us_local": `"2026-03-02T10:00:00.123456"`, "day": `"2026-03-02"`, "clock": `"10:00:00.123456"`, "u64": "18446744073709551615", "i8": "-5",
			"f32": "0", "f64": "(not a number, or infinite)", "half": "(bytes that are no text)", "yes": "true", "raw": `"\xff\xfe"`, "fixed": "(bytes that are no text)",
			"names": "null", "deep": "[]", "labels": "{}", "dict": `"reader"`,
		},
		4: {
			"d32": "null", "d128": "null", "ms_utc": "null", "us_local": "null", "day": "null", "clock": "null", "i8": "null", "yes": "null",
			"names": "null", "deep": "[[4, null]]", "labels": `{k: "v"}`, "f64": "0.6666666666666666",
		},
		5: {
			"principal": `{email: null, groups: [{name: "a"}, {name: "b5"}], id: "p5"}`, "d32": "0.02", "d128": "-12345678901234567885.123456790", "f32": "0.5",
			"names": `["n0", "n1"]`, "deep": "[[5, null], []]", "labels": `{k: "v", n: null}`, "dict": `"author"`,
		},
		9: {"names": "[]", "u64": "18446744073709551606", "d32": "null"},
	} {
		for name, text := range want {
			if got := show(rows[at][name]); got != text {
				t.Errorf("row %d, %s: %s, want %s", at, name, got, text)
			}
		}
	}
}

func TestParquetOfOlderWritersAndEveryCompression(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"old", "none", "gzip", "brotli", "lz4"} {
		rows, err := trees(t, parquetFile(t, name+".parquet"))
		if err != nil || len(rows) != 10 {
			t.Errorf("%s: %d rows: %v", name, len(rows), err)
			continue
		}
		if got := show(rows[5]["names"]); got != `["n0", "n1"]` {
			t.Errorf("%s: %s", name, got)
		}
		if name == "old" && (show(rows[1]["us_local"]) != `"2026-03-02T10:00:01.123456"` || show(rows[4]["us_local"]) != "null" || show(rows[1]["d32"]) != "-0.02") {
			t.Errorf("%s: %v", name, rows[1])
		}
	}
}

// TestParquetThroughAMapping takes a nested path, a time with and one without
// its zone, and a value that nothing can be made of.
func TestParquetThroughAMapping(t *testing.T) {
	t.Parallel()
	files := map[string]string{"g.parquet": string(parquetFile(t, "every.parquet"))}
	config := `
id: g
type: table
files: g.parquet
mapping: {schema: tieout/mapping/v1, id: g, kind: grant, columns: {grant_id: grant_id, principal_id: principal.id, resource_id: {const: r}, role: 'principal.groups[0].name',
  request_id: raw, approved_at: us_local, granted_at: us_utc, privileged: "yes", requested_role: half}}
`
	p := pull(t, files, config)
	if p.count("grant").Put != 10 || p.Error != "" || len(p.Pages) != 1 || p.Pages[0].Rows != 10 {
		t.Fatalf("%+v %s", p.count("grant"), p.Error)
	}
	for _, reason := range []string{"UTF-8", "no text", "zone"} {
		if !slices.ContainsFunc(p.gap(evidence.GapUnparsable), func(g evidence.Gap) bool { return strings.Contains(g.Detail, reason) }) {
			t.Errorf("%s: %+v", reason, p.Gaps)
		}
	}
	p = pull(t, files, config+"zone: Europe/Berlin\n")
	at, _ := evidence.ParseInstant("2026-03-02T09:00:01.123456Z")
	given, _ := evidence.ParseInstant("2026-03-02T10:00:01.123456Z")
	for _, r := range p.records {
		if r.NativeID == "G1" && (r.Value("approved_at") != at || r.Value("granted_at") != given || r.Text("role") != "a" || r.Value("privileged") != false || r.Item != 2) {
			t.Errorf("%+v", r)
		}
	}
	if !slices.Contains(p.Unread, "f64") {
		t.Errorf("unread: %v", p.Unread)
	}
}

// TestParquetThatIsDamagedIsCutAndNeverGuessed cuts a file everywhere and sets
// every byte of it to other values: it gives a prefix of the rows and says so,
// or rows as many as it states; it never stops the program.
func TestParquetThatIsDamagedIsCutAndNeverGuessed(t *testing.T) {
	t.Parallel()
	whole := parquetFile(t, "none.parquet")
	for n := range whole {
		if _, err := trees(t, whole[:n]); err == nil {
			t.Fatalf("cut to %d of %d bytes and read whole", n, len(whole))
		}
	}
	for at := range whole {
		for _, to := range []byte{0, 0x7f, 0xff, whole[at] ^ 1} {
			b := bytes.Clone(whole)
			b[at] = to
			rows, err := trees(t, b)
			if cut := (*cutError)(nil); err != nil && !errors.As(err, &cut) {
				t.Fatalf("byte %d: %v", at, err)
			}
			if err == nil && len(rows) != 10 {
				t.Fatalf("byte %d set to %#x: %d rows and no word", at, to, len(rows))
			}
		}
	}
	for name, b := range map[string]string{"text": "grant_id\nG1\n", "empty": "", "marks alone": "PAR1\x00\x00\x00\x00PAR1", "end too long": "PAR1" + strings.Repeat("\x00", 20) + "\xff\xff\xff\x7fPAR1", "encrypted": "PARE\x00\x00\x00\x00PARE"} {
		p := pull(t, map[string]string{"g.parquet": b}, strings.Replace(grantConfig, "*.csv", "g.parquet", 1))
		if g := p.gap(evidence.GapTruncated); len(g) != 1 || len(p.records) > 0 {
			t.Errorf("%s: %+v", name, p.Gaps)
		}
	}
}

// TestParquetThatAsksForTooMuchIsRefused nests structures in the list of parts
// deeper than any stack holds, and states a page of two gigabytes.
func TestParquetThatAsksForTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	end := func(footer []byte) []byte {
		b := append([]byte("PAR1"), footer...)
		return append(binary.LittleEndian.AppendUint32(b, uint32(len(footer))), "PAR1"...)
	}
	if _, err := trees(t, end(bytes.Repeat([]byte{0x1c}, 20<<20))); err == nil || !strings.Contains(err.Error(), "nested") {
		t.Errorf("deep: %v", err)
	}
	b := parquetFile(t, "none.parquet")
	i := bytes.Index(b, []byte("PAR1")) + 4
	if b[i] != 0x15 { // field 1, a number: the page's kind
		t.Fatalf("%x", b[i:i+8])
	}
	big := slices.Concat(b[:i], []byte{0x15, 0x04, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 0x02, 0x00, 0x00}, b[i+12:])
	if _, err := trees(t, big); err == nil || !strings.Contains(err.Error(), "smaller pages") {
		t.Errorf("large page: %v", err)
	}
}

// FuzzParquet reads strangers' files: no panic, no endless work.
func FuzzParquet(f *testing.F) {
	for _, name := range []string{"every", "old", "none", "gzip", "brotli", "lz4"} {
		f.Add(parquetFile(f, name+".parquet"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := trees(t, b)
		if cut := (*cutError)(nil); err != nil && !errors.As(err, &cut) {
			t.Error(err)
		}
	})
}
