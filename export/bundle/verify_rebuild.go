package bundle

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// rebuilt notes how a file compares with the same made here. Where this program
// wrote the package, it must be equal; where another version did, a difference
// shows nothing.
func (v *verifier) rebuilt(key, path string, equal bool, why string) {
	switch {
	case equal:
		v.r.Rebuild[key] = Equal
	case v.sameTool():
		v.r.Rebuild[key] = Differs
		v.bad(HashMismatch, path, "it is not what the content gives: %s", why)
	default:
		v.r.Rebuild[key] = NotComparable
		v.notChecked("%s against the content: it was written by %s and this is %s; verify with that version", path, v.d.Run.Tool, orNone(v.o.Tool))
	}
}

func orNone(s string) string {
	if s == "" {
		return "a program without a version"
	}
	return s
}

// tests checks that the statements are those that the tests' parts make, and
// that tests.sql holds them and nothing that plain sqlite3 would run.
func (v *verifier) tests() error {
	if !v.c.has(TestsPath) {
		return nil
	}
	sql, err := readAll(v.ctx, v.c, TestsPath, maxDossier)
	if err != nil {
		return unlessForm(err, func(err error) { v.bad(ManifestInvalid, TestsPath, "%v", err) })
	}
	if err := checkTestsSQL(sql); err != nil {
		v.bad(ManifestInvalid, TestsPath, "%v", err)
	}
	if v.o.NoRebuild || v.o.TestsSQL == nil {
		return nil
	}
	why := "other statements"
	equal := bytes.Equal(sql, v.o.TestsSQL(v.catalog()))
	for _, c := range v.d.Controls {
		for _, t := range c.Tests {
			again := t
			if err := statement.Compose(&again); err != nil {
				equal, why = false, fmt.Sprintf("test %s: %v", t.ID, err)
			} else if again.ItemSQL != t.ItemSQL || again.CountSQL != t.CountSQL || again.ExcludedSQL != t.ExcludedSQL {
				equal, why = false, fmt.Sprintf("test %s: its statements are not those that its printed parts make", t.ID)
			}
		}
	}
	v.rebuilt("tests_sql", TestsPath, equal, why)
	return nil
}

func (v *verifier) catalog() *controls.Catalog {
	out := &controls.Catalog{Controls: v.d.Controls, Params: v.d.Params, Digest: v.d.Run.CatalogDigest}
	for _, c := range v.d.Criteria {
		out.Criteria = append(out.Criteria, c.Criterion)
	}
	return out
}

