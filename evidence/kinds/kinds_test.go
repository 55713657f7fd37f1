package kinds

import (
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the engine that the tables are for

	"github.com/tieout/tieout/evidence"
)

var update = flag.Bool("update", false, "write docs/records.md anew")

func TestEveryKindMakesATable(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	for _, s := range All() {
		for _, table := range []string{string(s.Kind), string(s.Kind) + "_obs"} {
			if _, err := db.ExecContext(t.Context(), TableSQL(s, table)); err != nil {
				t.Errorf("%s: %v\n%s", table, err, TableSQL(s, table))
			}
		}
	}
}

func TestRecordsComeBackFromTheirLine(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		r := evidence.NewRecord(s)
		r.ID, r.Source, r.NativeID, r.Item = "ab", "src", "n-1", 7
		r.ObservedAt = 1_767_225_600_000_000
		for _, c := range s.Columns {
			var v any
			switch c.Type {
			case evidence.Text, evidence.Decimal:
				v = "x\u202e\U0001F600"
				if len(c.Enum) > 0 {
					v = c.Enum[0]
				}
			case evidence.Int:
				v = int64(1) << 60
			case evidence.Real:
				v = 0.1
			case evidence.Bool:
				v = true
			case evidence.Time:
				v = evidence.Instant(1_767_225_600_123_456)
			case evidence.List:
				v = []string{"b", "a"}
			}
			if err := r.Set(c.Name, v); err != nil {
				t.Fatal(err)
			}
		}
		line, err := r.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := evidence.DecodeRecord(line, Of)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		again, err := back.AppendJSON(nil)
		if err != nil || string(again) != string(line) {
			t.Errorf("%s came back as %s, %v", line, again, err)
		}
	}
}

func TestReferencePageIsCurrent(t *testing.T) {
	t.Parallel()
	page := filepath.Join("..", "..", "docs", "records.md")
	if *update {
		if err := os.WriteFile(page, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil || string(got) != Reference() {
		t.Errorf("docs/records.md differs from the schema files (%v): run go test ./evidence/kinds -update", err)
	}
}

func TestASchemaWithAMistakeIsRefused(t *testing.T) {
	t.Parallel()
	const head = "schema: tieout/kind/v1\nkind: x\ntitle: X\nwords: y\nshape: event\nkey: [a]\n"
	for name, src := range map[string]string{
		"no key column":  head + "columns: [{name: b, type: text, null: required, words: w}]\n",
		"optional key":   head + "columns: [{name: a, type: text, null: unknown, words: w}]\n",
		"unknown type":   head + "columns: [{name: a, type: blob, null: required, words: w}]\n",
		"no null":        head + "columns: [{name: a, type: text, words: w}]\n",
		"twice":          head + "columns: [{name: a, type: text, null: required, words: w}, {name: a, type: text, null: required, words: w}]\n",
		"quote in name":  head + "columns: [{name: 'a\"', type: text, null: required, words: w}]\n",
		"unknown member": head + "colour: red\ncolumns: [{name: a, type: text, null: required, words: w}]\n",
		"at is no time":  head + "at: a\ncolumns: [{name: a, type: text, null: required, words: w}]\n",
	} {
		if _, err := Parse(name, []byte(src)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
