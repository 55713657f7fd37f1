package integrity

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
)

// lines returns the lines of a file, with their ends.
func lines(t testing.TB, name string) [][]byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(bytes.Lines(b))
}

func put(t testing.TB, name string, ls ...[]byte) string {
	t.Helper()
	if err := os.WriteFile(name, bytes.Join(ls, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// verify checks paths with several chunk sizes and numbers of workers and
// demands the same report every time.
func verify(t testing.TB, o Options, paths ...string) *Report {
	t.Helper()
	var first *Report
	for _, workers := range []int{1, 3} {
		for _, chunk := range []int{16, 700, 4096, chunkSize} {
			o.Workers, o.chunk = workers, chunk
			r, err := Verify(t.Context(), logfile.Paths(paths...), o)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = r
				continue
			}
			a, b := asJSON(t, first), asJSON(t, r)
			if !bytes.Equal(a, b) {
				t.Fatalf("the report depends on the chunk size %d or on %d workers:\n%s\n%s", chunk, workers, a, b)
			}
			if !reflect.DeepEqual(first, r) {
				t.Fatal("the report's inside depends on the chunk size or the number of workers")
			}
		}
	}
	return first
}

func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// want checks the verdict and the complete counts of the first log.
func want(t testing.TB, r *Report, v Verdict, counts map[Code]int64) {
	t.Helper()
	l := r.Logs[0]
	if counts == nil {
		counts = map[Code]int64{}
	}
	if l.Verdict != v || !reflect.DeepEqual(l.Counts, counts) {
		t.Errorf("verdict %s, counts %v; want %s, %v\n%s", l.Verdict, l.Counts, v, counts, asJSON(t, l.Findings))
	}
}

// one writes a log in one file and returns its name, its lines and the key that
// signs its checkpoints.
func one(t testing.TB, n, every int) (name string, ls [][]byte, key Key) {
	t.Helper()
	k, key := witness(t)
	name = writeLog(t, t.TempDir(), n, n+1, every, k)[0]
	return name, lines(t, name), key
}

func TestEditedRecordIsFound(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 0)
	ls[100] = bytes.Replace(ls[100], []byte(`"status":"ok"`), []byte(`"status":"no"`), 1)
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	want(t, r, Broken, map[Code]int64{HashMismatch: 1})
	f := r.Logs[0].Findings[0]
	if f.Record != 101 || f.Line != 101 || *f.Seq != 100 || f.ByteOffset != int64(len(bytes.Join(ls[:100], nil))) || f.RecordID != "dc-000099" || f.Expected == f.Actual {
		t.Errorf("%+v", f)
	}
	if b := r.Logs[0].FirstBad; b == nil || b.Record != 101 || r.Logs[0].Axes.Integrity != "broken" {
		t.Errorf("%+v, %+v", b, r.Logs[0].Axes)
	}
	if x := r.Logs[0].Extent; x == nil || x.BadRecords != 1 || len(x.Islands) != 2 || x.Islands[1].First != 102 || !strings.Contains(x.Words, "the chain runs on over it") {
		t.Errorf("%+v", x)
	}
}

func TestRemovedSwappedDoubledAndInsertedRecordsAreFound(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 0)
	o := Options{Keys: []Key{key}}
	gone := slices.Delete(slices.Clone(ls), 100, 103)
	want(t, verify(t, o, put(t, name, gone...)), Broken, map[Code]int64{LinkBreak: 1, SeqGap: 1})
	swapped := slices.Clone(ls)
	swapped[100], swapped[101] = swapped[101], swapped[100]
	want(t, verify(t, o, put(t, name, swapped...)), Broken, map[Code]int64{LinkBreak: 3, SeqGap: 2, SeqRepeat: 1})
	twice := slices.Insert(slices.Clone(ls), 101, ls[100])
	want(t, verify(t, o, put(t, name, twice...)), Broken, map[Code]int64{Fork: 1, SeqRepeat: 1, DupID: 1})
	garbage := slices.Insert(slices.Clone(ls), 101, []byte("{\"a\":1\n"))
	want(t, verify(t, o, put(t, name, garbage...)), Broken, map[Code]int64{BadJSON: 1, SeqRepeat: 1})
	bare := slices.Insert(slices.Clone(ls), 101, []byte("{\"a\":1}\n"))
	r := verify(t, o, put(t, name, bare...))
	if r.Verdict != Broken || r.Logs[0].Counts[FieldMissing] == 0 {
		t.Errorf("%v", r.Logs[0].Counts)
	}
}

