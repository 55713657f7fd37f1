package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// providerHost is where the vendor's models are reached.
const providerHost = "api.parrot-cloud.example"

// filterFeeds are what leaves for vendors, as gateway and network see it.
var filterFeeds = []feed{
	{group: "What leaves for vendors, and what may", id: "data-findings", kind: "data_finding", path: "gateway/data-findings-*.jsonl.gz"},
	{id: "data-boundary", kind: "data_boundary", path: "reference/data-boundary.csv"},
	{id: "egress", kind: "egress_flow", path: "network/egress-*.jsonl.gz"},
}

// guarded is one class of data that the filter knows.
type guarded struct {
	class            string
	often            int // in a thousand requests
	secret, personal bool
	allowed          time.Time // since when it may go to the vendor; never if zero
}

func (w *world) guardedClasses() []guarded {
	since := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone)
	return []guarded{
		{"name", 42, false, true, since},
		{"email", 25, false, true, since},
		{"case_number", 18, false, false, since},
		{"postal_address", 14, false, true, w.day(3, 1, 0, 0)},
		{"account_number", 16, false, true, time.Time{}},
		{"health", 4, false, true, time.Time{}},
		{"password", 2, true, false, time.Time{}},
	}
}

// filter makes what the gateway's filter found, what may be sent, and the
// network's own log of connections.
func (w *world) filter() {
	rng := rand.New(rand.NewPCG(2026, 722))
	for i, c := range w.guardedClasses() {
		if !c.allowed.IsZero() {
			w.add("data_boundary", row{
				"boundary_id": fmt.Sprintf("DB-%02d", i+1), "component_id": "support-assist", "provider": "parrot-cloud", "data_class": c.class,
				"approved_by": "hana.lindqvist", "valid_from": stamp(c.allowed),
			})
		}
	}
	for _, g := range w.rows["gateway_request"] {
		if g["project_id"] == nil || g["status"] == "blocked" {
			continue
		}
		at := moment(g["at"])
		for _, c := range w.guardedClasses() {
			if rng.IntN(1000) >= c.often {
				continue
			}
			action := "redact"
			if !c.allowed.IsZero() && !at.Before(c.allowed) {
				action = "allow"
			}
			w.add("data_finding", row{
				"request_id": g["request_id"], "data_class": c.class, "at": stamp(at.Add(time.Duration(5+rng.IntN(30)) * time.Millisecond)), "component_id": g["component_id"],
				"provider": g["provider"], "project_id": g["project_id"], "secret": c.secret, "personal": c.personal, "action": action,
			})
		}
	}
	w.egress(rng)
	for _, at := range w.weekly(2, 20) {
		w.probe("EF-"+at.Format("0102"), "llm-gateway", "filter-canary", "canary", at.Add(time.Duration(rng.IntN(500))*time.Second),
			row{"name": "planted_and_found_share", "value": 1, "op": ">=", "threshold": 1},
			row{"name": "false_alarms", "value": rng.IntN(4), "op": "<=", "threshold": 5})
	}
}

// egress is what the network saw: the gateway's connections to the vendor, kept
// open for a while each, and everybody's to other places.
func (w *world) egress(rng *rand.Rand) {
	others := []struct{ from, to string }{
		{"mailer", "smtp.finchmail.example"}, {"kyc-agent", "lists.harborline.example"}, {"build-runner", "mirror.packages.example"}, {"core-lending", "rates.openbank.example"},
	}
	n := 0
	for day := w.from; day.Before(w.to); day = day.AddDate(0, 0, 1) {
		for at := day.Add(time.Duration(rng.IntN(180)) * time.Minute); at.Before(day.AddDate(0, 0, 1)); at = at.Add(time.Duration(150+rng.IntN(180)) * time.Minute) {
			n++
			f := w.add("egress_flow", row{
				"flow_id": fmt.Sprintf("nf-%06d", n), "at": stamp(at), "source_workload": "llm-gateway", "dest_host": providerHost, "via_gateway": true,
			})
			if rng.IntN(4) == 0 {
				o := others[rng.IntN(len(others))]
				f["source_workload"], f["dest_host"], f["via_gateway"] = o.from, o.to, false
			}
		}
	}
}
