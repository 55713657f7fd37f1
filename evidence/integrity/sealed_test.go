package integrity

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// seal checks a log and returns its seal.
func seal(t testing.TB, o Options, paths ...string) Seal {
	t.Helper()
	o.Seal, o.Now = true, instant(t, "2026-07-01T00:00:00Z")
	r := verify(t, o, paths...)
	if len(r.Logs) != 1 || r.Logs[0].Sealed == nil {
		t.Fatalf("%s", asJSON(t, r))
	}
	return *r.Logs[0].Sealed
}

// TestOneSealCatchesTruncationAndRewriteInEveryFormat is about the two attacks
// that a bare chain does not show: an end that was cut off, and a log that was
// written anew from its first record on.
func TestOneSealCatchesTruncationAndRewriteInEveryFormat(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			name, _, _ := strings.Cut(p.ID, "/")
			o := Options{Profile: p, Keys: vectorKeys(t, name)}
			records := recordsOf(t, p, vectorFile(t, name))
			log := writeRecords(t, p, records)
			s := seal(t, o, log)
			o.Seals = []Seal{s}

			bare := Options{Profile: p, Keys: o.Keys}
			if r := verify(t, o, log); r.Verdict != Verified || r.Logs[0].Axes.Anchoring != "anchored" || r.Logs[0].Axes.Authenticity != verify(t, bare, log).Logs[0].Axes.Authenticity || !strings.Contains(strings.Join(r.Logs[0].Notes, " "), "what was sealed is as it was") {
				t.Errorf("as it was sealed: %s", asJSON(t, r))
			}
			replace := func(with [][]byte) { // under the name that was sealed
				b, err := os.ReadFile(writeRecords(t, p, with))
				if err != nil {
					t.Fatal(err)
				}
				put(t, log, b)
			}
			for _, n := range []int{len(records) - 1, len(records) / 2, 2} {
				replace(records[:n])
				if r := verify(t, bare, log); r.Verdict == Broken {
					t.Errorf("the chain alone shows a cut to %d records: %v", n, r.Logs[0].Counts)
				}
				if r := verify(t, o, log); r.Verdict != Broken || r.Logs[0].Counts[TailShorter] != 1 {
					t.Errorf("cut to %d records: %s %v", n, r.Verdict, r.Logs[0].Counts)
				}
			}

			// What is added behind the seal is not fixed, and breaks nothing.
			replace(records[:len(records)-2])
			early := o
			early.Seals = []Seal{seal(t, bare, log)}
			replace(records)
			r := verify(t, early, log)
			tail := r.Logs[0].Counts[TailUnanchored]
			if name == "tieout-decision" {
				tail = 2 // its own witness fixes them
			}
			if r.Verdict == Broken || tail != 2 {
				t.Errorf("grown: %s %v", r.Verdict, r.Logs[0].Counts)
			}

			rewritten, err := os.ReadFile(rewrittenFile(t, name))
			if err != nil {
				t.Fatal(err)
			}
			put(t, log, rewritten)
			if r := verify(t, bare, log); r.Verdict == Broken {
				t.Errorf("the chain alone shows that it was written anew: %v", r.Logs[0].Counts)
			}
			if r := verify(t, o, log); r.Verdict != Broken || r.Logs[0].Counts[HeadMismatch]+r.Logs[0].Counts[TailShorter] != 1 {
				t.Errorf("written anew: %s %v", r.Verdict, r.Logs[0].Counts)
			}
		})
	}
}

func rewrittenFile(t testing.TB, name string) string {
	for _, f := range []string{"rewritten.jsonl", "rewritten.json", "own-key.jsonl"} {
		if _, err := os.Stat(vector(name + "/" + f)); err == nil {
			return vector(name + "/" + f)
		}
	}
	t.Fatalf("the profile %s has no vector that its holder wrote anew", name)
	return ""
}

