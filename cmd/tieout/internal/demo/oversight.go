package demo

import (
	"math/rand/v2"
	"time"
)

// oversightFeeds are what shows how inputs, outputs and figures are watched.
var oversightFeeds = []feed{
	{group: "Inputs, outputs and figures under watch", id: "input-checks", kind: "input_check", path: "gateway/input-checks-*.jsonl.gz"},
	{id: "error-cases", kind: "error_case", path: "desk/error-cases.csv"},
	{id: "deliveries", kind: "delivery", path: "outbound/deliveries-*.jsonl.gz"},
	{id: "recipients", kind: "recipient", path: "reference/recipients.csv"},
	{id: "quality-samples", kind: "qa_sample", path: "quality/samples.jsonl"},
	{id: "accuracy-floors", kind: "accuracy_floor", path: "reference/accuracy-floors.csv"},
	{id: "deficiencies", kind: "deficiency", path: "risk/deficiencies.csv"},
	{id: "monitor-rules", kind: "monitor_rule", path: "monitoring/rules.json"},
	{id: "monitor-runs", kind: "monitor_run", path: "monitoring/runs.jsonl"},
}

// closure is the class of decision that always goes to a person.
const closure = "account_closure"

// oversight gives the decisions what people and checks add to them.
func (w *world) oversight() {
	rng := rand.New(rand.NewPCG(2026, 705))
	w.cautiousDays(rng)
	w.classes(rng)
	w.failures(rng)
	sortBy(w.rows["review"], func(a, b row) bool { return a["review_id"].(string) < b["review_id"].(string) })
	w.outputs()
	w.toolCalls()
	w.quality()
	w.monitors()
}

// cautiousDays is the time in which more of the fraud scores went to people:
// the emergency change raised the threshold, a regular one lowered it again.
func (w *world) cautiousDays(rng *rand.Rand) {
	const raised = 0.78
	first := w.find("threshold", "threshold_id", "TH-fraud-score")
	from := moment(w.find("change", "change_id", "CHG-fraud-score-E1")["deployed_at"])
	to := moment(w.find("change", "change_id", "CHG-fraud-score-T1")["deployed_at"])
	first["valid_to"] = stamp(from)
	w.add("threshold", row{"threshold_id": "TH-fraud-score-2", "component_id": "fraud-score", "value": raised, "valid_from": stamp(from), "valid_to": stamp(to)})
	w.add("threshold", row{"threshold_id": "TH-fraud-score-3", "component_id": "fraud-score", "value": first["value"], "valid_from": stamp(to)})
	for _, d := range w.rows["decision"] {
		at := moment(d["at"])
		if d["component_id"] == "fraud-score" && d["route"] == "auto" && !at.Before(from) && at.Before(to) && d["confidence"].(float64) < raised {
			w.toPerson(rng, d)
		}
	}
}

// calmAgain is the change that ended the cautious days. It moves no deployment.
func (w *world) calmAgain() {
	at, config := w.day(4, 8, 10, 30), sum("config fraud-score-T1")
	w.add("evaluation", row{
		"evaluation_id": "EV-fraud-score-T1", "component_id": "fraud-score", "model_version": "2026.03.1", "config_sha256": config,
		"suite": "fraud-score-regression", "suite_version": "4", "started_at": stamp(at.Add(-27 * time.Hour)), "finished_at": stamp(at.Add(-26 * time.Hour)),
		"executed_by": "svc-evaluator", "verdict": "pass", "purpose": "gate",
		"metrics": []row{{"name": "recall_at_1pct", "value": 0.912, "op": ">=", "threshold": 0.88}, {"name": "false_positive_rate", "value": 0.0094, "op": "<=", "threshold": 0.015}},
	})
	w.add("change", row{
		"change_id": "CHG-fraud-score-T1", "component_id": "fraud-score", "change_kind": "threshold", "environment": "production", "requested_at": stamp(at.Add(-50 * time.Hour)),
		"author_ids": []string{"tomas.brekke"}, "approver_ids": []string{"priya.chandran"}, "approved_at": stamp(at.Add(-19 * time.Hour)), "deployed_at": stamp(at),
		"deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline", "emergency": false, "ticket": "MRM-T1", "evaluation_ids": []string{"EV-fraud-score-T1"},
		"target_config_sha256": config,
	})
}

// classes names what each decision is about; a few close an account.
func (w *world) classes(rng *rand.Rand) {
	of := map[string][]string{
		"fraud-score": {"card_payment", "card_payment", "transfer"}, "kyc-docs": {"identity", "identity", "address", "income"},
		"support-assist": {"draft_answer"}, "prescreen": {"ranking"},
	}
	for _, d := range w.rows["decision"] {
		list := of[d["component_id"].(string)]
		d["class"] = list[rng.IntN(len(list))]
		if d["component_id"] != "kyc-docs" || rng.IntN(50) > 0 {
			continue
		}
		d["class"] = closure
		if d["route"] == "auto" {
			w.toPerson(rng, d)
		}
	}
}

// toPerson sends a decision to the desk, and holds its result back until then.
func (w *world) toPerson(rng *rand.Rand, d row) {
	queued := moment(d["at"]).Add(time.Second)
	done := queued.Add(time.Duration(15+rng.IntN(300)) * time.Minute)
	outcome, reason := "agree", "evidence supports the proposal"
	if rng.IntN(7) == 0 {
		outcome, reason = "override", "no ground for the step that was proposed"
	}
	r := w.add("review", row{
		"review_id": "rv-" + d["decision_id"].(string)[3:], "decision_id": d["decision_id"], "component_id": d["component_id"], "queued_at": stamp(queued),
		"reviewed_by": reviewers[rng.IntN(len(reviewers))], "reviewed_at": stamp(done), "outcome": outcome, "reason": reason,
	})
	d["route"], d["review_id"], d["delivered_at"] = "human_review", r["review_id"], stamp(done.Add(4*time.Second))
}

// by finds rows of a kind by the value of a column that is unique in it.
func (w *world) by(kind, column string) map[any]row {
	out := make(map[any]row, len(w.rows[kind]))
	for _, r := range w.rows[kind] {
		out[r[column]] = r
	}
	return out
}
