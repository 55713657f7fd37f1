package demo

import (
	"slices"
	"time"
)

// settings are the states that scans and vendors show, and the thresholds that
// the lender states.
func (w *world) settings() {
	since := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone)
	for _, c := range w.components() {
		w.add("threshold", row{"threshold_id": "TH-" + c.id, "component_id": c.id, "value": c.threshold, "valid_from": stamp(since)})
		if c.retired.IsZero() {
			w.add("endpoint", row{
				"endpoint_id": c.id + ".larkspur.example:443", "component_id": c.id, "tls_min_rank": 13, "weak_ciphers": 0, "cert_not_after": stamp(w.to.AddDate(0, 8, 0)),
			})
		}
	}
	for setting, value := range map[string]string{"training": "off", "retention": "zero"} {
		w.add("vendor_setting", row{"vendor_id": "parrot-cloud", "project_id": "larkspur-support", "setting": setting, "value": value})
	}
	sortBy(w.rows["vendor_setting"], func(a, b row) bool { return a["setting"].(string) < b["setting"].(string) })
}

// sortBy sorts stably, so that equal elements keep the order they were made in.
func sortBy[T any](list []T, less func(a, b T) bool) {
	slices.SortStableFunc(list, func(a, b T) int {
		switch {
		case less(a, b):
			return -1
		case less(b, a):
			return 1
		}
		return 0
	})
}
