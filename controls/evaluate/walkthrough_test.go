package evaluate

import (
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

func TestOneItemShowsHowAControlWorks(t *testing.T) {
	t.Parallel()
	w := releases()
	w.add("deployment", map[string]any{"deployment_id": "long ago", "component_id": "fraud", "environment": "production", "model_version": "1", "deployed_by_kind": "pipeline", "started_at": "2024-02-01T00:00:00Z"})
	in := w.input(t)
	in.Window.From = in.Window.To - 1
	got, err := Walkthroughs(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var own *Walkthrough
	seen := map[string]bool{}
	for i, x := range got {
		if seen[x.Control] {
			t.Errorf("control %s has two items", x.Control)
		}
		seen[x.Control] = true
		if x.Control == "OWN-01" {
			own = &got[i]
		}
	}
	if own == nil {
		t.Fatal("no item of OWN-01")
	}
	in.Gaps = []evidence.Gap{{Kind: "deployment", Columns: []string{"model_version"}, From: period.From, To: period.To, Reason: evidence.GapNotProvided}}
	blind, err := Walkthroughs(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range blind {
		if x.Test == "OWN-01.T1" && x.Letters[0].Value != controls.LetterNull {
			t.Errorf("a letter that reads what could not be seen is %s", x.Letters[0].Value)
		}
	}
	if own.Item != "floating" || own.Component != "fraud" || own.At != "2026-03-01T00:00:00.000000Z" || len(own.Letters) == 0 || own.Letters[0].Value != controls.LetterTrue {
		t.Errorf("got %+v: want the last deployment before the end that is a component's own", own)
	}
}

func TestWhatSomebodyElseCarriesOutIsNoResult(t *testing.T) {
	t.Parallel()
	in := releases().input(t)
	in.ReliesOn = []controls.ReliesOn{{Component: "fraud", Control: "OWN-01", Organisation: "Cedar Hosting", Method: "inclusive"}}
	out, items := run(t, in)
	for _, r := range out.Results {
		if r.Control == "OWN-01" && r.Component == "fraud" {
			t.Errorf("%s for fraud has a result: %s", r.Test, r.State)
		}
	}
	for _, i := range items {
		if i.Test == "OWN-01.T1" && i.Component == "fraud" {
			t.Errorf("item %s of %s is shown as one of ours", i.Key, i.Test)
		}
	}
	if got := resultOf(t, out, "OWN-01.T1", Unmatched); got.Population != 1 {
		t.Errorf("rows of nobody: got %+v", got)
	}
	for _, x := range out.Relied {
		if x.Test == "OWN-01.T1" && (x.Component != "fraud" || x.Items != 3 || x.Indeterminate != 3) {
			t.Errorf("shown beside: %+v", x)
		}
	}
	if len(out.Relied) != 3 {
		t.Errorf("got %+v, want the three tests of the control", out.Relied)
	}
	if _, err := Walkthroughs(t.Context(), in); err != nil {
		t.Error(err)
	}
}
