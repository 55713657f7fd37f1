package integrity

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// The rules that a verifier must hold against whoever made the log, and the
// tests of each:
//
//	 1 members that stand twice      TestDuplicateMembersAndCaseAreNotLetThrough, logfile TestWhatIsNoRecordIsRefused
//	 2 names letter by letter        TestDuplicateMembersAndCaseAreNotLetThrough
//	 3 edits that a hash cannot see  TestEditThatTheHashCannotSeeIsNamed, TestNumbersThatAnotherCouldReplaceAreNamed
//	 4 tokens, never doubles         TestPrintingAgreesWithPython, TestPrintingAgreesWithAnotherJCS, FuzzPrinter
//	 5 lines without end             TestRecordThatIsTooLongIsNoPass, logfile TestOneLongLineDoesNotHideTheNext
//	 6 byte order marks              TestLineEndsAndMarksAreNoted
//	 7 line ends                     TestLineEndsAndMarksAreNoted, TestMixedLineEndsAreNoted
//	 8 a torn last line              TestTornLastLineIsNoPass
//	 9 depth                         TestRecordThatIsTooDeepIsNoPass, logfile TestWhatIsNoRecordIsRefused
//	10 bombs, layers                 TestBombIsNotInflated, TestPackedInsidePackedIsNotRead
//	11 links, pipes, devices         TestLinksAndPipesAreNotOpened, TestPipesAreNotWaitedFor
//	12 paths out of the root         TestLinksAndPipesAreNotOpened; those in CloudTrail digests in package cloudtrail
//	13 spelling of hashes            TestDuplicateMembersAndCaseAreNotLetThrough, TestHashesEncodingsAndParts
//	14 first records                 TestFirstRecordsAreToldApart, TestNewChainInTheMiddleIsAReset
//	15 live files                    TestFileThatChangesWhileReadIsIndeterminate
//	16 order of files                TestRotatedFilesAreOneLog
//	17 forks                         TestTwoWritersInOneFileAreAFork, TestRemovedSwappedDoubledAndInsertedRecordsAreFound
//	18 clocks                        TestClocksThatJumpAreListed
//	19 downgrades                    TestAlgorithmIsTheProfilesChoice, TestLogWithoutHashesSaysSo
//	20 confused keys                 TestKeysAreNotConfused, TestBytesAndSignatures
//	21 unknown and failing keys      TestUnknownKeyCountsAsUnsigned, TestForgedCheckpointBreaksTheLog
//	22 keys out of their time        TestKeyOutOfItsTimeIsFound
//	23 texts joined without lengths  TestTextsJoinedWithoutLengthsAreSaid, TestTextThatHoldsTheSeparatorIsListed
//	24 members outside of the hash   TestMembersOutsideOfTheHashAreListed, TestChangeThatNoHashCoversIsFoundByTheSeal
//	25 the last record               TestLastRecordWithoutAHashIsSaid
//	26 tokens without certificates   in package rfc3161
//	27 MD5 as a name only            in package cloudtrail
//	28 text that acts                TestLogsTextCannotActOnTheTerminal, TestNamesOfFilesCannotActOnTheTerminal
//	29 profiles of strangers         TestProfilesThatMakeNoSenseAreRefused, FuzzLoadProfile
//	30 findings without end          TestManyFindingsAreCountedAndCut

func TestEditThatTheHashCannotSeeIsNamed(t *testing.T) {
	t.Parallel()
	p, err := Preset("generic-jcs")
	if err != nil {
		t.Fatal(err)
	}
	body := `{"prev":null,"seq":0,"x":9007199254740992}`
	line := fmt.Sprintf(`{"prev":null,"seq":0,"x":%%s,"hash":"%s"}`+"\n", evidence.DigestOf([]byte(body)))
	name := filepath.Join(t.TempDir(), "log.jsonl")
	for _, c := range []struct {
		number string
		counts map[Code]int64
	}{
		{"9007199254740992", nil}, {"9007199254740993", map[Code]int64{NonInjectiveNumber: 1}}, {"9007199254740992.0", nil}, {"9007199254740994", map[Code]int64{HashMismatch: 1}},
	} {
		r := verify(t, Options{Profile: p}, put(t, name, fmt.Appendf(nil, line, c.number)))
		verdict := SelfConsistent
		if c.counts[HashMismatch] > 0 {
			verdict = Broken
		}
		t.Log(c.number)
		want(t, r, verdict, c.counts)
	}
}

