package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// outputs makes the check of every input, the hand-over of every result, and
// to whom results about a customer may go.
func (w *world) outputs() {
	rng := rand.New(rand.NewPCG(2026, 706))
	reviews := w.by("review", "review_id")
	brokers := w.recipients(rng)
	specification := map[any]string{"fraud-score": "payment/7", "kyc-docs": "identity-document/12", "support-assist": "customer-question/3", "prescreen": "application/5"}
	for n, d := range w.rows["decision"] {
		at, verdict := moment(d["at"]), "valid"
		if d["route"] == "rejected" {
			verdict = "invalid"
		}
		w.add("input_check", row{
			"decision_id": d["decision_id"], "at": stamp(at.Add(-time.Duration(40+rng.IntN(110)) * time.Millisecond)), "component_id": d["component_id"],
			"specification": specification[d["component_id"]], "verdict": verdict,
		})
		if d["delivered_at"] == nil {
			continue
		}
		v := w.add("delivery", row{
			"delivery_id": fmt.Sprintf("dl-%06d", n+1), "decision_id": d["decision_id"], "at": d["delivered_at"], "component_id": d["component_id"],
			"recipient": inbox(d["tenant_id"]), "sha256": d["output_sha256"],
		})
		if b := brokers[d["tenant_id"]]; b != nil && d["component_id"] == "kyc-docs" && holdsAt(b, moment(v["at"])) {
			v["recipient"] = b["recipient"]
		}
		if r := reviews[d["review_id"]]; r["outcome"] == "override" {
			v["sha256"] = sum("replaced " + d["decision_id"].(string))
		}
	}
}

func inbox(tenant any) string { return "inbox:" + tenant.(string) }

// recipients states an inbox for every customer and, for a few, the broker
// who looked after them for a time.
func (w *world) recipients(rng *rand.Rand) map[any]row {
	brokers := map[any]row{}
	since := time.Date(2025, 9, 1, 0, 0, 0, 0, w.zone)
	seen := map[any]bool{}
	for _, d := range w.rows["decision"] {
		tenant := d["tenant_id"]
		if seen[tenant] {
			continue
		}
		seen[tenant] = true
		w.add("recipient", row{"tenant_id": tenant, "recipient": inbox(tenant), "valid_from": stamp(since)})
		if rng.IntN(25) > 0 {
			continue
		}
		name := []string{"aldertree", "copperfield-row", "saltmarsh"}[rng.IntN(3)]
		from := w.from.AddDate(0, 0, rng.IntN(60)-40)
		b := w.add("recipient", row{"tenant_id": tenant, "recipient": "broker:" + name, "valid_from": stamp(from)})
		if rng.IntN(2) == 0 {
			b["valid_to"] = stamp(from.AddDate(0, 0, 70+rng.IntN(50)))
		}
		brokers[tenant] = b
	}
	return brokers
}

// holdsAt reports whether a row with a time from and to holds at the moment.
func holdsAt(r row, at time.Time) bool {
	return !at.Before(moment(r["valid_from"])) && (r["valid_to"] == nil || at.Before(moment(r["valid_to"])))
}

// redeliver makes the hand-over of a decision follow what the log says of it.
func (w *world) redeliver(d row) {
	v := w.find("delivery", "decision_id", d["decision_id"])
	v["at"], v["sha256"] = d["delivered_at"], d["output_sha256"]
}
