package bundle

import (
	"strings"
	"testing"
)

func TestAPackageIsValidAsZipAndAsFolder(t *testing.T) {
	t.Parallel()
	for _, dir := range []bool{false, true} {
		in := theWorld().input(t)
		in.Dir = dir
		path := written(t, in)
		r := verified(t, path, options(t))
		var text strings.Builder
		if err := r.Text(&text); err != nil {
			t.Fatal(err)
		}
		if r.Verdict != Valid || r.Verdict.ExitCode() != 0 {
			t.Errorf("folder %v:\n%s", dir, text.String())
		}
		for _, k := range rebuildOrder {
			if got := r.Rebuild[k.key]; got != Equal && k.key != "html" {
				t.Errorf("folder %v: %s is %s", dir, k.key, got)
			}
		}
		t.Log(text.String())
	}
}
