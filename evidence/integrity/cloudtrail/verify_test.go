package cloudtrail

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

// day writes six hours of a trail; every third has no log file.
func day(tr *trail) []string {
	var out []string
	for i := range 6 {
		out = append(out, tr.hour(i%3*2))
	}
	return out
}

func window(from, to string) *evidence.Window {
	var w evidence.Window
	_ = w.From.UnmarshalText([]byte(from))
	_ = w.To.UnmarshalText([]byte(to))
	return &w
}

func TestIntactCopy(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main_trail")
	day(tr)
	t.Run("with the newest digest's metadata", func(t *testing.T) {
		r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key)})
		l := r.Logs[0]
		if r.Verdict != integrity.Verified || len(r.Logs) != 1 || len(l.Counts) != 0 || l.Records != 12 || len(l.Files) != 6 || l.Axes.Authenticity != "signed" || l.Axes.Anchoring != "anchored" || l.Axes.Coverage.Covered != 1 {
			t.Fatalf("%s", asJSON(t, r))
		}
		if ok, _ := r.Meets("complete"); !ok || l.Keys[0].Held != 6 || l.Head == "" || l.Name != "111122223333/us-east-2/main_trail" {
			t.Errorf("%s", asJSON(t, l))
		}
	})
	t.Run("as a plain copy", func(t *testing.T) {
		r := check(t, b.copy(t), Options{Keys: keyring(t, tr.key)})
		l := r.Logs[0]
		if r.Verdict != integrity.VerifiedWithGaps || l.Counts[integrity.TailUnanchored] != 1 || !strings.Contains(l.Findings[0].Note, "what is covered ends at 2026-03-01T05:00:00Z") || l.Axes.Authenticity != "signed_in_part" {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("a plain copy, over a period that ends before the newest digest", func(t *testing.T) {
		r := check(t, b.copy(t), Options{Keys: keyring(t, tr.key), Period: window("2026-03-01T00:00:00Z", "2026-03-01T05:00:00Z")})
		if r.Verdict != integrity.Verified || r.Logs[0].Axes.Coverage.Covered != 1 || r.Logs[0].Axes.Authenticity != "signed" {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("a period beyond what was delivered", func(t *testing.T) {
		r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key), Period: window("2026-02-28T00:00:00Z", "2026-03-02T00:00:00Z")})
		l := r.Logs[0]
		if r.Verdict != integrity.VerifiedWithGaps || l.Counts[integrity.TimeGap] != 2 || l.SilenceCount != 2 {
			t.Fatalf("%s", asJSON(t, r))
		}
		if ok, _ := r.Meets("complete"); ok {
			t.Error("a copy that does not cover the period meets 'complete'")
		}
	})
	t.Run("without keys", func(t *testing.T) {
		r := check(t, b.copy(t, tr.digest), Options{})
		l := r.Logs[0]
		if r.Verdict != integrity.Indeterminate || l.Counts[integrity.KeyMissing] != 6 || l.Axes.Authenticity != "unknown_key" || l.Findings[0].Expected != tr.key.fingerprint {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("with one worker the report is the same", func(t *testing.T) {
		dir := b.copy(t, tr.digest)
		one, four := check(t, dir, Options{Keys: keyring(t, tr.key), Workers: 1}), check(t, dir, Options{Keys: keyring(t, tr.key), Workers: 4})
		if asJSON(t, one) != asJSON(t, four) {
			t.Errorf("%s\n%s", asJSON(t, one), asJSON(t, four))
		}
	})
	t.Run("without a signature at all", func(t *testing.T) {
		c := newBucket()
		tr := c.trail("111122223333", "us-east-2", "main")
		tr.hour(2)
		r := check(t, c.copy(t), Options{Keys: keyring(t, tr.key)})
		if r.Verdict != integrity.SelfConsistent {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
}

// TestWhatWasDone does one thing to a good copy and looks for it.
func TestWhatWasDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do      func(t *testing.T, b *bucket, tr *trail, digests, logs []string)
		verdict integrity.Verdict
		code    integrity.Code
		note    string
		count   int64
	}{
		"a log file edited": {func(t *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = pack(strings.Replace(unpack(t, b.objects[logs[3]]), "CreateUser", "GetUser", 1))
		}, integrity.Broken, integrity.HashMismatch, "not what CloudTrail delivered", 1},
		"a log file packed again, the same in content": {func(t *testing.T, b *bucket, _ *trail, _, logs []string) {
			half := unpack(t, b.objects[logs[3]])
			b.objects[logs[3]] = append(pack(half[:20]), pack(half[20:])...)
		}, integrity.Verified, integrity.Reserialised, "packed in 2 pieces", 1},
		"a log file removed": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			delete(b.objects, logs[3])
		}, integrity.Broken, integrity.FileMissing, "not in the copy", 1},
		"a log file put in": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[strings.Replace(logs[3], ".json.gz", "0.json.gz", 1)] = pack(`{"Records":[]}`)
		}, integrity.Broken, integrity.FileExtra, "it was put in", 1},
		"a file with another name put in": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[strings.TrimSuffix(logs[3], ".gz")] = []byte(`{"Records":[]}`)
		}, integrity.Broken, integrity.FileExtra, "not that of a log file", 1},
		"a second member behind the first": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = append(b.objects[logs[3]], pack(`{"Records":[{}]}`)...)
		}, integrity.Broken, integrity.HashMismatch, "packed in 2 pieces", 1},
		"bytes behind the member": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = append(b.objects[logs[3]], "tail"...)
		}, integrity.Broken, integrity.HashMismatch, "does not unpack", 1},
		"a log file cut short": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = b.objects[logs[3]][:30]
		}, integrity.Broken, integrity.HashMismatch, "does not unpack", 1},
		"a log file emptied": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = nil
		}, integrity.Broken, integrity.HashMismatch, "not what CloudTrail delivered", 1},
		"another text in a log file's place": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = []byte(`{"Records":[]}`)
		}, integrity.Broken, integrity.HashMismatch, "not what CloudTrail delivered", 1},
		"a bomb in a log file's place": {func(_ *testing.T, b *bucket, _ *trail, _, logs []string) {
			b.objects[logs[3]] = pack(strings.Repeat("\x00", 80<<20))
		}, integrity.Indeterminate, integrity.Oversize, "more than is read", 1},
		"a bomb in a digest's place": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[0]] = pack(strings.Repeat(" ", 20<<20))
		}, integrity.Indeterminate, integrity.Oversize, "more than is read", 1},
		"a digest edited": {func(t *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[2]] = pack(strings.Replace(unpack(t, b.objects[digests[2]]), "SHA-256", "SHA-256 ", 1))
		}, integrity.Broken, integrity.AlgUnexpected, "SHA-256 only", 1},
		"a log file taken out of a digest, and the next one's hash made to fit": {func(t *testing.T, b *bucket, _ *trail, digests, logs []string) {
			old := unpack(t, b.objects[digests[1]])
			i, j := strings.Index(old, `{"s3Bucket"`), strings.Index(old, `},{"s3Bucket"`)
			edited := old[:i] + old[j+2:]
			b.objects[digests[1]] = pack(edited)
			delete(b.objects, logs[0])
			b.objects[digests[2]] = pack(strings.Replace(unpack(t, b.objects[digests[2]]), hashOf(old), hashOf(edited), 1))
		}, integrity.Broken, integrity.SigBad, "AWS did not sign", 2},
		"a digest's hash edited": {func(t *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[0]] = pack(unpack(t, b.objects[digests[0]]) + " ")
		}, integrity.Broken, integrity.HashMismatch, "digest behind it says", 1},
		"another bucket": {func(t *testing.T, b *bucket, _ *trail, digests, _ []string) {
			for _, d := range digests {
				b.objects[d] = pack(strings.ReplaceAll(unpack(t, b.objects[d]), "example-bucket", "another-bucket"))
			}
		}, integrity.Broken, integrity.SigBad, "AWS did not sign", 6},
		"one digest removed": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			delete(b.objects, digests[2])
		}, integrity.Broken, integrity.FileMissing, "1h0m0s from 2026-03-01T02:00:00Z to 2026-03-01T03:00:00Z", 1},
		"two digests in a row removed": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			delete(b.objects, digests[2])
			delete(b.objects, digests[3])
		}, integrity.Broken, integrity.FileMissing, "111122223333_CloudTrail-Digest_us-east-2_main_us-east-2_20260301T030000Z.json.gz", 2},
		"the first digests removed": {func(_ *testing.T, b *bucket, _ *trail, digests, logs []string) {
			delete(b.objects, digests[0])
			delete(b.objects, digests[1])
			delete(b.objects, logs[0])
			delete(b.objects, logs[1])
		}, integrity.VerifiedWithGaps, integrity.GenesisUnexpected, "in the middle of the chain", 1},
		"the first digests removed, and not their log files": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			delete(b.objects, digests[0])
			delete(b.objects, digests[1])
		}, integrity.VerifiedWithGaps, integrity.FileExtra, "older than the first digest", 2},
		"the newest digest removed, and not its log files": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			delete(b.objects, digests[5])
			delete(b.sides, digests[5])
		}, integrity.VerifiedWithGaps, integrity.TailUnanchored, "delivered after the last digest", 5},
		"a digest in another's place": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[4]] = b.objects[digests[3]]
		}, integrity.Broken, integrity.FileRelocated, "another place", 1},
		"a digest put in twice under another day": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[strings.Replace(digests[3], "/01/", "/02/", 1)] = b.objects[digests[3]]
		}, integrity.Broken, integrity.FileRelocated, "another place", 1},
		"a member twice in a digest": {func(t *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[2]] = pack(strings.Replace(unpack(t, b.objects[digests[2]]), `"logFiles":`, `"logFiles":[],"log\u0046iles":`, 1))
		}, integrity.Broken, integrity.DupKey, "", 1},
		"a member in another spelling": {func(t *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[2]] = pack(strings.Replace(unpack(t, b.objects[digests[2]]), `"logFiles":`, `"LogFiles":`, 1))
		}, integrity.Broken, integrity.FieldMissing, "logFiles", 1},
		"no JSON": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.objects[digests[2]] = pack("no JSON")
		}, integrity.Broken, integrity.BadJSON, "", 1},
		"another algorithm in the metadata": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.sides[digests[5]] = bytes.Replace(b.sides[digests[5]], []byte("SHA256withRSA"), []byte("MD5withRSA"), 1)
		}, integrity.Broken, integrity.AlgUnexpected, "metadata", 1},
		"another signature in the metadata": {func(_ *testing.T, b *bucket, _ *trail, digests, _ []string) {
			b.sides[digests[5]] = b.sides[digests[4]]
		}, integrity.Broken, integrity.SigBad, "AWS did not sign", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBucket()
			tr := b.trail("111122223333", "us-east-2", "main")
			digests := day(tr)
			var logs []string
			for _, n := range slices.Sorted(maps.Keys(b.objects)) {
				if strings.Contains(n, "/CloudTrail/") {
					logs = append(logs, n)
				}
			}
			keys := keyring(t, tr.key)
			c.do(t, b, tr, digests, logs)
			var sides []string
			if b.sides[tr.digest] != nil {
				sides = append(sides, tr.digest)
			}
			r := check(t, b.copy(t, sides...), Options{Keys: keys})
			found := false
			for _, f := range r.Logs[0].Findings {
				found = found || f.Code == c.code && (strings.Contains(f.Note, c.note) || strings.HasSuffix(f.Expected, c.note))
			}
			if r.Verdict != c.verdict || r.Logs[0].Counts[c.code] != c.count || !found {
				t.Fatalf("%s", asJSON(t, r))
			}
		})
	}
}

