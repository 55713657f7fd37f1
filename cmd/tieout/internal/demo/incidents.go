package demo

import (
	"math/rand/v2"
	"time"
)

// incident is one that was taken down, as its record tells.
type incident struct {
	id, component, category string
	severity                int
	seen                    time.Time
	open                    int // minutes until it was resolved; 0: not yet
	cause                   string
	learned                 int // days until what was learned was written down; 0: never
	changes                 []string
	why                     string // why no change was needed
	personal                bool
}

func (w *world) incidentList() []incident {
	return []incident{
		{"INC-2026-003", "support-assist", "availability", 3, w.day(1, 19, 9, 41), 47, "outage at the vendor", 0, nil, "", false},
		{"INC-2026-009", "kyc-docs", "error", 2, w.day(2, 23, 15, 31), 190, "recipient taken from the wrong case", 7, []string{"CHG-kyc-docs-2"}, "", true},
		{"INC-2026-014", "fraud-score", "drift", 2, w.day(4, 3, 21, 20), 6720, "a new pattern of card fraud", 9, []string{"CHG-fraud-score-E1", "CHG-fraud-score-T1"}, "", false},
		{"INC-2026-018", "fraud-score", "availability", 2, w.day(4, 17, 13, 2), 103, "feature store out of connections", 5, []string{"CHG-platform-0424"}, "", false},
		{"INC-2026-021", "support-assist", "availability", 2, w.day(5, 14, 11, 25), 640, "slow answers of the vendor over a day", 8, nil, "a quota that the vendor raised the same day", false},
		{"INC-2026-023", "", "log_pipeline", 4, w.day(5, 28, 4, 12), 35, "queue of the log shipper full", 0, nil, "", false},
		{"INC-2026-027", "support-assist", "abuse", 3, w.day(6, 22, 16, 8), 210, "instructions hidden in a customer's message", 0, nil, "", false},
		{"INC-2026-029", "kyc-docs", "error", 3, w.day(6, 29, 17, 50), 0, "", 0, nil, "", false},
	}
}

// incidents makes them, each with the alert that called, and the change to the
// ground that one of them led to.
func (w *world) incidents(rng *rand.Rand) {
	w.platformChange("CHG-platform-0424", "fraud-score", w.day(4, 24, 21, 30))
	for _, i := range w.incidentList() {
		watched := i.component
		if watched == "" {
			watched = "fraud-score"
		}
		a := w.alert(watched, i.category, "high", i.seen)
		w.judge(a, "true_positive", rng)
		a["incident_id"], a["decided_at"] = i.id, stamp(moment(a["acked_at"]).Add(4*time.Minute))
		declared := moment(a["decided_at"]).Add(time.Minute)
		changes := i.changes
		if changes == nil {
			changes = []string{}
		}
		r := w.add("incident", row{
			"incident_id": i.id, "severity": i.severity, "detected_at": stamp(i.seen), "declared_at": stamp(declared), "corrective_change_ids": changes, "personal_data": i.personal,
		})
		if i.component != "" {
			r["component_id"] = i.component
		}
		if i.why != "" {
			r["no_change_reason"] = i.why
		}
		if i.open == 0 {
			continue
		}
		resolved := declared.Add(time.Duration(i.open) * time.Minute)
		r["contained_at"], r["resolved_at"], r["root_cause"] = stamp(declared.Add(time.Duration(i.open/2)*time.Minute)), stamp(resolved), i.cause
		if i.learned > 0 {
			r["postmortem_at"] = stamp(resolved.AddDate(0, 0, i.learned))
		}
		if i.personal {
			r["notify_decided_at"], r["notify_decided_by"] = stamp(declared.Add(20*time.Hour)), "hana.lindqvist"
			r["notify_due_at"], r["notified_at"] = stamp(declared.Add(72*time.Hour)), stamp(declared.Add(51*time.Hour))
		}
	}
}
