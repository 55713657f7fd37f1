package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// quality draws outputs of every component in every month and has people check
// them. In February the assistant's drafts fell under their floor; the lender
// took that down and put it right.
func (w *world) quality() {
	rng := rand.New(rand.NewPCG(2026, 707))
	since := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone)
	floors := map[string]float64{"fraud-score": 0.88, "kyc-docs": 0.88, "support-assist": 0.84, "prescreen": 0.85}
	for _, c := range w.components() {
		f := w.add("accuracy_floor", row{"floor_id": "AF-" + c.id, "component_id": c.id, "value": floors[c.id], "valid_from": stamp(since)})
		if c.id == "kyc-docs" {
			f["valid_to"] = stamp(w.day(4, 1, 0, 0))
			w.add("accuracy_floor", row{"floor_id": "AF-" + c.id + "-2", "component_id": c.id, "value": 0.90, "valid_from": f["valid_to"]})
		}
		for month := w.from; month.Before(w.to) && (c.retired.IsZero() || month.Before(c.retired)); month = month.AddDate(0, 1, 0) {
			wrong := rng.IntN(3)
			if c.id == "support-assist" && month.Month() == time.February {
				wrong = 11
			}
			w.drawn(rng, c.id, month, wrong)
		}
	}
	w.deficiencies()
}

// drawn is one month's sample of one component: two thirds of what no person
// saw, one third of what somebody did.
func (w *world) drawn(rng *rand.Rand, component string, month time.Time, wrong int) {
	pool := map[string][]row{}
	for _, d := range w.rows["decision"] {
		at := moment(d["at"])
		if d["component_id"] == component && d["status"] == "ok" && !at.Before(month) && at.Before(month.AddDate(0, 1, 0)) {
			pool[d["route"].(string)] = append(pool[d["route"].(string)], d)
		}
	}
	n := 66 + rng.IntN(14)
	people := min(n/3, len(pool["human_review"]))
	var sample []row
	for _, part := range []struct {
		route string
		n     int
	}{{"auto", n - people}, {"human_review", people}} {
		list := pool[part.route]
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		sample = append(sample, list[:part.n]...)
	}
	bad := rng.Perm(len(sample))[:wrong]
	for i, d := range sample {
		w.check(rng, d, d["route"].(string), true, !slices.Contains(bad, i))
	}
	if left := pool["auto"][n-people:]; len(left) > 0 && rng.IntN(2) == 0 { // somebody complained
		w.check(rng, left[0], "complaint", false, false)
	}
}

// check is one output that somebody else than its reviewer looked at.
func (w *world) check(rng *rand.Rand, d row, stratum string, seeded, right bool) {
	at := moment(d["at"])
	by := "hana.lindqvist"
	if start := w.day(1, 20, 9, 0); at.After(start) && rng.IntN(3) > 0 {
		by = "ravi.sundaram"
	}
	w.add("qa_sample", row{
		"sample_id": fmt.Sprintf("QS-%05d", len(w.rows["qa_sample"])+1), "decision_id": d["decision_id"], "component_id": d["component_id"], "decided_at": d["at"],
		"stratum": stratum, "by_seed": seeded, "reviewed_by": by, "reviewed_at": stamp(at.Add(time.Duration(8+rng.IntN(100)) * time.Hour)), "correct": right,
	})
}

// deficiencies are the weaknesses that the lender took down itself.
func (w *world) deficiencies() {
	w.add("deficiency", row{
		"deficiency_id": "DEF-2026-03", "control_id": "AI-PRC-03", "component_id": "support-assist", "found_at": stamp(w.day(3, 5, 11, 30)), "severity": "medium",
		"owner_id": "greta.nowak", "due_at": stamp(w.day(4, 30, 17, 0)), "closed_at": stamp(w.day(4, 14, 16, 0)), "verified_by": "hana.lindqvist",
	})
}