func TestCutTailIsFoundByWhatStandsOutside(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 100)
	o := Options{Keys: []Key{key}}
	full := verify(t, o, put(t, name, ls...))
	want(t, full, Verified, nil)
	last := full.Logs[0].Anchors[len(full.Logs[0].Anchors)-1]

	// Behind the last checkpoint that is left, records are not fixed.
	want(t, verify(t, o, put(t, name, ls[:250]...)), VerifiedWithGaps, map[Code]int64{TailUnanchored: 47})
	// Cut right behind a checkpoint, the log alone shows nothing …
	cut := verify(t, o, put(t, name, ls[:202+1]...))
	want(t, cut, Verified, nil)
	if !strings.Contains(strings.Join(cut.Logs[0].NotShown, " "), "cut off behind the last record") {
		t.Errorf("it does not say so: %q", cut.Logs[0].NotShown)
	}
	// … but against a period, or an anchor kept elsewhere, it does.
	from, to := instant(t, "2026-01-01T00:00:00Z"), instant(t, "2026-01-01T05:00:00Z")
	o.Period, o.MaxGap = &evidence.Window{From: from, To: to}, 15*time.Minute
	want(t, verify(t, o, name), VerifiedWithGaps, map[Code]int64{TimeGap: 1})
	o.Period = nil
	outside, err := ParseHead("earlier run", last.Records, last.Head, nil)
	if err != nil {
		t.Fatal(err)
	}
	o.Anchors = []Anchor{outside}
	want(t, verify(t, o, name), Broken, map[Code]int64{TailShorter: 1})
	want(t, verify(t, o, put(t, name, ls...)), Verified, nil)
}

func TestRewrittenLogIsFoundByAnEarlierHead(t *testing.T) {
	t.Parallel()
	name, _, key := one(t, 300, 100)
	before, err := ParseHead("earlier run", 300, strings.Repeat("ab", 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	want(t, verify(t, Options{Keys: []Key{key}, Anchors: []Anchor{before}}, name), Broken, map[Code]int64{HeadMismatch: 1})
}

func TestWriterCannotVouchForItself(t *testing.T) {
	t.Parallel()
	own := ring(t, "gateway.larkspur.example", 9) // the name that the log gives its writer
	key, err := ParseKey("", []byte(own.VerifierKey(ledger.RoleCheckpoint)))
	if err != nil {
		t.Fatal(err)
	}
	name := writeLog(t, t.TempDir(), 300, 301, 100, own)[0]
	r := verify(t, Options{Keys: []Key{key}}, name)
	want(t, r, SelfConsistent, nil)
	if a := r.Logs[0].Axes; a.Authenticity != "signed" || a.Anchoring != "self_attested" {
		t.Errorf("%+v", a)
	}
	key.Role = RoleOther // whoever pins a key may say whose it is
	want(t, verify(t, Options{Keys: []Key{key}}, name), Verified, nil)
}

func TestUnknownKeyCountsAsUnsigned(t *testing.T) {
	t.Parallel()
	name, _, _ := one(t, 300, 100)
	r := verify(t, Options{}, name)
	want(t, r, SelfConsistent, map[Code]int64{KeyUnknown: 4})
	if a := r.Logs[0].Axes; a.Authenticity != "unknown_key" || a.Anchoring != "self_attested" {
		t.Errorf("%+v", a)
	}
	for need, ok := range map[string]bool{"signed": false, "anchored": false, "complete": true} {
		if got, err := r.Meets(need); got != ok || err != nil {
			t.Errorf("%s: %v, %v", need, got, err)
		}
	}
	if _, err := r.Meets("perfect"); err == nil {
		t.Error("an unknown requirement was taken")
	}
}

func TestForgedCheckpointBreaksTheLog(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 100)
	i := slices.IndexFunc(ls, func(l []byte) bool { return bytes.Contains(l, []byte(`"type":"checkpoint"`)) })
	at := bytes.Index(ls[i], []byte("— "))
	forged := slices.Clone(ls[i])
	forged[bytes.IndexByte(forged[at:], ' ')+at+60] ^= 1 // inside the signature
	ls[i] = rehash(forged)
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	if r.Verdict != Broken || r.Logs[0].Counts[SigBad] != 1 {
		t.Errorf("%v", r.Logs[0].Counts)
	}
}

// TestCheckpointThatAKeySignedTwiceBreaksTheLog puts a second signature of the
// same key behind the good one, with one bit of it flipped.
func TestCheckpointThatAKeySignedTwiceBreaksTheLog(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 300)
	i := len(ls) - 1
	if !bytes.Contains(ls[i], []byte(`"type":"checkpoint"`)) {
		t.Fatalf("the log ends with %s", ls[i])
	}
	want(t, verify(t, Options{Keys: []Key{key}}, name), Verified, nil)
	at := bytes.Index(ls[i], []byte("— "))
	end := at + bytes.Index(ls[i][at:], []byte(`\n`)) + len(`\n`)
	second := bytes.Clone(ls[i][at:end])
	second[len(second)-30] ^= 1 // inside the signature
	ls[i] = rehash(slices.Insert(slices.Clone(ls[i]), end, second...))
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	want(t, r, Broken, map[Code]int64{FieldMissing: 1, TailUnanchored: 1})
	if f := r.Logs[0].Findings[1]; f.Record != int64(len(ls)) || !strings.Contains(f.Note, "two signature lines") {
		t.Errorf("%+v", f)
	}
	if _, err := ReadAnchor(append(noteOver(t, ring(t, "anchor", 3), "anything", 4, strings.Repeat("0", 64)), "— other AAAAAAA=\n— other AAAAAAE=\n"...), "", nil); err == nil || !strings.Contains(err.Error(), "two signature lines") {
		t.Errorf("kept checkpoint: %v", err)
	}
}