// TestLogWithoutHashesIsProvenByItsSeal seals what nothing else protects.
func TestLogWithoutHashesIsProvenByItsSeal(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "app.log")
	text := []byte("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n")
	put(t, name, text)
	o := Options{Seals: []Seal{seal(t, Options{}, name)}}
	r := verify(t, o, name)
	want(t, r, NotTamperEvident, nil)
	if l := r.Logs[0]; l.Axes.Anchoring != "anchored" || !strings.Contains(strings.Join(l.Notes, " "), "sealed at 2026-07-01T00:00:00.000000Z over 3 records") {
		t.Errorf("%s", asJSON(t, r))
	}
	want(t, verify(t, o, put(t, name, text, []byte("{\"a\":4}\n"))), NotTamperEvident, map[Code]int64{TailUnanchored: 1})
	for what, c := range map[string]struct {
		text []byte
		code Code
	}{
		"edited":                  {bytes.Replace(text, []byte("2"), []byte("7"), 1), HeadMismatch},
		"edited and grown":        {append(bytes.Replace(text, []byte("2"), []byte("7"), 1), text...), HeadMismatch},
		"cut":                     {text[:16], TailShorter},
		"written out again":       {bytes.ReplaceAll(text, []byte(":"), []byte(": ")), HeadMismatch},
		"a record put in front":   {append([]byte("{\"a\":0}\n"), text...), HeadMismatch},
		"the last line's end cut": {text[:len(text)-1], TailShorter},
	} {
		r := verify(t, o, put(t, name, c.text))
		if r.Verdict != Broken || r.Logs[0].Counts[c.code] != 1 {
			t.Errorf("%s: %s %v", what, r.Verdict, r.Logs[0].Counts)
		}
	}
}

// TestGrowingListIsProvenByItsSeal has a JSON list: its last bytes move with
// every record that is added.
func TestGrowingListIsProvenByItsSeal(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "app.json")
	put(t, name, []byte(`[{"a":1}, {"a":2}]`+"\n"))
	o := Options{Seals: []Seal{seal(t, Options{}, name)}}
	want(t, verify(t, o, name), NotTamperEvident, nil)
	want(t, verify(t, o, put(t, name, []byte(`[{"a":1}, {"a":2}, {"a":3}]`+"\n"))), NotTamperEvident, map[Code]int64{TailUnanchored: 1})
	want(t, verify(t, o, put(t, name, []byte(`[{"a":1}, {"a":9}, {"a":3}]`+"\n"))), Broken, map[Code]int64{HeadMismatch: 1})
	want(t, verify(t, o, put(t, name, []byte(`[{"a":1}]`+"\n"))), Broken, map[Code]int64{TailShorter: 1})
}

// TestSealedFileIsFoundAfterRotation renames, packs and removes files of a
// sealed set.
func TestSealedFileIsFoundAfterRotation(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"with hashes", "without"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			live := filepath.Join(dir, "app.jsonl")
			var all [][]byte
			if what == "without" {
				for i := range 10 {
					all = append(all, fmt.Appendf(nil, "{\"a\":%d}\n", i))
				}
			} else {
				for i := range 10 {
					all = append(all, fmt.Appendf(nil, `"z":%d`, i))
				}
				var texts []string
				for _, m := range all {
					texts = append(texts, string(m))
				}
				all = chained(texts...)
			}
			put(t, live, all[:5]...)
			s := seal(t, Options{}, live)
			var gz bytes.Buffer
			z := gzip.NewWriter(&gz)
			_, _ = z.Write(bytes.Join(all[:8], nil))
			_ = z.Close()
			old := put(t, live+".1.gz", gz.Bytes()) // it grew, and was rotated away and packed
			put(t, live, all[8:]...)
			o := Options{Seals: []Seal{s}}
			if r := verify(t, o, dir); r.Verdict == Broken || r.Verdict == Indeterminate || r.Logs[0].Counts[TailUnanchored] != 5 {
				t.Errorf("rotated: %s", asJSON(t, r))
			}
			// The live file alone does not hold what was sealed: it lies beside.
			o.Beside = func(string) bool { return true }
			if r := verify(t, o, live); r.Verdict != Indeterminate || r.Logs[0].Counts[AnchorNotReached] != 1 {
				t.Errorf("the live file alone: %s %v", r.Verdict, r.Logs[0].Counts)
			}
			// Nothing lies beside it: it was taken away.
			o.Beside = nil
			if err := os.Remove(old); err != nil {
				t.Fatal(err)
			}
			if r := verify(t, o, live); r.Verdict != Broken {
				t.Errorf("the sealed part taken away: %s %v", r.Verdict, r.Logs[0].Counts)
			}
		})
	}
}

