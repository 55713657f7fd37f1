package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// vendorFeeds are the register of vendors and what comes with it.
var vendorFeeds = []feed{
	{group: "Vendors", id: "vendors", kind: "vendor", path: "vendors/register.csv", stated: true},
	{id: "vendor-assessments", kind: "vendor_assessment", path: "vendors/assessments.csv"},
	{id: "vendor-reports", kind: "vendor_report", path: "vendors/reports.json"},
	{id: "vendor-notices", kind: "vendor_notice", path: "vendors/notices.csv"},
}

// vendors makes the register, and what was done about each vendor.
func (w *world) vendors() {
	rng := rand.New(rand.NewPCG(2026, 721))
	for _, v := range []row{
		{"vendor_id": "parrot-cloud", "name": "Parrot Cloud Models", "tier": "1", "is_subservice": true, "contract_ref": "C-2024-118", "dpa_ref": "C-2024-118/3", "no_training_ref": "C-2024-118/4", "breach_notice_hours": 48},
		{"vendor_id": "osprey-cloud", "name": "Osprey Hosting", "tier": "1", "is_subservice": true, "contract_ref": "C-2022-031", "dpa_ref": "C-2022-031/2", "no_training_ref": "C-2022-031/2", "breach_notice_hours": 24},
		{"vendor_id": "harborline", "name": "Harborline Watch Lists", "tier": "2", "is_subservice": false, "contract_ref": "C-2023-077", "dpa_ref": "C-2023-077/2", "no_training_ref": "C-2023-077/2", "breach_notice_hours": 72},
		{"vendor_id": "finchmail", "name": "Finchmail", "tier": "3", "is_subservice": false, "contract_ref": "C-2021-009"},
	} {
		w.add("vendor", v)
	}
	for _, a := range []struct {
		vendor, by, outcome string
		made                time.Time
		days                int // until it was approved
	}{
		{"parrot-cloud", "nadia.jankovic", "accepted, zero retention agreed", time.Date(2025, 2, 10, 15, 0, 0, 0, w.zone), 8},
		{"parrot-cloud", "nadia.jankovic", "accepted", w.day(1, 27, 15, 0), 7},
		{"osprey-cloud", "nadia.jankovic", "accepted", time.Date(2025, 8, 19, 11, 0, 0, 0, w.zone), 13},
		{"harborline", "samuel.dorn", "accepted, with a note on old lists", w.day(3, 3, 10, 0), 6},
		{"finchmail", "samuel.dorn", "accepted", time.Date(2025, 11, 4, 10, 0, 0, 0, w.zone), 20},
	} {
		w.add("vendor_assessment", row{
			"vendor_id": a.vendor, "assessed_at": stamp(a.made), "assessed_by": a.by, "approved_at": stamp(a.made.AddDate(0, 0, a.days)), "approved_by": "hana.lindqvist", "outcome": a.outcome,
		})
	}
	w.vendorReports()
	w.vendorNotices()
	w.canaries(rng)
}

// vendorReports cover the period: one vendor's by two reports that meet, the
// other's by one and a bridge letter.
func (w *world) vendorReports() {
	day := func(year int, month time.Month) time.Time { return time.Date(year, month, 1, 0, 0, 0, 0, w.zone) }
	for _, r := range []struct {
		id, vendor           string
		from, until, bridged time.Time
		categories           []string
		opinion              string
		reviewed             time.Time
	}{
		{"VR-osprey-2025", "osprey-cloud", day(2025, 4), day(2026, 4), time.Time{}, []string{"security", "availability", "confidentiality"}, "unmodified", w.day(5, 21, 14, 0)},
		{"VR-osprey-2026", "osprey-cloud", day(2026, 4), day(2026, 10), time.Time{}, []string{"security", "availability", "confidentiality"}, "unmodified", w.day(7, 3, 11, 0)},
		{"VR-parrot-2026", "parrot-cloud", day(2025, 4), day(2026, 4), day(2026, 7), []string{"security", "confidentiality", "privacy"}, "qualified", w.day(6, 4, 9, 30)},
	} {
		v := w.add("vendor_report", row{
			"report_id": r.id, "vendor_id": r.vendor, "report_kind": "soc2_type2", "covers_from": stamp(r.from), "covers_until": stamp(r.until), "categories": r.categories,
			"opinion": r.opinion, "reviewed_at": stamp(r.reviewed), "reviewed_by": "hana.lindqvist", "exceptions_dispositioned": true, "cuecs_mapped": true,
		})
		if !r.bridged.IsZero() {
			v["bridged_until"] = stamp(r.bridged)
		}
	}
}

// vendorNotices are what vendors announced, and what it meant here.
func (w *world) vendorNotices() {
	for _, n := range []struct {
		id, vendor, impact, change   string
		received, effective, weighed time.Time
	}{
		{"VN-2026-01", "parrot-cloud", "nothing", "", w.day(1, 8, 9, 12), w.day(2, 1, 0, 0), w.day(1, 13, 15, 0)},
		{"VN-2026-02", "parrot-cloud", "change_needed", "CHG-support-assist-2", w.day(2, 19, 17, 40), w.day(4, 15, 0, 0), w.day(2, 24, 10, 30)},
		{"VN-2026-03", "osprey-cloud", "nothing", "", w.day(3, 30, 6, 5), time.Time{}, w.day(4, 9, 11, 0)},
		{"VN-2026-04", "parrot-cloud", "nothing", "", w.day(5, 6, 18, 20), w.day(6, 1, 0, 0), w.day(5, 11, 9, 15)},
		{"VN-2026-05", "harborline", "nothing", "", w.day(5, 27, 8, 50), time.Time{}, w.day(6, 8, 16, 0)},
		{"VN-2026-06", "parrot-cloud", "", "", w.day(6, 25, 19, 30), w.day(8, 3, 0, 0), time.Time{}},
	} {
		v := w.add("vendor_notice", row{"notice_id": n.id, "vendor_id": n.vendor, "received_at": stamp(n.received)})
		if !n.effective.IsZero() {
			v["effective_at"] = stamp(n.effective)
		}
		if !n.weighed.IsZero() {
			v["reviewed_at"], v["reviewed_by"], v["impact"] = stamp(n.weighed), "leila.ekström", n.impact
		}
		if n.change != "" {
			v["change_id"] = n.change
		}
	}
}

// canaries put a fixed set of known cases to the vendor's model, every Monday.
func (w *world) canaries(rng *rand.Rand) {
	for _, at := range w.weekly(4, 10) {
		w.probe("EC-parrot-"+at.Format("0102"), "support-assist", "known-questions", "canary", at.Add(time.Duration(rng.IntN(600))*time.Second),
			row{"name": "same_answer_share", "value": round(0.965+rng.Float64()*0.03, 3), "op": ">=", "threshold": 0.95},
			row{"name": "refusals", "value": rng.IntN(3), "op": "<=", "threshold": 3})
	}
}

// round keeps some decimals of a figure.
func round(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	return math.Round(v*scale) / scale
}

// weekly returns a moment of every Monday of the period.
func (w *world) weekly(hour, minute int) []time.Time {
	var out []time.Time
	for at := w.day(1, 5, hour, minute); at.Before(w.to); at = at.AddDate(0, 0, 7) {
		out = append(out, at)
	}
	return out
}