func TestNoNameLeadsOut(t *testing.T) {
	t.Parallel()
	for name, object := range map[string]string{
		"up":                `../../x`,
		"up inside":         `AWSLogs/111122223333/CloudTrail/us-east-2/../../../../x`,
		"absolute":          `/etc/passwd`,
		"backslash":         `AWSLogs\\111122223333`,
		"zero byte":         `AWSLogs/\u0000`,
		"long":              "AWSLogs/111122223333/CloudTrail/us-east-2/" + strings.Repeat("x", 1024),
		"another account":   `AWSLogs/444455556666/CloudTrail/us-east-2/2026/03/01/x.json.gz`,
		"another prefix":    `other/AWSLogs/111122223333/CloudTrail/us-east-2/2026/03/01/x.json.gz`,
		"among the digests": `AWSLogs/111122223333/CloudTrail-Digest/us-east-2/x`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBucket()
			tr := b.trail("111122223333", "us-east-2", "main")
			tr.hour(1)
			first := tr.files[0]
			text := strings.Replace(unpack(t, b.objects[tr.digest]), quoted(first), `"`+object+`"`, 1)
			b.objects[tr.digest] = pack(text)
			delete(b.objects, first)
			dir := b.copy(t, tr.digest)
			writeFile(t, filepath.Dir(dir), "x", []byte("secret"))
			r := check(t, dir, Options{Keys: keyring(t, tr.key)})
			if r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.PathUnsafe] != 1 {
				t.Fatalf("%s", asJSON(t, r))
			}
		})
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	day(tr)
	log := tr.files[0]
	dir := b.copy(t, tr.digest)
	outside := filepath.Join(t.TempDir(), "log")
	if err := os.Rename(filepath.Join(dir, log), outside); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, log)); err != nil {
		t.Skip(err)
	}
	r := check(t, dir, Options{Keys: keyring(t, tr.key)})
	if r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.FileMissing] != 1 || len(r.Skipped) != 1 || r.Skipped[0].Name != "copy/"+log {
		t.Fatalf("%s", asJSON(t, r))
	}
}

