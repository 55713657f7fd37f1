package demo

import (
	"fmt"
	"slices"
	"time"
)

// Plant is one problem put into the example: what is wrong, where, and which
// tests must find it in which items.
type Plant struct {
	What  string
	Where string
	Finds []Find
}

// Find is what one test must report of a plant: these items and no others.
type Find struct {
	Test  string
	Items []string
}

// plant is a Plant with the way to put it in.
type plant struct {
	what, where string
	put         func(w *world) []Find
}

// plants are all of them, in the order of the table.
var plants = slices.Concat(basePlants, accessPlants, oversightPlants, protectionPlants, operationsPlants, governancePlants, twicePlants)

var basePlants = []plant{
	{
		"a model went live forty minutes before it was approved", "fraud-score, change CHG-fraud-score-2",
		func(w *world) []Find {
			c := w.find("change", "change_id", "CHG-fraud-score-2")
			c["approved_at"] = stamp(moment(c["deployed_at"]).Add(40 * time.Minute))
			return []Find{{"AI-CHG-02.T1", []string{"CHG-fraud-score-2"}}}
		},
	},
	{
		"a prompt change was approved by its author's second account", "kyc-docs, change CHG-kyc-docs-3",
		func(w *world) []Find {
			w.add("principal", row{
				"principal_id": "lekstrom-admin", "principal_kind": "human", "email": "leila.ekstrom.admin@larkspur.example", "worker_id": "W-1005", "status": "active",
				"mfa_enrolled": true, "mfa_phishing_resistant": true, "created_at": stamp(w.day(1, 12, 10, 0)), "last_login_at": stamp(w.day(6, 2, 10, 0)),
			})
			at := w.day(1, 13, 10, 0)
			w.add("grant", row{
				"grant_id": "G-1005-kyc-admin", "principal_id": "lekstrom-admin", "resource_id": "kyc-console", "role": "model_approver", "privileged": true,
				"request_id": "REQ-1005-kyc-admin", "requested_role": "model_approver", "approved_by": "samuel.dorn", "approved_at": stamp(at.Add(-time.Hour)), "granted_at": stamp(at),
			})
			for _, q := range []string{"1", "2"} { // the account stands on the lists that were reviewed
				id := "AR-2026Q" + q + "-kyc-console"
				r := w.find("access_review", "access_review_id", id)
				r["list_count"] = r["list_count"].(int) + 1
				w.add("access_review_item", row{
					"access_review_id": id, "grant_id": "G-1005-kyc-admin", "principal_id": "lekstrom-admin", "decision": "keep",
					"decided_at": stamp(moment(r["performed_at"]).Add(-time.Hour)),
				})
			}
			w.find("change", "change_id", "CHG-kyc-docs-3")["approver_ids"] = []string{"lekstrom-admin"}
			for _, at := range []time.Time{w.day(1, 14, 9, 30), w.day(4, 20, 16, 50), w.day(6, 2, 10, 0)} {
				w.enter("lekstrom-admin", "kyc-console", at)
			}
			return []Find{{"AI-CHG-02.T1", []string{"CHG-kyc-docs-3"}}, {"AI-IAM-03.T2", []string{"G-1005-kyc-admin", "G-1005-kyc-console"}}}
		},
	},
	{
		"a contractor's account stayed open three days after the last day", "worker W-1011",
		func(w *world) []Find {
			a := w.find("principal", "worker_id", "W-1011")
			a["disabled_at"] = stamp(moment(a["disabled_at"]).AddDate(0, 0, 3))
			return []Find{{"AI-IAM-05.T1", []string{"W-1011"}}}
		},
	},
	{
		"a deployment named the alias champion instead of a version", "fraud-score, deployment DEP-fraud-score-3",
		func(w *world) []Find {
			w.find("deployment", "deployment_id", "DEP-fraud-score-3")["alias_used"] = "champion"
			return []Find{{"AI-CHG-01.T1", []string{"DEP-fraud-score-3"}}}
		},
	},
	{
		"answers of one evening have no decision record", "support-assist, 14 April",
		func(w *world) []Find {
			lost := w.lose("support-assist", w.day(4, 14, 18, 0), w.day(4, 15, 0, 0))
			return []Find{{"AI-LOG-01.T1", lost}, {"AI-LOG-01.T2", []string{"support-assist 2026-04-14"}}, {"AI-PRC-05.T3", w.handedOver(lost)}}
		},
	},
	{
		"doubtful documents were accepted without a person", "kyc-docs, three decisions in May",
		func(w *world) []Find {
			return []Find{{"AI-PRC-02.T1", w.skipReview("kyc-docs", w.day(5, 11, 0, 0), 3)}}
		},
	},
	{
		"the vendor answered with another model for a day and a half", "support-assist, 3 and 4 June",
		func(w *world) []Find {
			return []Find{{"AI-VEN-03.T1", w.swapModel("support-assist", w.day(6, 3, 6, 0), w.day(6, 4, 18, 0), "parrot-large-2026-06-01")}}
		},
	},
	{
		"an endpoint still accepts TLS 1.2", "kyc-docs.larkspur.example:443",
		func(w *world) []Find {
			w.find("endpoint", "endpoint_id", "kyc-docs.larkspur.example:443")["tls_min_rank"] = 12
			return []Find{{"AI-ENC-01.T1", []string{"kyc-docs.larkspur.example:443"}}}
		},
	},
}

// lose takes the decisions of a stretch of time out of the log. What passed
// the gateway and what the business system counted stays.
func (w *world) lose(component string, from, to time.Time) []string {
	var lost []string
	w.rows["decision"] = slices.DeleteFunc(w.rows["decision"], func(d row) bool {
		at := moment(d["at"])
		if d["component_id"] != component || at.Before(from) || !at.Before(to) || d["review_id"] != nil || d["status"] != "ok" {
			return false
		}
		lost = append(lost, d["request_id"].(string))
		return true
	})
	return lost
}

// skipReview sends decisions that a person had to see straight on.
func (w *world) skipReview(component string, from time.Time, n int) []string {
	var items []string
	for _, d := range w.rows["decision"] {
		if len(items) == n {
			break
		}
		if d["component_id"] != component || d["route"] != "human_review" || d["class"] == closure || moment(d["at"]).Before(from) {
			continue
		}
		id := d["review_id"]
		w.rows["review"] = slices.DeleteFunc(w.rows["review"], func(r row) bool { return r["review_id"] == id })
		d["route"], d["review_id"] = "auto", nil
		d["delivered_at"] = stamp(moment(d["at"]).Add(2 * time.Second))
		w.redeliver(d)
		items = append(items, d["decision_id"].(string))
	}
	return items
}

// swapModel lets the vendor answer with another model than the one pinned.
func (w *world) swapModel(component string, from, to time.Time, model string) []string {
	var items []string
	for _, g := range w.rows["gateway_request"] {
		at := moment(g["at"])
		if g["component_id"] != component || at.Before(from) || !at.Before(to) || g["status"] != "ok" {
			continue
		}
		g["model_returned"] = model
		items = append(items, g["request_id"].(string))
	}
	return items
}

// plantAll puts every problem in and returns the table of them.
func (w *world) plantAll() []Plant {
	out := make([]Plant, 0, len(plants))
	for _, p := range plants {
		finds := p.put(w)
		for _, f := range finds {
			if len(f.Items) == 0 {
				panic(fmt.Sprintf("demo: the plant %q changed nothing", p.what))
			}
			slices.Sort(f.Items)
		}
		out = append(out, Plant{What: p.what, Where: p.where, Finds: finds})
	}
	return out
}