// TestFileTakenOutOfChainsPerFileIsFoundByItsSeal removes one of three files
// that each have a chain of their own.
func TestFileTakenOutOfChainsPerFileIsFoundByItsSeal(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [""], rotation: reset}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
	dir := t.TempDir()
	var names []string
	for n := range 3 {
		one := made(t, 10, "", func(i int, prev string) (string, string) {
			body := fmt.Sprintf(`{"v":"yes%d %d","p":%q`, n, i, prev)
			h := evidence.DigestOf([]byte(body)).String()
			return fmt.Sprintf(`%s,"h":%q}`, body, h), h
		})
		names = append(names, put(t, filepath.Join(dir, fmt.Sprintf("log.jsonl.%d", n)), lines(t, one)...))
	}
	o := Options{Profile: p, Seals: []Seal{seal(t, Options{Profile: p}, names...)}}
	want(t, verify(t, o, names...), Verified, nil)
	want(t, verify(t, o, names[0], names[2]), Broken, map[Code]int64{FileMissing: 1})
	ls := lines(t, names[1])
	want(t, verify(t, o, names[0], put(t, names[1], ls[:4]...), names[2]), Broken, map[Code]int64{TailShorter: 1, TailUnanchored: 4})
}

// chainAFile writes a file with a chain of its own.
func chainAFile(t testing.TB, name string, n int, tag string) []byte {
	t.Helper()
	one := made(t, n, "", func(i int, prev string) (string, string) {
		body := fmt.Sprintf(`{"v":"%s%d","p":%q`, tag, i, prev)
		h := evidence.DigestOf([]byte(body)).String()
		return fmt.Sprintf(`%s,"h":%q}`, body, h), h
	})
	text := bytes.Join(lines(t, one), nil)
	put(t, name, text)
	return text
}

// TestNothingOfAnotherFileIsCoveredByASeal appends records behind a sealed file
// that is not the last one, and puts in a file that was never sealed, in logs
// whose files no chain joins.
func TestNothingOfAnotherFileIsCoveredByASeal(t *testing.T) {
	t.Parallel()
	chain := "\nlink: {prev: {field: /p}, self: {field: /h}, genesis: [\"\"], rotation: %s}\ndigest: {alg: sha256, input: [{raw: before-field, field: /h}]}\n"
	for what, c := range map[string]struct {
		profile     *Profile
		whole, with Verdict
	}{
		"a chain a file":            {profile(t, fmt.Sprintf(chain, "reset")), Verified, VerifiedWithGaps},
		"files that begin anywhere": {profile(t, fmt.Sprintf(chain, "seam")), Verified, VerifiedWithGaps},
		"no chain":                  {nil, NotTamperEvident, NotTamperEvident},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			one, two := filepath.Join(dir, "run-1.jsonl"), filepath.Join(dir, "run-2.jsonl")
			o := Options{Profile: c.profile}
			grown := chainAFile(t, one, 9, "a")
			ls := bytes.SplitAfter(grown, []byte("\n"))
			put(t, one, ls[:5]...)
			chainAFile(t, two, 5, "b")
			if c.profile == nil {
				strip := func(b []byte) []byte {
					return regexp.MustCompile(`,"p":"[0-9a-f]*","h":"[0-9a-f]*"`).ReplaceAll(b, nil)
				}
				grown = strip(grown)
				put(t, one, bytes.SplitAfter(grown, []byte("\n"))[:5]...)
				put(t, two, strip(bytes.Join(lines(t, two), nil)))
			}
			before := bytes.Join(lines(t, one), nil)
			o.Seals = []Seal{seal(t, o, dir)}
			r := verify(t, o, dir)
			want(t, r, c.whole, nil)
			if !strings.Contains(strings.Join(r.Logs[0].Notes, " "), "over 10 records: what was sealed is as it was") {
				t.Errorf("notes: %q", r.Logs[0].Notes)
			}
			put(t, one, grown)
			r = verify(t, o, dir)
			want(t, r, c.with, map[Code]int64{TailUnanchored: 4})
			if f := r.Logs[0].Findings[0]; f.File != filepath.ToSlash(one) || f.Actual != "4" || r.Logs[0].Axes.Anchoring != "anchored_in_part" {
				t.Errorf("appended: %s", asJSON(t, r))
			}
			put(t, one, before)
			between := filepath.Join(dir, "run-1.5.jsonl")
			chainAFile(t, between, 3, "forged")
			want(t, verify(t, o, dir), c.with, map[Code]int64{TailUnanchored: 3})
		})
	}
}

