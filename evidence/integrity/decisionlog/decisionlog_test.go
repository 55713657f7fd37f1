package decisionlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
)

type never struct{}

func (never) Write([]byte) (int, error) { return 0, errors.New("no space") }

func record(i int) map[string]any {
	return map[string]any{"at": evidence.Instant(i) * 1e6, "decision_id": "dc", "n": int64(i)}
}

func TestNamesAndMembersOfTheFormatAreRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{}, {Log: "a"}, {Log: "a b", Writer: "w"}, {Log: "a", Writer: "w+x"}, {Log: "a\n", Writer: "w"}, {Log: strings.Repeat("a", 201), Writer: "w"}, {Log: "a", Writer: "w", Every: -1}} {
		if _, err := New(&bytes.Buffer{}, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	var out bytes.Buffer
	w, err := New(&out, Options{Log: "a", Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []map[string]any{
		{}, {"at": 5}, {"at": "2026-01-01"}, {"at": "2026-01-01T00:00:00Z", "seq": 1}, {"at": "2026-01-01T00:00:00Z", "hash": ""}, {"at": "2026-01-01T00:00:00Z", "type": "checkpoint"},
		{"at": "2026-01-01T00:00:00Z", "type": 1}, {"at": "2026-01-01T00:00:00Z", "x": struct{}{}}, {"at": "2026-01-01T00:00:00Z", "x": strings.Repeat("x", MaxRecord)},
	} {
		if err := w.Append(bad); err == nil {
			t.Errorf("%.80v was written", bad)
		}
	}
	if err := w.Checkpoint(); err == nil {
		t.Error("a checkpoint without a key was written")
	}
	if err := w.Append(record(1)); err != nil {
		t.Fatal("after refused records: ", err)
	}
	if n := strings.Count(out.String(), "\n"); n != 2 || w.State().Seq != 2 {
		t.Errorf("%d lines, %+v", n, w.State())
	}
}

func TestWriterStopsWhereItCouldNotWrite(t *testing.T) {
	t.Parallel()
	w, err := New(never{}, Options{Log: "a", Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	first := w.Append(record(1))
	if first == nil || !strings.Contains(first.Error(), "no space") {
		t.Errorf("%v", first)
	}
	if again := w.Append(record(2)); !errors.Is(again, first) {
		t.Errorf("it went on: %v", again)
	}
}

// TestLogGoesOnWhereItStopped writes one log in one go and in two, and compares
// the records.
func TestLogGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	var whole, a, b bytes.Buffer
	w, err := New(&whole, Options{Log: "a", Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if i == 2 {
			cut := whole.Len()
			if err := w.Rotate(&whole); err != nil || whole.Len() != cut {
				t.Fatalf("%v, %d bytes", err, whole.Len()-cut)
			}
		}
		if err := w.Append(record(i)); err != nil {
			t.Fatal(err)
		}
	}
	one, err := New(&a, Options{Log: "a", Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(one.Append(record(0)), one.Append(record(1)), one.Close()); err != nil {
		t.Fatal(err)
	}
	if err := one.Append(record(2)); err == nil {
		t.Error("a closed log was written to")
	}
	state := one.State()
	two, err := New(&b, Options{Log: "a", Writer: "w", Resume: &state})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(two.Append(record(2)), two.Append(record(3)), two.Close()); err != nil {
		t.Fatal(err)
	}
	if got := a.String() + b.String(); got != whole.String() {
		t.Errorf("in two goes:\n%s\nin one:\n%s", got, whole.String())
	}
}

func TestLinesAreCanonical(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := New(&out, Options{Log: "a", Writer: "w"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(map[string]any{"at": "2026-01-01T01:00:00+01:00", "z": 1.0, "a": []string{"<b>"}}); err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(out.String(), "\n")
	if !strings.HasPrefix(line, `{"a":["<b>"],"at":"2026-01-01T00:00:00.000000Z","prev":"`) || !strings.Contains(line, `"seq":1,"type":"decision","z":1,"hash":"`) || !json.Valid([]byte(line)) {
		t.Error(line)
	}
}
