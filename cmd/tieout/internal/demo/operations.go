package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// operationsFeeds are what watches the components, and what was found.
var operationsFeeds = []feed{
	{group: "Alerts, incidents, guardrails and weaknesses", id: "alert-rules", kind: "alert_rule", path: "alerting/rules.json", stated: true},
	{id: "alerts", kind: "alert", path: "alerting/alerts.jsonl"},
	{id: "incidents", kind: "incident", path: "desk/incidents.json"},
	{id: "guardrails", kind: "guardrail_check", path: "gateway/guardrails-*.jsonl.gz"},
	{id: "weaknesses", kind: "scan_finding", path: "scans/weaknesses.csv"},
}

var alertCategories = []string{"availability", "error", "drift", "abuse", "access", "log_pipeline"}

// operations makes the alerts and what they led to.
func (w *world) operations() {
	rng := rand.New(rand.NewPCG(2026, 725))
	w.alertRules(rng)
	w.incidents(rng)
	for _, c := range w.components() {
		w.alerts(c, rng)
	}
	w.guardrails(rng)
	sortBy(w.rows["alert"], func(a, b row) bool { return a["fired_at"].(string) < b["fired_at"].(string) })
	w.weaknesses(rng)
	w.rescans()
	w.attacks()
}

// alertRules watch what runs at the period's end. One is switched off, because
// another took its place.
func (w *world) alertRules(rng *rand.Rand) {
	seen := w.day(6, 30, 1, 20)
	rule := func(id, component, category string) row {
		return w.add("alert_rule", row{
			"rule_id": id, "component_id": component, "category": category, "as_of": stamp(seen), "enabled": true, "destinations": []string{"on-call-decisioning"},
			"last_tested_at": stamp(seen.AddDate(0, 0, -10-rng.IntN(130))),
		})
	}
	for _, c := range w.components() {
		if !c.retired.IsZero() {
			continue
		}
		for _, category := range alertCategories {
			r := rule("AL-"+c.id+"-"+category, c.id, category)
			if category == "abuse" || category == "access" {
				r["destinations"] = []string{"on-call-decisioning", "security-desk"}
			}
		}
	}
	rule("AL-fraud-score-drift-old", "fraud-score", "drift")["enabled"] = false
}

// alerts of a component are mostly nothing. The grave ones are taken on within
// minutes, the others when somebody has time, and some of those never.
func (w *world) alerts(c component, rng *rand.Rand) {
	end := w.to
	if !c.retired.IsZero() {
		end = c.retired
	}
	for at := w.from; ; {
		at = at.Add(time.Duration(30+rng.IntN(400)) * time.Hour).Add(time.Duration(rng.IntN(3600)) * time.Second)
		if !at.Before(end) {
			return
		}
		a := w.alert(c.id, alertCategories[rng.IntN(len(alertCategories))], []string{"low", "medium", "medium", "high", "high", "critical"}[rng.IntN(6)], at)
		grave := a["severity"] == "high" || a["severity"] == "critical"
		if !grave && rng.IntN(4) == 0 {
			continue
		}
		w.judge(a, []string{"false_positive", "false_positive", "expected"}[rng.IntN(3)], rng)
	}
}

func (w *world) alert(component, category, severity string, at time.Time) row {
	return w.add("alert", row{
		"alert_id": fmt.Sprintf("A-%s-%02d", at.In(w.zone).Format("0102"), len(w.rows["alert"])+1), "rule_id": "AL-" + component + "-" + category, "component_id": component, "severity": severity, "fired_at": stamp(at),
	})
}

// judge has somebody on duty take the alert on and decide what it was.
func (w *world) judge(a row, what string, rng *rand.Rand) {
	taken := moment(a["fired_at"]).Add(time.Duration(80+rng.IntN(1500)) * time.Second)
	a["acked_at"], a["acked_by"] = stamp(taken), []string{"nadia.jankovic", "marek.fiala", "tomas.brekke", "ines.aldana"}[rng.IntN(4)]
	a["decided_at"], a["disposition"] = stamp(taken.Add(time.Duration(6+rng.IntN(3600))*time.Minute)), what
}
