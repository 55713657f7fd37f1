package mlflow

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// recorded holds answers of an MLflow 3.17.2 server, as an ordinary user saw them.
//
//go:embed testdata/recorded.json
var recorded []byte

type object = map[string]any

// replica answers as MLflow does, page by page, from what was recorded.
type replica struct {
	Models, Versions, Runs, Evaluations []object
	Experiment, Permissions             object

	status map[string]int // path → what it answers instead
	asked  []string
	before func(http.ResponseWriter, *http.Request) bool
}

func newReplica(t *testing.T) (*replica, string) {
	t.Helper()
	r := &replica{status: map[string]int{}}
	if err := json.Unmarshal(recorded, r); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	return r, srv.URL
}

func (r *replica) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	r.asked = append(r.asked, req.Method+" "+req.URL.Path)
	if r.before != nil && r.before(out, req) {
		return
	}
	if user, pw, _ := req.BasicAuth(); user != "reader" || pw != "Pa55-of-reader" {
		out.WriteHeader(http.StatusUnauthorized)
		return
	}
	if s := r.status[req.URL.Path]; s != 0 {
		out.WriteHeader(s)
		_, _ = fmt.Fprint(out, "Permission denied")
		return
	}
	q := req.URL.Query()
	switch req.URL.Path {
	case apiModels:
		page(out, "registered_models", r.Models, q.Get("max_results"), q.Get("page_token"))
	case apiVersions:
		page(out, "model_versions", r.Versions, q.Get("max_results"), q.Get("page_token"))
	case apiRun:
		for _, x := range r.Runs {
			if x["info"].(object)["run_id"] == q.Get("run_id") {
				answer(out, object{"run": x})
				return
			}
		}
		out.WriteHeader(http.StatusNotFound)
	case apiExperiment:
		if r.Experiment["name"] != q.Get("experiment_name") {
			out.WriteHeader(http.StatusNotFound)
			return
		}
		answer(out, object{"experiment": r.Experiment})
	case apiRuns:
		var body struct {
			Max   int    `json:"max_results"`
			Token string `json:"page_token"`
		}
		_ = json.NewDecoder(req.Body).Decode(&body)
		page(out, "runs", r.Evaluations, strconv.Itoa(body.Max), body.Token)
	case apiMine:
		answer(out, r.Permissions)
	default:
		out.WriteHeader(http.StatusNotFound)
	}
}

func answer(out http.ResponseWriter, v any) {
	out.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(out).Encode(v)
}

func page(out http.ResponseWriter, name string, all []object, limit, token string) {
	n, _ := strconv.Atoi(limit)
	from, _ := strconv.Atoi(token)
	to := min(from+n, len(all))
	body := object{}
	if from < to { // an empty list is left out
		body[name] = all[from:to]
	}
	if to < len(all) {
		body["next_page_token"] = strconv.Itoa(to)
	}
	answer(out, body)
}

func config(url, rest string) string {
	return "{id: mlflow, type: mlflow, url: '" + url + "', user: reader, password: env:PW, allow: [http, loopback], rate: 1000" + rest + "}"
}

const full = `, page_size: 3, tags: {component_id: component, artifact_sha256: sha256, status: approval}, aliases: {champion: production},
  evaluations: [{experiment: fraud-evaluation, purpose: gate, component: fraud-score, tags: {model_version: model_version, verdict: verdict}, bounds: {auc: {op: ">=", param: min_auc}}}]`

func spec(t *testing.T) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "mlflow")
}

type pulled = sourcetest.Pulled

func pullFrom(t *testing.T, config string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Config: config, Dir: t.TempDir(), Secret: map[string]string{"env:PW": "Pa55-of-reader"}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, config, k))
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Read(t, res, k)
}

func TestContract(t *testing.T) {
	_, url := newReplica(t)
	empty, emptyURL := newReplica(t)
	empty.Models, empty.Versions = nil, nil
	sourcetest.Run(t, spec(t), sourcetest.Fixture{
		Config: config(url, full), Empty: config(emptyURL, ""), Dir: t.TempDir(),
		Secret: map[string]string{"env:PW": "Pa55-of-reader"}, Rows: 14 + 11 + 1 + 4 + 8,
	})
}