func TestRecordThatIsTooLongIsNoPass(t *testing.T) {
	t.Parallel()
	ls := chained(`"z":0`, `"z":1`, `"z":2`)
	long := append(append([]byte(`{"call_id":"`), bytes.Repeat([]byte("x"), logfile.MaxRecord)...), "\"}\n"...)
	name := put(t, filepath.Join(t.TempDir(), "log.jsonl"), ls[0], long, ls[1], ls[2])
	r, err := Verify(t.Context(), logfile.Paths(name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l := r.Logs[0]; l.Counts[Oversize] != 1 || l.Verdict == SelfConsistent || l.Verdict == Verified || l.Records != 4 {
		t.Errorf("%s", asJSON(t, r))
	}
}

func TestRecordThatIsTooDeepIsNoPass(t *testing.T) {
	t.Parallel()
	ls := chained(`"z":0`, `"z":`+strings.Repeat("[", logfile.MaxDepth)+strings.Repeat("]", logfile.MaxDepth), `"z":2`)
	r := verify(t, Options{}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), ls...))
	if l := r.Logs[0]; l.Counts[Oversize] != 1 || l.Verdict != Indeterminate {
		t.Errorf("%s %v", l.Verdict, l.Counts)
	}
}

func TestMixedLineEndsAreNoted(t *testing.T) {
	t.Parallel()
	ls := chained(`"z":0`, `"z":1`, `"z":2`, `"z":3`)
	ls[1] = append(bytes.TrimSuffix(ls[1], []byte("\n")), "\r\n"...)
	r := verify(t, Options{}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), ls...))
	want(t, r, SelfConsistent, nil)
	if n := strings.Join(r.Logs[0].Notes, ""); !strings.Contains(n, "1 of 4 lines end in CR LF") {
		t.Errorf("%q", n)
	}
}

func TestPackedInsidePackedIsNotRead(t *testing.T) {
	t.Parallel()
	pack := func(b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write(b)
		_ = z.Close()
		return out.Bytes()
	}
	name := put(t, filepath.Join(t.TempDir(), "log.jsonl.gz"), pack(pack(bytes.Join(chained(`"z":0`), nil))))
	r, err := Verify(t.Context(), logfile.Paths(name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l := r.Logs[0]; l.Verdict != Indeterminate || l.Counts[Unreadable] != 1 {
		t.Errorf("%s", asJSON(t, r))
	}
}

// TestFirstRecordsAreToldApart lets a first record name nothing in four ways, of
// which a format takes one.
func TestFirstRecordsAreToldApart(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 64)
	ways := map[string]string{`""`: `,"p":""`, `"` + zeros + `"`: `,"p":"` + zeros + `"`, "null": `,"p":null`, "{absent: true}": ""}
	for genesis := range ways {
		p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [`+genesis+`]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
		for way, member := range ways {
			body := `{"v":1` + member
			line := fmt.Sprintf("%s,\"h\":%q}\n", body, evidence.DigestOf([]byte(body)))
			r := verify(t, Options{Profile: p}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), []byte(line)))
			if got := r.Logs[0].Counts[GenesisUnexpected] == 0; got != (way == genesis) {
				t.Errorf("a first record with %s is taken where the format has %s: %v", way, genesis, got)
			}
		}
	}
}

