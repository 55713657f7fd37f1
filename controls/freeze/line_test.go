package freeze

import (
	"database/sql"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // what is taken must go in

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
)

// FuzzLine holds the reader to its promise: a line that it takes is canonical
// JSON, is the line that would be written of what was read, and goes in.
func FuzzLine(f *testing.F) {
	tables := []*Table{tableNamed(f, "worker"), tableNamed(f, "change"), tableNamed(f, "threshold"), tableNamed(f, "param"), tableNamed(f, "p"), tableNamed(f, "gap")}
	f.Add(0, workerLine("a", `,"role":"x\n\u0000"`))
	f.Add(1, `{"_id":"a","_item":1,"_missing":["ticket"],"_observed_at":"2026-01-01T00:00:00.000000Z","_raw":"`+zeros+`","_source":"s","author_ids":["a",""],"author_ids_person":[null,"W1"],"change_id":"c","emergency":true}`)
	f.Add(2, `{"_id":"a","_item":-1,"_observed_at":"2026-01-01T00:00:00.000000Z","_raw":"`+zeros+`","_source":"s","component_id":"c","threshold_id":"t","valid_from":"2026-01-01T00:00:00.000000Z","value":1e-7}`)
	f.Add(3, `{"effective_from":"2026-01-01T00:00:00.000000Z","is_default":false,"param":"p","value":"1"}`)
	f.Add(4, `{"end_at":"2026-01-01T00:00:00.000000Z","from_at":"0001-01-01T00:00:00.000000Z","roles":["a"],"share":0.1,"start_at":"2026-01-01T00:00:00.000000Z","to_at":"9999-12-31T23:59:59.999999Z"}`)
	f.Add(5, `{"column_names":[],"from_at":"1969-12-31T23:59:59.999999Z","gap_no":1,"kind":"k","reason":"r","to_at":"9999-12-31T23:59:59.999999Z"}`)
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	f.Cleanup(func() { _ = db.Close() })
	for _, t := range tables {
		if _, err := db.ExecContext(f.Context(), t.SQL); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, no int, line string) {
		table := tables[uint(no)%uint(len(tables))]
		line = strings.TrimSuffix(line, "\n")
		row := make([]any, len(table.Columns))
		if table.parseLine([]byte(line), row) != nil {
			return
		}
		if !canon.IsCanonical([]byte(line)) {
			t.Errorf("taken, but not canonical: %q", line)
		}
		again, err := table.appendLine(nil, row)
		if err != nil || string(again) != line+"\n" {
			t.Errorf("read %q, would write %q, %v", line, again, err)
		}
		if _, err := db.ExecContext(t.Context(), table.insertSQL(1), table.appendSQL(nil, row)...); err != nil {
			t.Errorf("taken, but the database refuses %q: %v", line, err)
		}
		if _, err := db.ExecContext(t.Context(), "DELETE FROM "+kinds.Quote(table.Name)); err != nil {
			t.Fatal(err)
		}
	})
}
