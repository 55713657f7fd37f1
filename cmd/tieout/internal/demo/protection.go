package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// protectionFeeds are where data lies, under which keys, and what was put
// before a model.
var protectionFeeds = []feed{
	{group: "Where data lies, and under which keys", id: "storage", kind: "storage_resource", path: "platform/storage.json", stated: true},
	{id: "keys", kind: "kms_key", path: "platform/keys.json", stated: true},
	{id: "retrievals", kind: "retrieval", path: "gateway/retrievals-*.jsonl.gz"},
}

// store is one place where data of a component is kept.
type store struct {
	id, component, kind, key string
	holds                    []string
	days                     int    // until it deletes; 0: it keeps for ever
	apart                    string // what keeps customers apart; "" where it holds no customer's own data
}

var stores = []store{
	{"fraud-models", "fraud-score", "model_artifacts", "key-fraud", []string{"models"}, 0, ""},
	{"fraud-features", "fraud-score", "feature_store", "key-fraud", []string{"features"}, 400, "customer_id column"},
	{"decision-archive", "fraud-score", "logs", "key-logs", []string{"logs"}, 2555, ""},
	{"kyc-models", "kyc-docs", "model_artifacts", "key-kyc", []string{"models"}, 0, ""},
	{"kyc-documents", "kyc-docs", "object", "key-kyc", []string{"prompts", "documents"}, 90, "prefix for each customer"},
	{"kyc-answers", "kyc-docs", "database", "key-kyc", []string{"responses"}, 180, "tenant_id column, with row security"},
	{"support-index", "support-assist", "vector", "key-support", []string{"embeddings"}, 180, "namespace for each customer"},
	{"support-transcripts", "support-assist", "database", "key-support", []string{"prompts", "responses"}, 30, "tenant_id column, with row security"},
	{"prompt-vault", "support-assist", "other", "key-support", []string{"configuration"}, 0, ""},
	{"prescreen-archive", "prescreen", "object", "key-archive", []string{"retired_models"}, 730, ""},
}

// protection makes the stores, their keys, and the proof that customers are
// kept apart.
func (w *world) protection() {
	rng := rand.New(rand.NewPCG(2026, 720))
	seen := w.day(6, 30, 1, 10)
	for _, s := range stores {
		r := w.add("storage_resource", row{
			"resource_id": s.id, "component_id": s.component, "as_of": stamp(seen), "storage_kind": s.kind, "holds": s.holds, "encrypted": true,
			"algorithm": "AES-256", "kms_key_id": s.key, "public_access": false, "multi_tenant": s.apart != "", "deletion_job_enabled": s.days > 0,
			"oldest_object_at": stamp(w.from.AddDate(0, -3, 0).Add(time.Duration(rng.IntN(90)) * time.Minute)),
		})
		if s.kind == "database" || s.kind == "vector" {
			r["algorithm"] = "AES-256-GCM"
		}
		if s.apart != "" {
			r["tenant_partition_key"] = s.apart
		}
		if s.days > 0 {
			r["retention_days"] = s.days
			if oldest := seen.AddDate(0, 0, -s.days); oldest.After(w.from.AddDate(0, -3, 0)) {
				r["oldest_object_at"] = stamp(oldest.Add(time.Duration(rng.IntN(40)) * time.Hour / 2))
			}
		}
	}
	w.keys(seen)
	w.retrievals(rng)
	w.isolation()
}

