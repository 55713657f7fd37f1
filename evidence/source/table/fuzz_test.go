package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// FuzzMapping looks for a mapping that stops the loader.
func FuzzMapping(f *testing.F) {
	for _, name := range Mappings() {
		if src, err := builtin.ReadFile("mappings/" + name + ".yaml"); err == nil {
			f.Add(src)
		}
	}
	f.Add([]byte("schema: tieout/mapping/v1\nid: x\nkind: grant\nnative: true\ncolumns: {role: {first: ['a.b[3].\"c.d\"'], enum: {a: b}}}\n"))
	f.Add([]byte("schema: tieout/mapping/v1\nid: x\nblank: ['-']\nunpack: [p]\nkind: grant\ncolumns: {grant_id: {join: [a, b], by: ':'}, principal_id: {from: a, match: '(.)'}, resource_id: {cases: [{from: 'a[*].b', match: '^x', then: y}], else: z}}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := parseMapping("x.yaml", src, given{})
		if err == nil && len(m.rules) == 0 {
			t.Error("a mapping without a rule")
		}
	})
}

// FuzzCSV holds our reader against the standard library's: where both read a
// file, they read the same cells.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,b\r\n\"1\"\"\",\"x\ny\"\r\n", "a\n\"", "a,b\n\n1,2", "\"a\"b\n", "a,b\n1,\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := newCSV(bufio.NewReader(bytes.NewReader(b)), ',', nil)
		if err != nil {
			return
		}
		var ours [][]string
		for {
			cells, _, err := c.read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			ours = append(ours, cells)
		}
		std := csv.NewReader(bytes.NewReader(b))
		std.FieldsPerRecord = -1
		theirs, err := std.ReadAll()
		if err != nil || bytes.Contains(bytes.ReplaceAll(b, []byte("\r\n"), nil), []byte("\r")) {
			return // they differ in what a lone CR is
		}
		if len(theirs) != len(ours)+1 {
			t.Fatalf("%d rows, want %d", len(ours), len(theirs)-1)
		}
		for i, row := range ours {
			if !slices.Equal(row, theirs[i+1]) {
				t.Fatalf("row %d: %q, want %q", i, row, theirs[i+1])
			}
		}
	})
}

// FuzzFiles reads strangers' bytes through the whole source: whatever they
// are, every record is one that its kind takes, and every row is accounted for.
func FuzzFiles(f *testing.F) {
	f.Add([]byte(grants+"G1,ann,registry,r,true,,,,2026-01-01T00:00:00Z,,\n"), 0)
	f.Add([]byte(`[{"grant_id":"1","principal_id":1,"resource_id":true,"approved_at":[1]}]`), 1)
	f.Add([]byte("{\"grant_id\":\"1\",\"principal_id\":\"a\",\"resource_id\":\"r\"}\n{\"grant_id\":\n"), 2)
	f.Add([]byte("\x1f\x8b\x08"), 3)
	f.Add([]byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":{"kvlistValue":{"values":[{"key":"b","value":{"arrayValue":{"values":[{"intValue":"1"}]}}}]}}}]},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"7uGbfsPBsXU=","events":[{"name":"e"},1]},null]}]}]}`), 5)
	names := []string{"x.csv", "x.json", "x.jsonl", "x.jsonl.gz", "x.csv.zst", "x.otlp"}
	f.Fuzz(func(t *testing.T, b []byte, which int) {
		name := names[uint(which)%uint(len(names))]
		dir := workspace(t, map[string]string{name: string(b)})
		k := &sourcetest.Keeper{}
		config := "{id: x, type: table, files: 'x.*', mapping: native, kind: grant}"
		res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), sourcetest.Fixture{Dir: dir}, config, k))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range k.Lines {
			if _, err := evidence.DecodeRecord(line, kinds.Of); err != nil {
				t.Fatal(err)
			}
		}
		var rows int64
		for _, p := range res.Pages {
			rows += p.Rows
		}
		if got := res.Kinds[0].Accounted(); got != rows {
			t.Fatalf("%d rows read, %d accounted for", rows, got)
		}
	})
}
