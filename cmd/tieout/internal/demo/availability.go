package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// availabilityFeeds are figures of service and room, copies and trials.
var availabilityFeeds = []feed{
	{group: "Availability, capacity and copies", id: "availability", kind: "slo_month", path: "monitoring/availability.json"},
	{id: "capacity", kind: "capacity_week", path: "monitoring/capacity.csv"},
	{id: "backups", kind: "backup_job", path: "platform/backups.csv"},
	{id: "restore-tests", kind: "restore_test", path: "platform/restore-tests.json"},
}

// served is what was promised for a component and what limits it.
type served struct {
	sli      string
	target   float64
	promised bool   // to tell customers of a missed month
	resource string // that is limited
	usual    float64
}

var serves = map[string]served{
	"fraud-score":    {"answered within 300 ms", 0.999, true, "scoring replicas", 0.46},
	"kyc-docs":       {"read within 90 s", 0.995, true, "accelerators", 0.52},
	"support-assist": {"drafted within 10 s", 0.99, false, "vendor's tokens in a minute", 0.34},
	"prescreen":      {"ranked within an hour", 0.99, false, "scoring replicas", 0.28},
}

// availability makes all of it.
func (w *world) availability() {
	rng := rand.New(rand.NewPCG(2026, 726))
	for _, c := range w.components() {
		end := w.to
		if !c.retired.IsZero() {
			end = c.retired
		}
		w.service(c.id, end, rng)
		w.capacity(c.id, end, rng)
	}
	w.platformChange("CHG-platform-0326", "kyc-docs", w.day(3, 26, 21, 0))
	w.backups(rng)
	w.restores(rng)
}

// service has a figure for each month. Two months missed their target.
func (w *world) service(component string, end time.Time, rng *rand.Rand) {
	s := serves[component]
	for month := w.from; month.Before(end); month = month.AddDate(0, 1, 0) {
		m := w.add("slo_month", row{
			"component_id": component, "sli": s.sli, "month": month.Format("2006-01"), "starts_at": stamp(month), "ends_at": stamp(month.AddDate(0, 1, 0)), "target": s.target,
			"attained": round(s.target+(1-s.target)*(0.3+0.65*rng.Float64()), 5), "incident_ids": []string{}, "notice_promised": s.promised,
		})
		switch component + " " + month.Format("01") {
		case "fraud-score 04":
			m["attained"], m["incident_ids"], m["customer_notice_ref"] = 0.99764, []string{"INC-2026-018"}, "status page, 4 May 2026"
		case "support-assist 05":
			m["attained"], m["incident_ids"] = 0.98412, []string{"INC-2026-021"}
		}
	}
}

// capacity has a figure for each week that ends in the period, also for the one
// in which the component ended. What the documents needed grew in spring, until
// a change made room.
func (w *world) capacity(component string, end time.Time, rng *rand.Rand) {
	s, room := serves[component], w.day(3, 26, 21, 0)
	for i, week := range w.weekly(0, 0) {
		next := week.AddDate(0, 0, 7)
		if !week.Before(end) || next.After(w.to) {
			return
		}
		used := s.usual + 0.12*rng.Float64()
		if component == "kyc-docs" && week.Before(room) {
			used = 0.50 + 0.034*float64(i) + 0.02*rng.Float64()
		}
		year, n := week.ISOWeek()
		r := w.add("capacity_week", row{
			"component_id": component, "resource": s.resource, "week": fmt.Sprintf("%d-W%02d", year, n), "starts_at": stamp(week), "ends_at": stamp(next),
			"p95_utilisation": round(used, 3), "forecast_made": true,
		})
		if component == "kyc-docs" && week.Before(room) && used > 0.6 {
			r["forecast_breach_at"] = stamp(next.AddDate(0, 0, int((1-used)/0.034*7)))
		}
		if used > 0.75 {
			r["change_id"] = "CHG-platform-0326"
		}
	}
}

// backups run every night. One in some hundred fails, and is made again.
func (w *world) backups(rng *rand.Rand) {
	for i, s := range stores {
		if !slices.ContainsFunc(s.holds, func(h string) bool {
			return slices.Contains([]string{"models", "embeddings", "logs", "configuration"}, h)
		}) {
			continue
		}
		for day := w.from; day.Before(w.to); day = day.AddDate(0, 0, 1) {
			at := time.Date(day.Year(), day.Month(), day.Day(), 1, 4*i, 0, 0, w.zone)
			done := at.Add(time.Duration(140+rng.IntN(900)) * time.Second)
			b := w.add("backup_job", row{
				"job_id": "BK-" + s.id + "-" + day.Format("0102"), "resource_id": s.id, "component_id": s.component, "scheduled_at": stamp(at), "completed_at": stamp(done),
				"status": "success", "encrypted": true, "offsite": true,
			})
			if rng.IntN(120) == 0 {
				b["status"], b["retried_ok_at"] = []string{"failed", "failed", "partial"}[rng.IntN(3)], stamp(done.Add(time.Duration(40+rng.IntN(500))*time.Minute))
			}
		}
	}
}

// restores try to bring each component back, and to work without it. One took
// too long and was tried again.
func (w *world) restores(rng *rand.Rand) {
	for i, t := range []struct {
		component string
		at        time.Time
		parts     []string
		target    int // seconds
		slow      bool
	}{
		{"fraud-score", time.Date(2025, 10, 22, 10, 0, 0, 0, w.zone), []string{"model_artifacts", "configuration"}, 7200, false},
		{"fraud-score", w.day(4, 28, 22, 0), []string{"fallback"}, 900, false},
		{"kyc-docs", w.day(1, 27, 22, 0), []string{"model_artifacts", "configuration", "fallback"}, 7200, true},
		{"kyc-docs", w.day(2, 10, 22, 0), []string{"model_artifacts", "configuration", "fallback"}, 7200, false},
		{"support-assist", w.day(5, 5, 21, 0), []string{"configuration", "data", "fallback"}, 3600, false},
		{"prescreen", time.Date(2025, 6, 11, 22, 0, 0, 0, w.zone), []string{"model_artifacts", "configuration", "fallback"}, 14400, false},
	} {
		took := t.target/3 + rng.IntN(t.target/3)
		if t.slow {
			took = t.target + 2140
		}
		w.add("restore_test", row{
			"restore_test_id": fmt.Sprintf("RT-%02d", i+1), "component_id": t.component, "performed_at": stamp(t.at), "parts": t.parts, "rto_target_s": t.target, "rto_actual_s": took,
			"rpo_target_s": 86400, "rpo_actual_s": 3600 * (4 + rng.IntN(19)), "hash_match": true, "approved_by": "samuel.dorn",
		})
	}
}
