package bundle

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
	"github.com/tieout/tieout/export/exporttest"
)

// TestNobodyCanPutWordsIntoAnothersMouth changes what people stated, makes
// manifest and signature fit again with the workspace's key, and expects to be
// caught: the workspace's key is not the people's.
func TestNobodyCanPutWordsIntoAnothersMouth(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	edit := func(change func(*export.Dossier)) func(testing.TB, parcel) {
		return func(t testing.TB, p parcel) {
			d := p.dossier(t)
			change(d)
			p.setDossier(d)
		}
	}
	replace := func(old, with string) func(testing.TB, parcel) {
		return func(t testing.TB, p parcel) {
			if !bytes.Contains(p[export.StatementsFile], []byte(old)) {
				t.Fatalf("no statement holds %q", old)
			}
			p[export.StatementsFile] = bytes.Replace(p[export.StatementsFile], []byte(old), []byte(with), 1)
		}
	}
	for name, c := range map[string]struct {
		change func(testing.TB, parcel)
		code   Code
		says   string
	}{
		"rebuttal forgotten":  {edit(func(d *export.Dossier) { d.Deviations[0].Determination = "open" }), CountMismatch, "deviations are not what people signed"},
		"another rebutted":    {edit(func(d *export.Dossier) { d.Deviations[1].Determination = "rebutted" }), CountMismatch, "deviations are not"},
		"reviewed by nobody":  {edit(func(d *export.Dossier) { d.Documents[0].ReviewedBy = "bo.lind" }), CountMismatch, "documents are not"},
		"longer in force":     {edit(func(d *export.Dossier) { d.Documents[0].Coverage = export.CoversWhole }), CountMismatch, "documents are not"},
		"point provided":      {edit(func(d *export.Dossier) { d.Manual[1].Status = export.ProvidedStatus }), CountMismatch, "manual are not"},
		"attested by another": {edit(func(d *export.Dossier) { d.Attestations[0].By = "bo.lind" }), CountMismatch, "attestations are not"},
		"deficiency made up":  {edit(func(d *export.Dossier) { d.Deficiencies = []export.DeficiencyLine{{ID: "DEF-0001"}} }), CountMismatch, "deficiencies are not"},
		"statement unlisted":  {edit(func(d *export.Dossier) { d.Statements = d.Statements[:2] }), CountMismatch, "statements are not"},
		"text changed":        {replace("A tag, not a name", "A name, not a tag"), SigBad, "line 2"},
		"other key":           {replace("bo.lind/statement+", "bo.lund/statement+"), SigBad, "line 2"},
		"not canonical":       {replace(`{"key":`, `{ "key":`), SigBad, "canonical"},
		"last one left out": {func(_ testing.TB, p parcel) {
			lines := bytes.SplitAfter(p[export.StatementsFile], []byte("\n"))
			p[export.StatementsFile] = bytes.Join(lines[:2], nil)
		}, CountMismatch, "attestations are not"},
		"first one left out": {func(_ testing.TB, p parcel) {
			lines := bytes.SplitAfter(p[export.StatementsFile], []byte("\n"))
			p[export.StatementsFile] = bytes.Join(lines[1:], nil)
		}, SigBad, "no document"},
		"file gone": {func(_ testing.TB, p parcel) { delete(p, export.StatementsFile) }, FileMissing, "the signed notes are not there"},
		"own review": {func(t testing.TB, p parcel) {
			k := exporttest.Key("ann.keller")
			doc := theWorld().people.Book.Documents()[0]
			msg := must(statement.Sign(statement.Statement{
				Schema: statement.Schema, Kind: statement.Review, Entity: "pemberwick", Subject: doc.Subject, By: "ann.keller", At: doc.At, Of: doc.SHA256,
			}, k.Signer(ledger.RoleStatement)))
			p[export.StatementsFile] = append(slices.Clone(p[export.StatementsFile]), StatementLine(k.VerifierKey(ledger.RoleStatement), 7, msg)...)
		}, SigBad, "somebody else must review it"},
		"other place in the ledger": {edit(func(d *export.Dossier) { d.Statements[0].LedgerIndex = 3 }), LedgerMismatch, "ledger entry 3 does not stand for statement ST-0001"},
		"document changed":          {func(_ testing.TB, p parcel) { p["manual/DOC-0001.pdf"] = append(slices.Clone(exporttest.Policy), ' ') }, HashMismatch, "document DOC-0001"},
		"document gone":             {func(_ testing.TB, p parcel) { delete(p, "manual/DOC-0001.pdf") }, FileMissing, "document DOC-0001"},
		"document added":            {func(_ testing.TB, p parcel) { p["manual/DOC-0002.pdf"] = exporttest.Policy }, FileExtra, "no such document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parcel{}
			for k, b := range whole {
				p[k] = b
			}
			c.change(t, p)
			p.seal(t, manifestSigner(t, 7), nil)
			r := verified(t, saved(t, p.zip(t)), options(t))
			if r.Verdict != Invalid || !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == c.code && strings.Contains(p.Note, c.says) }) {
				t.Errorf("verdict %s, want %s with %q, got %+v", r.Verdict, c.code, c.says, r.Problems)
			}
		})
	}
}

func TestStatementsAreConfirmedAsFarAsKeysAreGiven(t *testing.T) {
	t.Parallel()
	path := written(t, theWorld().input(t))
	ann, bo := exporttest.Key("ann.keller"), exporttest.Key("bo.lind")
	check := func(more ...note.Verifier) *Report {
		o := options(t)
		o.NoRebuild = true
		o.Keys = append(o.Keys, more...)
		return verified(t, path, o)
	}
	r := check()
	if r.Verdict != Valid || r.Statements.Total != 3 || r.Statements.Verified != 0 || len(r.Statements.NotPinned) != 2 || !strings.Contains(strings.Join(r.NotChecked, "\n"), "who signed 3 of 3 statements") {
		t.Errorf("no key: %s, %+v, %v", r.Verdict, r.Statements, r.NotChecked)
	}
	r = check(ann.Verifier(ledger.RoleStatement))
	if r.Verdict != Valid || r.Statements.Verified != 2 || len(r.Statements.NotPinned) != 1 {
		t.Errorf("one key: %s, %+v", r.Verdict, r.Statements)
	}
	r = check(ann.Verifier(ledger.RoleStatement), bo.Verifier(ledger.RoleStatement))
	if r.Verdict != Valid || r.Statements.Verified != 3 || strings.Contains(strings.Join(r.NotChecked, "\n"), "statements") {
		t.Errorf("both keys: %s, %+v, %v", r.Verdict, r.Statements, r.NotChecked)
	}
	other := must(ledger.NewKeyring("bo.lind", bytes.NewReader(bytes.Repeat([]byte{99}, 32))))
	if r = check(other.Verifier(ledger.RoleStatement)); r.Verdict != Invalid || r.Problems[0].Code != SigBad {
		t.Errorf("another key of that name: %s, %+v", r.Verdict, r.Problems)
	}
}

func FuzzParseStatement(f *testing.F) {
	p := exporttest.NewPeople(4)
	s := p.Provide()
	f.Add(bytes.TrimSuffix(StatementLine(s.Key, s.Index, p.Notes[0]), []byte("\n")))
	f.Fuzz(func(t *testing.T, line []byte) {
		if s, err := parseStatement(line); err == nil && (s.By == "" || s.Key == "") {
			t.Errorf("%q was read as a statement by nobody", line)
		}
	})
}
