package otel

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func spec(t testing.TB) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "otel")
}

func workspace(t *testing.T, name string, body []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestWhatTheRealInstrumentationWrites reads what .ci/servers/otel records from
// OpenTelemetry's JavaScript instrumentation of OpenAI's client: the committed
// recording, or a fresh one that the environment names.
func TestWhatTheRealInstrumentationWrites(t *testing.T) {
	t.Parallel()
	file := os.Getenv("TIEOUT_TEST_OTEL")
	if file == "" {
		file = filepath.Join("testdata", "instrumentation-openai.jsonl")
	}
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := workspace(t, "t.jsonl", append(body, body...)) // rotation and retries send things again
	res, k := sourcetest.Pull(t, spec(t), "{id: t, type: otel, files: t.jsonl}", dir)
	if res.Error != "" || len(res.Rejected) > 0 {
		t.Fatalf("%s %+v", res.Error, res.Rejected)
	}
	got := map[string]int{}
	for _, r := range sourcetest.Records(t, k) {
		if r.Schema.Kind != "decision" || r.Text("component_id") != "letter-writer" || r.Value("at") == nil || len(r.NativeID) != 49 {
			t.Errorf("%+v", r)
		}
		got[r.Text("model_version")+" "+r.Text("status")]++
		if r.Text("status") == "error" && r.Value("request_id") != nil {
			t.Error("a call that was refused has no answer's id")
		}
	}
	if len(got) != 3 || got["too-busy error"] != 1 || got["gpt-4o-mini-2024-07-18 ok"] != 1 || got["gpt-4o-mini-2024-07-18 blocked"] != 1 {
		t.Errorf("%v", got)
	}
	for _, c := range res.Kinds {
		if c.Kind == "decision" && (c.Duplicates != 3 || c.Conflicts != 0) {
			t.Errorf("%+v", c)
		}
	}
}

func span(more string) []byte {
	return []byte(`{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","endTimeUnixNano":"1772445601000000000",` + more + `}]}]}]}`)
}

func TestOperationsThatDecideCanBeStated(t *testing.T) {
	t.Parallel()
	dir := workspace(t, "t.jsonl", span(`"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}}]`))
	for config, want := range map[string]int{"": 0, ", operations: [invoke_agent]": 1, ", operations: [chat]": 0} {
		if _, k := sourcetest.Pull(t, spec(t), "{id: t, type: otel, component: c, files: t.jsonl"+config+"}", dir); len(k.Lines) != want {
			t.Errorf("%q: %d records", config, len(k.Lines))
		}
	}
	if _, err := sourcetest.Parse(spec(t), "{id: t, type: otel, files: t.jsonl, operations: [invoke_agents]}"); err == nil || !strings.Contains(err.Error(), "invoke_agent") {
		t.Errorf("%v", err)
	}
}

func TestSpansThatWereSampledAwayAreAGap(t *testing.T) {
	t.Parallel()
	for state, gap := range map[string]bool{"": false, "ot=th:0": false, "ot=th:c": true, "x=y,ot=rv:1;th:8": true, "other=th:c": false} {
		dir := workspace(t, "t.jsonl", span(`"traceState":"`+state+`","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}]`))
		res, _ := sourcetest.Pull(t, spec(t), "{id: t, type: otel, files: t.jsonl}", dir)
		found := slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool { return g.Reason == evidence.GapSampling && g.Kind == "decision" })
		if found != gap {
			t.Errorf("%q: %+v", state, res.Gaps)
		}
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile(filepath.Join("testdata", "instrumentation-openai.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	dir := workspace(t, "t.jsonl", body)
	if err := os.WriteFile(filepath.Join(dir, "none.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: "{id: t, type: otel, files: t.jsonl}", Empty: "{id: t, type: otel, files: none.jsonl}", Dir: dir, Rows: 3})
}
