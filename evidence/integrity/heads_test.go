package integrity

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// TestALogWrittenAgainIsShownByAnEarlierHead makes a chain anew from an edit
// on: nothing inside of it shows that, and a head seen before does.
func TestALogWrittenAgainIsShownByAnEarlierHead(t *testing.T) {
	t.Parallel()
	p := profile(t, `
link: {prev: {field: /p}, self: {field: /h}, genesis: ["GENESIS"]}
digest: {alg: sha256, input: [{raw: before-field, field: /h}]}
`)
	log := func(n, edit int) string {
		return made(t, n, "GENESIS", func(i int, prev string) (string, string) {
			word := "yes"
			if i == edit {
				word = "no"
			}
			body := fmt.Sprintf(`{"v":"%s%d","p":%q`, word, i, prev)
			h := evidence.DigestOf([]byte(body)).String()
			return fmt.Sprintf(`%s,"h":%q}`, body, h), h
		})
	}
	sound := log(50, -1)
	early := put(t, filepath.Join(t.TempDir(), "log.jsonl"), lines(t, sound)[:30]...)
	seen := verify(t, Options{Profile: p}, early).Logs[0]
	before := EarlierHead{Path: "log.jsonl", Records: seen.Records, Head: seen.Head, At: 1_767_225_600_000_000}
	check := func(what, name string, want Verdict, code Code, outside bool) {
		t.Helper()
		s := before
		s.Path = verify(t, Options{Profile: p}, name).Logs[0].Path
		r := verify(t, Options{Profile: p, Heads: []EarlierHead{s}}, name).Logs[0]
		if len(r.Heads) != 1 || r.Verdict != want || r.Heads[0].Holds != (code == "" && !outside) || r.Heads[0].Outside != outside || code != "" && r.Counts[code] != 1 {
			t.Errorf("%s: %s", what, asJSON(t, r))
		}
		if want == SelfConsistent && r.Axes.Anchoring != "self_attested" {
			t.Errorf("%s: a head that was seen before counts as an anchor", what)
		}
	}
	check("it went on", sound, SelfConsistent, "", false)
	check("edited in front of the head and made anew", log(50, 12), Broken, HeadMismatch, false)
	check("edited behind it", log(50, 40), SelfConsistent, "", false)
	check("cut off in front of it", put(t, filepath.Join(t.TempDir(), "log.jsonl"), lines(t, sound)[:20]...), Broken, TailShorter, false)
	check("its beginning is kept no more", put(t, filepath.Join(t.TempDir(), "log.jsonl"), lines(t, sound)[35:]...), SelfConsistent, "", true)
	none := before
	none.Path, none.Head = verify(t, Options{Profile: p}, sound).Logs[0].Path, strings.Repeat("a", 64)
	if r := verify(t, Options{Profile: p, Heads: []EarlierHead{none}}, sound).Logs[0]; r.Extent == nil || !strings.Contains(r.Extent.Words, "written again") {
		t.Errorf("what it says of the damage: %+v", r.Extent)
	}
	other := before
	other.Path = "another.jsonl"
	if r := verify(t, Options{Profile: p, Heads: []EarlierHead{other}}, sound).Logs[0]; len(r.Heads) != 0 || r.Verdict != SelfConsistent {
		t.Errorf("a head of another log was looked for: %s", asJSON(t, r))
	}
	bad := before
	bad.Head = strings.Repeat("g", 64)
	if _, err := Verify(t.Context(), logfile.Paths(sound), Options{Profile: p, Heads: []EarlierHead{bad}}); err == nil {
		t.Error("a head that is no hash was taken")
	}
}