func TestTheRegistryIsShownAsItStands(t *testing.T) {
	t.Parallel()
	_, url := newReplica(t)
	p := pullFrom(t, config(url, full))
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	champion := p.Find(t, "model_version", map[string]string{"model": "fraud-score", "version": "3"})
	if champion.Text("component_id") != "fraud-score" || champion.Text("status") != "approved" || len(champion.Text("artifact_sha256")) != 64 ||
		champion.Value("created_at") == nil || champion.Text("training_run_id") == "" || len(champion.Missing) > 0 {
		t.Errorf("%v missing %v", champion.Values, champion.Missing)
	}
	plain := p.Find(t, "model_version", map[string]string{"model": "credit-limit", "version": "4"})
	if !slices.Equal(plain.Missing, []string{"artifact_sha256", "status"}) {
		t.Errorf("a tag that is not there became a fact: %v missing %v", plain.Values, plain.Missing)
	}
	d := p.Find(t, "deployment", map[string]string{"deployment_id": "fraud-score@champion:3"})
	if d.Text("environment") != "production" || d.Text("alias_used") != "champion" || d.Text("model_version") != "3" || d.Value("started_at") != nil || !slices.Contains(d.Missing, "ended_at") {
		t.Errorf("%v missing %v", d.Values, d.Missing)
	}
	if got := sourcetest.Gaps(p.Result, evidence.GapDisabled); got != "dataset_use; deployment" {
		t.Errorf("%s", got)
	}
	if got := sourcetest.Gaps(p.Result, evidence.GapNotProvided); !strings.Contains(got, "dataset_use sha256") || !strings.Contains(got, "created_by") {
		t.Errorf("%s", got)
	}
}

func TestAnAliasIsNoDeploymentUnlessItIsSaidSo(t *testing.T) {
	t.Parallel()
	_, url := newReplica(t)
	p := pullFrom(t, config(url, ""))
	if slices.ContainsFunc(p.Kinds, func(k engine.KindCount) bool { return k.Kind == "deployment" }) || len(p.Records["model_version"]) != 14 {
		t.Errorf("%+v", p.Kinds)
	}
}

func TestDataOfARunIsAUseOfEveryVersionThatNamesTheRun(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	inputs := r.Runs[0]["inputs"].(object)["dataset_inputs"].([]any)
	inputs[0].(object)["tags"].([]any)[0].(object)["value"] = "holdout"
	p := pullFrom(t, config(url, ""))
	id := r.Runs[0]["info"].(object)["run_id"].(string)
	if got := sourcetest.Gaps(p.Result, evidence.GapRejected); got != "dataset_use" || !strings.Contains(p.Rejected[0].File, id) {
		t.Errorf("an unknown context was guessed: %s %+v", got, p.Rejected)
	}
	p = pullFrom(t, config(url, ", contexts: {holdout: test}"))
	n := 0
	for _, u := range p.Records["dataset_use"] {
		if u.Text("used_as") == "test" {
			n++
		}
	}
	if n != 3 || sourcetest.Gaps(p.Result, evidence.GapRejected) != "" {
		t.Errorf("%d uses, gaps %+v", n, p.Gaps)
	}
}

func TestEvaluationsKeepWhatTheirRunsSay(t *testing.T) {
	t.Parallel()
	_, url := newReplica(t)
	p := pullFrom(t, config(url, full))
	open := p.Find(t, "evaluation", map[string]string{"model_version": "4"})
	if open.Value("finished_at") != nil || len(open.Missing) > 0 || open.Text("executed_by") != "mara.example" || open.Text("verdict") != "pass" || open.Text("purpose") != "gate" {
		t.Errorf("%v missing %v", open.Values, open.Missing)
	}
	auc := p.Find(t, "evaluation_metric", map[string]string{"evaluation_id": open.NativeID, "name": "auc"})
	if auc.Value("value") != 0.93 || auc.Value("threshold") != 0.88 || auc.Text("op") != ">=" {
		t.Errorf("%v", auc.Values)
	}
	ks := p.Find(t, "evaluation_metric", map[string]string{"evaluation_id": open.NativeID, "name": "ks"})
	if ks.Value("value") != nil || !slices.Equal(ks.Missing, []string{"value"}) || ks.Value("threshold") != nil {
		t.Errorf("NaN: %v missing %v", ks.Values, ks.Missing)
	}
}

