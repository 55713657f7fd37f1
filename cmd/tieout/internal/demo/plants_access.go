package demo

import (
	"math/rand/v2"
	"slices"
	"time"
)

// accessPlants are problems of access, of programs, and of the agent.
var accessPlants = []plant{
	{
		"a leaver's second account stayed open and was used after the last day", "worker W-1013, account omaddox-sql",
		func(w *world) []Find {
			end := moment(w.find("worker", "worker_id", "W-1013")["ended_at"])
			made, last := w.day(2, 9, 11, 0), w.day(5, 21, 22, 47)
			w.add("principal", row{ // the identity system names nobody; the lender's own list does
				"principal_id": "omaddox-sql", "principal_kind": "human", "status": "active", "mfa_enrolled": true, "mfa_phishing_resistant": false,
				"created_at": stamp(made), "last_login_at": stamp(last),
			})
			w.add("identity", row{"identity": "omaddox-sql", "worker_id": "W-1013"})
			w.give(right{"G-1013-omaddox-sql", "omaddox-sql", "registry-prescreen", "reader", "REQ-2026-0033", "priya.chandran", made.Add(4 * time.Hour), end.Add(2 * time.Hour)})
			w.list("AR-2026Q1-registry-prescreen", "G-1013-omaddox-sql", "omaddox-sql")
			for _, at := range []time.Time{w.day(2, 12, 10, 20), w.day(3, 26, 15, 2), w.day(4, 30, 9, 44), last} {
				w.enter("omaddox-sql", "registry-prescreen", at)
			}
			return []Find{{"AI-IAM-05.T1", []string{"W-1013"}}, {"AI-IAM-05.T2", []string{"omaddox-sql"}}}
		},
	},
	{
		"a right was approved by its holder under another address", "prompt-store, grant G-1003-prompt-store",
		func(w *world) []Find {
			w.add("identity", row{"identity": "p.chandran@models.larkspur.example", "worker_id": "W-1003"})
			w.give(right{
				"G-1003-prompt-store", "priya.chandran", "prompt-store", "model_approver", "REQ-2026-0102", "p.chandran@models.larkspur.example", w.day(4, 16, 18, 20), time.Time{},
			})
			w.list("AR-2026Q2-prompt-store", "G-1003-prompt-store", "priya.chandran")
			return []Find{{"AI-IAM-02.T1", []string{"G-1003-prompt-store"}}}
		},
	},
	{
		"a review of access left out one privileged right", "registry-fraud, second quarter",
		func(w *world) []Find {
			const review, grant = "AR-2026Q2-registry-fraud", "G-1002-registry-fraud"
			w.rows["access_review_item"] = slices.DeleteFunc(w.rows["access_review_item"], func(i row) bool {
				return i["access_review_id"] == review && i["grant_id"] == grant
			})
			r := w.find("access_review", "access_review_id", review)
			r["list_count"] = r["list_count"].(int) - 1
			return []Find{{"AI-IAM-04.T2", []string{review}}}
		},
	},
	{
		"a key of a program was not replaced", "support-assist, credential parrot-key",
		func(w *world) []Find {
			old := w.find("credential", "credential_id", "parrot-key#3")
			w.rows["credential"] = slices.DeleteFunc(w.rows["credential"], func(c row) bool {
				return c["credential_id"] == "parrot-key#4"
			})
			after := w.find("credential", "credential_id", "parrot-key#5")
			old["ended_at"] = stamp(moment(after["created_at"]).Add(40 * time.Minute))
			old["last_used_at"] = stamp(moment(after["created_at"]).Add(12 * time.Minute))
			return []Find{{"AI-IAM-06.T1", []string{"parrot-key#3"}}}
		},
	},
	{
		"the agent closed an account before anybody had approved it, and held a payout on a program's word", "kyc-docs, two tool calls",
		func(w *world) []Find {
			early := w.callOf("account.close", w.day(3, 9, 0, 0))
			early["at"] = stamp(moment(early["approved_at"]).Add(-11 * time.Minute))
			program := w.callOf("payout.hold", w.day(5, 25, 0, 0))
			program["approved_by"], program["approved_by_kind"] = "svc-gateway", "service"
			return []Find{{"AI-IAM-08.T2", []string{early["call_id"].(string), program["call_id"].(string)}}}
		},
	},
}

// enter adds a person's sign-in and the session that it opened.
func (w *world) enter(account, resource string, at time.Time) {
	w.session(rand.New(rand.NewPCG(2026, uint64(len(w.rows["session"])))), w.signIn(account, resource, at, nil))
}

// list puts a right on the list that a review went through.
func (w *world) list(review, grant, account string) {
	r := w.find("access_review", "access_review_id", review)
	r["list_count"] = r["list_count"].(int) + 1
	w.add("access_review_item", row{
		"access_review_id": review, "grant_id": grant, "principal_id": account, "decision": "keep", "decided_at": stamp(moment(r["performed_at"]).Add(-time.Hour)),
	})
}

// callOf returns the first call of the tool after a moment.
func (w *world) callOf(tool string, after time.Time) row {
	for _, c := range w.rows["tool_call"] {
		if c["tool"] == tool && moment(c["at"]).After(after) {
			return c
		}
	}
	panic("demo: no call of " + tool)
}
