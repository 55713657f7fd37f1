package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// failures turns a few requests into inputs that the check rejects and runs
// that fail, and opens a case for each.
func (w *world) failures(rng *rand.Rand) {
	rejected := map[string]int{"fraud-score": 3, "kyc-docs": 12, "support-assist": 2, "prescreen": 8} // in a thousand
	requests := w.by("gateway_request", "request_id")
	for _, d := range w.rows["decision"] {
		n := rng.IntN(1000)
		if d["route"] != "auto" {
			continue
		}
		g := requests[d["request_id"]]
		switch share := rejected[d["component_id"].(string)]; {
		case n < share:
			d["route"], d["status"], d["confidence_na_reason"], g["status"] = "rejected", "blocked", "input rejected", "blocked"
		case n < share+3:
			d["route"], d["status"], d["confidence_na_reason"], g["status"] = "error", "error", "run failed", "error"
		default:
			continue
		}
		for _, column := range []string{"output_sha256", "confidence", "delivered_at"} {
			delete(d, column)
		}
		delete(g, "model_returned")
		w.errorCase(rng, d)
	}
}

// errorCase works one off in office hours, or nearly.
func (w *world) errorCase(rng *rand.Rand, d row) {
	opened := moment(d["at"]).Add(time.Duration(10+rng.IntN(900)) * time.Minute)
	resolutions := []string{"reprocessed", "reprocessed", "corrected", "returned", "closed"}
	if d["route"] == "rejected" {
		resolutions = []string{"returned", "returned", "corrected", "closed"}
	}
	c := w.add("error_case", row{
		"case_id": fmt.Sprintf("EC-%04d", len(w.rows["error_case"])+1), "decision_id": d["decision_id"], "component_id": d["component_id"], "opened_at": stamp(opened),
	})
	if settled := opened.Add(time.Duration(45+rng.IntN(4200)) * time.Minute); settled.Before(Now) {
		c["resolved_at"], c["resolved_by"] = stamp(settled), []string{"greta.nowak", "ravi.sundaram", "odile.garnier"}[rng.IntN(3)]
		c["resolution"] = resolutions[rng.IntN(len(resolutions))]
	}
}
