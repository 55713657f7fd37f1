package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// figure is one that is watched: its bound, and the values that it usually has.
type figure struct {
	component, metric, op string
	bound, usual, spread  float64
}

var figures = []figure{
	{"fraud-score", "population_stability_index", "<=", 0.20, 0.07, 0.03},
	{"fraud-score", "approval_rate_gap", "<=", 0.08, 0.03, 0.012},
	{"kyc-docs", "extraction_error_rate", "<=", 0.03, 0.012, 0.005},
	{"kyc-docs", "override_rate", "<=", 0.30, 0.11, 0.05},
	{"support-assist", "ungrounded_answer_rate", "<=", 0.04, 0.015, 0.007},
	{"support-assist", "answer_time_p95_seconds", "<", 9, 4.8, 1.1},
	{"prescreen", "population_stability_index", "<=", 0.20, 0.11, 0.03},
	{"prescreen", "adverse_impact_ratio", ">=", 0.80, 0.91, 0.03},
}

// breaches of the period: figure, day, value, and what answers it after hours.
var breaches = []struct {
	component, metric string
	month             time.Month
	day               int
	value             float64
	ref               string
	hours             int
}{
	{"fraud-score", "population_stability_index", 2, 8, 0.231, "MRM-2-drift", 31},
	{"fraud-score", "population_stability_index", 4, 3, 0.264, "INC-2026-014", 16},
	{"fraud-score", "population_stability_index", 4, 4, 0.247, "INC-2026-014", -8},
	{"kyc-docs", "override_rate", 2, 22, 0.337, "TCK-4417", 9},
	{"support-assist", "answer_time_p95_seconds", 3, 12, 11.6, "TCK-4520", 3},
	{"prescreen", "adverse_impact_ratio", 3, 20, 0.771, "MRM-prescreen-9", 52},
	{"kyc-docs", "extraction_error_rate", 6, 4, 0.034, "TCK-4803", 27},
}

// monitors makes the rules and one run of each on every night. The first rule
// was tightened in the period; a run that broke off was made again.
func (w *world) monitors() {
	rng := rand.New(rand.NewPCG(2026, 708))
	since, tighter := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone), w.day(3, 1, 0, 0)
	for i, f := range figures {
		end := w.to
		r := w.add("monitor_rule", row{
			"rule_id": fmt.Sprintf("MR-%02d", i+1), "component_id": f.component, "metric": f.metric, "op": f.op, "threshold": f.bound, "valid_from": stamp(since),
		})
		for _, c := range w.components() {
			if c.id == f.component && !c.retired.IsZero() {
				end = c.retired
				r["valid_to"] = stamp(end)
			}
		}
		if i == 0 {
			r["threshold"], r["valid_to"] = 0.22, stamp(tighter)
			w.add("monitor_rule", row{"rule_id": "MR-01b", "component_id": f.component, "metric": f.metric, "op": f.op, "threshold": f.bound, "valid_from": stamp(tighter)})
		}
		for day := w.from; day.Before(end); day = day.AddDate(0, 0, 1) {
			bound := f.bound
			if i == 0 && day.Before(tighter) {
				bound = 0.22
			}
			w.measure(rng, f, bound, day)
		}
	}
	sortBy(w.rows["monitor_run"], func(a, b row) bool { return a["run_id"].(string) < b["run_id"].(string) })
}

func (w *world) measure(rng *rand.Rand, f figure, bound float64, day time.Time) {
	at := time.Date(day.Year(), day.Month(), day.Day(), 3, 10+rng.IntN(30), rng.IntN(60), 0, w.zone)
	id := fmt.Sprintf("mon-%s-%s-%s", day.Format("0102"), f.component, f.metric)
	if rng.IntN(300) == 0 {
		w.add("monitor_run", row{"run_id": id + "-a", "component_id": f.component, "metric": f.metric, "op": f.op, "threshold": bound})
		at = at.Add(2 * time.Hour)
	}
	value := f.usual + f.spread*max(-2, min(2, rng.NormFloat64()))
	r := w.add("monitor_run", row{
		"run_id": id, "component_id": f.component, "metric": f.metric, "finished_at": stamp(at), "value": math.Round(max(0, value)*1e4) / 1e4, "op": f.op, "threshold": bound,
	})
	for _, b := range breaches {
		if b.component == f.component && b.metric == f.metric && b.month == day.Month() && b.day == day.Day() {
			r["value"], r["action_ref"], r["action_at"] = b.value, b.ref, stamp(at.Add(time.Duration(b.hours)*time.Hour))
		}
	}
}
