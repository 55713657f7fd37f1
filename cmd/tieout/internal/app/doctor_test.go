package app

import (
	"testing"

	"github.com/tieout/tieout/evidence"
)

func TestTheKindThatCompletesMostIsNamedFirst(t *testing.T) {
	t.Parallel()
	got := choose([]want{
		{"T1", []evidence.Kind{"change"}}, {"T2", []evidence.Kind{"change"}},
		{"T3", []evidence.Kind{"change", "deployment"}}, {"T4", []evidence.Kind{"deployment", "worker"}},
		{"T5", []evidence.Kind{"deployment", "worker"}}, {"T6", []evidence.Kind{"sign_in"}},
	})
	if len(got) != 3 || got[0].Kind != "change" || got[0].Turns != 2 || got[0].Reads != 3 || got[1].Kind != "deployment" || got[1].Turns != 1 || got[2].Kind != "worker" || got[2].Turns != 2 {
		t.Errorf("%+v", got)
	}
	if got := choose(nil); got == nil || len(got) > 0 {
		t.Errorf("%+v", got)
	}
}