// database builds the database from the lines of the tables, compares it with
// the one in the package, and runs the tests on the one that was built.
func (v *verifier) database() (err error) {
	switch ok, err := v.looksLikeSQLite(); {
	case err != nil:
		return err
	case !ok:
		v.bad(HashMismatch, DatabasePath, "it is no SQLite database of the size that its header states, whichever version wrote it")
	}
	if v.o.NoRebuild {
		v.notChecked("the database, the tests' results, the rows of the sheets and the documents against the content: --no-rebuild")
		return nil
	}
	dir, err := os.MkdirTemp(v.o.TempDir, "tieout-verify-*")
	if err != nil {
		return fmt.Errorf("make a folder for the rebuilt database: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	built := filepath.Join(dir, freeze.DatabaseName)
	if err := v.build(built); err != nil {
		if v.ctx.Err() != nil || errors.Is(err, errChanged) {
			return err
		}
		v.rebuilt("database", DatabasePath, false, err.Error())
		v.undecided("the tests' results: the database could not be built from the tables: %v", err)
		return nil
	}
	if err := v.compareDatabase(built); err != nil {
		return err
	}
	return v.recount(built)
}

// build makes the database from every table of the package.
func (v *verifier) build(path string) error {
	var observed []evidence.Kind
	files := map[string]string{}
	for _, f := range v.m.Files {
		if f.Role != RoleTable {
			continue
		}
		name := strings.TrimSuffix(strings.TrimPrefix(f.Path, "data/tables/"), ".jsonl")
		files[name] = f.Path
		if kind, ok := strings.CutSuffix(name, freeze.ObsSuffix); ok {
			observed = append(observed, evidence.Kind(kind))
		}
	}
	tables, err := freeze.Tables(v.d.Params, observed)
	if err != nil {
		return err
	}
	var in []freeze.TableFile
	for _, t := range tables {
		p, ok := files[t.Name]
		if !ok {
			return fmt.Errorf("table %s is not in the package", t.Name)
		}
		delete(files, t.Name)
		in = append(in, freeze.TableFile{Table: t, Name: p, Open: func() (io.ReadCloser, error) { return v.c.open(v.ctx, p) }})
	}
	for name := range files {
		return fmt.Errorf("the package has a table %s, which is no table of a frozen database", name)
	}
	return freeze.Build(v.ctx, path, in)
}

func (v *verifier) compareDatabase(built string) error {
	f, err := os.Open(built)
	if err != nil {
		return err
	}
	e, err := measure(DatabasePath, contextReader{v.ctx, f})
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read the rebuilt database: %w", err)
	}
	engine, err := freeze.EngineVersion(v.ctx)
	if err != nil {
		return err
	}
	ours := "SQLite " + engine
	if v.sameTool() && v.d.Run.Engine != ours {
		v.bad(ManifestInvalid, DossierPath, "it names the engine %.60q, and %s has %s", v.d.Run.Engine, v.d.Run.Tool, ours)
	}
	equal := e.SHA256 == v.c.files[DatabasePath].SHA256
	if equal || v.sameTool() {
		v.rebuilt("database", DatabasePath, equal, fmt.Sprintf("built from data/tables it has SHA-256 %s", e.SHA256))
		return nil
	}
	v.r.Rebuild["database"] = NotComparable
	v.undecided("%s against the tables: its bytes are not those that the tables give here, it was written by %s with %s, and this is %s with %s, which opens no stranger's database; the tests were run on the database built here; verify with that version", DatabasePath, v.d.Run.Tool, v.d.Run.Engine, orNone(v.o.Tool), ours)
	return nil
}

// sqliteMagic begins every SQLite database.
const sqliteMagic = "SQLite format 3\x00"

// looksLikeSQLite reports whether the header of the package's database is one,
// and states the size that the file has. It is not opened.
func (v *verifier) looksLikeSQLite() (bool, error) {
	f, ok := v.c.files[DatabasePath]
	if !ok || f.Bytes < 512 {
		return !ok, nil // that it is missing was told before
	}
	r, err := v.c.open(v.ctx, DatabasePath)
	if err != nil {
		return false, err
	}
	defer func() { _ = r.Close() }() // only read from
	head := make([]byte, 100)
	if _, err := io.ReadFull(r, head); err != nil {
		return false, fmt.Errorf("read %s: %w", DatabasePath, err)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 1 << 16
	}
	return bytes.HasPrefix(head, []byte(sqliteMagic)) && page*int64(binary.BigEndian.Uint32(head[28:])) == f.Bytes, nil
}

// recount compares what the tests' statements count on the rebuilt database
// with the results.
func (v *verifier) recount(built string) error {
	if v.o.Recount == nil {
		v.notChecked("the tests' results by running the tests again: this program was not told how")
		return nil
	}
	counts, err := v.o.Recount(v.ctx, built, v.catalog())
	if err != nil {
		if v.ctx.Err() != nil {
			return context.Cause(v.ctx)
		}
		v.undecided("the tests' results: running the tests on the rebuilt database ended with: %v", err)
		return nil
	}
	found := v.compareCounts(counts)
	again, whole, err := v.reperform(built)
	if err != nil {
		return err
	}
	found = append(found, again...)
	v.r.Problems = append(v.r.Problems, found...)
	switch {
	case len(found) > 0:
		v.r.Rebuild["tests"] = Differs
	case whole:
		v.r.Rebuild["tests"] = Equal
	}
	return nil
}

func (v *verifier) compareCounts(counts evaluate.Recounted) []Problem {
	var out []Problem
	bad := func(format string, args ...any) {
		out = append(out, Problem{CountMismatch, DossierPath, fmt.Sprintf(format, args...)})
	}
	for _, r := range v.d.Results {
		got := counts[r.Test][r.Component]
		want := evaluate.Counts{Population: r.Population, Pass: r.Pass, Deviation: r.Deviation, Indeterminate: r.Indeterminate, NotDue: r.NotDue, Excluded: r.Excluded}
		if len(r.Reasons) > 0 && r.Pass+r.Deviation+r.Indeterminate+r.NotDue == 0 {
			// What its items are compared with could not be seen, so only they are counted.
			got = evaluate.Counts{Population: got.Population, Excluded: got.Excluded}
		}
		if got != want {
			bad("%s for %s: the dossier states %+v, running the test on the tables gives %+v", r.Test, r.Component, want, got)
		}
	}
	return out
}