// TestEverySealedFileNeedsAFileOfItsOwn deletes a file with whose records
// another one begins.
func TestEverySealedFileNeedsAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	p := profile(t, "\nlink: {prev: {field: /p}, self: {field: /h}, genesis: [\"\"], rotation: reset}\ndigest: {alg: sha256, input: [{raw: before-field, field: /h}]}\n")
	for _, o := range []Options{{Profile: p}, {}} {
		dir := t.TempDir()
		one, two := filepath.Join(dir, "x-1.jsonl"), filepath.Join(dir, "x-2.jsonl")
		chainAFile(t, two, 6, "a")
		ls := lines(t, two)
		if o.Profile == nil {
			ls = [][]byte{[]byte("{\"a\":1}\n"), []byte("{\"a\":2}\n"), []byte("{\"a\":3}\n"), []byte("{\"a\":4}\n")}
			put(t, two, ls...)
		}
		put(t, one, ls[:3]...)
		o.Seals = []Seal{seal(t, o, dir)}
		if r := verify(t, o, dir); len(r.Logs[0].Counts) > 0 {
			t.Errorf("as it was: %v", r.Logs[0].Counts)
		}
		if err := os.Rename(one, filepath.Join(dir, "x-0.jsonl")); err != nil {
			t.Fatal(err)
		}
		if r := verify(t, o, dir); len(r.Logs[0].Counts) > 0 {
			t.Errorf("by another name: %v", r.Logs[0].Counts)
		}
		if err := os.Remove(filepath.Join(dir, "x-0.jsonl")); err != nil {
			t.Fatal(err)
		}
		want(t, verify(t, o, dir), Broken, map[Code]int64{FileMissing: 1})
	}
}

// TestOldestDroppedIsToldFromRewritten is about formats that keep their newest
// records only.
func TestOldestDroppedIsToldFromRewritten(t *testing.T) {
	t.Parallel()
	p, err := Preset("agt-go")
	if err != nil {
		t.Fatal(err)
	}
	records := recordsOf(t, p, vectorFile(t, "agt-go"))
	log := writeRecords(t, p, records[:3])
	o := Options{Seals: []Seal{seal(t, Options{}, log)}}
	replace := func(with [][]byte) string {
		b, err := os.ReadFile(writeRecords(t, p, with))
		if err != nil {
			t.Fatal(err)
		}
		return put(t, log, b)
	}
	if r := verify(t, o, replace(records[1:])); r.Verdict != VerifiedWithGaps || r.Logs[0].Counts[TailUnanchored] != 3 {
		t.Errorf("the sealed head is still there: %s %v", r.Verdict, r.Logs[0].Counts)
	}
	if r := verify(t, o, replace(records[4:])); r.Verdict != Indeterminate || r.Logs[0].Counts[AnchorNotReached] != 1 {
		t.Errorf("it was dropped: %s %v", r.Verdict, r.Logs[0].Counts)
	}
}

