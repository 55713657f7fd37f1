package readonly

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
)

// tables are those of the files here.
var tables = map[string]string{
	"change": "CREATE TABLE change (change_id TEXT, n INTEGER) STRICT",
	"p":      "CREATE TABLE p (start_us INTEGER) STRICT",
	"review": "CREATE TABLE review (change_id TEXT) STRICT",
}

// frozen makes a file with two tables and what else is given.
func frozen(t *testing.T, more ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b%?#ä.sqlite")
	d, err := sql.Open("sqlite", strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23", " ", "%20").Replace("file:"+path))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append([]string{
		tables["change"], "INSERT INTO change VALUES ('c1', 1), ('c2', NULL)", `CREATE INDEX "change.n" ON "change" ("n")`,
		tables["p"], "INSERT INTO p VALUES (0)",
	}, more...) {
		if _, err := d.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFrozen(t *testing.T) (*DB, string) {
	t.Helper()
	path := frozen(t)
	d, err := Open(t.Context(), path, tables)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, path
}

// drain runs a query to its end.
func drain(ctx context.Context, d *DB, query string) (err error) {
	rows, err := d.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
	}
	return rows.Err()
}

func TestReadsAreWhatTheStatementReads(t *testing.T) {
	t.Parallel()
	d, _ := openFrozen(t)
	got, err := d.Reads(t.Context(), "SELECT q.n FROM (SELECT c.n AS n, c.change_id AS item FROM change c) AS q CROSS JOIN p WHERE q.n > (SELECT count(*) FROM p)")
	if err != nil {
		t.Fatal(err)
	}
	want := []controls.Read{{Table: "change", Column: "change_id"}, {Table: "change", Column: "n"}, {Table: "p"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestAttacksAreStopped runs what has worked on a connection that was merely
// opened for reading.
func TestAttacksAreStopped(t *testing.T) {
	t.Parallel()
	d, path := openFrozen(t)
	dir := filepath.Dir(path)
	before, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ query, says string }{
		"attach":                        {"ATTACH '" + dir + "/new.sqlite' AS other", "only SELECT is allowed"},
		"vacuum into a file":            {"VACUUM INTO '" + dir + "/copy.sqlite'", "only SELECT is allowed"},
		"load a library":                {"SELECT load_extension('/tmp/evil.so')", "function load_extension is not allowed"},
		"turn protection off":           {"PRAGMA query_only = OFF", "only SELECT is allowed"},
		"a writable schema":             {"PRAGMA writable_schema = ON", "only SELECT is allowed"},
		"a pragma as a table":           {"SELECT q.name FROM pragma_database_list q", "pragma_database_list is not one of the frozen tables"},
		"write":                         {"INSERT INTO change VALUES ('c3', 1)", "only SELECT is allowed"},
		"write and return":              {"DELETE FROM change RETURNING change_id", "only SELECT is allowed"},
		"a temporary table":             {"CREATE TEMP TABLE t (a)", "only SELECT is allowed"},
		"a temporary view":              {"CREATE TEMP VIEW v AS SELECT 1", "only SELECT is allowed"},
		"a transaction":                 {"BEGIN EXCLUSIVE", "only SELECT is allowed"},
		"a second statement":            {"SELECT c.n FROM change c; ATTACH '" + dir + "/new.sqlite' AS other", "only SELECT is allowed"},
		"another table":                 {"SELECT s.word FROM secret s", "secret"},
		"another table in a CTE":        {"WITH change AS (SELECT s.word AS n FROM secret s) SELECT c.n FROM change c", "secret"},
		"the schema":                    {"SELECT s.sql FROM sqlite_schema s", "sqlite_"},
		"pages of the file":             {"SELECT d.data FROM sqlite_dbpage d", "sqlite_dbpage"},
		"a full text index":             {"CREATE VIRTUAL TABLE f USING fts5(a)", "only SELECT is allowed"},
		"the clock":                     {"SELECT datetime('now')", "function datetime is not allowed"},
		"the clock without a call":      {"SELECT CURRENT_TIMESTAMP", "function current_timestamp is not allowed"},
		"chance":                        {"SELECT random()", "function random is not allowed"},
		"the version":                   {"SELECT sqlite_version()", "function sqlite_version is not allowed"},
		"a long string":                 {"SELECT printf('%.900000000d', 0)", "not allowed"},
		"a long blob":                   {"SELECT zeroblob(900000000)", "not allowed"},
		"hex of a string":               {"SELECT hex(replace('a', 'a', 'b'))", "not allowed"},
		"a pattern that takes for ever": {"SELECT 'aaa' LIKE '%a%a%a%b'", "not allowed"},
	} {
		if err := drain(t.Context(), d, c.query); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: want an error that says %q, got %v", name, c.says, err)
		}
	}
	after, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != len(before) {
		t.Errorf("files were made: %v", after)
	}
	if err := drain(t.Context(), d, "SELECT c.n FROM change c"); err != nil {
		t.Errorf("what is allowed no longer works: %v", err)
	}
}

func TestAFileWithMoreThanTablesIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ statement, says string }{
		"a view with a table's name":  {"CREATE VIEW review AS SELECT change_id FROM change", "view review"},
		"another view":                {"CREATE VIEW v AS SELECT change_id FROM change", "view v"},
		"a trigger":                   {"CREATE TRIGGER g AFTER INSERT ON change BEGIN DELETE FROM p; END", "trigger g"},
		"another table":               {"CREATE TABLE secret (word TEXT)", "table secret"},
		"a table made otherwise":      {"CREATE TABLE review (change_id TEXT, n TEXT AS (lower(change_id)))", "table review is not the one"},
		"a virtual table":             {"CREATE VIRTUAL TABLE review USING fts5(change_id)", "table review is not the one"},
		"an index with an expression": {`CREATE INDEX "change.x" ON "change" (abs("n"))`, "index change.x"},
	} {
		d, err := Open(t.Context(), frozen(t, c.statement), tables)
		if err == nil {
			_ = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: want an error that says %q, got %v", name, c.says, err)
		}
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "empty"), tables); err == nil {
		t.Error("an empty file passed for a frozen database")
	}
}

func TestALongStringHitsTheLimit(t *testing.T) {
	t.Parallel()
	d, _ := openFrozen(t)
	doubling := "WITH RECURSIVE s (n, a) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT s.n + 1, s.a || s.a FROM s WHERE s.n < 40) SELECT max(s.n) FROM s"
	if err := drain(t.Context(), d, doubling); err == nil || !strings.Contains(err.Error(), "too big") {
		t.Errorf("got %v", err)
	}
}

func TestEndlessRecursionEndsWithItsTime(t *testing.T) {
	t.Parallel()
	d, _ := openFrozen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	started := time.Now()
	err := drain(ctx, d, "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT s.n + 1 FROM s) SELECT count(s.n) FROM s")
	if err == nil || time.Since(started) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
}

func TestADatabaseThatIsNoneIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "not-there.sqlite")
	d, err := Open(t.Context(), path, tables)
	if err == nil {
		err = drain(t.Context(), d, "SELECT c.n FROM change c")
		_ = d.Close()
	}
	if err == nil {
		t.Error("a file that is not there was opened")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("opening made the file")
	}
}
