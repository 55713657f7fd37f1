package demo

import (
	"slices"
	"time"
)

// protectionPlants are problems of keys, vendors, data and privacy.
var protectionPlants = []plant{
	{
		"a notebook called the vendor's model around the gateway", "one connection on 22 April",
		func(w *world) []Find {
			f := w.first("egress_flow", "at", w.day(4, 22, 0, 0), row{"via_gateway": false})
			f["source_workload"], f["dest_host"] = "notebook-14", providerHost
			return []Find{{"AI-DLP-01.T3", []string{f["flow_id"].(string)}}}
		},
	},
	{
		"a key that was to be renewed every year was not, although renewal is switched on", "key-archive, last renewed a year and eleven days ago",
		func(w *world) []Find {
			k := w.find("kms_key", "key_id", "key-archive")
			k["last_rotated_at"] = stamp(moment(k["as_of"]).AddDate(-1, 0, -11))
			return []Find{{"AI-ENC-03.T1", []string{"key-archive"}}}
		},
	},
	{
		"a document of one customer was put before the model for another", "kyc-docs, one retrieval in June",
		func(w *world) []Find {
			r := w.first("retrieval", "at", w.day(6, 10, 0, 0), row{"component_id": "kyc-docs"})
			r["owner_tenant_id"], r["ref"] = "cust-4711", "case/cust-4711/03"
			return []Find{{"AI-TEN-01.T2", []string{r["retrieval_id"].(string)}}}
		},
	},
	{
		"two reports on a vendor's controls leave ten days between them", "osprey-cloud, 1 to 10 April",
		func(w *world) []Find {
			w.find("vendor_report", "report_id", "VR-osprey-2026")["covers_from"] = stamp(w.day(4, 11, 0, 0))
			return []Find{{"AI-VEN-01.T2", []string{"osprey-cloud"}}}
		},
	},
	{
		"the known cases were not put to the vendor's model in the week of a holiday", "support-assist, 25 May",
		func(w *world) []Find {
			w.rows["evaluation"] = slices.DeleteFunc(w.rows["evaluation"], func(e row) bool { return e["evaluation_id"] == "EC-parrot-0525" })
			return []Find{{"AI-VEN-03.T2", []string{"support-assist slot 21"}}}
		},
	},
	{
		"an answer to somebody who asked for their data left out the component that was about to be retired", "request SR-2026-07",
		func(w *world) []Find {
			q := w.find("dsar", "request_id", "SR-2026-07")
			q["searched_component_ids"] = slices.DeleteFunc(slices.Clone(q["searched_component_ids"].([]string)), func(id string) bool { return id == "prescreen" })
			return []Find{{"AI-PRV-02.T1", []string{"SR-2026-07"}}}
		},
	},
	{
		"a batch of transcripts was deleted nine days after it was due", "support-transcripts, in March",
		func(w *world) []Find {
			d := w.first("deletion_event", "due_at", w.day(3, 1, 0, 0), row{"resource_id": "support-transcripts", "method": "key destroyed, then overwritten"})
			done := moment(d["due_at"]).AddDate(0, 0, 9)
			d["executed_at"], d["verified_at"] = stamp(done), stamp(done.Add(5*time.Hour))
			return []Find{{"AI-RET-01.T2", []string{d["deletion_id"].(string)}}}
		},
	},
}

// first returns the first row of the kind that has the values and whose time in
// the column is not before the moment.
func (w *world) first(kind, column string, from time.Time, with row) row {
	for _, r := range w.rows[kind] {
		fits := !moment(r[column]).Before(from)
		for name, v := range with {
			fits = fits && r[name] == v
		}
		if fits {
			return r
		}
	}
	panic("demo: no such " + kind)
}
