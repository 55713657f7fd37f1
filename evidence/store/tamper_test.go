package store_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/tieout/tieout/evidence"
)

// triggers are those that withoutTrigger puts back, as the schema has them.
var triggers = func() map[string]string {
	out := map[string]string{}
	b, err := os.ReadFile("schema.sql")
	if err != nil {
		panic(err)
	}
	for s := range strings.SplitSeq(string(b), "\n\n") {
		s = strings.TrimSuffix(strings.TrimSpace(s), ";")
		if name, ok := strings.CutPrefix(s, "CREATE TRIGGER "); ok {
			name, _, _ = strings.Cut(name, " ")
			out[name] = s
		}
	}
	return out
}()

// try runs statements on a journal as somebody with a database tool would.
func try(t *testing.T, dir string, statements ...string) (err error) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "journal.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			return err
		}
	}
	return nil
}

func tamper(t *testing.T, dir string, statements ...string) {
	t.Helper()
	if err := try(t, dir, statements...); err != nil {
		t.Fatal(err)
	}
}

// withoutTrigger does what a trigger refuses, and leaves no trace of it.
func withoutTrigger(t *testing.T, dir, trigger string, statements ...string) {
	t.Helper()
	tamper(t, dir, slices.Concat([]string{"DROP TRIGGER " + trigger}, statements, []string{triggers[trigger]})...)
}

// hideFromIndex leaves a row in its table and takes it out of an index, so that
// whoever looks by type does not find it.
func hideFromIndex(t *testing.T, dir string) {
	t.Helper()
	tamper(t, dir,
		`PRAGMA writable_schema = ON`,
		`CREATE TABLE spare (type TEXT)`, `CREATE INDEX spare_type ON spare (type)`,
		`INSERT INTO spare (rowid, type) SELECT idx, type FROM entries WHERE idx <> 7`,
		`UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'spare_type') WHERE name = 'entries_by_type'`,
		`DELETE FROM sqlite_schema WHERE name LIKE 'spare%'`,
	)
}

// flip changes one byte of a file.
func flip(t *testing.T, path string, at int) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= 1
	write(t, path, b)
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// listOf is the text of the list of some blobs.
func listOf(texts ...string) string {
	var lines []string
	for _, s := range texts {
		lines = append(lines, evidence.DigestOf([]byte(s)).String()+"\n")
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}