// rehash makes a decision record's own hash fit its content.
func rehash(line []byte) []byte {
	body, _, _ := bytes.Cut(line, []byte(`,"hash":"`))
	body = append(bytes.Clone(body), '}')
	sum := evidence.DigestOf(body)
	return append(append(body[:len(body)-1:len(body)-1], `,"hash":"`+sum.String()+`"}`...), '\n')
}

func TestRelinkedEditIsFoundByTheNextLink(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 0)
	ls[100] = rehash(bytes.Replace(ls[100], []byte(`"status":"ok"`), []byte(`"status":"no"`), 1))
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	want(t, r, Broken, map[Code]int64{LinkBreak: 1})
	if x := r.Logs[0].Extent; x == nil || x.Islands[1].First != 102 || !strings.Contains(x.Words, "own hash made again") {
		t.Errorf("%+v", x)
	}
}

func TestNewChainInTheMiddleIsAReset(t *testing.T) {
	t.Parallel()
	k, key := witness(t)
	a := writeLog(t, t.TempDir(), 100, 101, 0, k)[0]
	b := writeLog(t, t.TempDir(), 50, 51, 0, k)[0]
	both := put(t, filepath.Join(t.TempDir(), "log.jsonl"), append(lines(t, a), lines(t, b)...)...)
	r := verify(t, Options{Keys: []Key{key}}, both)
	if r.Verdict != Broken || r.Logs[0].Counts[ChainReset] != 1 {
		t.Errorf("%v", r.Logs[0].Counts)
	}
}

