package demo

import (
	"slices"
	"time"
)

// oversightPlants are problems of logs, of review, and of what is watched.
var oversightPlants = []plant{
	{
		"a log was shortened without a change and lengthened again before its settings were next read", "pipeline-audit, 12 to 15 May",
		func(w *world) []Find {
			less := w.configEvent(w.day(5, 12, 21, 33), "nadia.jankovic", "log.retention.decrease", "pipeline-audit")
			w.configEvent(w.day(5, 15, 8, 12), "nadia.jankovic", "log.retention.increase", "pipeline-audit")
			return []Find{{"AI-LOG-03.T2", []string{less["event_id"].(string)}}}
		},
	},
	{
		"a threshold was lowered for three days and put back, both without a change", "kyc-docs, 16 to 19 January",
		func(w *world) []Find {
			from, to := w.day(1, 16, 9, 5), w.day(1, 19, 9, 20)
			first := w.find("threshold", "threshold_id", "TH-kyc-docs")
			first["valid_to"] = stamp(from)
			w.add("threshold", row{"threshold_id": "TH-kyc-docs-2", "component_id": "kyc-docs", "value": 0.72, "valid_from": stamp(from), "valid_to": stamp(to)})
			w.add("threshold", row{"threshold_id": "TH-kyc-docs-3", "component_id": "kyc-docs", "value": first["value"], "valid_from": stamp(to)})
			w.letThrough("kyc-docs", 0.72, from, to)
			return []Find{{"AI-PRC-02.T3", []string{"TH-kyc-docs-2", "TH-kyc-docs-3"}}}
		},
	},
	{
		"a reviewer decided within seconds for a month", "kofi.hammond, May",
		func(w *world) []Find {
			w.hurry("kofi.hammond", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
			return []Find{{"AI-PRC-02.T4", []string{"kofi.hammond 2026-05"}}}
		},
	},
	{
		"the figures of a component were not measured on one day", "kyc-docs, 23 May",
		func(w *world) []Find {
			from := w.day(5, 23, 0, 0)
			w.rows["monitor_run"] = slices.DeleteFunc(w.rows["monitor_run"], func(r row) bool {
				if r["component_id"] != "kyc-docs" || r["finished_at"] == nil {
					return false
				}
				at := moment(r["finished_at"])
				return !at.Before(from) && at.Before(from.AddDate(0, 0, 1))
			})
			return []Find{{"AI-PRC-04.T1", []string{"MR-03 " + stamp(from), "MR-04 " + stamp(from)}}}
		},
	},
	{
		"nothing was done about a figure outside its bound", "prescreen, adverse impact ratio of 18 April",
		func(w *world) []Find {
			r := w.find("monitor_run", "run_id", "mon-0418-prescreen-adverse_impact_ratio")
			r["value"] = 0.764
			return []Find{{"AI-PRC-04.T2", []string{r["run_id"].(string)}}}
		},
	},
	{
		"cases were settled too late, one after four weeks", "fraud-score, one failed run; kyc-docs, two rejected inputs",
		func(w *world) []Find {
			failed := w.settle("fraud-score", "error", w.day(3, 1, 0, 0), 1, 27)
			rejected := w.settle("kyc-docs", "rejected", w.day(5, 2, 0, 0), 2, 6)
			return []Find{{"AI-PRC-05.T2", failed}, {"AI-PRC-01.T2", rejected}}
		},
	},
	{
		"results went to another customer's inbox and to a broker whose time was over", "kyc-docs, two deliveries",
		func(w *world) []Find {
			wrong := w.delivered("kyc-docs", w.day(2, 26, 0, 0))
			wrong["recipient"] = inbox(w.rows["recipient"][40]["tenant_id"])
			late := w.delivered("kyc-docs", w.day(6, 23, 0, 0))
			tenant := w.find("decision", "decision_id", late["decision_id"])["tenant_id"]
			w.add("recipient", row{"tenant_id": tenant, "recipient": "broker:quillstone", "valid_from": stamp(w.from), "valid_to": stamp(w.day(6, 20, 0, 0))})
			late["recipient"] = "broker:quillstone"
			return []Find{{"AI-PRC-05.T3", []string{wrong["delivery_id"].(string), late["delivery_id"].(string)}}}
		},
	},
}

// letThrough lets the decisions take effect that a lower threshold no longer
// sends to a person.
func (w *world) letThrough(component string, threshold float64, from, to time.Time) {
	gone := map[any]bool{}
	for _, d := range w.rows["decision"] {
		at := moment(d["at"])
		if d["component_id"] != component || d["route"] != "human_review" || d["class"] == closure || at.Before(from) || !at.Before(to) || d["confidence"].(float64) < threshold {
			continue
		}
		gone[d["review_id"]] = true
		d["route"], d["review_id"] = "auto", nil
		d["delivered_at"] = stamp(at.Add(2 * time.Second))
		w.redeliver(d)
	}
	w.rows["review"] = slices.DeleteFunc(w.rows["review"], func(r row) bool { return gone[r["review_id"]] })
}

// hurry makes the reviewer's work of a stretch of time the work of seconds.
// What closes an account is left as it was.
func (w *world) hurry(reviewer string, from, to time.Time) {
	decisions, deliveries := w.by("decision", "decision_id"), w.by("delivery", "decision_id")
	for n, r := range w.rows["review"] {
		d := decisions[r["decision_id"]]
		if at := moment(r["reviewed_at"]); r["reviewed_by"] != reviewer || d["class"] == closure || at.Before(from) || !at.Before(to) {
			continue
		}
		done := moment(r["queued_at"]).Add(time.Duration(3000+n%7*900) * time.Millisecond)
		r["reviewed_at"], d["delivered_at"] = stamp(done), stamp(done.Add(4*time.Second))
		deliveries[r["decision_id"]]["at"] = d["delivered_at"]
	}
}

// settle moves the end of the first n cases of a route after a moment to so
// many days after the decision, and returns the decisions.
func (w *world) settle(component, route string, after time.Time, n, days int) []string {
	cases := w.by("error_case", "decision_id")
	var items []string
	for _, d := range w.rows["decision"] {
		if len(items) == n {
			break
		}
		if d["component_id"] == component && d["route"] == route && moment(d["at"]).After(after) {
			cases[d["decision_id"]]["resolved_at"] = stamp(moment(d["at"]).AddDate(0, 0, days))
			items = append(items, d["decision_id"].(string))
		}
	}
	return items
}

// handedOver returns the hand-overs of what answered the requests.
func (w *world) handedOver(requests []string) []string {
	of := map[any]bool{}
	for _, r := range requests {
		of["dc-"+r[3:]] = true
	}
	var items []string
	for _, v := range w.rows["delivery"] {
		if of[v["decision_id"]] {
			items = append(items, v["delivery_id"].(string))
		}
	}
	return items
}

// delivered returns the first hand-over of what no person saw, after a moment.
func (w *world) delivered(component string, after time.Time) row {
	decisions := w.by("decision", "decision_id")
	for _, v := range w.rows["delivery"] {
		if v["component_id"] == component && moment(v["at"]).After(after) && decisions[v["decision_id"]]["route"] == "auto" {
			return v
		}
	}
	panic("demo: nothing of " + component + " was delivered")
}