func TestWhatTheUserMayNotSeeIsAGapAndNeverAnEmptyList(t *testing.T) {
	t.Parallel()
	all := "dataset_use; deployment; evaluation; evaluation_metric; model_version"
	for name, c := range map[string]struct {
		change func(*replica)
		want   string
	}{
		"nothing by default":      {func(r *replica) { r.status[apiModel] = 403 }, all},
		"kept from one":           {func(r *replica) { r.Permissions = object{"permissions": []any{object{"permission": "DENY"}}} }, all},
		"rights cannot be seen":   {func(r *replica) { r.status[apiMine] = 403 }, all},
		"the registry is refused": {func(r *replica) { r.status[apiVersions] = 403 }, "dataset_use; deployment; model_version"},
		"an experiment":           {func(r *replica) { r.status[apiRuns] = 403 }, "evaluation; evaluation_metric"},
		"a run":                   {func(r *replica) { r.status[apiRun] = 403 }, "dataset_use"},
		"nobody at all": {func(r *replica) {
			r.before = func(out http.ResponseWriter, _ *http.Request) bool {
				out.WriteHeader(http.StatusUnauthorized)
				return true
			}
		}, all},
		"a server without users": {func(r *replica) { r.status[apiMine] = 404 }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			c.change(r)
			p := pullFrom(t, config(url, full))
			if got := sourcetest.Gaps(p.Result, evidence.GapPermission); got != c.want || p.Error != "" {
				t.Errorf("%s, want %s; %s", got, c.want, p.Error)
			}
		})
	}
}

func TestOddAnswersNeverLeadToAShorterList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, body string
		reason     evidence.GapReason
		want       string
	}{
		"a page without end":  {apiVersions, `{"next_page_token":"again"}`, evidence.GapTruncated, "dataset_use; deployment; model_version"},
		"HTML":                {apiVersions, `<html>`, evidence.GapPullFailed, "dataset_use; deployment; evaluation; evaluation_metric; model_version"},
		"half a body":         {apiModels, `{"registered_models":[{"name":"a"`, evidence.GapPullFailed, "dataset_use; deployment; evaluation; evaluation_metric; model_version"},
		"a text for a number": {apiVersions, `{"model_versions":[{"creation_timestamp":"soon"}]}`, evidence.GapPullFailed, "dataset_use; deployment; evaluation; evaluation_metric; model_version"},
		"another experiment":  {apiExperiment, `{"experiment":{}}`, evidence.GapPullFailed, "dataset_use; deployment; evaluation; evaluation_metric; model_version"},
		"a version of none":   {apiVersions, `{"model_versions":[{"name":"a"}]}`, evidence.GapRejected, "model_version"},
		"runs deleted":        {apiRun, "", evidence.GapRetention, "dataset_use"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, url := newReplica(t)
			r.before = func(out http.ResponseWriter, req *http.Request) bool {
				if req.URL.Path != c.path {
					return false
				}
				if c.body == "" {
					out.WriteHeader(http.StatusNotFound)
				}
				_, _ = fmt.Fprint(out, c.body)
				return true
			}
			p := pullFrom(t, config(url, full))
			if got := sourcetest.Gaps(p.Result, c.reason); got != c.want {
				t.Errorf("%q, want %q; %s", got, c.want, p.Error)
			}
		})
	}
}

func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	r, url := newReplica(t)
	pullFrom(t, config(url, full))
	verbs := map[string]bool{}
	for _, q := range r.asked {
		if !strings.HasPrefix(q, "GET ") {
			verbs[q] = true
		}
	}
	if got := slices.Collect(maps.Keys(verbs)); !slices.Equal(got, []string{"POST " + apiRuns}) {
		t.Errorf("%q", got)
	}
}

func TestAConfigurationThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	for rest, want := range map[string]string{
		", tags: {version: v}":                         "cannot come from tag",
		", contexts: {x: training}":                    "want one of",
		", aliases: {champion: ''}":                    "aliases",
		", evaluations: [{suite: x}]":                  "experiment is missing",
		", evaluations: [{experiment: x, purpose: y}]": "purpose",
		", page_size: 5000":                            "page_size",
		", colour: red":                                "colour",
	} {
		if _, err := sourcetest.Parse(spec(t), config("https://x.example.com", rest)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", rest, err)
		}
	}
}
