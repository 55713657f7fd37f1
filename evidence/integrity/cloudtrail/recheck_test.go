//go:build unix

package cloudtrail

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/integrity"
)

// fixture checks the copy that a script wrote, with the options given.
func fixture(t testing.TB, dir string) *integrity.Report {
	t.Helper()
	text, err := os.ReadFile("testdata/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys{}
	if err := keys.Read("keys.json", text); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	r, err := Verify(t.Context(), root, dir, Options{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestCopyByAnotherProducer checks a copy that testdata/make_copy.py wrote, and
// runs the commands that the report gives for checking a part of it.
func TestCopyByAnotherProducer(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("testdata/copy")
	if err != nil {
		t.Fatal(err)
	}
	r := fixture(t, dir)
	if r.Verdict != integrity.Verified || len(r.Logs) != 2 || r.Logs[0].Records != 6 || r.Logs[1].Records != 1 {
		t.Fatalf("%s", asJSON(t, r))
	}
	for _, tool := range []string{"sh", "gzip", "sha256sum", "xxd", "base64", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	for _, l := range r.Logs {
		c := exec.CommandContext(t.Context(), "sh", "-e", "-c", strings.Join(l.Recheck, "\n"))
		c.Dir = t.TempDir()
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !strings.Contains(string(out), "Verified OK") || !strings.Contains(string(out), l.Head) {
			t.Errorf("%s", out)
		}
	}
}