// TestChangeThatNoHashCoversIsFoundByTheSeal flips the decision that the Python
// entries' hash leaves out.
func TestChangeThatNoHashCoversIsFoundByTheSeal(t *testing.T) {
	t.Parallel()
	name := put(t, filepath.Join(t.TempDir(), "log.jsonl"), lines(t, vector("agt-python-entry/intact.jsonl"))...)
	o := Options{Seals: []Seal{seal(t, Options{}, name)}}
	b := bytes.Replace(bytes.Join(lines(t, name), nil), []byte(`"policy_decision": "deny"`), []byte(`"policy_decision": "allow"`), 1)
	put(t, name, b)
	if r := verify(t, Options{}, name); r.Verdict != SelfConsistent {
		t.Errorf("without the seal: %s", r.Verdict)
	}
	if r := verify(t, o, name); r.Verdict != Broken || r.Logs[0].Counts[HeadMismatch] != 1 {
		t.Errorf("with it: %s %v", r.Verdict, r.Logs[0].Counts)
	}
}

// TestChangeInAListThatNoHashCoversIsFoundByTheSeal adds a member that no hash
// covers to every record of a JSON list.
func TestChangeInAListThatNoHashCoversIsFoundByTheSeal(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"agt-claude-code", "agt-dotnet", "agt-go", "agt-rust"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Preset(name)
			if err != nil {
				t.Fatal(err)
			}
			records := recordsOf(t, p, vectorFile(t, name))
			log := writeRecords(t, p, records)
			o := Options{Profile: p, Seals: []Seal{seal(t, Options{Profile: p}, log)}}
			var forged [][]byte
			for _, r := range records {
				forged = append(forged, append(bytes.TrimSuffix(bytes.TrimSpace(bytes.Clone(r)), []byte("}")), []byte(`,"approved_by":"nobody"}`)...))
			}
			replace := func(with [][]byte) {
				b, err := os.ReadFile(writeRecords(t, p, with))
				if err != nil {
					t.Fatal(err)
				}
				put(t, log, b)
			}
			replace(forged)
			if r := verify(t, Options{Profile: p}, log); r.Verdict == Broken || r.Logs[0].Counts[UnprotectedField] == 0 {
				t.Fatalf("without the seal: %s %v", r.Verdict, r.Logs[0].Counts)
			}
			r := verify(t, o, log)
			if r.Verdict != Broken || r.Logs[0].Counts[HeadMismatch] != 1 || strings.Contains(strings.Join(r.Logs[0].Notes, " "), "as it was") {
				t.Errorf("with it: %s", asJSON(t, r))
			}
			// The same where the file has another name, so that nothing says which bytes to compare.
			if err := os.Rename(log, log[:len(log)-len(".json")]+".1.json"); err != nil {
				t.Fatal(err)
			}
			r = verify(t, o, log[:len(log)-len(".json")]+".1.json")
			if r.Verdict == Verified || strings.Contains(strings.Join(r.Logs[0].Notes, " "), "as it was") {
				t.Errorf("by another name: %s", asJSON(t, r))
			}
			if p.plan.rotation != seam {
				return
			}
			// The oldest was dropped, as the format does: the bytes moved.
			put(t, log, nil)
			replace(forged[1:])
			r = verify(t, o, log)
			if r.Verdict != VerifiedWithGaps || strings.Contains(strings.Join(r.Logs[0].Notes, " "), "as it was") || !strings.Contains(strings.Join(r.Logs[0].Notes, " "), "only the hashes") {
				t.Errorf("the oldest dropped: %s", asJSON(t, r))
			}
		})
	}
}

