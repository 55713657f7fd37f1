package evaluate

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls/catalog"
)

// TestAnAuditorsSqlite3CountsTheSame runs tests.sql on a frozen file as the
// package tells an auditor to.
func TestAnAuditorsSqlite3CountsTheSame(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("NOT CHECKED: there is no sqlite3 here, so nothing compares its counts with ours")
	}
	in := deployments().input(t)
	cmd := exec.CommandContext(t.Context(), program, "-safe", "-readonly", "-bail", in.Database)
	cmd.Stdin = bytes.NewReader(catalog.TestsSQL(in.Catalog))
	theirs, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, theirs)
	}
	counts, err := Recount(t.Context(), in.Database, in.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for test, components := range counts {
		for component, c := range components {
			if c.Population > 0 {
				ours = append(ours, fmt.Sprintf("%s|%s|%d|%d|%d|%d|%d", test, component, c.Population, c.Pass, c.Deviation, c.Indeterminate, c.NotDue))
			}
		}
	}
	slices.Sort(ours)
	lines := strings.Fields(string(theirs))
	slices.Sort(lines)
	if len(ours) < 5 || !slices.Equal(ours, lines) {
		t.Errorf("sqlite3 counts\n%s\nand we\n%s", strings.Join(lines, "\n"), strings.Join(ours, "\n"))
	}
}
