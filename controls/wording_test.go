package controls_test

import (
	"testing"

	"github.com/tieout/tieout/controls"
)

func TestOneDayIsNeverPrintedAsAPeriod(t *testing.T) {
	t.Parallel()
	var day controls.Wording
	if err := day.AsOf.UnmarshalText([]byte("2026-06-30")); err != nil {
		t.Fatal(err)
	}
	for state, want := range map[controls.State]string{
		controls.Pass: "implemented as of 2026-06-30", controls.Deviation: "not implemented", controls.NotTested: "not determined",
		controls.Indeterminate: "not determined: field missing", controls.NotOccurring: "not determined: nothing was there", controls.NotDue: "not due",
	} {
		if got := day.Of(state); got != want {
			t.Errorf("%s is printed %q, want %q", state, got, want)
		}
		if got := (controls.Wording{}).Of(state); got != state.Words() {
			t.Errorf("%s of a period is printed %q, want %q", state, got, state.Words())
		}
	}
}
