package catalog_test

import (
	"flag"
	"os"
	"testing"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
)

var update = flag.Bool("update", false, "write docs/controls.md anew")

func TestThePageOfControlsIsCurrent(t *testing.T) {
	t.Parallel()
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	if err := evaluate.FillReads(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	const page = "../../docs/controls.md"
	want := catalog.Reference(c)
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/controls.md differs from the catalogue (%v): run go test ./controls/catalog -update", err)
	}
}
