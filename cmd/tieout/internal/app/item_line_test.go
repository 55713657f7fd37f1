package app

import (
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/canon"
)

func TestAnItemHasItsCanonicalLine(t *testing.T) {
	t.Parallel()
	for name, i := range map[string]controls.Item{
		"a whole one": {
			Test: "AI-CHG-02.T1", No: 12, Key: "c1", Component: "m1", Record: "r", At: "2026-03-01T10:00:00.000000Z", State: controls.Deviation,
			Letters: map[string]string{"B": "false", "A": "true"}, Reason: "B does not hold: \"quoted\"\n\u2028<&>",
			Facts: map[string]any{"z": nil, "a": int64(9007199254740993), "f": 0.1, "whole": 3.0, "big": 1e21, "é": "ü", "b": "\x01 bad \xff"},
		},
		"one with nothing beside it": {Test: "T", No: 1, Key: "", Component: "entity", State: controls.NotTested, Letters: map[string]string{}, Facts: map[string]any{}},
	} {
		want, err := canon.Marshal(i)
		if err != nil {
			t.Fatal(err)
		}
		got, err := appendItem([]byte("before"), &i)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != "before"+string(want)+"\n" {
			t.Errorf("%s:\n got %s\nwant before%s", name, got, want)
		}
	}
}