// TestTwoWritersInOneFileAreAFork has two processes that each go on from the
// record that they wrote last.
func TestTwoWritersInOneFileAreAFork(t *testing.T) {
	t.Parallel()
	one := chained(`"z":0`, `"z":1`, `"z":2`)
	two := chained(`"z":0`, `"z":1`, `"z":"two"`)
	r := verify(t, Options{}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), one[0], one[1], one[2], two[2]))
	want(t, r, Broken, map[Code]int64{Fork: 1, SeqRepeat: 1, DupID: 1})
	if f := r.Logs[0].Findings[0]; f.Record != 4 {
		t.Errorf("%+v", f)
	}
}

func TestAlgorithmIsTheProfilesChoice(t *testing.T) {
	t.Parallel()
	p := profile(t, `
record: {alg: {field: /alg, is: [sha256, SHA-256]}}
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
	for said, verdict := range map[string]Verdict{`"sha256"`: SelfConsistent, `"SHA-256"`: SelfConsistent, `"none"`: Broken, `"md5"`: Broken, `null`: Broken, `7`: Broken} {
		body := `{"alg":` + said + `,"p":""`
		line := fmt.Sprintf("%s,\"h\":%q}\n", body, evidence.DigestOf([]byte(body)))
		r := verify(t, Options{Profile: p}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), []byte(line)))
		if r.Verdict != verdict || (r.Logs[0].Counts[AlgUnexpected] == 1) != (verdict == Broken) {
			t.Errorf("%s: %s %v", said, r.Verdict, r.Logs[0].Counts)
		}
	}
}

// TestTextThatHoldsTheSeparatorIsListed moves the border between two texts,
// which no hash shows: the record is listed for it.
func TestTextThatHoldsTheSeparatorIsListed(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: [""]}
digest: {alg: sha256, input: [{field: /a}, {text: "|"}, {field: /b}, {text: "|"}, {prev: true, as: text}]}
`)
	h := evidence.DigestOf([]byte("x|y|z|"))
	for _, fields := range []string{`"a":"x|y","b":"z"`, `"a":"x","b":"y|z"`} {
		r := verify(t, Options{Profile: p}, put(t, filepath.Join(t.TempDir(), "log.jsonl"), fmt.Appendf(nil, "{%s,\"p\":\"\",\"h\":%q}\n", fields, h)))
		want(t, r, SelfConsistent, map[Code]int64{SeparatorInside: 1})
	}
	// With lengths, nothing is ambiguous.
	if p, err := Preset("agt-go"); err != nil || verify(t, Options{Profile: p}, vectorFile(t, "agt-go")).Logs[0].Counts[SeparatorInside] != 0 {
		t.Error(err)
	}
	if r := verify(t, Options{}, vectorFile(t, "agt-rust")); r.Logs[0].Counts[SeparatorInside] != 1 {
		t.Errorf("%v", r.Logs[0].Counts)
	}
}

func TestMembersOutsideOfTheHashAreListed(t *testing.T) {
	t.Parallel()
	r := verify(t, Options{}, vectorFile(t, "agt-python-entry"))
	found := false
	for _, f := range r.Logs[0].Findings {
		found = found || f.Code == UnprotectedField && f.Actual == "policy_decision"
	}
	if !found || !strings.Contains(strings.Join(r.Logs[0].NotShown, " "), "no hash covers them") {
		t.Errorf("%s", asJSON(t, r))
	}
}

func TestLastRecordWithoutAHashIsSaid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"firstpass", "dvalin"} {
		if r := verify(t, Options{}, vectorFile(t, name)); r.Logs[0].Counts[LastUnprotected] != 1 {
			t.Errorf("%s: %v", name, r.Logs[0].Counts)
		}
	}
}

func TestNamesOfFilesCannotActOnTheTerminal(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "a\x1b[2J\xff\u202e.jsonl")
	if err := os.WriteFile(name, []byte("{\"a\":1}\n"), 0o600); err != nil {
		t.Skip(err) // the file system takes no such name
	}
	r, err := Verify(t.Context(), logfile.Paths(name), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") || !strings.Contains(b.String(), "⟦U+001B⟧") {
		t.Errorf("%q", b.String())
	}
}
