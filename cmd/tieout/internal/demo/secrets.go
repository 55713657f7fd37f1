package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// secret is one by which a program signs in, with its successive values.
type secret struct {
	id, component, account, kind, owner, storage string
	days                                         int // until the next value; 0: handed out by the platform
}

var secrets = []secret{
	{"fraud-registry-token", "fraud-score", "svc-pipeline", "token", "samuel.dorn", "vault", 60},
	{"fraud-signing-key", "fraud-score", "svc-pipeline", "certificate", "nadia.jankovic", "hardware", 84},
	{"fraud-evaluator", "fraud-score", "svc-evaluator", "access_key", "ines.aldana", "vault", 75},
	{"kyc-agent", "kyc-docs", "agent-kyc", "service_account_key", "samuel.dorn", "workload_identity", 0},
	{"kyc-ocr-key", "kyc-docs", "svc-gateway", "api_key", "leila.ekström", "vault", 70},
	{"parrot-key", "support-assist", "svc-gateway", "api_key", "nadia.jankovic", "vault", 45},
	{"support-evaluator", "support-assist", "svc-evaluator", "token", "leila.ekström", "vault", 80},
	{"prescreen-gateway", "prescreen", "svc-gateway", "token", "tomas.brekke", "vault", 66},
}

// secrets rotates every secret; a component that is retired takes its own along.
func (w *world) secrets() {
	rng := rand.New(rand.NewPCG(2026, 703))
	for _, s := range secrets {
		end := w.to.AddDate(0, 0, 5) // the vault was read after the period
		for _, c := range w.components() {
			if c.id == s.component && !c.retired.IsZero() {
				end = c.retired
			}
		}
		made := time.Date(2025, 10, 2+rng.IntN(20), 10, rng.IntN(60), 0, 0, w.zone)
		for n, last := 1, false; !last; n++ {
			next := made.AddDate(0, 0, s.days+rng.IntN(5)).Add(time.Duration(rng.IntN(180)) * time.Minute)
			if last = s.days == 0 || !next.Before(end); last {
				next = end
			}
			c := w.add("credential", row{
				"credential_id": fmt.Sprintf("%s#%d", s.id, n), "component_id": s.component, "principal_id": s.account, "credential_kind": s.kind,
				"owner_id": s.owner, "storage": s.storage, "status": "active", "created_at": stamp(made),
				"last_used_at": stamp(next.Add(-time.Duration(4+rng.IntN(90)) * time.Minute)),
			})
			if next.Before(w.to) {
				c["status"], c["ended_at"] = "inactive", stamp(next)
			}
			made = next.Add(-time.Duration(10+rng.IntN(50)) * time.Minute) // both work until every program has the new one
		}
	}
}
