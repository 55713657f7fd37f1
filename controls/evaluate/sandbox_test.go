//go:build unix

package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
)

// hostile puts SQL that no catalogue would let in into the place of a test's.
func hostile(t *testing.T, in Input, items string) Input {
	t.Helper()
	in = only(in, "OWN-01.T1")
	in.Catalog = ownCatalog(t)
	for i := range in.Catalog.Controls {
		for j := range in.Catalog.Controls[i].Tests {
			if test := &in.Catalog.Controls[i].Tests[j]; test.ID == "OWN-01.T1" {
				test.ItemSQL = items
			}
		}
	}
	return in
}

// TestAttacksInAChildAreErrors runs what gets past no loader, should one ever
// let it: what comes out is an error, and no file.
func TestAttacksInAChildAreErrors(t *testing.T) {
	t.Parallel()
	base := deployments().input(t)
	dir := t.TempDir()
	for name, c := range map[string]struct{ sql, says string }{
		"attach":            {"ATTACH '" + dir + "/a.sqlite' AS a", "only SELECT is allowed"},
		"vacuum into":       {"VACUUM INTO '" + dir + "/v.sqlite'", "only SELECT is allowed"},
		"load a library":    {"SELECT load_extension('" + dir + "/x.so')", "function load_extension is not allowed"},
		"a writable pragma": {"PRAGMA query_only = OFF", "only SELECT is allowed"},
		"a long string": {"WITH RECURSIVE s (n, a) AS (SELECT 1, 'aaaaaaaaaaaaaaaa' UNION ALL SELECT s.n + 1, s.a || s.a FROM s WHERE s.n < 40) SELECT max(s.n) FROM s",
			"too big"},
		"endless recursion": {"WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT s.n + 1 FROM s) SELECT count(s.n) FROM s", "stopped after 500ms"},
		"other columns":     {"SELECT 1 AS one", "are not among them"},
		"other components":  {"SELECT 'zz' AS component, 'i' AS item, 1 AS in_scope, 0 AS is_not_due, 1 AS A, 1 AS B, 'pass' AS state", `component "zz", which there is not`},
		"another truth":     {"SELECT 'fraud' AS component, 'i' AS item, 1 AS in_scope, 0 AS is_not_due, 5 AS A, 1 AS B, 'pass' AS state", "want true, false or NULL"},
		"another state":     {"SELECT 'fraud' AS component, 'i' AS item, 1 AS in_scope, 0 AS is_not_due, 1 AS A, 1 AS B, 'passed' AS state", `state "passed"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := hostile(t, base, c.sql)
			in.TimeLimit = 500 * time.Millisecond
			out, err := RunSandboxed(t.Context(), childArgv, in, nil)
			if err == nil || out != nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("want an error that says %q, got %v, %+v", c.says, err, out)
			}
		})
	}
	t.Cleanup(func() {
		if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
			t.Errorf("files were made: %v, %v", made, err)
		}
	})
}

func TestAChildThatDiesIsAnError(t *testing.T) {
	t.Parallel()
	in := only(deployments().input(t), "OWN-01.T1")
	for name, argv := range map[string][]string{
		"it ends at once":          {"/bin/true"},
		"it fails":                 {"/bin/false"},
		"it is not there":          {"/no/such/program"},
		"it says something else":   {"/bin/echo", "hello"},
		"it says done and no more": {"/bin/echo", `{"done":true}`},
		"it kills itself":          {"/bin/sh", "-c", "kill -9 $$"},
		"none was named":           nil,
	} {
		if out, err := RunSandboxed(t.Context(), argv, in, nil); err == nil || out != nil && len(out.Results) > 0 {
			t.Errorf("%s: got %v, %v", name, out, err)
		}
	}
}

func TestAChildEndsWithItsParentsContext(t *testing.T) {
	t.Parallel()
	in := hostile(t, deployments().input(t), "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT s.n + 1 FROM s) SELECT count(s.n) FROM s")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	started := time.Now()
	if _, err := RunSandboxed(ctx, childArgv, in, nil); err == nil || time.Since(started) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(started), err)
	}
}

func TestAReceiverThatFailsStopsTheChild(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	_, err := RunSandboxed(t.Context(), childArgv, only(deployments().input(t), "OWN-01.T1"), func(controls.Item) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

func TestAChildSeesNoSecrets(t *testing.T) {
	t.Setenv("TIEOUT_SECRET", "hunter2")
	out := filepath.Join(t.TempDir(), "env")
	in := only(deployments().input(t), "OWN-01.T1")
	_, _ = RunSandboxed(t.Context(), []string{"/bin/sh", "-c", "/usr/bin/env > " + out}, in, nil)
	seen, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(seen), "hunter2") || !strings.Contains(string(seen), "TZ=UTC") {
		t.Errorf("the child sees\n%s", seen)
	}
}

func TestAChildEndsWhenItsStdinDoes(t *testing.T) {
	t.Parallel()
	in := hostile(t, deployments().input(t), "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT s.n + 1 FROM s) SELECT count(s.n) FROM s")
	ask, err := json.Marshal(request{Database: in.Database, Controls: in.Catalog.Controls, Params: in.Catalog.Params, TestIDs: in.TestIDs, TimeLimit: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), childArgv[0], childArgv[1:]...)
	cmd.Stdin = bytes.NewReader(append(ask, '\n'))
	started := time.Now()
	said, err := cmd.Output()
	if err != nil || !strings.Contains(string(said), `{"error":`) || time.Since(started) > 30*time.Second {
		t.Errorf("after %s it said %.300s, %v", time.Since(started), said, err)
	}
}
