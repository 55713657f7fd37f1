package mlflow

import (
	"os"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// pullServer pulls from the server that .ci/servers/mlflow starts and fills.
func pullServer(t *testing.T, user, rest string) pulled {
	t.Helper()
	url := os.Getenv("TIEOUT_TEST_MLFLOW")
	if url == "" {
		t.Skip("!!! NOT RUN against a real MLflow: run .ci/servers/mlflow and set the line it prints")
	}
	k := &sourcetest.Keeper{}
	password := os.Getenv("TIEOUT_TEST_MLFLOW_PASSWORD")
	text := "{id: mlflow, type: mlflow, url: '" + url + "', user: " + user + ", password: env:PW, allow: [http, loopback], rate: 1000" + rest + "}"
	f := sourcetest.Fixture{Config: text, Dir: t.TempDir(), Secret: map[string]string{"env:PW": password}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, text, k))
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Read(t, res, k)
}

func TestServerShowsAllThatWasPutIn(t *testing.T) {
	for _, size := range []string{"90", "1000"} {
		p := pullServer(t, "reader", strings.Replace(full, "page_size: 3", "page_size: "+size, 1))
		if p.Error != "" {
			t.Fatal(p.Error)
		}
		if n := len(p.Records["model_version"]); n != 230 {
			t.Errorf("%d versions, want 230", n)
		}
		if n := len(p.Records["dataset_use"]); n != 184 { // four of five versions name a run
			t.Errorf("%d uses, want 184", n)
		}
		if e, m := len(p.Records["evaluation"]), len(p.Records["evaluation_metric"]); e != 4 || m != 8 {
			t.Errorf("%d evaluations with %d metrics, want 4 with 8", e, m)
		}
		if d := p.Find(t, "deployment", map[string]string{"alias_used": "champion"}); d.Text("model_version") != "3" {
			t.Errorf("%v", d.Values)
		}
		if got := sourcetest.Gaps(p.Result, evidence.GapPermission) + sourcetest.Gaps(p.Result, evidence.GapTruncated); got != "" {
			t.Error(got)
		}
	}
}

func TestServerLeavesOutWhatAUserMayNotSeeAndWeSaySo(t *testing.T) {
	p := pullServer(t, "halfblind", "")
	if n := len(p.Records["model_version"]); n != 115 {
		t.Errorf("%d versions, want the 115 that this user sees", n)
	}
	if got := sourcetest.Gaps(p.Result, evidence.GapPermission); got != "dataset_use; model_version" {
		t.Errorf("a list that was cut by rights passes for whole: %q", got)
	}
}

func TestServerRefusesAWrongPassword(t *testing.T) {
	t.Setenv("TIEOUT_TEST_MLFLOW_PASSWORD", "wrong")
	p := pullServer(t, "reader", "")
	if got := sourcetest.Gaps(p.Result, evidence.GapPermission); got != "dataset_use; model_version" || len(p.Keeper.Lines) > 0 {
		t.Errorf("%q, %d records, %s", got, len(p.Keeper.Lines), p.Error)
	}
}