// TestSealUnderAKeyIsNoFalseAlarmWithoutIt checks a keyed log without its key.
func TestSealUnderAKeyIsNoFalseAlarmWithoutIt(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: hmac-sha256, key: k1, input: [{raw: before-field, field: /h}]}
`)
	key, err := ParseKey("k1", []byte("text:0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hashAlg{base: "sha256", keyed: true}.keyedBy("0123456789")
	name := made(t, 5, "", func(i int, prev string) (string, string) {
		body := fmt.Sprintf(`{"v":"yes%d","p":%q`, i, prev)
		mac.Reset()
		mac.Write([]byte(body))
		h := fmt.Sprintf("%x", mac.Sum(nil))
		return fmt.Sprintf(`%s,"h":%q}`, body, h), h
	})
	s := seal(t, Options{Profile: p, Keys: []Key{key}}, name)
	want(t, verify(t, Options{Profile: p, Keys: []Key{key}, Seals: []Seal{s}}, name), Verified, nil)
	want(t, verify(t, Options{Profile: p, Seals: []Seal{s}}, name), Indeterminate, map[Code]int64{KeyMissing: 1})
	ls := lines(t, name)
	if r := verify(t, Options{Profile: p, Seals: []Seal{s}}, put(t, name, ls[:3]...)); r.Verdict != Broken || r.Logs[0].Counts[TailShorter] != 1 {
		t.Errorf("cut, without the key: %s %v", r.Verdict, r.Logs[0].Counts)
	}
}

// TestSealIsNotEscapedByAnotherName names the folder of a sealed log that was
// cut, or written anew, and has another name now.
func TestSealIsNotEscapedByAnotherName(t *testing.T) {
	t.Parallel()
	records := chained(`"z":0`, `"z":1`, `"z":2`, `"z":3`)
	anew := chained(`"z":7`, `"z":8`)
	plain := [][]byte{[]byte("{\"a\":1}\n"), []byte("{\"a\":2}\n"), []byte("{\"a\":3}\n"), []byte("{\"a\":4}\n")}
	for _, name := range []string{"logs/auditlog.jsonl", "logs/Audit.jsonl", "logs/audit.json", "audit.jsonl"} {
		for what, c := range map[string]struct {
			was, is [][]byte
			code    Code
		}{
			"as it was":         {records, records, ""},
			"cut":               {records, records[:2], TailShorter},
			"written anew":      {records, anew, FileMissing},
			"plain, as it was":  {plain, plain, ""},
			"plain, cut":        {plain, plain[:2], FileMissing},
			"gone, and another": {records, plain, FileMissing},
		} {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "logs"), 0o700); err != nil {
				t.Fatal(err)
			}
			log := put(t, filepath.Join(dir, "logs", "audit.jsonl"), c.was...)
			o := Options{Seals: []Seal{seal(t, Options{}, log)}, Within: func(string) bool { return true }}
			if r := verify(t, o, dir); len(r.Logs) != 1 || r.Verdict == Broken {
				t.Fatalf("%s", asJSON(t, r))
			}
			if err := os.Remove(log); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, name), c.is...)
			r := verify(t, o, dir)
			found := map[Code]int64{}
			for _, l := range r.Logs {
				for code, n := range l.Counts {
					found[code] += n
				}
			}
			if c.code == "" && (r.Verdict == Broken || len(r.Logs) != 1 || r.Logs[0].Axes.Anchoring != "anchored") || c.code != "" && (r.Verdict != Broken || found[c.code] != 1) {
				t.Errorf("%s as %s: %s %v", what, name, r.Verdict, found)
			}
		}
	}
	// Nothing is left in the folder.
	dir := t.TempDir()
	log := put(t, filepath.Join(dir, "audit.jsonl"), records...)
	o := Options{Seals: []Seal{seal(t, Options{}, log)}, Within: func(string) bool { return true }}
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	want(t, verify(t, o, dir), Broken, map[Code]int64{FileMissing: 1})
}

// TestSealsOfOtherLogsAreLeftAlone has two logs in one folder.
func TestSealsOfOtherLogsAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one := put(t, filepath.Join(dir, "one.jsonl"), []byte("{\"a\":1}\n"))
	two := put(t, filepath.Join(dir, "two.jsonl"), []byte("{\"a\":2}\n"))
	o := Options{Seals: []Seal{seal(t, Options{}, one)}}
	want(t, verify(t, o, two), NotTamperEvident, nil)
	r := verify(t, o, one, two)
	if len(r.Logs) != 2 || r.Logs[0].Axes.Anchoring != "anchored" || r.Logs[1].Axes.Anchoring != "none" {
		t.Errorf("%s", asJSON(t, r))
	}
	if _, err := Verify(t.Context(), logfile.Paths(one, two), Options{Anchors: []Anchor{KnownHead("x", 1, make([]byte, 32))}}); err == nil {
		t.Error("one anchor was taken for two logs")
	}
}
