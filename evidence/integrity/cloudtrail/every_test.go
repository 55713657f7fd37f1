//go:build unix

package cloudtrail

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/integrity"
)

// TestEveryFileCounts takes away, changes, doubles and exchanges each file of a
// good copy in turn. None of it may leave a copy that is called verified.
func TestEveryFileCounts(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS("testdata/copy"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join("testdata/copy", name))
		files[name] = b
		return err
	})
	if err != nil || len(files) != 14 {
		t.Fatal(len(files), err)
	}
	judged := func(t *testing.T, change func(map[string][]byte)) *integrity.Report {
		mine := map[string][]byte{}
		for n, b := range files {
			mine[n] = b
		}
		change(mine)
		dir := t.TempDir()
		for n, b := range mine {
			writeFile(t, dir, n, b)
		}
		return fixture(t, dir)
	}
	if r := judged(t, func(map[string][]byte) {}); r.Verdict != integrity.Verified {
		t.Fatalf("%s", asJSON(t, r))
	}
	for name, content := range files {
		side := strings.HasSuffix(name, metaEnding)
		for what, change := range map[string]func(map[string][]byte){
			"taken away": func(m map[string][]byte) { delete(m, name) },
			"emptied":    func(m map[string][]byte) { m[name] = nil },
			"cut short":  func(m map[string][]byte) { m[name] = content[:len(content)/2] },
			"grown":      func(m map[string][]byte) { m[name] = append(bytes.Clone(content), 'x') },
			"changed": func(m map[string][]byte) {
				if side {
					m[name] = bytes.Replace(content, []byte(`"signature": "`), []byte(`"signature": "00`), 1)
					return
				}
				m[name] = pack(strings.Replace(unpack(t, content), "2026-03-01", "2026-03-02", 1))
			},
			"doubled": func(m map[string][]byte) {
				m[strings.Replace(name, "T1", "T2", 1)] = content
				m[strings.Replace(name, "T09", "T08", 1)] = content
			},
			"given another's content": func(m map[string][]byte) {
				for _, other := range slices.Sorted(maps.Keys(files)) {
					b := files[other]
					if other != name && strings.HasSuffix(other, metaEnding) == side {
						m[name] = b
					}
				}
			},
		} {
			r := judged(t, change)
			if side && what == "doubled" && len(r.Skipped) > 0 {
				continue // it belongs to nothing, which is said
			}
			if r.Verdict == integrity.Verified {
				t.Errorf("%s %s: verified", name, what)
			}
			late := r.Verdict == integrity.Broken || r.Verdict == integrity.Indeterminate
			if what != "taken away" && what != "doubled" && !side && !late {
				t.Errorf("%s %s: %s", name, what, r.Verdict)
			}
		}
	}
}

// TestForgedDigests puts in what somebody without AWS's key can make.
func TestForgedDigests(t *testing.T) {
	t.Parallel()
	setup := func() (*bucket, *trail, []string) {
		b := newBucket()
		tr := b.trail("111122223333", "us-east-2", "main")
		return b, tr, day(tr)
	}
	forged := *makeKeys()[2]
	t.Run("one more behind the newest, naming a forged log file", func(t *testing.T) {
		b, tr, _ := setup()
		tr.key = &forged
		tr.edit = func(s string) string { return strings.ReplaceAll(s, forged.fingerprint, makeKeys()[0].fingerprint) }
		tr.hour(1)
		keys := keyring(t, makeKeys()[0])
		if r := check(t, b.copy(t, tr.digest), Options{Keys: keys}); r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.SigBad] != 1 {
			t.Fatalf("%s", asJSON(t, r))
		}
		if r := check(t, b.copy(t), Options{Keys: keys}); r.Verdict != integrity.VerifiedWithGaps || r.Logs[0].Counts[integrity.TailUnanchored] != 1 {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("a chain written anew with a key of their own", func(t *testing.T) {
		b := newBucket()
		tr := b.trail("111122223333", "us-east-2", "main")
		tr.key = &forged
		day(tr)
		if r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, makeKeys()[0])}); r.Verdict != integrity.Indeterminate {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("one between two that are linked", func(t *testing.T) {
		b, tr, digests := setup()
		middle := strings.Replace(digests[2], "T030000Z", "T023000Z", 1)
		text := strings.ReplaceAll(unpack(t, b.objects[digests[2]]), "T030000Z", "T023000Z")
		text = strings.Replace(text, `"digestEndTime":"2026-03-01T03:00:00Z"`, `"digestEndTime":"2026-03-01T02:30:00Z"`, 1)
		b.objects[middle] = pack(text)
		r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key)})
		if r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.Fork]+r.Logs[0].Counts[integrity.LinkBreak] == 0 {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
	t.Run("the beginning replaced by a new beginning", func(t *testing.T) {
		b, tr, digests := setup()
		text := unpack(t, b.objects[digests[2]])
		for _, m := range linkMembers {
			i := strings.Index(text, `"`+m+`":"`) + len(m) + 3
			j := i + 1 + strings.IndexByte(text[i+1:], '"') + 1
			text = text[:i] + "null" + text[j:]
		}
		b.objects[digests[2]] = pack(text)
		delete(b.objects, digests[0])
		delete(b.objects, digests[1])
		r := check(t, b.copy(t, tr.digest), Options{Keys: keyring(t, tr.key)})
		if r.Verdict != integrity.Broken || r.Logs[0].Counts[integrity.SigBad] == 0 {
			t.Fatalf("%s", asJSON(t, r))
		}
	})
}
