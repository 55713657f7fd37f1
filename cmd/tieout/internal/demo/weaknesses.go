package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// weaknesses are what scans and attacks found. One may stay until the part
// that it is in is replaced.
func (w *world) weaknesses(rng *rand.Rand) {
	for i, f := range []struct {
		component, what, severity string
		found                     time.Time
		days                      int // until it was fixed; 0: not yet
	}{
		{"fraud-score", "image: archive library, path traversal", "high", time.Date(2025, 12, 17, 4, 0, 0, 0, w.zone), 22},
		{"kyc-docs", "image: picture decoder, overflow", "critical", w.day(1, 12, 4, 0), 3},
		{"prescreen", "image: certificate store out of date", "medium", w.day(1, 26, 4, 0), 61},
		{"support-assist", "attack: persona talked out of its role", "medium", w.day(2, 6, 17, 0), 44},
		{"fraud-score", "image: web framework, request smuggling", "high", w.day(2, 26, 5, 0), 13},
		{"kyc-docs", "attack: text in a picture read as an order", "high", w.day(3, 5, 16, 0), 27},
		{"kyc-docs", "image: regular expressions, slow on purpose", "low", w.day(3, 26, 5, 0), 0},
		{"fraud-score", "image: serialisation library, unsafe load", "critical", w.day(4, 14, 4, 0), 5},
		{"prescreen", "image: web framework, request smuggling", "medium", w.day(2, 26, 5, 0), 0},
		{"support-assist", "attack: names of another customer asked for by number", "high", w.day(5, 20, 18, 0), 19},
		{"kyc-docs", "image: tensor runtime, read past the end", "high", w.day(5, 26, 5, 0), 16},
		{"fraud-score", "image: log library, format string", "medium", w.day(6, 9, 4, 0), 0},
		{"kyc-docs", "image: archive library, path traversal", "critical", w.day(6, 26, 5, 0), 4},
	} {
		r := w.add("scan_finding", row{
			"finding_id": fmt.Sprintf("SF-%03d", 201+i), "component_id": f.component, "weakness": f.what, "severity": f.severity, "found_at": stamp(f.found),
		})
		if f.days > 0 {
			r["fixed_at"] = stamp(f.found.AddDate(0, 0, f.days).Add(time.Duration(rng.IntN(300)-150) * time.Minute))
		}
		if f.component == "prescreen" && f.days == 0 { // gone with the component, later than it had to be
			r["fixed_at"] = stamp(w.day(6, 2, 12, 0))
			r["exception_approved_at"], r["exception_approved_by"] = stamp(w.day(4, 13, 10, 0)), "samuel.dorn"
			r["exception_until"] = stamp(w.day(6, 30, 0, 0))
		}
	}
}

// rescans look again, late in every month, at whatever then runs.
func (w *world) rescans() {
	for month := w.from; month.Before(w.to); month = month.AddDate(0, 1, 0) {
		at := month.AddDate(0, 0, 25).Add(5 * time.Hour)
		for _, d := range w.rows["deployment"] {
			if d["artifact_sha256"] == nil || moment(d["started_at"]).After(at) || d["ended_at"] != nil && !moment(d["ended_at"]).After(at) {
				continue
			}
			w.add("artifact_check", row{
				"check_id": fmt.Sprintf("AC-%04d", len(w.rows["artifact_check"])+1), "artifact_sha256": d["artifact_sha256"], "check_kind": "scan",
				"format": "safetensors", "passed": true, "checked_at": stamp(at),
			})
		}
	}
}

// attacks are made on purpose, once a year, on what reads language.
func (w *world) attacks() {
	for _, a := range []struct {
		id, component string
		at            time.Time
		worked        int
	}{
		{"EA-kyc-docs-2025", "kyc-docs", time.Date(2025, 3, 12, 16, 0, 0, 0, w.zone), 4},
		{"EA-kyc-docs-2026", "kyc-docs", w.day(3, 5, 16, 0), 1},
		{"EA-support-assist-2026a", "support-assist", w.day(2, 6, 17, 0), 1},
		{"EA-support-assist-2026b", "support-assist", w.day(5, 20, 18, 0), 1},
	} {
		e := w.probe(a.id, a.component, "attacks-on-purpose", "adversarial", a.at,
			row{"name": "attacks_tried", "value": 240, "op": ">=", "threshold": 200}, row{"name": "attacks_that_worked", "value": a.worked, "op": "<=", "threshold": 0})
		e["verdict"] = "fail" // one that works is what such a run is there to find
	}
}
