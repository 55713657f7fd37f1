package prometheus

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

// TestServer asks the server that .ci/servers/prometheus starts and fills: the
// last three days, a sample a minute; on the first day two hours without any,
// and an hour in which the job was down.
func TestServer(t *testing.T) {
	url := os.Getenv("TIEOUT_TEST_PROMETHEUS")
	if url == "" {
		t.Skip("!!! NOT RUN against a real Prometheus: run .ci/servers/prometheus and set the line it prints")
	}
	now := time.Now().UTC()
	day := now.Add(-72 * time.Hour).Truncate(24 * time.Hour)
	text := `{id: p, type: prometheus, url: '` + url + `', allow: [http, loopback], rate: 1000, alerts: true,
  labels: {component_id: component, category: category, severity: severity}, severity: {page: critical},
  monitors: [{metric: drift, component: fraud-score, query: 'max(score_drift{model="fraud"})', every: 30m, op: "<=", threshold: 0.2},
    {metric: from_rule, component: fraud-score, rule: ScoreDrift, every: 1h}],
  availability: [{component: fraud-score, sli: answers, query: 'max(up{job="fraud"})', every: 1m, target: 0.999}]}`
	k := &sourcetest.Keeper{}
	plan := sourcetest.Plan(t, spec(t), sourcetest.Fixture{Config: text, Dir: t.TempDir()}, text, k)
	plan.Window = evidence.Window{From: evidence.InstantOf(day), To: evidence.InstantOf(day.Add(48 * time.Hour))}
	plan.Clock = func() evidence.Instant { return evidence.InstantOf(now) }
	res, err := engine.Run(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, res, k)
	if p.Error != "" {
		t.Fatal(p.Error)
	}
	drift := p.of("monitor_run", "metric", "drift")
	nan, high := 0, 0
	for _, r := range drift {
		if slices.Contains(r.Missing, "value") {
			nan++
		}
		if v, _ := r.Value("value").(float64); v > 0.2 {
			high++
		}
	}
	if len(drift) != 93 || nan != 2 || high != 2 { // of 96 half-hours the hole takes three: at its first the sample before still counts
		t.Errorf("%d values, %d NaN, %d high", len(drift), nan, high)
	}
	if r := p.of("monitor_run", "metric", "from_rule"); len(r) == 0 || r[0].Text("op") != "<=" || r[0].Value("threshold") != 0.2 {
		t.Errorf("%d from the rule", len(r))
	}
	hole := 0
	for _, g := range p.Gaps {
		if g.Kind == "alert" && g.Reason == evidence.GapDisabled {
			hole++
			if length := time.Duration(g.To-g.From) * time.Microsecond; length < 110*time.Minute || length > 2*time.Hour {
				t.Errorf("the hole is %s long", length)
			}
		}
	}
	if hole != 1 {
		t.Errorf("%d holes: %+v", hole, p.Gaps)
	}
	if r := p.of("alert", "rule_id", "fraud/ScoreDrift"); len(r) != 1 || r[0].Text("severity") != "critical" || r[0].Value("fired_at") != evidence.InstantOf(day.Add(25*time.Hour)) {
		t.Errorf("alerts: %+v", r)
	}
	if r := p.of("alert_rule", "category", "drift"); len(r) != 1 || r[0].Value("enabled") != true {
		t.Errorf("rules: %+v", r)
	}
}
