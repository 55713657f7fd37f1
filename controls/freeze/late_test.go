package freeze

import (
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

func TestAStateSeenOnlyAfterTheEndIsLate(t *testing.T) {
	t.Parallel()
	w := world{}
	end := halfYear().To
	for _, o := range []struct {
		id, component string
		after         []time.Duration
	}{
		{"both", "fraud", []time.Duration{-time.Hour, time.Hour}},
		{"twice", "fraud", []time.Duration{48 * time.Hour, time.Hour}},
		{"edge", "nobody", []time.Duration{0}},
		{"before", "fraud", []time.Duration{-time.Microsecond}},
	} {
		for _, d := range o.after {
			w.add("endpoint", evidence.InstantOf(end.Time().Add(d)).String(), map[string]any{"endpoint_id": o.id, "component_id": o.component})
		}
	}
	w.add("change", evidence.InstantOf(end.Time().Add(time.Hour)).String(), map[string]any{"change_id": "C1"})
	got, err := LateStates(t.Context(), Input{Window: halfYear(), Components: []controls.Component{{ID: "fraud"}}, Records: w.records})
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]Late{}
	for _, l := range got {
		byKey[l.Key] = l
	}
	if len(got) != 2 || byKey["twice"].Component != "fraud" || byKey["twice"].Seen != end+evidence.Instant(time.Hour.Microseconds()) || byKey["edge"].Component != "" || byKey["edge"].Seen != end {
		t.Errorf("got %+v, want twice with its earlier look, and edge", got)
	}
}