func TestSeveralChainsInOneCopy(t *testing.T) {
	t.Parallel()
	b := newBucket()
	trails := []*trail{
		b.trail("111122223333", "us-east-2", "main"), b.trail("111122223333", "us-east-2", "main_b"), b.trail("111122223333", "eu-central-1", "main"),
		b.trail("444455556666", "us-east-2", "main"), b.trail("444455556666", "us-east-2", "org"), b.trail("444455556666", "us-east-2", "pre"),
	}
	trails[1].number = 1000
	trails[4].org = "o-abc123"
	trails[5].prefix = "audit/logs"
	var sides []string
	for _, tr := range trails {
		day(tr)
		sides = append(sides, tr.digest)
	}
	keys := keyring(t, makeKeys()[0])
	r := check(t, b.copy(t, sides...), Options{Keys: keys})
	if r.Verdict != integrity.Verified || len(r.Logs) != len(trails) {
		t.Fatalf("%s", asJSON(t, r))
	}
	delete(b.objects, trails[2].files[0])
	r = check(t, b.copy(t, sides...), Options{Keys: keys})
	broken := 0
	for _, l := range r.Logs {
		if l.Verdict == integrity.Broken {
			broken++
			if !strings.HasPrefix(l.Name, "111122223333/eu-central-1/main") {
				t.Errorf("%s is broken", l.Name)
			}
		}
	}
	if broken != 1 || r.Verdict != integrity.Broken {
		t.Fatalf("%s", asJSON(t, r))
	}
	only := check(t, b.copy(t, sides...), Options{Keys: keys, Only: []string{trails[3].files[0]}})
	if len(only.Logs) != 1 || only.Logs[0].Name != "444455556666/us-east-2/main" || only.Verdict != integrity.Verified {
		t.Fatalf("%s", asJSON(t, only))
	}
}

func TestTwoBucketsInOneFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		b := newBucket()
		tr := b.trail("111122223333", "us-east-2", "main")
		tr.bucket = name
		day(tr)
		if err := os.Rename(b.copy(t, tr.digest), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r := check(t, dir, Options{Keys: keyring(t, makeKeys()[0])})
	if r.Verdict != integrity.Verified || len(r.Logs) != 2 {
		t.Fatalf("%s", asJSON(t, r))
	}
}

func TestCopyWithoutItsPrefix(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	tr.prefix = "audit"
	day(tr)
	dir := b.copy(t, tr.digest)
	r := check(t, filepath.Join(dir, "audit"), Options{Keys: keyring(t, tr.key)})
	if r.Verdict != integrity.Verified || r.Logs[0].Counts[integrity.FileRelocated] != 6 {
		t.Fatalf("%s", asJSON(t, r))
	}
	root, err := os.OpenRoot(filepath.Join(dir, "audit", "AWSLogs", "111122223333"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := Verify(t.Context(), root, "x", Options{}); err == nil || !strings.Contains(err.Error(), "name the folder in which AWSLogs lies") {
		t.Fatal(err)
	}
}

// TestCopyOfSomeDays: what is missing outside of the period asked for is said,
// and leaves the period's verdict as it is.
func TestCopyOfSomeDays(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	tr.at = tr.at.Add(30 * time.Minute)
	var early []string
	for i := range 6 {
		d := tr.hour(4)
		if i == 1 { // from 01:30 to 02:30, the first with a log file of 01:35
			early = append(early, d)
		}
		if i == 3 {
			early = append(early, tr.files[0])
		}
	}
	for _, n := range early {
		delete(b.objects, n)
	}
	dir := b.copy(t, tr.digest)
	keys := keyring(t, tr.key)
	r := check(t, dir, Options{Keys: keys, Period: window("2026-03-01T04:00:00Z", "2026-03-01T06:00:00Z")})
	l := r.Logs[0]
	if r.Verdict != integrity.Verified || l.Counts[integrity.FileMissing] != 2 || l.Axes.Continuity != "intact" {
		t.Fatalf("%s", asJSON(t, r))
	}
	for _, from := range []string{"2026-03-01T03:00:00Z", "2026-03-01T02:00:00Z"} {
		if r := check(t, dir, Options{Keys: keys, Period: window(from, "2026-03-01T06:00:00Z")}); r.Verdict != integrity.Broken {
			t.Fatalf("%s", asJSON(t, r))
		}
	}
}

// TestUnpackedCopy: some tools unpack while they copy, which changes no content.
func TestUnpackedCopy(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	day(tr)
	for name, content := range b.objects {
		b.objects[name] = []byte(unpack(t, content))
	}
	r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key)})
	if r.Verdict != integrity.Verified || len(r.Logs[0].Findings) != 0 || !strings.Contains(strings.Join(r.Logs[0].Notes, " "), "12 log files are stored unpacked") {
		t.Fatalf("%s", asJSON(t, r))
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	old, next := *makeKeys()[0], *makeKeys()[1]
	old.to, next.from = "2026-03-01T03:00:00Z", "2026-03-01T03:30:00Z"
	tr.key = &old
	for range 3 {
		tr.hour(1)
	}
	tr.key = &next
	for range 3 {
		tr.hour(1)
	}
	dir := b.copy(t, tr.digest)
	r := check(t, dir, Options{Keys: keyring(t, &old, &next)})
	if r.Verdict != integrity.Verified || len(r.Logs[0].Keys) != 2 || r.Logs[0].Keys[1].Held != 3 {
		t.Fatalf("%s", asJSON(t, r))
	}
	r = check(t, dir, Options{Keys: keyring(t, &old)})
	if r.Verdict != integrity.Indeterminate || r.Logs[0].Counts[integrity.KeyMissing] != 3 {
		t.Fatalf("%s", asJSON(t, r))
	}
	old.to = "2026-03-01T01:30:00Z"
	r = check(t, dir, Options{Keys: keyring(t, &old, &next)})
	if r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.KeyExpired] != 2 {
		t.Fatalf("%s", asJSON(t, r))
	}
}

