package demo

import (
	"fmt"
	"time"
)

// component is one AI component of the example.
type component struct {
	id, name, kind, function, deployment, effect, owner string
	data                                                []string
	vendors                                             []string
	perDay                                              int     // decisions on a working day
	threshold                                           float64 // confidence under which a person decides
	retired                                             time.Time
	model                                               string
	vendor                                              bool // the model is served by a vendor: no artifact of the lender's own
}

func (w *world) components() []component {
	return []component{
		{
			id: "fraud-score", name: "Fraud scoring", kind: "ml_model", function: "Scores card and transfer fraud before money moves", deployment: "private",
			effect: "automated", owner: "Priya Chandran", data: []string{"transaction", "pii"}, perDay: 18, threshold: 0.70, model: "fraud-score",
		},
		{
			id: "kyc-docs", name: "KYC document agent", kind: "llm_agent", function: "Reads identity documents and proposes a verification result", deployment: "single_tenant",
			effect: "automated", owner: "Samuel Dorn", data: []string{"pii", "document"}, perDay: 12, threshold: 0.80, model: "kyc-reader",
		},
		{
			id: "support-assist", name: "Support assistant", kind: "llm_feature", function: "Drafts answers that a support agent sends", deployment: "shared_api",
			effect: "advisory", owner: "Greta Nowak", data: []string{"pii"}, vendors: []string{"parrot-cloud"}, perDay: 20, threshold: 0.50, model: "parrot-large", vendor: true,
		},
		{
			id: "prescreen", name: "Credit pre-screen", kind: "ml_model", function: "Ranks applications before underwriting; being retired", deployment: "private",
			effect: "automated", owner: "Priya Chandran", data: []string{"pii", "credit"}, perDay: 7, threshold: 0.65, model: "prescreen", retired: w.day(5, 1, 0, 0),
		},
	}
}

// release is one version that went live.
type release struct {
	version string
	at      time.Time
	kind    string // what changed
	author  string
	approve string
}

func (w *world) releases(c component) []release {
	before := time.Date(2025, 11, 18, 14, 0, 0, 0, w.zone)
	switch c.id {
	case "fraud-score":
		return []release{
			{"2025.11.0", before, "model", "ines.aldana", "priya.chandran"},
			{"2026.02.0", w.day(2, 10, 14, 20), "model", "ines.aldana", "priya.chandran"},
			{"2026.03.1", w.day(3, 24, 10, 5), "config", "tomas.brekke", "priya.chandran"},
			{"2026.05.0", w.day(5, 19, 15, 40), "model", "tomas.brekke", "samuel.dorn"},
		}
	case "kyc-docs":
		return []release{
			{"kyc-reader-2025-11", before.AddDate(0, 0, 6), "model", "leila.ekström", "samuel.dorn"},
			{"kyc-reader-2026-02", w.day(2, 25, 11, 30), "prompt", "marek.fiala", "samuel.dorn"},
			{"kyc-reader-2026-04", w.day(4, 21, 13, 15), "prompt", "leila.ekström", "priya.chandran"},
			{"kyc-reader-2026-06", w.day(6, 9, 16, 0), "guardrail", "marek.fiala", "samuel.dorn"},
		}
	case "support-assist":
		return []release{
			{"parrot-large-2025-10-15", before.AddDate(0, 0, 9), "model", "leila.ekström", "samuel.dorn"},
			{"parrot-large-2026-03-02", w.day(3, 17, 12, 45), "model", "leila.ekström", "samuel.dorn"},
		}
	}
	return []release{{"2025.09.2", before.AddDate(0, -1, 0), "model", "ines.aldana", "priya.chandran"}}
}

func (w *world) delivery() {
	for _, c := range w.components() {
		releases := w.releases(c)
		for i, r := range releases {
			end := c.retired
			if i+1 < len(releases) {
				end = releases[i+1].at
			}
			w.release(c, i+1, r, end)
		}
	}
	w.emergency()
	w.calmAgain()
}

func (w *world) release(c component, n int, r release, end time.Time) {
	id := fmt.Sprintf("%s-%d", c.id, n)
	config := sum("config " + id)
	var artifact any = sum("artifact " + c.id + r.version)
	if c.vendor {
		artifact = nil
	}
	approved, evaluated := r.at.Add(-20*time.Hour), r.at.Add(-28*time.Hour)
	w.add("model_version", row{
		"model": c.model, "version": r.version, "component_id": c.id, "artifact_sha256": artifact, "created_at": stamp(r.at.Add(-72 * time.Hour)),
		"created_by": r.author, "status": "approved",
	})
	w.add("evaluation", row{
		"evaluation_id": "EV-" + id, "component_id": c.id, "model_version": r.version, "artifact_sha256": artifact, "config_sha256": config,
		"suite": c.id + "-regression", "suite_version": "4", "started_at": stamp(evaluated.Add(-40 * time.Minute)), "finished_at": stamp(evaluated),
		"executed_by": "svc-evaluator", "verdict": "pass", "purpose": "gate",
		"metrics": []row{
			{"name": "recall_at_1pct", "value": 0.90 + float64(n)/200, "op": ">=", "threshold": 0.88},
			{"name": "false_positive_rate", "value": 0.012 - float64(n)/1000, "op": "<=", "threshold": 0.015},
		},
	})
	w.add("change", row{
		"change_id": "CHG-" + id, "component_id": c.id, "change_kind": r.kind, "environment": "production", "requested_at": stamp(r.at.Add(-96 * time.Hour)),
		"author_ids": []string{r.author}, "approver_ids": []string{r.approve}, "approved_at": stamp(approved), "deployed_at": stamp(r.at),
		"deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline", "emergency": false, "ticket": "MRM-" + id, "evaluation_ids": []string{"EV-" + id},
		"target_artifact_sha256": artifact, "target_config_sha256": config,
	})
	d := w.add("deployment", row{
		"deployment_id": "DEP-" + id, "component_id": c.id, "environment": "production", "model_version": r.version, "artifact_sha256": artifact,
		"config_sha256": config, "started_at": stamp(r.at.Add(2 * time.Minute)), "deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline", "change_id": "CHG-" + id,
	})
	if !end.IsZero() {
		d["ended_at"] = stamp(end.Add(2 * time.Minute))
	}
}

// emergency is a configuration change in answer to an incident: approved after
// the fact, in time. It moves no deployment.
func (w *world) emergency() {
	at := w.day(4, 3, 22, 10)
	w.add("change", row{
		"change_id": "CHG-fraud-score-E1", "component_id": "fraud-score", "change_kind": "threshold", "environment": "production", "requested_at": stamp(at.Add(-30 * time.Minute)),
		"author_ids": []string{"tomas.brekke"}, "approver_ids": []string{}, "deployed_at": stamp(at), "deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline",
		"emergency": true, "retro_approver_id": "priya.chandran", "retro_approved_at": stamp(at.Add(14 * time.Hour)), "incident_id": "INC-2026-014", "ticket": "MRM-E1",
		"evaluation_ids": []string{}, "target_config_sha256": sum("config fraud-score-E1"),
	})
}
