package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// retentionFeeds are how long data is kept, and what was deleted.
var retentionFeeds = []feed{
	{group: "Retention", id: "retention-schedule", kind: "retention_rule", path: "reference/retention-schedule.csv"},
	{id: "deletions", kind: "deletion_event", path: "platform/deletions.csv"},
}

// retention makes the schedule and what the deletion job did by it. The line
// for prompts became stricter in the period.
func (w *world) retention() {
	rng := rand.New(rand.NewPCG(2026, 723))
	since, stricter := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone), w.day(2, 1, 0, 0)
	for i, l := range []struct {
		class    string
		min, max int
		from, to time.Time
	}{
		{"prompts", 0, 180, since, stricter},
		{"prompts", 0, 90, stricter, time.Time{}},
		{"responses", 0, 180, since, time.Time{}},
		{"documents", 30, 90, since, time.Time{}},
		{"embeddings", 0, 180, since, time.Time{}},
		{"features", 180, 400, since, time.Time{}},
		{"logs", 365, 2555, since, time.Time{}},
		{"models", 365, 0, since, time.Time{}},
		{"retired_models", 730, 1095, since, time.Time{}},
		{"configuration", 365, 0, since, time.Time{}},
	} {
		r := w.add("retention_rule", row{"rule_id": fmt.Sprintf("RS-%02d", i+1), "data_class": l.class, "approved_by": "hana.lindqvist", "valid_from": stamp(l.from)})
		if l.min > 0 {
			r["min_days"] = l.min
		}
		if l.max > 0 {
			r["max_days"] = l.max
		}
		if !l.to.IsZero() {
			r["valid_to"] = stamp(l.to)
		}
	}
	for _, s := range stores {
		if s.days == 0 || s.days > 500 {
			continue
		}
		for at := w.from.AddDate(0, 0, 1+rng.IntN(9)); at.Before(w.to.AddDate(0, 0, 5)); at = at.AddDate(0, 0, 14) {
			due := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, w.zone)
			w.deletion(s.component, s.id, "batch/"+due.Format("20060102"), due, due.Add(time.Duration(90+rng.IntN(2900))*time.Minute), rng)
		}
	}
	end := w.day(5, 31, 0, 0) // of the component that is being retired
	for _, object := range []string{"features/prescreen", "training/applications-2024", "scores/prescreen"} {
		w.deletion("prescreen", "fraud-features", object, end, end.Add(time.Duration(-9*24+rng.IntN(100))*time.Hour), rng)
	}
}

// deletion is one that was due. What is due just before the files were read
// may still be there.
func (w *world) deletion(component, resource, object string, due, done time.Time, rng *rand.Rand) string {
	id := fmt.Sprintf("DL-%04d", len(w.rows["deletion_event"])+1)
	d := w.add("deletion_event", row{"deletion_id": id, "component_id": component, "resource_id": resource, "object_ref": object, "due_at": stamp(due)})
	if done.Before(Now.AddDate(0, 0, -1)) {
		d["executed_at"], d["executed_by"], d["method"] = stamp(done), "svc-pipeline", "key destroyed, then overwritten"
		d["verified_at"], d["verified_by"] = stamp(done.Add(time.Duration(2+rng.IntN(18))*time.Hour)), "svc-evaluator"
	}
	return id
}
