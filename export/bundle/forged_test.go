package bundle

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export"
)

// TestTheKeyHolderCannotTellAnotherStory changes content, makes manifest and
// signature fit again with the real key, and expects to be caught.
func TestTheKeyHolderCannotTellAnotherStory(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	edit := func(change func(*export.Dossier)) func(testing.TB, parcel) {
		return func(t testing.TB, p parcel) {
			d := p.dossier(t)
			change(d)
			p.setDossier(d)
		}
	}
	replace := func(path, old, with string) func(testing.TB, parcel) {
		return func(t testing.TB, p parcel) {
			if !bytes.Contains(p[path], []byte(old)) {
				t.Fatalf("%s does not hold %q", path, old)
			}
			p[path] = bytes.Replace(p[path], []byte(old), []byte(with), 1)
		}
	}
	remove := func(path string) func(testing.TB, parcel) { return func(_ testing.TB, p parcel) { delete(p, path) } }
	add := func(path, text string) func(testing.TB, parcel) {
		return func(_ testing.TB, p parcel) { p[path] = append(slices.Clone(p[path]), text...) }
	}
	deviating := func(d *export.Dossier) *controls.Result {
		i := slices.IndexFunc(d.Results, func(r controls.Result) bool { return r.State == controls.Deviation })
		return &d.Results[i]
	}
	for name, c := range map[string]struct {
		change func(testing.TB, parcel)
		code   Code
		says   string
	}{
		"nothing changed":    {func(testing.TB, parcel) {}, "", ""},
		"deviation left out": {edit(func(d *export.Dossier) { d.Deviations = d.Deviations[1:] }), DeviationLost, "is not in the register"},
		"deviation of nothing": {edit(func(d *export.Dossier) {
			d.Deviations = append(d.Deviations, export.DeviationLine{ID: "DEV-9999", Test: "AI-CHG-01.T1", Item: "x"})
		}), CountMismatch, "more often"},
		"deviation id twice":     {edit(func(d *export.Dossier) { d.Deviations[1].ID = d.Deviations[0].ID }), CountMismatch, "stands twice"},
		"result called a pass":   {edit(func(d *export.Dossier) { deviating(d).State = controls.Pass }), CountMismatch, "its state is pass"},
		"count of deviations":    {edit(func(d *export.Dossier) { deviating(d).Deviation--; deviating(d).Pass++ }), CountMismatch, "are stated"},
		"result called untested": {edit(func(d *export.Dossier) { deviating(d).State = controls.NotTested }), CountMismatch, "no reason"},
		"result called a signal": {edit(func(d *export.Dossier) { deviating(d).State = controls.NoState }), CountMismatch, "indicator"},
		"result left out":        {edit(func(d *export.Dossier) { d.Results = d.Results[1:] }), CountMismatch, ""},
		"result twice":           {edit(func(d *export.Dossier) { d.Results = append(d.Results, d.Results[0]) }), CountMismatch, "two results"},
		"letters":                {edit(func(d *export.Dossier) { deviating(d).Letters[0].True += 2 }), CountMismatch, "attribute A"},
		"excluded rows":          {edit(func(d *export.Dossier) { deviating(d).Excluded = 99 }), CountMismatch, "running the test"},
		"criterion": {edit(func(d *export.Dossier) {
			d.Criteria[slices.IndexFunc(d.Criteria, func(c export.CriterionLine) bool { return c.Counts.Deviation > 0 })].Counts.Deviation = 0
		}), CountMismatch, "criterion"},
		"said to be complete": {edit(func(d *export.Dossier) { d.Complete = true }), CountMismatch, "marked complete"},
		"reasons cleared":     {edit(func(d *export.Dossier) { d.Complete, d.Incomplete = true, nil }), CountMismatch, "not tested"},
		"no result":           {edit(func(d *export.Dossier) { d.Results = nil }), ManifestInvalid, "no result"},
		"stage":               {edit(func(d *export.Dossier) { d.Stage = "signed off" }), ManifestInvalid, "stage"},
		"words of a test":     {edit(func(d *export.Dossier) { d.Controls[0].Tests[0].Words = "All is well." }), HashMismatch, ""},
		"statement of a test": {edit(func(d *export.Dossier) {
			t := &d.Controls[0].Tests[0]
			t.CountSQL = strings.Replace(t.CountSQL, "'deviation'", "'deviated'", 1)
		}), HashMismatch, "its printed parts"},
		"control left out":        {edit(func(d *export.Dossier) { d.Controls = d.Controls[1:] }), HashMismatch, "AI-CHG-01"},
		"control of other words":  {edit(func(d *export.Dossier) { d.Controls[0].Statement = "We try." }), HashMismatch, "AI-CHG-01"},
		"test made an indicator":  {edit(func(d *export.Dossier) { d.Controls[0].Tests[0].Kind = controls.Indicator }), CountMismatch, "indicator"},
		"rows of a table stated":  {edit(func(d *export.Dossier) { d.Tables[0].Rows++ }), CountMismatch, "rows"},
		"database digest":         {edit(func(d *export.Dossier) { d.Run.DatabaseSHA = strings.Repeat("0", 64) }), HashMismatch, "the dossier states"},
		"digest of a population":  {edit(func(d *export.Dossier) { d.Populations[0].SHA256 = strings.Repeat("0", 64) }), HashMismatch, "population"},
		"evidence withheld":       {edit(func(d *export.Dossier) { d.Evidence[0].File = "" }), FileMissing, "no reason"},
		"evidence of other bytes": {add("evidence/EV-000001.json", " "), HashMismatch, "EV-000001"},
		"evidence removed":        {remove("evidence/EV-000001.json"), FileMissing, "EV-000001"},
		"evidence added":          {add("evidence/EV-000002.json", "{}"), FileExtra, "no such evidence"},
		"evidence not in ledger": {func(t testing.TB, p parcel) {
			p["evidence/EV-000001.json"] = []byte("{}")
			d := p.dossier(t)
			d.Evidence[0].SHA256, d.Evidence[0].Bytes = evidence.DigestOf([]byte("{}")).String(), 2
			p.setDossier(d)
		}, LedgerMismatch, "is not among what ledger entry 3 names"},
		"log report removed": {remove("logs/decisions.json"), FileMissing, "source decisions"},
		"item left out":      {func(_ testing.TB, p parcel) { _, p[ItemsPath], _ = bytes.Cut(p[ItemsPath], []byte("\n")) }, CountMismatch, "where 1 should stand"},
		"last item left out": {func(_ testing.TB, p parcel) {
			p[ItemsPath] = p[ItemsPath][:bytes.LastIndexByte(p[ItemsPath][:len(p[ItemsPath])-1], '\n')+1]
		}, CountMismatch, "are stated"},
		"item passes":               {replace(ItemsPath, `"state":"deviation"`, `"state":"pass"`), CountMismatch, ""},
		"items not canonical":       {replace(ItemsPath, `"component":`, `"component": `), CountMismatch, "canonical"},
		"items cut":                 {func(_ testing.TB, p parcel) { p[ItemsPath] = p[ItemsPath][:len(p[ItemsPath])-1] }, CountMismatch, "line end"},
		"cell of a CSV file":        {replace("csv/test_detail.csv", `"loan-limit"`, `"other"`), CountMismatch, "component_id"},
		"formula in a CSV file":     {replace("csv/test_detail.csv", `"loan-limit"`, `"=1+1"`), CountMismatch, "formula"},
		"CSV row added":             {add("csv/reliance.csv", "\"x\"\r\n"), CountMismatch, "more rows"},
		"CSV row without its lines": {replace("data/deviations.jsonl", "\n", ""), CountMismatch, ""},
		"both twins": {func(t testing.TB, p parcel) {
			replace("csv/test_detail.csv", `"candidate deviation"`, `"no deviation"`)(t, p)
			replace("data/test_detail.jsonl", `"candidate deviation"`, `"no deviation"`)(t, p)
		}, HashMismatch, "other rows than sheet Test Detail"},
		"sheet removed": {func(_ testing.TB, p parcel) { delete(p, "csv/deviations.csv"); delete(p, "data/deviations.jsonl") }, HashMismatch, "deviations"},
		"sheet added":   {func(_ testing.TB, p parcel) { p["csv/x.csv"], p["data/x.jsonl"] = []byte("\"a\",\"b\"\r\n"), nil }, HashMismatch, "no sheet"},
		"twin removed":  {remove("csv/deviations.csv"), FileMissing, "no twin"},
		"lines removed": {remove("data/deviations.jsonl"), FileMissing, "its twin"},
		"not included":  {add(NotIncludedPath, "\"a\",\"b\",\"c\"\r\n"), CountMismatch, "does not list"},
		"table changed": {func(t testing.TB, p parcel) {
			replace("data/tables/deployment.jsonl", `"model_version":"latest"`, `"model_version":"2026.2"`)(t, p)
			restate(t, p, "deployment")
		}, HashMismatch, "built from data/tables"},
		"table and database changed": {func(t testing.TB, p parcel) {
			replace("data/tables/deployment.jsonl", `"model_version":"latest"`, `"model_version":"2026.2"`)(t, p)
			restate(t, p, "deployment")
			d := p.dossier(t)
			p[DatabasePath] = rebuiltDatabase(t, p, d)
			d.Run.DatabaseSHA = evidence.DigestOf(p[DatabasePath]).String()
			p.setDossier(d)
		}, CountMismatch, "running the test on the tables gives"},
		"table removed": {func(t testing.TB, p parcel) {
			delete(p, "data/tables/change.jsonl")
			d := p.dossier(t)
			d.Tables = slices.DeleteFunc(d.Tables, func(t export.Table) bool { return t.Name == "change" })
			d.Populations = nil
			p.setDossier(d)
		}, HashMismatch, "table change is not in the package"},
		"table added": {func(t testing.TB, p parcel) {
			p["data/tables/extra.jsonl"] = nil
			d := p.dossier(t)
			d.Tables = append(d.Tables, export.Table{Name: "extra", File: "data/tables/extra.jsonl", SHA256: evidence.DigestOf(nil).String()})
			p.setDossier(d)
		}, HashMismatch, "extra"},
		"table not named": {add("data/tables/extra.jsonl", ""), FileExtra, "no such table"},
		"database changed": {func(t testing.TB, p parcel) {
			p[DatabasePath][100] ^= 1
			d := p.dossier(t)
			d.Run.DatabaseSHA = evidence.DigestOf(p[DatabasePath]).String()
			p.setDossier(d)
		}, HashMismatch, "built from data/tables"},
		"database removed":   {remove(DatabasePath), FileMissing, ""},
		"command in tests":   {add(TestsPath, ".shell true\n"), ManifestInvalid, "begins with a dot"},
		"other statements":   {add(TestsPath, "SELECT 1;\n"), HashMismatch, "other statements"},
		"report":             {add("report.pdf", "no deviation"), HashMismatch, "made again"},
		"workbook":           {add("workbook.xlsx", "x"), HashMismatch, "made again"},
		"readme":             {replace(ReadmePath, "not a service auditor's tests", "a service auditor's tests"), HashMismatch, "made again"},
		"verify.py":          {add(VerifierPath, "# harmless\n"), HashMismatch, "made again"},
		"dossier with more":  {replace(DossierPath, `{"attestations":`, `{"Results":[],"attestations":`), ManifestInvalid, ""},
		"dossier other form": {replace(DossierPath, `"results":`, `"Results":`), ManifestInvalid, ""},
		"ledger leaf": {func(_ testing.TB, p parcel) {
			lines := bytes.SplitAfter(p[LeavesPath], []byte("\n"))
			lines[5] = lines[6]
			p[LeavesPath] = bytes.Join(lines, nil)
		}, LedgerMismatch, "give root"},
		"ledger leaf cut":     {func(_ testing.TB, p parcel) { p[LeavesPath] = p[LeavesPath][:len(p[LeavesPath])-45] }, LedgerMismatch, "give root"},
		"ledger leaf no hash": {add(LeavesPath, "AAAA\n"), LedgerMismatch, "base64"},
		"ledger entry":        {replace(EntriesPath, `"source":"git"`, `"source":"got"`), LedgerMismatch, "is not the leaf"},
		"ledger list":         {func(_ testing.TB, p parcel) { p[listsFolder+theWorld().lists[0].SHA256.String()] = []byte("x\n") }, LedgerMismatch, "named by"},
		"ledger head":         {edit(func(d *export.Dossier) { d.Run.LedgerSize = 12 }), LedgerMismatch, "the dossier names"},
		"ledger leaves gone":  {remove(LeavesPath), FileMissing, "not the leaves"},
		"pull elsewhere":      {edit(func(d *export.Dossier) { d.Pulls[0].Source = "hr" }), LedgerMismatch, "no pull of source hr"},
		"checkpoint by another key": {func(t testing.TB, p parcel) {
			w := theWorld()
			p[CheckpointPath] = bytes.Replace(w.checkpoint(w.headAt(11), keyring(t, 7).Signer(ledger.RoleCheckpoint)), []byte("\n— pemberwick/checkpoint "), []byte("\nx\n\n— pemberwick/checkpoint "), 1)
		}, LedgerMismatch, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parcel{}
			for k, b := range whole {
				p[k] = slices.Clone(b)
			}
			c.change(t, p)
			p.seal(t, manifestSigner(t, 7), nil)
			r := verified(t, saved(t, p.zip(t)), options(t))
			if r.Signature.State != SignatureValid {
				t.Fatalf("the signature is %s: %+v", r.Signature.State, r.Problems)
			}
			if c.code == "" {
				if r.Verdict != Valid {
					t.Errorf("%+v", r.Problems)
				}
				return
			}
			if r.Verdict != Invalid || !slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == c.code && strings.Contains(p.Note, c.says) }) {
				t.Errorf("verdict %s, want %s with %q, got %+v", r.Verdict, c.code, c.says, r.Problems)
			}
		})
	}
}

// restate makes the dossier name the table as it is now.
func restate(t testing.TB, p parcel, table string) {
	d := p.dossier(t)
	for i, x := range d.Tables {
		if x.Name == table {
			d.Tables[i].SHA256 = evidence.DigestOf(p[x.File]).String()
		}
	}
	p.setDossier(d)
}