func TestValidationTurnedOffForAWhile(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	tr.hour(1)
	tr.hour(1)
	last := tr.digest
	tr.prevBucket, tr.prevObject, tr.prevHash, tr.prevSig = "", "", "", ""
	tr.at = tr.at.Add(2 * time.Hour)
	tr.hour(1)
	tr.hour(1)
	keys := keyring(t, tr.key)
	r := check(t, b.copy(t, tr.digest, last), Options{Keys: keys})
	l := r.Logs[0]
	if r.Verdict != integrity.VerifiedWithGaps || l.Counts[integrity.ChainReset] != 1 || l.Counts[integrity.TimeGap] != 1 || l.SilenceCount != 1 || l.Silences[0].Place != "inside" || l.Axes.Continuity != "gaps" {
		t.Fatalf("%s", asJSON(t, r))
	}
	r = check(t, b.copy(t, tr.digest), Options{Keys: keys})
	if r.Verdict != integrity.VerifiedWithGaps || r.Logs[0].Counts[integrity.TailUnanchored] != 1 {
		t.Fatalf("%s", asJSON(t, r))
	}
	r = check(t, b.copy(t, tr.digest), Options{Keys: keys, Period: window("2026-03-01T04:00:00Z", "2026-03-01T06:00:00Z")})
	if r.Verdict != integrity.Verified {
		t.Fatalf("%s", asJSON(t, r))
	}
}

