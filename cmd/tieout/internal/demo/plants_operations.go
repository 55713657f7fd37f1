package demo

import (
	"fmt"
	"slices"
	"time"
)

// operationsPlants are problems of running the components.
var operationsPlants = []plant{
	{
		"filter and guardrails before the vendor's model were off for an hour, without a change", "support-assist, 16 June from 14:00 to 15:00",
		func(w *world) []Find {
			from := w.day(6, 16, 14, 0)
			off := w.configEvent(from, "nadia.jankovic", "guardrail.disable", "llm-gateway")
			w.configEvent(from.Add(time.Hour), "nadia.jankovic", "guardrail.enable", "llm-gateway")
			calls := w.switchOff("support-assist", from, from.Add(time.Hour))
			return []Find{{"AI-OPS-02.T3", []string{off["event_id"].(string)}}, {"AI-OPS-02.T1", calls}, {"AI-DLP-01.T1", slices.Clone(calls)}}
		},
	},
	{
		"a grave alert lay for fifty minutes before somebody took it on", "kyc-docs, in March",
		func(w *world) []Find {
			a := w.first("alert", "fired_at", w.day(3, 6, 0, 0), row{"component_id": "kyc-docs", "severity": "high"})
			late := moment(a["fired_at"]).Add(50 * time.Minute).Sub(moment(a["acked_at"]))
			a["acked_at"], a["decided_at"] = stamp(moment(a["acked_at"]).Add(late)), stamp(moment(a["decided_at"]).Add(late))
			return []Find{{"AI-OPS-01.T2", []string{a["alert_id"].(string)}}}
		},
	},
	{
		"nobody wrote down what was learned from a grave incident", "INC-2026-018, fraud-score down for two hours in April",
		func(w *world) []Find {
			delete(w.find("incident", "incident_id", "INC-2026-018"), "postmortem_at")
			return []Find{{"AI-OPS-01.T3", []string{"INC-2026-018"}}}
		},
	},
	{
		"somebody whose name went to the wrong broker was told five hours too late", "INC-2026-009",
		func(w *world) []Find {
			i := w.find("incident", "incident_id", "INC-2026-009")
			i["notified_at"] = stamp(moment(i["notify_due_at"]).Add(5 * time.Hour))
			return []Find{{"AI-OPS-01.T4", []string{"INC-2026-009"}}}
		},
	},
	{
		"a backup failed in the night of a Sunday and was not made again", "kyc-models, 15 March",
		func(w *world) []Find {
			b := w.find("backup_job", "job_id", "BK-kyc-models-0315")
			b["status"] = "failed"
			delete(b, "retried_ok_at")
			return []Find{{"AI-AVL-03.T1", []string{"BK-kyc-models-0315"}}, {"AI-AVL-03.T3", []string{"kyc-models slot 74"}}}
		},
	},
	{
		"a component missed its target for a month, and nobody says why", "kyc-docs, in May",
		func(w *world) []Find {
			m := w.first("slo_month", "starts_at", w.day(5, 1, 0, 0), row{"component_id": "kyc-docs"})
			m["attained"], m["customer_notice_ref"] = 0.99213, "status page, 3 June 2026"
			return []Find{{"AI-AVL-01.T1", []string{fmt.Sprint("kyc-docs ", m["sli"], " 2026-05")}}}
		},
	},
}

// switchOff lets nothing look at the calls of a component for a while, and
// returns the calls. What was found in them is not found.
func (w *world) switchOff(component string, from, to time.Time) []string {
	var items []string
	for _, g := range w.rows["gateway_request"] {
		at := moment(g["at"])
		if g["component_id"] == component && g["status"] != "blocked" && !at.Before(from) && at.Before(to) {
			g["inspected"] = false
			items = append(items, g["request_id"].(string))
		}
	}
	for _, kind := range []string{"guardrail_check", "data_finding"} {
		w.rows[kind] = slices.DeleteFunc(w.rows[kind], func(r row) bool { return slices.Contains(items, r["request_id"].(string)) })
	}
	return items
}
