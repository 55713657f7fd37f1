package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// agentAccount is the account under which the document agent calls tools.
const agentAccount = "agent-kyc"

// agent makes the account of the document agent and what it may call. One tool
// was replaced in the period, and one was added.
func (w *world) agent() {
	since := time.Date(2025, 11, 20, 10, 0, 0, 0, w.zone)
	w.add("principal", row{
		"principal_id": agentAccount, "principal_kind": "agent", "status": "active", "mfa_enrolled": false, "mfa_phishing_resistant": false, "created_at": stamp(since),
	})
	second, hold := w.day(3, 4, 9, 0), w.day(4, 21, 13, 20)
	for _, t := range []struct {
		tool, approver string
		waits          bool
		from, to       time.Time
	}{
		{"document.read", "samuel.dorn", false, since, time.Time{}},
		{"watchlist.search", "samuel.dorn", false, since, second},
		{"watchlist.search.v2", "priya.chandran", false, second, time.Time{}},
		{"case.update", "samuel.dorn", false, since, time.Time{}},
		{"account.close", "priya.chandran", true, since, time.Time{}},
		{"payout.hold", "priya.chandran", true, hold, time.Time{}},
	} {
		p := w.add("tool_permission", row{
			"permission_id": "TP-" + t.tool, "component_id": "kyc-docs", "principal_id": agentAccount, "tool": t.tool, "needs_approval": t.waits,
			"valid_from": stamp(t.from), "approved_by": t.approver, "approved_at": stamp(t.from.Add(-26 * time.Hour)),
		})
		if !t.to.IsZero() {
			p["valid_to"] = stamp(t.to)
		}
	}
}

// toolCalls are those behind some of the agent's decisions. To close an
// account the agent waits for the person who reviewed the decision.
func (w *world) toolCalls() {
	rng := rand.New(rand.NewPCG(2026, 704))
	reviews := w.by("review", "decision_id")
	second, hold := moment(w.find("tool_permission", "tool", "watchlist.search.v2")["valid_from"]), moment(w.find("tool_permission", "tool", "payout.hold")["valid_from"])
	for _, d := range w.rows["decision"] {
		if d["component_id"] != "kyc-docs" || d["status"] != "ok" {
			continue
		}
		at := moment(d["at"])
		if d["class"] == closure {
			if r := reviews[d["decision_id"]]; r["outcome"] == "agree" {
				w.approved(rng, "account.close", r)
			}
			continue
		}
		if rng.IntN(4) > 0 {
			continue
		}
		w.call(rng, "document.read", at.Add(-140*time.Millisecond))
		search := "watchlist.search"
		if !at.Add(-90 * time.Millisecond).Before(second) {
			search = "watchlist.search.v2"
		}
		w.call(rng, search, at.Add(-90*time.Millisecond))
		r := reviews[d["decision_id"]]
		switch {
		case r == nil:
			w.call(rng, "case.update", at.Add(time.Second))
		case r["outcome"] == "override" && moment(r["reviewed_at"]).After(hold):
			w.approved(rng, "payout.hold", r)
		}
	}
}

// call adds one that needs nobody. Now and then the guard stops one whose
// arguments reach too far, or the tool fails.
func (w *world) call(rng *rand.Rand, tool string, at time.Time) row {
	c := w.add("tool_call", row{
		"call_id": fmt.Sprintf("tc-%05d", len(w.rows["tool_call"])+1), "at": stamp(at), "component_id": "kyc-docs", "principal_id": agentAccount,
		"tool": tool, "within_limits": true, "result": "executed",
	})
	switch rng.IntN(90) {
	case 0:
		c["within_limits"], c["result"] = false, "blocked"
	case 1:
		c["result"] = "failed"
	}
	return c
}

// approved adds a call that the reviewer released.
func (w *world) approved(rng *rand.Rand, tool string, review row) {
	released := moment(review["reviewed_at"]).Add(time.Duration(5+rng.IntN(60)) * time.Second)
	c := w.call(rng, tool, released.Add(time.Duration(300+rng.IntN(4000))*time.Millisecond))
	c["within_limits"], c["result"] = true, "executed"
	c["approval_id"], c["approved_by"], c["approved_by_kind"], c["approved_at"] = "AP-"+review["review_id"].(string)[3:], review["reviewed_by"], "human", stamp(released)
}
