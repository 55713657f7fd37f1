package demo

import (
	"math/rand/v2"
	"time"
)

// guardrails look at what goes to components that read language and at what
// comes back. Most of what they find is small; what is grave calls somebody.
func (w *world) guardrails(rng *rand.Rand) {
	newRules := moment(w.find("change", "change_id", "CHG-kyc-docs-4")["deployed_at"])
	injected := w.day(6, 22, 16, 0)
	for _, g := range w.rows["gateway_request"] {
		id := g["component_id"]
		if id != "kyc-docs" && id != "support-assist" || g["status"] == "blocked" {
			continue
		}
		at := moment(g["at"])
		k := w.add("guardrail_check", row{
			"request_id": g["request_id"], "at": stamp(at.Add(time.Duration(8+rng.IntN(40)) * time.Millisecond)), "component_id": id, "rules": "guard/7", "input_verdict": "pass",
		})
		if !at.Before(newRules) {
			k["rules"] = "guard/8"
		}
		if g["status"] == "ok" {
			k["output_verdict"] = "pass"
		}
		switch n := rng.IntN(1000); {
		case g["status"] == "error" && n < 400:
			k["input_verdict"] = "block"
			w.graveFind(k, "high", "false_positive", rng)
		case id == "support-assist" && !at.Before(injected) && at.Before(injected.Add(6*time.Hour)) && n < 300:
			k["input_verdict"] = "modify"
			w.graveFind(k, "critical", "true_positive", rng)
		case n < 2:
			k["input_verdict"] = "modify"
			w.graveFind(k, "high", "expected", rng)
		case n < 16:
			k["input_verdict"], k["hit_severity"] = "modify", []string{"low", "low", "medium"}[n%3]
		case n < 22 && g["status"] == "ok":
			k["output_verdict"], k["hit_severity"] = "modify", "low"
		}
	}
	at := newRules.Add(3 * time.Minute)
	w.configEvent(at, "svc-pipeline", "guardrail.weaken", "kyc-docs")["change_id"] = "CHG-kyc-docs-4"
	w.configEvent(at.Add(2*time.Minute), "svc-pipeline", "guardrail.enable", "kyc-docs")
}

// graveFind raises an alert for what a guardrail found, and has it judged. Of
// what was real, each belongs to the incident of that day.
func (w *world) graveFind(k row, severity, what string, rng *rand.Rand) {
	a := w.alert(k["component_id"].(string), "abuse", severity, moment(k["at"]).Add(2*time.Second))
	w.judge(a, what, rng)
	a["decided_at"] = stamp(moment(a["acked_at"]).Add(time.Duration(5+rng.IntN(2800)) * time.Minute))
	if what == "true_positive" {
		a["incident_id"] = "INC-2026-027"
	}
	k["hit_severity"], k["alert_id"] = severity, a["alert_id"]
}
