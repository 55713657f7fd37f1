package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// loggingFeeds are how logs are kept and what was changed about it.
var loggingFeeds = []feed{
	{group: "How logs are kept", id: "log-settings", kind: "log_source", path: "platform/log-settings.json"},
	{id: "config-audit", kind: "config_event", path: "platform/config-audit.jsonl"},
}

// keptLog is one log: who writes and who may clear it, for how long it is kept.
type keptLog struct {
	id       string
	writers  []string
	deleters []string
	days     int
	live     time.Time
}

func (w *world) logs() []keptLog {
	return []keptLog{
		{"decisions", []string{"svc-gateway"}, []string{}, 2555, time.Date(2025, 10, 1, 6, 0, 0, 0, w.zone)},
		{"gateway-access", []string{"svc-gateway"}, []string{"nadia.jankovic"}, 730, time.Date(2023, 4, 3, 8, 0, 0, 0, w.zone)},
		{"pipeline-audit", []string{"svc-pipeline", "svc-evaluator"}, []string{"nadia.jankovic"}, 400, time.Date(2022, 9, 12, 8, 0, 0, 0, w.zone)},
		{"desk-audit", []string{"svc-gateway"}, []string{}, 2555, time.Date(2025, 6, 16, 8, 0, 0, 0, w.zone)},
	}
}

// logging reads the settings of every log once a month, and makes the audit
// log of the platform.
func (w *world) logging() {
	rng := rand.New(rand.NewPCG(2026, 709))
	for month := w.from; month.Before(Now); month = month.AddDate(0, 1, 0) {
		at := month.AddDate(0, 0, 1).Add(7 * time.Hour)
		for i, l := range w.logs() {
			oldest := l.live.Add(time.Duration(8+rng.IntN(50)) * time.Minute)
			if kept := at.AddDate(0, 0, -l.days); kept.After(oldest) {
				oldest = kept
			}
			w.add("log_source", row{
				"log_id": l.id, "as_of": stamp(at.Add(time.Duration(i) * time.Minute)), "enabled": true, "retention_days": l.days, "immutability": "compliance",
				"writer_ids": l.writers, "deleter_ids": l.deleters, "live_since": stamp(l.live), "oldest_record_at": stamp(oldest),
			})
		}
	}
	moved := w.day(2, 17, 20, 0)
	w.add("change", row{
		"change_id": "CHG-platform-0217", "component_id": "fraud-score", "change_kind": "infra", "environment": "production", "requested_at": stamp(moved.Add(-120 * time.Hour)),
		"author_ids": []string{"nadia.jankovic"}, "approver_ids": []string{"samuel.dorn"}, "approved_at": stamp(moved.Add(-30 * time.Hour)), "deployed_at": stamp(moved),
		"deployed_by": "svc-pipeline", "deployed_by_kind": "pipeline", "emergency": false, "ticket": "PLT-0217", "evaluation_ids": []string{},
	})
	for _, e := range []struct {
		at                             time.Time
		actor, action, resource, chang string
	}{
		{w.day(1, 14, 11, 2), "nadia.jankovic", "session.policy.update", "kyc-console", ""},
		{w.day(2, 3, 9, 41), "nadia.jankovic", "log.retention.increase", "desk-audit", ""},
		{moved.Add(4 * time.Minute), "svc-pipeline", "log.route.add", "gateway-access", "CHG-platform-0217"},
		{moved.Add(6 * time.Minute), "svc-pipeline", "log.route.remove", "gateway-access", "CHG-platform-0217"},
		{w.day(3, 10, 14, 25), "nadia.jankovic", "network.rule.update", "model-bucket", ""},
		{w.day(4, 22, 10, 8), "nadia.jankovic", "log.enable", "pipeline-audit", ""},
		{w.day(5, 27, 16, 54), "nadia.jankovic", "session.policy.update", "review-desk", ""},
		{w.day(6, 11, 9, 15), "svc-pipeline", "bucket.versioning.enable", "model-bucket", ""},
	} {
		v := w.configEvent(e.at, e.actor, e.action, e.resource)
		if e.chang != "" {
			v["change_id"] = e.chang
		}
	}
}

func (w *world) configEvent(at time.Time, actor, action, resource string) row {
	return w.add("config_event", row{
		"event_id": fmt.Sprintf("CE-%s-%02d", at.UTC().Format("0102"), len(w.rows["config_event"])+1), "at": stamp(at), "actor_id": actor, "action": action, "resource_id": resource,
	})
}
