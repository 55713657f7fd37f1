package catalog

import (
	"os"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls/evaluate/readonly"
)

// TestThePageForAuthorsHoldsASoundTest checks the example that the page shows.
func TestThePageForAuthorsHoldsASoundTest(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/writing-tests.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	src, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the page shows no example")
	}
	for _, f := range readonly.Functions {
		if !strings.Contains(string(page), f) {
			t.Errorf("the page does not name the function %s", f)
		}
	}
	if errs := Check(File{Name: "docs/writing-tests.md", Src: []byte(src)}); errs != nil {
		t.Error(joined(errs))
	}
}
