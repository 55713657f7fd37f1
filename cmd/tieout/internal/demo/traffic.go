package demo

import (
	"fmt"
	"math"
	"time"
)

var reviewers = []string{"odile.garnier", "kofi.hammond", "yuki.ishida"}

// traffic makes every request of the period, the decision that answers it, the
// review where one is due, and the business system's own daily count.
func (w *world) traffic() {
	components := w.components()
	type one struct {
		c  component
		at time.Time
	}
	var all []one
	for day := w.from; day.Before(w.to); day = day.AddDate(0, 0, 1) {
		next := day.AddDate(0, 0, 1)
		for _, c := range components {
			if !c.retired.IsZero() && !day.Before(c.retired) {
				continue
			}
			n := c.perDay
			if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
				n /= 2
			}
			n += w.rng.IntN(5) - 2
			for range n {
				at := day.Add(time.Duration(w.rng.Int64N(int64(next.Sub(day) - time.Minute)))).Truncate(time.Millisecond)
				all = append(all, one{c, at})
			}
			w.add("business_count", row{
				"component_id": c.id, "day": day.Format(time.DateOnly), "starts_at": stamp(day), "ends_at": stamp(next), "count": n, "system": "core-lending",
			})
		}
	}
	sortBy(all, func(a, b one) bool { return a.at.Before(b.at) })
	for i, r := range all {
		w.request(i+1, r.c, r.at)
	}
}

func (w *world) request(n int, c component, at time.Time) {
	live := w.live(c.id, at)
	req := fmt.Sprintf("rq-%06d", n)
	g := row{
		"request_id": req, "at": stamp(at), "component_id": c.id, "provider": "larkspur", "endpoint": "/v1/" + c.id, "model_requested": live["model_version"],
		"model_returned": live["model_version"], "tls_rank": 13, "status": "ok", "produces_decision": true, "inspected": true,
	}
	if c.vendor {
		g["provider"], g["project_id"], g["endpoint"], g["retention_mode"] = "parrot-cloud", "larkspur-support", "/v1/messages", "zero"
	}
	w.add("gateway_request", g)

	confidence := math.Round((1-math.Pow(w.rng.Float64(), 2)*0.55)*1e4) / 1e4
	decided := at.Add(time.Duration(180+w.rng.IntN(900)) * time.Millisecond)
	d := row{
		"decision_id": fmt.Sprintf("dc-%06d", n), "request_id": req, "at": stamp(decided), "component_id": c.id, "deployment_id": live["deployment_id"],
		"model_version": live["model_version"], "config_sha256": live["config_sha256"], "tenant_id": fmt.Sprintf("cust-%04d", w.rng.IntN(4000)),
		"input_sha256": sum("in " + req), "output_sha256": sum("out " + req), "confidence": confidence, "route": "auto", "status": "ok",
		"delivered_at": stamp(decided.Add(2 * time.Second)),
	}
	w.add("decision", d)
	if confidence < c.threshold {
		queued := decided.Add(time.Second)
		done := queued.Add(time.Duration(20+w.rng.IntN(400)) * time.Minute)
		id := fmt.Sprintf("rv-%06d", n)
		d["route"], d["review_id"], d["delivered_at"] = "human_review", id, stamp(done.Add(4*time.Second))
		outcome, reason := "agree", "evidence supports the proposal"
		if w.rng.IntN(9) == 0 {
			outcome, reason = "override", "document quality too low to rely on"
		}
		w.add("review", row{
			"review_id": id, "decision_id": d["decision_id"], "component_id": c.id, "queued_at": stamp(queued), "reviewed_by": reviewers[w.rng.IntN(len(reviewers))],
			"reviewed_at": stamp(done), "outcome": outcome, "reason": reason,
		})
	}
}

// live returns the deployment of the component that ran at the moment.
func (w *world) live(id string, at time.Time) row {
	for _, d := range w.rows["deployment"] {
		if d["component_id"] != id || moment(d["started_at"]).After(at) {
			continue
		}
		if d["ended_at"] == nil || moment(d["ended_at"]).After(at.Add(5*time.Second)) {
			return d
		}
	}
	for _, d := range w.rows["deployment"] { // the seconds before a switch
		if d["component_id"] == id && d["ended_at"] != nil && moment(d["ended_at"]).After(at) && !moment(d["started_at"]).After(at) {
			return d
		}
	}
	panic("demo: nothing live of " + id + " at " + at.String())
}
