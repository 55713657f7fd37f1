package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
	"golang.org/x/mod/sumdb/note"
)

// dossier reads the dossier, on which everything that follows rests.
func (v *verifier) dossier() error {
	for _, p := range []string{DossierPath, ItemsPath, TestsPath, DatabasePath, NotIncludedPath, ReadmePath} {
		if !v.c.has(p) {
			v.bad(FileMissing, p, "every package has it")
		}
	}
	if !v.c.has(DossierPath) {
		return nil
	}
	body, err := readAll(v.ctx, v.c, DossierPath, maxDossier)
	if errors.Is(err, errForm) {
		v.bad(ManifestInvalid, DossierPath, "%v", err)
		return nil
	}
	if err != nil {
		return err
	}
	d, err := readDossier(bytes.NewReader(body))
	switch {
	case errors.Is(err, errNotOurs) && canon.IsCanonical(body) && (v.o.Tool == "" || d.Run.Tool != v.o.Tool):
		v.undecided("what data/dossier.json says beyond what this version knows: it was written by %s; verify with that version", d.Run.Tool)
	case err != nil:
		v.bad(ManifestInvalid, DossierPath, "%v", err)
		return nil
	}
	d.Items = itemsOf(func() (io.ReadCloser, error) { return v.c.open(v.ctx, ItemsPath) })
	v.d = d
	if len(d.Results) == 0 {
		v.bad(ManifestInvalid, DossierPath, "it holds no result, so there is nothing that could be checked")
	}
	return nil
}

// rows counts every file of lines and compares it with its twin.
func (v *verifier) rows() error {
	v.tally = newTally(v.d)
	if v.c.has(ItemsPath) {
		for it, err := range v.d.Items() {
			if err != nil {
				return unlessForm(err, func(err error) { v.bad(CountMismatch, ItemsPath, "%v", err) })
			}
			v.tally.add(it)
		}
	}
	counted := []RowCount{}
	for _, f := range v.m.Files {
		n := RowCount{Path: f.Path}
		var err error
		switch f.Role {
		case RoleItems:
			n.Rows = v.tally.total
		case RoleTable:
			n.Rows, err = v.countLines(f.Path)
		case RoleRows:
			n.CSV = "csv/" + strings.TrimSuffix(strings.TrimPrefix(f.Path, "data/"), ".jsonl") + ".csv"
			n.Rows, err = v.twins(f.Path, n.CSV)
		default:
			continue
		}
		if err != nil {
			return err
		}
		counted = append(counted, n)
	}
	for _, f := range v.m.Files {
		stem, in := strings.CutPrefix(f.Path, "csv/")
		if lines := "data/" + strings.TrimSuffix(stem, ".csv") + ".jsonl"; in && !v.c.has(lines) {
			v.bad(FileMissing, lines, "its twin %s is there", f.Path)
		}
	}
	if !slices.Equal(counted, v.m.Rows) {
		v.bad(CountMismatch, ManifestPath, "%s", rowsDiffer(counted, v.m.Rows))
	}
	return v.notIncluded()
}

func rowsDiffer(counted, said []RowCount) string {
	for i := range max(len(counted), len(said)) {
		switch {
		case i >= len(counted):
			return fmt.Sprintf("it counts rows of %s, which is not there", said[i].Path)
		case i >= len(said):
			return fmt.Sprintf("it does not count the rows of %s", counted[i].Path)
		case counted[i] != said[i]:
			return fmt.Sprintf("%s has %d rows and the twin %q; it states %d of %s with the twin %q", counted[i].Path, counted[i].Rows, counted[i].CSV, said[i].Rows, said[i].Path, said[i].CSV)
		}
	}
	return ""
}

func (v *verifier) countLines(path string) (n int64, err error) {
	r, err := v.c.open(v.ctx, path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	_, err = io.Copy(io.Discard, &lineCounter{r, &n})
	return n, err
}

// notIncluded compares not_included.csv with the dossier.
func (v *verifier) notIncluded() error {
	if !v.c.has(NotIncludedPath) {
		return nil
	}
	var want bytes.Buffer
	if err := writeNotIncluded(&want, v.d); err != nil {
		return err
	}
	got, err := readAll(v.ctx, v.c, NotIncludedPath, int64(want.Len()))
	if err != nil && !errors.Is(err, errForm) {
		return err
	}
	if err != nil || !bytes.Equal(got, want.Bytes()) {
		v.bad(CountMismatch, NotIncludedPath, "it does not list what the dossier lists")
	}
	return nil
}

// content compares the dossier with items and files, and the manifest with the
// one that the content gives.
func (v *verifier) content() error {
	v.r.Problems = append(v.r.Problems, checkContent(v.d, v.m, v.tally)...)
	again := makeManifest(v.d, v.m.Entity.Slug, v.m.ContentDigest, v.tally.items, v.m.Rows, v.m.Files)
	want, err := members(again)
	if err != nil {
		return err
	}
	said, err := members(v.m)
	if err != nil {
		return err
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if want[k] == said[k] {
			continue
		}
		code := ManifestInvalid
		if k == "results_summary" || k == "not_tested" || k == "manual" || k == "complete" || k == "incomplete" {
			code = CountMismatch
		}
		v.bad(code, ManifestPath, "its member %s is not what the content gives: %.200s instead of %.200s", k, said[k], want[k])
	}
	return v.tests()
}

// members returns the canonical text of each member of the manifest.
func members(m *Manifest) (map[string]string, error) {
	body, err := canon.Marshal(m)
	if err != nil {
		return nil, err
	}
	parsed, err := canon.ParseObject(body)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for k, x := range parsed {
		text, err := canon.Append(nil, x)
		if err != nil {
			return nil, err
		}
		out[k] = string(text)
	}
	return out, nil
}

// ledger checks what the package shows of the ledger.
func (v *verifier) ledger() error {
	c := &ledgerCheck{ctx: v.ctx, files: v.c, d: v.d, all: v.sameTool(), sum: func(p string) string { return v.c.files[p].SHA256.String() }, since: v.o.Since}
	c.keys = slices.DeleteFunc(slices.Clone(v.o.Keys), func(k note.Verifier) bool {
		return !strings.HasSuffix(k.Name(), "/"+string(ledger.RoleCheckpoint))
	})
	if err := c.run(); err != nil {
		return err
	}
	v.behind, v.open = c.behind, v.open || c.open
	v.r.Problems = append(v.r.Problems, c.problems...)
	v.r.NotChecked = append(v.r.NotChecked, c.notes...)
	if len(c.problems) == 0 && c.level > 0 {
		v.r.LedgerLevel, v.r.LedgerWords = c.level, c.proved
	}
	return nil
}