func TestLateFiles(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr, late := b.trail("111122223333", "us-east-2", "main"), b.trail("111122223333", "us-east-2", "main")
	late.backfill, late.number = true, 500
	day(tr)
	late.hour(1)
	late.at = late.at.Add(2 * time.Hour)
	middle := late.hour(1)
	late.hour(0)
	keys := keyring(t, tr.key)
	r := check(t, b.copy(t, tr.digest, late.digest), Options{Keys: keys})
	if r.Verdict != integrity.Verified || len(r.Logs) != 2 || !strings.HasSuffix(r.Logs[1].Name, "late files") || r.Logs[1].Records != 2 {
		t.Fatalf("%s", asJSON(t, r))
	}
	if said := strings.Join(r.Logs[0].NotShown, "\n"); strings.Contains(said, "taken out whole") {
		t.Errorf("late files are there, and it says %s", said)
	}
	delete(b.objects, middle)
	r = check(t, b.copy(t, tr.digest, late.digest), Options{Keys: keys})
	if r.Logs[1].Verdict != integrity.Broken || r.Logs[1].Counts[integrity.FileMissing] != 1 {
		t.Fatalf("%s", asJSON(t, r))
	}
	// a copy from which all of them were taken out is one that never had any
	b = newBucket()
	tr = b.trail("111122223333", "us-east-2", "main")
	day(tr)
	r = check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key)})
	if said := strings.Join(r.Logs[0].NotShown, "\n"); len(r.Logs) != 1 || !strings.Contains(said, "taken out whole") {
		t.Errorf("nothing is said of late files that may have been taken out: %s", said)
	}
}

func TestNothingToCheck(t *testing.T) {
	t.Parallel()
	b := newBucket()
	tr := b.trail("111122223333", "us-east-2", "main")
	tr.hour(2)
	delete(b.objects, tr.digest)
	r := check(t, b.copy(t), Options{})
	if r.Verdict != integrity.NotTamperEvident || r.Logs[0].Records != 2 {
		t.Fatalf("%s", asJSON(t, r))
	}
	for _, n := range tr.files {
		delete(b.objects, n)
	}
	dir := b.copy(t)
	if err := os.MkdirAll(filepath.Join(dir, "AWSLogs/111122223333/CloudTrail-Digest/us-east-2"), 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := Verify(t.Context(), root, "x", Options{}); err == nil || !strings.Contains(err.Error(), integrity.ErrNothing.Error()) {
		t.Fatal(err)
	}
}