func TestRotatedFilesAreOneLog(t *testing.T) {
	t.Parallel()
	k, key := witness(t)
	dir := t.TempDir()
	names := writeLog(t, dir, 500, 100, 0, k)
	o := Options{Keys: []Key{key}}
	r := verify(t, o, dir)
	want(t, r, Verified, nil)
	if l := r.Logs[0]; len(r.Logs) != 1 || len(l.Segments) != 5 || l.Records != 510 {
		t.Fatalf("%d logs, %+v", len(r.Logs), l)
	}
	for i, s := range r.Logs[0].Segments {
		before := ""
		if i > 0 {
			before = r.Logs[0].Segments[i-1].Recomputed
		}
		if s.HeadHash != s.Recomputed || s.PreviousHead != before || i > 0 && s.PrevHash != before || s.AnchoredAt == nil || *s.AnchoredAt != s.LastTime || s.AnchoredBy != "witness.example/checkpoint" || s.Writer != "gateway.larkspur.example" ||
			s.LastSeq-s.FirstSeq+1 != s.Records || s.Digest != "sha256" {
			t.Errorf("%+v", s)
		}
	}

	// Two files with each other's names are put in order by their links.
	first, third := lines(t, names[0]), lines(t, names[2])
	put(t, names[0], third...)
	put(t, names[2], first...)
	want(t, verify(t, o, dir), Verified, map[Code]int64{FileReordered: 1})
	put(t, names[0], first...)
	put(t, names[2], third...)

	// A copy is left out; a file that is not there is missed.
	put(t, filepath.Join(dir, "decisions-009.jsonl"), third...)
	want(t, verify(t, o, dir), VerifiedWithGaps, map[Code]int64{FileExtra: 1})
	if err := os.Remove(filepath.Join(dir, "decisions-009.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(names[2]); err != nil {
		t.Fatal(err)
	}
	want(t, verify(t, o, dir), Broken, map[Code]int64{FileMissing: 1})

	// A log that begins in the middle says so, unless the period lies behind it.
	want(t, verify(t, o, names[3], names[4]), VerifiedWithGaps, map[Code]int64{GenesisUnexpected: 1})
	o.Period = &evidence.Window{From: instant(t, "2026-01-01T06:00:00Z"), To: instant(t, "2026-01-01T07:00:00Z")}
	want(t, verify(t, o, names[3], names[4]), Verified, map[Code]int64{GenesisUnexpected: 1})
}

func instant(t testing.TB, s string) evidence.Instant {
	t.Helper()
	at, err := evidence.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestPackedLogIsTheSameLog(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 100)
	plain := verify(t, Options{Keys: []Key{key}}, name).Logs[0]
	text := bytes.Join(ls, nil)
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	_, _ = z.Write(text[:9000])
	_ = z.Close() // two members
	z.Reset(&gz)
	_, _ = z.Write(text[9000:])
	_ = z.Close()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	for packing, b := range map[string][]byte{"gzip": gz.Bytes(), "zstd": enc.EncodeAll(text, nil)} {
		odd := put(t, filepath.Join(t.TempDir(), "log.jsonl"), b) // the content tells, not the name
		l := verify(t, Options{Keys: []Key{key}}, odd).Logs[0]
		if l.Verdict != Verified || l.SHA256 != plain.SHA256 || l.Head != plain.Head || l.Files[0].Packing != packing || l.Files[0].StoredSHA256 != evidence.DigestOf(b) {
			t.Errorf("%s: %s", packing, asJSON(t, l))
		}
		for what, bad := range map[string][]byte{"cut": b[:len(b)-9], "with bytes behind it": append(bytes.Clone(b), "garbage"...)} {
			r := verify(t, Options{Keys: []Key{key}}, put(t, odd, bad))
			if r.Verdict != Indeterminate || r.Logs[0].Counts[Unreadable] != 1 {
				t.Errorf("%s %s: %s %v", packing, what, r.Verdict, r.Logs[0].Counts)
			}
		}
	}
}

func TestBombIsNotInflated(t *testing.T) {
	t.Parallel()
	var gz bytes.Buffer
	z, _ := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	line := append(bytes.Repeat([]byte(" "), 1<<20-1), '\n')
	for range 300 {
		_, _ = z.Write(line)
	}
	_ = z.Close()
	name := put(t, filepath.Join(t.TempDir(), "bomb.jsonl.gz"), gz.Bytes())
	r, err := Verify(t.Context(), logfile.Paths(name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l := r.Logs[0]; l.Verdict != Indeterminate || l.Counts[Unreadable] != 1 || l.Bytes > 128<<20 {
		t.Errorf("%s", asJSON(t, l))
	}
}

func TestTornLastLineIsNoPass(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 300, 100)
	o := Options{Keys: []Key{key}}
	torn := bytes.Join(ls, nil)
	r := verify(t, o, put(t, name, torn[:len(torn)-20]))
	if r.Verdict != Indeterminate || r.Logs[0].Counts[PartialLastLine] != 1 {
		t.Errorf("%s %v", r.Verdict, r.Logs[0].Counts)
	}
	// Without its line end, the last record is whole.
	r = verify(t, o, put(t, name, torn[:len(torn)-1]))
	want(t, r, Verified, nil)
	if !strings.Contains(strings.Join(r.Logs[0].Notes, ""), "no line end") {
		t.Errorf("%q", r.Logs[0].Notes)
	}
}

func TestLineEndsAndMarksAreNoted(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 50, 0)
	text := bytes.ReplaceAll(bytes.Join(ls, nil), []byte("\n"), []byte("\r\n"))
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, []byte("\ufeff"), text, []byte(" \r\n")))
	want(t, r, Verified, nil)
	for _, w := range []string{"byte order mark", "CR LF", "nothing on it"} {
		if !strings.Contains(strings.Join(r.Logs[0].Notes, "\n"), w) {
			t.Errorf("no note on %s: %q", w, r.Logs[0].Notes)
		}
	}
	r = verify(t, Options{Keys: []Key{key}}, put(t, name, ls[0], []byte("\ufeff"), ls[1]))
	if r.Verdict != Broken || r.Logs[0].Counts[BadJSON] != 1 {
		t.Errorf("a mark inside: %s %v", r.Verdict, r.Logs[0].Counts)
	}
}

