package freeze

import (
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

func TestTwoFreezesAreComparedRowByRow(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+strings.Repeat("\n", min(len(lines), 1))), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	then := write("then.jsonl",
		`{"_id":"a1","_observed_at":"2026-07-01T00:00:00.000000Z","change_id":"1","deployed_at":"2026-02-01T00:00:00.000000Z"}`,
		`{"_id":"b2","change_id":"2","deployed_at":"2026-02-01T00:00:00.000000Z"}`,
		`{"_id":"c3","change_id":"3","deployed_at":"2026-02-01T00:00:00.000000Z"}`)
	now := write("now.jsonl",
		`{"_id":"a0","change_id":"0","deployed_at":"2026-03-01T00:00:00.000000Z"}`,
		`{"_id":"a1","_observed_at":"2026-07-09T00:00:00.000000Z","change_id":"1","deployed_at":"2026-02-01T00:00:00.000000Z"}`,
		`{"_id":"c3","change_id":"3","deployed_at":"2026-02-02T00:00:00.000000Z"}`,
		`{"_id":"d4","change_id":"4","deployed_at":"2026-08-01T00:00:00.000000Z"}`,
		`{"_id":"e5","change_id":"5"}`)
	schema, _ := kinds.Of("change")
	got, err := Compare(t.Context(), schema, then, now, at("2026-07-02T00:00:00Z"))
	if err != nil {
		t.Fatal(err)
	}
	want := &Difference{Kind: "change", Then: 3, Now: 5, Same: 1, Changed: 1, Vanished: 1, Added: 3, LateAdded: 1, Undated: 1, VanishedExamples: []string{"b2"}, LateExamples: []string{"a0"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got, err := Compare(t.Context(), schema, write("none.jsonl"), then, at("2026-07-02T00:00:00Z")); err != nil || got.Added != 3 || got.Then != 0 {
		t.Errorf("against nothing: %+v, %v", got, err)
	}
	for name, bad := range map[string]string{"no id": `{"change_id":"1"}`, "out of order": "{\"_id\":\"b\"}\n{\"_id\":\"a\"}"} {
		if _, err := Compare(t.Context(), schema, then, write("bad.jsonl", bad), 0); err == nil {
			t.Errorf("%s: compared all the same", name)
		}
	}
}

func TestWhatASourceShowsNoMoreIsCounted(t *testing.T) {
	t.Parallel()
	shown := func(ids ...string) iter.Seq2[*evidence.Record, error] {
		return func(yield func(*evidence.Record, error) bool) {
			for _, id := range ids {
				r := kinds.New("change")
				r.ID = id
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	for _, c := range []struct {
		then, now []string
		gone      []string
	}{
		{[]string{"a", "b", "c"}, []string{"a", "c"}, []string{"b"}},
		{[]string{"a", "b", "b", "c"}, []string{"0", "b"}, []string{"a", "c"}},
		{[]string{"a"}, nil, []string{"a"}},
		{nil, []string{"a"}, nil},
		{[]string{"b"}, []string{"b", "c"}, nil},
	} {
		d := Difference{}
		if err := d.AddGone(shown(c.then...), shown(c.now...)); err != nil {
			t.Fatal(err)
		}
		if int(d.Gone) != len(c.gone) || !reflect.DeepEqual(d.GoneExamples, c.gone) {
			t.Errorf("then %v, now %v: got %v, want %v", c.then, c.now, d.GoneExamples, c.gone)
		}
	}
}