// keys are administered by a person and used by programs. One key's policy was
// changed in the period; one key protects nothing that is listed here.
func (w *world) keys(seen time.Time) {
	made := time.Date(2023, 3, 7, 12, 0, 0, 0, w.zone)
	for i, k := range []struct {
		id    string
		users []string
	}{
		{"key-fraud", []string{"svc-gateway", "svc-pipeline", "svc-evaluator"}},
		{"key-kyc", []string{"svc-gateway", agentAccount}},
		{"key-support", []string{"svc-gateway"}},
		{"key-logs", []string{"svc-gateway"}},
		{"key-archive", []string{"svc-pipeline"}},
		{"key-spare", []string{}},
	} {
		w.add("kms_key", row{
			"key_id": k.id, "as_of": stamp(seen), "owner": "customer", "state": "enabled", "rotation_enabled": true, "created_at": stamp(made.AddDate(0, i, 0)),
			"last_rotated_at": stamp(made.AddDate(2, i+5, 3*i)), "admin_ids": []string{"nadia.jankovic"}, "user_ids": k.users,
		})
	}
	at := w.day(5, 12, 20, 30)
	w.platformChange("CHG-platform-0512", "kyc-docs", at)
	w.configEvent(at.Add(5*time.Minute), "svc-pipeline", "kms.put_policy", "key-kyc")["change_id"] = "CHG-platform-0512"
	for _, month := range []time.Month{2, 4} {
		w.configEvent(w.day(month, 19, 3, 0), "svc-pipeline", "kms.rotate", "key-fraud")
	}
}

// platformChange is one of the ground that components stand on.
func (w *world) platformChange(id, component string, at time.Time) {
	w.add("change", row{
		"change_id": id, "component_id": component, "change_kind": "infra", "environment": "production", "requested_at": stamp(at.Add(-140 * time.Hour)),
		"author_ids": []string{"nadia.jankovic"}, "approver_ids": []string{"samuel.dorn"}, "approved_at": stamp(at.Add(-28 * time.Hour)), "deployed_at": stamp(at),
		"deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline", "emergency": false, "ticket": "PLT-" + id[len(id)-4:], "evaluation_ids": []string{},
	})
}

// retrievals are the documents that answers rest on: help pages and watch
// lists, which belong to nobody, and what the customer sent earlier.
func (w *world) retrievals(rng *rand.Rand) {
	common := map[any]struct {
		name  string
		share int // of a hundred decisions
	}{"support-assist": {"help/", 30}, "kyc-docs": {"watchlist/", 12}}
	for _, d := range w.rows["decision"] {
		c, reads := common[d["component_id"]]
		if !reads || d["status"] != "ok" || rng.IntN(100) >= c.share {
			continue
		}
		for i := range 1 + rng.IntN(2) {
			r := w.add("retrieval", row{
				"retrieval_id": fmt.Sprintf("rt-%s-%d", d["decision_id"].(string)[3:], i+1), "at": stamp(moment(d["at"]).Add(-time.Duration(90+rng.IntN(60)) * time.Millisecond)),
				"component_id": d["component_id"], "decision_id": d["decision_id"], "tenant_id": d["tenant_id"], "ref": fmt.Sprintf("%s%03d", c.name, rng.IntN(400)),
			})
			if rng.IntN(3) == 0 {
				r["ref"], r["owner_tenant_id"] = fmt.Sprintf("case/%s/%02d", d["tenant_id"], rng.IntN(20)), d["tenant_id"]
			}
		}
	}
}

// isolation tries every component for leaks between customers, once a quarter.
func (w *world) isolation() {
	for _, c := range w.components() {
		for quarter, at := range []time.Time{w.day(2, 12, 22, 0), w.day(4, 16, 22, 0)} {
			w.probe(fmt.Sprintf("EI-%s-Q%d", c.id, quarter+1), c.id, "tenant-isolation", "isolation", at,
				row{"name": "foreign_records_returned", "value": 0, "op": "<=", "threshold": 0},
				row{"name": "own_records_found", "value": 1, "op": ">=", "threshold": 0.99})
		}
	}
}

// probe is one run of a suite that tries out what runs in production.
func (w *world) probe(id, component, suite, purpose string, at time.Time, figures ...row) row {
	return w.add("evaluation", row{
		"evaluation_id": id, "component_id": component, "suite": suite, "suite_version": "3", "started_at": stamp(at.Add(-25 * time.Minute)), "finished_at": stamp(at),
		"executed_by": "svc-evaluator", "verdict": "pass", "purpose": purpose, "metrics": figures,
	})
}