func TestLinksAndPipesAreNotOpened(t *testing.T) {
	t.Parallel()
	name, _, _ := one(t, 10, 0)
	link := filepath.Join(filepath.Dir(name), "link.jsonl")
	if err := os.Symlink(name, link); err != nil {
		t.Skip(err)
	}
	if _, err := Verify(t.Context(), logfile.Paths(link), Options{}); err == nil || !strings.Contains(err.Error(), "link") {
		t.Errorf("a link: %v", err)
	}
	r, err := Verify(t.Context(), logfile.Paths(filepath.Dir(name)), Options{})
	if err != nil || len(r.Skipped) != 1 || len(r.Logs) != 1 {
		t.Errorf("a directory with a link in it: %v, %+v", err, r)
	}
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"../x", "/etc/passwd", "a/../../b", name} {
		if _, err := Verify(t.Context(), logfile.In(root, n), Options{}); err == nil {
			t.Errorf("%s was opened", n)
		}
	}
}

func TestNothingToCheckIsNoPass(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Verify(t.Context(), logfile.Paths(dir), Options{}); err == nil {
		t.Error("an empty directory passed")
	}
	empty := put(t, filepath.Join(dir, "a.jsonl"))
	if _, err := Verify(t.Context(), logfile.Paths(empty), Options{}); err == nil {
		t.Error("an empty file passed")
	}
	blank := put(t, filepath.Join(dir, "b.jsonl"), []byte("\n \n"))
	if _, err := Verify(t.Context(), logfile.Paths(blank), Options{}); err == nil {
		t.Error("a blank file passed")
	}
	if _, err := Verify(t.Context(), logfile.Paths(filepath.Join(dir, "none")), Options{}); err == nil {
		t.Error("a file that is not there passed")
	}
	if _, err := Verify(t.Context(), logfile.Paths(), Options{}); err == nil {
		t.Error("no file at all passed")
	}
	name, _, _ := one(t, 10, 0)
	r, err := Verify(t.Context(), logfile.Paths(name, empty), Options{})
	if err != nil || r.Verdict != Indeterminate {
		t.Errorf("an empty file beside a log: %v, %+v", err, r)
	}
}

func TestLogWithoutHashesSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := put(t, filepath.Join(dir, "app.log"), []byte("{\"a\":1}\n{\"a\":2}\n"))
	r := verify(t, Options{}, name)
	want(t, r, NotTamperEvident, nil)
	if r.ExitCode() != 5 || r.Logs[0].Axes.Integrity != "not_checkable" || r.Logs[0].Records != 2 {
		t.Errorf("%s", asJSON(t, r))
	}
	want(t, verify(t, Options{}, put(t, name, []byte("{\"a\":1}\n{\"a\":\n"))), Indeterminate, map[Code]int64{BadJSON: 1})
	list := put(t, filepath.Join(dir, "app.json"), []byte(`[{"a":1},{"a":2}]`))
	want(t, verify(t, Options{}, list), NotTamperEvident, nil)

	// Hashes taken out of one file do not make it harmless.
	k, key := witness(t)
	names := writeLog(t, t.TempDir(), 200, 100, 0, k)
	ls := lines(t, names[1])
	for i := range ls {
		body, _, _ := bytes.Cut(ls[i], []byte(`,"hash":"`))
		ls[i] = append(bytes.Clone(body), "}\n"...)
	}
	put(t, names[1], ls...)
	r = verify(t, Options{Keys: []Key{key}}, names...)
	if r.Verdict != Broken || r.Logs[0].Counts[FieldMissing] != int64(len(ls)) {
		t.Errorf("%s %v", r.Verdict, r.Logs[0].Counts)
	}
	asked, err := Preset("tieout-decision")
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, Options{Profile: asked}, name); r.Verdict != Broken {
		t.Errorf("a log without hashes under a profile with them: %s", r.Verdict)
	}
}

func TestDuplicateMembersAndCaseAreNotLetThrough(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 50, 0)
	o := Options{Keys: []Key{key}}
	for what, change := range map[string][2]string{
		"twice": {`"status":"ok"`, `"status":"no","status":"ok"`}, "twice, once escaped": {`"status":"ok"`, `"st\u0061tus":"no","status":"ok"`},
	} {
		mine := slices.Clone(ls)
		mine[20] = rehash(bytes.Replace(mine[20], []byte(change[0]), []byte(change[1]), 1))
		r := verify(t, o, put(t, name, mine...))
		if r.Verdict != Broken || r.Logs[0].Counts[DupKey] != 1 {
			t.Errorf("%s: %s %v", what, r.Verdict, r.Logs[0].Counts)
		}
	}
	mine := slices.Clone(ls)
	mine[20] = bytes.Replace(mine[20], []byte(`"hash"`), []byte(`"Hash"`), 1)
	if r := verify(t, o, put(t, name, mine...)); r.Verdict != Broken || r.Logs[0].Counts[FieldMissing] != 1 {
		t.Errorf("Hash is not hash: %v", r.Logs[0].Counts)
	}
	mine = slices.Clone(ls)
	mine[20] = bytes.ToUpper(mine[20][bytes.Index(mine[20], []byte(`,"hash":"`))+9:])
	i := bytes.Index(ls[20], []byte(`,"hash":"`)) + 9
	mine[20] = append(append(bytes.Clone(ls[20][:i]), bytes.ToUpper(ls[20][i:i+64])...), ls[20][i+64:]...)
	if r := verify(t, o, put(t, name, mine...)); r.Verdict != Broken {
		t.Error("upper-case hex was taken")
	}
	mine[20] = append(append(bytes.Clone(ls[20][:i]), ls[20][i:i+32]...), ls[20][i+64:]...)
	if r := verify(t, o, put(t, name, mine...)); r.Verdict != Broken {
		t.Error("half a hash was taken")
	}
}

func TestRewrittenTextIsNotMistakenForAChange(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 50, 0)
	var v map[string]json.RawMessage
	if err := json.Unmarshal(ls[20], &v); err != nil {
		t.Fatal(err)
	}
	again := []byte(`{"hash": ` + string(v["hash"]))
	for _, k := range []string{"type", "tenant_id", "status", "seq", "request_id", "prev", "decision_id", "confidence", "component_id", "at"} {
		again = append(again, `, "`+k+`": `+string(v[k])...)
	}
	again = bytes.Replace(append(again, "}\n"...), []byte("ü"), []byte(`\u00fc`), 1)
	ls[20] = again
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	want(t, r, Verified, map[Code]int64{Reserialised: 1})
	ls[20] = bytes.Replace(again, []byte(`"status": "ok"`), []byte(`"status": "no"`), 1)
	if r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...)); r.Verdict != Broken {
		t.Error("a change in a record written out again was not found")
	}
}

func TestClocksThatJumpAreListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := put(t, filepath.Join(dir, "x.jsonl"), chained(
		`"ts":"2026-03-01T00:00:00+00:00"`, `"ts":"2026-03-01T02:00:00+00:00"`, `"ts":"2026-03-01T00:10:00+00:00"`, `"ts":"2026-03-01T00:09:59.5+00:00"`, `"ts":"2027-03-01T00:00:00+00:00"`, `"ts":"never"`, `"ts":null`)...)
	r := verify(t, Options{Now: instant(t, "2026-04-01T00:00:00Z"), MaxGap: time.Hour}, name)
	want(t, r, SelfConsistent, map[Code]int64{ClockJump: 1, FutureTime: 1, TimeGap: 2, BadTime: 1})
}

// chained makes a LiteLLM asqav log, one record for each text of members.
func chained(members ...string) [][]byte {
	var out [][]byte
	prev := strings.Repeat("0", 64)
	for i, m := range members {
		body := `{"call_id":"c` + string(rune('0'+i)) + `","prev_hash":"` + prev + `","seq":` + string(rune('0'+i)) + `,` + m + `}`
		prev = evidence.DigestOf([]byte(body)).String()
		out = append(out, []byte(body[:len(body)-1]+`,"record_hash":"`+prev+"\"}\n"))
	}
	return out
}

func TestLogsTextCannotActOnTheTerminal(t *testing.T) {
	t.Parallel()
	name, ls, _ := one(t, 20, 0)
	ls[5] = bytes.Replace(ls[5], []byte(`"dc-000004"`), []byte(`"\u001b[2J\u202egood\u0000 verified"`), 1)
	r := verify(t, Options{}, put(t, name, ls...))
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e\x00") || !strings.Contains(b.String(), "HASH_MISMATCH") {
		t.Errorf("%q", b.String())
	}
}

func TestFileThatChangesWhileReadIsIndeterminate(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 2000, 0)
	touch := func(change func()) *Report {
		put(t, name, ls...)
		done := false
		r, err := Verify(t.Context(), logfile.Paths(name), Options{Keys: []Key{key}, Workers: 1, chunk: 4096, Progress: func(Progress) {
			if !done {
				done = true
				change()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := touch(func() {
		if err := os.Truncate(name, 10000); err != nil {
			t.Fatal(err)
		}
	})
	if r.Verdict != Indeterminate || r.Logs[0].Counts[SourceChanged] != 1 {
		t.Errorf("cut: %s %v", r.Verdict, r.Logs[0].Counts)
	}
	r = touch(func() {
		f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.WriteString("{\"half")
		_ = f.Close()
	})
	if r.Verdict != Verified || !strings.Contains(strings.Join(r.Logs[0].Notes, ""), "grew by 6 bytes") {
		t.Errorf("grown: %s %v %q", r.Verdict, r.Logs[0].Counts, r.Logs[0].Notes)
	}
	r = touch(func() {
		if err := os.Rename(put(t, name+".new", ls...), name); err != nil {
			t.Fatal(err)
		}
	})
	if r.Verdict != Indeterminate {
		t.Errorf("replaced: %s", r.Verdict)
	}
	r = touch(func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.WriteAt([]byte("x"), 20)
		_ = f.Close()
		if err := os.Chtimes(name, time.Time{}, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	})
	if r.Verdict != Indeterminate {
		t.Errorf("written to: %s", r.Verdict)
	}
}

func TestManyFindingsAreCountedAndCut(t *testing.T) {
	t.Parallel()
	name, ls, key := one(t, 3000, 0)
	for i := range ls {
		ls[i] = bytes.Replace(ls[i], []byte(`"status":"ok"`), []byte(`"status":"no"`), 1)
	}
	r := verify(t, Options{Keys: []Key{key}}, put(t, name, ls...))
	l := r.Logs[0]
	if l.Verdict != Broken || l.Counts[HashMismatch] != 3000 || len(l.Findings) != maxFindings || !l.FindingsCut {
		t.Errorf("%s %v %d findings, cut %v", l.Verdict, l.Counts, len(l.Findings), l.FindingsCut)
	}
}
