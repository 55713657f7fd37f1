package demo

import (
	"fmt"
	"time"
)

// modelDataFeeds are what the build system, the data register and the
// registry show of each model version.
var modelDataFeeds = []feed{
	{group: "Artifacts, data and documentation of models", id: "artifact-checks", kind: "artifact_check", path: "delivery/artifact-checks.csv"},
	{id: "datasets", kind: "dataset", path: "registry/datasets.json"},
	{id: "dataset-uses", kind: "dataset_use", path: "registry/dataset-uses.csv"},
	{id: "model-cards", kind: "model_card", path: "registry/model-cards.json"},
	{id: "benchmark-figures", kind: "benchmark_figure", path: "reference/benchmark-figures.csv", stated: true},
	{id: "evaluation-data", kind: "evaluation_data", path: "delivery/evaluation-data.csv"},
}

// dataOrigin is data that the versions of a component are made from.
type dataOrigin struct {
	id, origin, owner, basis, use string
	personal                      bool
}

var dataOrigins = map[string]dataOrigin{
	"fraud-score":    {"transactions-labelled", "core-lending, closed fraud cases", "Fraud operations", "contract with the customer", "train", true},
	"kyc-docs":       {"documents-synthetic", "generated in house", "Identity team", "own work", "tune", false},
	"support-assist": {"help-centre", "published help pages", "Customer support", "own work", "retrieval", false},
	"prescreen":      {"applications-2024", "core-lending, decided applications", "Underwriting", "contract with the customer", "train", true},
}

// modelData gives every version that went live its checks, data, benchmark and
// documentation.
func (w *world) modelData() {
	for _, c := range w.components() {
		for _, figure := range []string{"accuracy", "worst_group_accuracy"} {
			w.add("benchmark_figure", row{"component_id": c.id, "suite": c.id + "-benchmark", "figure": figure})
		}
	}
	for _, d := range w.rows["deployment"] {
		c, live := w.componentOf(d["component_id"]), moment(d["started_at"])
		if d["artifact_sha256"] != nil {
			w.artifactChecks(d, live.Add(-70*time.Hour))
		}
		w.dataOf(c, d, live.Add(-110*time.Hour))
		w.benchmark(c, d, live.Add(-52*time.Hour))
		w.add("model_card", row{
			"card_id": fmt.Sprintf("MC-%s-%s", c.id, d["model_version"]), "component_id": c.id, "version": d["model_version"],
			"sections": []string{"intended_use", "limits", "evaluation_data", "figures", "failure_modes"}, "published_at": stamp(live.Add(-30 * time.Hour)),
		})
	}
}

// artifactChecks are those that the pipeline makes of what it built.
func (w *world) artifactChecks(d row, at time.Time) {
	for i, k := range []row{
		{"check_kind": "bill_of_materials"},
		{"check_kind": "scan", "format": "safetensors"},
		{"check_kind": "signature", "signer": "release-signing@larkspur.example"},
	} {
		k["check_id"] = fmt.Sprintf("AC-%04d", len(w.rows["artifact_check"])+1)
		k["artifact_sha256"], k["passed"], k["checked_at"] = d["artifact_sha256"], true, stamp(at.Add(time.Duration(i)*4*time.Minute))
		w.add("artifact_check", k)
	}
}

// dataOf registers the data of one version and says how it was used.
func (w *world) dataOf(c component, d row, used time.Time) {
	s, version := dataOrigins[c.id], used.Format("2006-01")
	w.add("dataset", row{
		"dataset_id": s.id, "version": version, "sha256": sum("data " + s.id + version), "origin": s.origin, "origin_owner": s.owner, "legal_basis": s.basis,
		"personal": s.personal, "allowed_uses": []string{s.use}, "privacy_review_ref": "PR-" + s.id, "created_by": "ines.aldana",
		"approved_by": "hana.lindqvist", "approved_at": stamp(used.Add(-50 * time.Hour)),
	})
	use := func(dataset, version, as string) {
		w.add("dataset_use", row{
			"model": c.model, "model_version": d["model_version"], "component_id": c.id, "dataset_id": dataset, "dataset_version": version, "used_as": as,
			"sha256": sum("data " + dataset + version), "used_at": stamp(used),
		})
	}
	use(s.id, version, s.use)
	use(c.id+"-held-out", "1", "test")
}

// benchmark measures one version on data that is kept apart for it.
func (w *world) benchmark(c component, d row, at time.Time) {
	id := fmt.Sprint("EB-", d["deployment_id"])
	w.add("evaluation", row{
		"evaluation_id": id, "component_id": c.id, "model_version": d["model_version"], "artifact_sha256": d["artifact_sha256"], "config_sha256": d["config_sha256"],
		"suite": c.id + "-benchmark", "suite_version": "2", "started_at": stamp(at.Add(-90 * time.Minute)), "finished_at": stamp(at),
		"executed_by": "svc-evaluator", "verdict": "pass", "purpose": "benchmark",
		"metrics": []row{
			{"name": "accuracy", "value": 0.95, "op": ">=", "threshold": 0.9},
			{"name": "worst_group_accuracy", "value": 0.91, "op": ">=", "threshold": 0.85},
		},
	})
	w.add("evaluation_data", row{"evaluation_id": id, "sha256": sum("data " + c.id + "-held-out1")})
}
