package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence/ledger"
)

func TestWithoutAKeyFromOutsideNothingIsValid(t *testing.T) {
	t.Parallel()
	path := written(t, theWorld().input(t))
	k, other := keyring(t, 7), keyring(t, 8)
	for name, c := range map[string]struct {
		keys  []note.Verifier
		state SignatureState
		want  Verdict
	}{
		"none":            {nil, NotPinned, Indeterminate},
		"another":         {[]note.Verifier{other.Verifier(ledger.RoleManifest)}, UnknownKey, Indeterminate},
		"another role":    {[]note.Verifier{k.Verifier(ledger.RoleCheckpoint)}, UnknownKey, Indeterminate},
		"right":           {[]note.Verifier{k.Verifier(ledger.RoleManifest)}, SignatureValid, Valid},
		"right and other": {[]note.Verifier{other.Verifier(ledger.RoleManifest), k.Verifier(ledger.RoleManifest)}, SignatureValid, Valid},
	} {
		o := options(t)
		o.Keys = c.keys
		if r := verified(t, path, o); r.Signature.State != c.state || r.Verdict != c.want {
			t.Errorf("%s: %s, %s, %+v", name, r.Signature.State, r.Verdict, r.Problems)
		}
	}
}

func TestNothingToCheckIsNeverValid(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	stranger := t.TempDir()
	if err := os.WriteFile(filepath.Join(stranger, "notes.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"empty folder": empty, "folder without a package": stranger, "no such file": filepath.Join(empty, "x"),
		"empty file": saved(t, nil), "text": saved(t, []byte("hello")), "zip of something else": saved(t, parcel{"a.txt": []byte("x")}.zip(t)),
	} {
		if r, err := Verify(t.Context(), path, options(t)); err == nil {
			t.Errorf("%s: %s", name, r.Verdict)
		}
	}
	r := verified(t, saved(t, parcel{}.zip(t)), options(t))
	if r.Verdict != Invalid {
		t.Errorf("an empty zip file: %s", r.Verdict)
	}
}

func TestAnOlderCheckpointMustBeContinued(t *testing.T) {
	t.Parallel()
	w := theWorld()
	path := written(t, w.input(t))
	signer := keyring(t, 7).Signer(ledger.RoleCheckpoint)
	bad := w.headAt(4)
	bad.Root[0] ^= 1
	late := ledger.Head{Size: 40, Root: bad.Root}
	foreign := must(ledger.FormatCheckpoint(ledger.Checkpoint{Origin: "tieout/other/ledger", Head: w.headAt(4)}, signer))
	for name, c := range map[string]struct {
		since []byte
		level int
		code  Code
	}{
		"none":                                {nil, 0, ""},
		"of the start":                        {w.checkpoint(w.headAt(0), signer), 2, ""},
		"of four entries":                     {w.checkpoint(w.headAt(4), signer), 2, ""},
		"of the same size":                    {w.checkpoint(w.headAt(11), signer), 2, ""},
		"rewritten":                           {w.checkpoint(bad, signer), 0, LedgerRollback},
		"bigger":                              {w.checkpoint(late, signer), 0, LedgerRollback},
		"of another":                          {foreign, 0, LedgerMismatch},
		"by another key":                      {w.checkpoint(w.headAt(4), keyring(t, 9).Signer(ledger.RoleCheckpoint)), 2, ""},
		"with a signature that does not hold": {bytes.Replace(w.checkpoint(w.headAt(4), signer), []byte("\n4\n"), []byte("\n3\n"), 1), 0, LedgerMismatch},
	} {
		o := options(t)
		o.Since, o.NoRebuild = c.since, true
		r := verified(t, path, o)
		if r.LedgerLevel != c.level || (r.Verdict == Valid) != (c.code == "") || c.code != "" && !slices.Contains(codes(r), c.code) {
			t.Errorf("%s: level %d, %s, %+v", name, r.LedgerLevel, r.Verdict, r.Problems)
		}
		if want := map[bool]Verdict{true: Indeterminate, false: Invalid}[name == "bigger"]; c.code != "" && r.Verdict != want {
			t.Errorf("%s: %s, want %s", name, r.Verdict, want)
		}
		if name == "by another key" && !strings.Contains(strings.Join(r.NotChecked, " "), "key that was not given") {
			t.Errorf("%s: %v", name, r.NotChecked)
		}
	}
	o := options(t)
	o.Since = []byte("no note")
	if _, err := Verify(t.Context(), path, o); err == nil {
		t.Error("a file that is no checkpoint was taken for one")
	}
	in := w.input(t)
	in.Ledger = nil
	o.Since, o.NoRebuild = w.checkpoint(w.headAt(4), signer), true
	without := written(t, in)
	if r := verified(t, without, o); r.Verdict != Invalid {
		t.Errorf("a package without a ledger passed against a checkpoint: %+v", r)
	}
	o.Since = nil
	if r := verified(t, without, o); r.Verdict != Indeterminate || r.LedgerLevel != 0 || !strings.Contains(strings.Join(r.NotChecked, " "), "shows no ledger") {
		t.Errorf("%+v", r)
	}
}

func TestWhatAnotherVersionWroteIsNotCalledDifferent(t *testing.T) {
	t.Parallel()
	p := unpacked(t, written(t, theWorld().input(t)))
	p["report.pdf"] = append(p["report.pdf"], "other typeface"...)
	p[VerifierPath] = append(p[VerifierPath], "# newer\n"...)
	p.seal(t, manifestSigner(t, 7), nil)
	path := saved(t, p.zip(t))
	o := options(t)
	o.Tool = "tieout v9.0.0"
	r := verified(t, path, o)
	if r.Verdict != Valid || r.Rebuild["pdf"] != NotComparable || r.Rebuild["verifier"] != NotComparable || r.Rebuild["xlsx"] != Equal || len(r.NotChecked) == 0 {
		t.Errorf("%s, %v, %v, %+v", r.Verdict, r.Rebuild, r.NotChecked, r.Problems)
	}
	newer := maps.Clone(p)
	newer[DossierPath] = bytes.Replace(newer[DossierPath], []byte(`{"attestations":`), []byte(`{"added":1,"attestations":`), 1)
	newer.seal(t, manifestSigner(t, 7), nil)
	o.Tool = "tieout v0.0.9"
	if r := verified(t, saved(t, newer.zip(t)), o); r.Verdict != Indeterminate || len(r.Problems) > 0 {
		t.Errorf("a dossier of a newer version: %s, %+v", r.Verdict, r.Problems)
	}
}

func TestWhatCouldNotBeRunIsNeverValid(t *testing.T) {
	t.Parallel()
	path := written(t, theWorld().input(t))
	o := options(t)
	o.Recount = func(context.Context, string, *controls.Catalog) (evaluate.Recounted, error) {
		return nil, errors.New("out of memory")
	}
	if r := verified(t, path, o); r.Verdict != Indeterminate || !strings.Contains(strings.Join(r.NotChecked, " "), "out of memory") {
		t.Errorf("%s, %v", r.Verdict, r.NotChecked)
	}
	o = options(t)
	o.Reperform = func(context.Context, evaluate.Input, func(controls.Item) error) (*evaluate.Outcome, error) {
		return nil, errors.New("killed")
	}
	if r := verified(t, path, o); r.Verdict != Indeterminate || r.Rebuild["tests"] == Equal || !strings.Contains(strings.Join(r.NotChecked, " "), "killed") {
		t.Errorf("%s, %v", r.Verdict, r.NotChecked)
	}
	o.Reperform = nil
	if r := verified(t, path, o); r.Rebuild["tests"] == Equal || !strings.Contains(strings.Join(r.NotChecked, " "), "each item") {
		t.Errorf("%v, %v", r.Rebuild, r.NotChecked)
	}
	o.Recount = nil
	if r := verified(t, path, o); len(r.NotChecked) == 0 {
		t.Error("nothing says that the tests were not run")
	}
	o = options(t)
	o.NoRebuild = true
	if r := verified(t, path, o); r.Verdict != Valid || len(r.NotChecked) == 0 || r.Rebuild["pdf"] != NotRun {
		t.Errorf("%s, %v, %v", r.Verdict, r.NotChecked, r.Rebuild)
	}
}

func TestAComponentWithoutResultIsMissed(t *testing.T) {
	t.Parallel()
	w := theWorld()
	d := w.dossier()
	o := options(t)
	v := &verifier{d: d, r: newReport(""), o: &o}
	outcome := must(evaluate.Run(t.Context(), v.again(w.db), nil))
	if found := v.compareScope(outcome); len(found) > 0 {
		t.Fatalf("%+v", found)
	}
	d.Results = slices.DeleteFunc(d.Results, func(r controls.Result) bool { return r.Component == "loan-limit" })
	if found := v.compareScope(outcome); len(found) == 0 || !strings.Contains(found[0].Note, "concerns loan-limit, and there is no result") {
		t.Errorf("%+v", found)
	}
}

func TestAFileThatChangesWhileItIsReadLeavesTheQuestionOpen(t *testing.T) {
	t.Parallel()
	in := theWorld().input(t)
	in.Dir = true
	dir := written(t, in)
	o := options(t)
	o.TestsSQL = func(c *controls.Catalog) []byte {
		name := filepath.Join(dir, "data", "tables", "p.jsonl")
		if err := os.WriteFile(name, append(must(os.ReadFile(name)), ' '), 0o600); err != nil {
			t.Error(err)
		}
		return theWorld().sql
	}
	if r := verified(t, dir, o); r.Verdict == Valid {
		t.Errorf("%+v", r)
	}
}

func TestACancelledVerificationSaysNothing(t *testing.T) {
	t.Parallel()
	path := written(t, theWorld().input(t))
	ctx, cancel := context.WithCancel(t.Context())
	o := options(t)
	o.Recount = func(ctx context.Context, db string, c *controls.Catalog) (evaluate.Recounted, error) {
		cancel()
		return nil, ctx.Err()
	}
	if r, err := Verify(ctx, path, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", r, err)
	}
	left, err := os.ReadDir(o.TempDir)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTheReportHasTheFormThatScriptsRead(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Keys = nil
	var got map[string]any
	if err := json.Unmarshal(must(json.Marshal(verified(t, written(t, theWorld().input(t)), o))), &got); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"schema", "verdict", "content_digest", "manifest_sha256", "signature", "stage", "complete", "ledger_level", "problems", "rebuild"} {
		if _, ok := got[k]; !ok {
			t.Errorf("no member %s", k)
		}
	}
	if got["schema"] != "tieout/package-report/v1" || got["verdict"] != "indeterminate" || got["signature"].(map[string]any)["state"] != "not_pinned" || got["ledger_level"] != 0.0 {
		t.Errorf("%v", got)
	}
	for _, k := range []string{"pdf", "xlsx", "html"} {
		if _, ok := got["rebuild"].(map[string]any)[k]; !ok {
			t.Errorf("rebuild has no member %s", k)
		}
	}
}

func TestKeysAreReadFromTextAndFiles(t *testing.T) {
	t.Parallel()
	k := keyring(t, 7)
	one := k.VerifierKey(ledger.RoleManifest)
	file := saved(t, []byte("# keys of the engagement letter\n\n"+one+"\n"+k.VerifierKey(ledger.RoleCheckpoint)+"\n"))
	for in, want := range map[string]int{one: 1, " " + one + "\n": 1, file: 2} {
		if got, err := ReadKeys(in); err != nil || len(got) != want {
			t.Errorf("%.40q: %d keys, %v", in, len(got), err)
		}
	}
	for _, in := range []string{"", "nonsense", one[:len(one)-3], saved(t, nil), saved(t, []byte("x+y+z\n")), t.TempDir(), saved(t, bytes.Repeat([]byte("#"), maxKeys+1))} {
		if got, err := ReadKeys(in); err == nil {
			t.Errorf("%.60q: %v", in, got)
		}
	}
}
