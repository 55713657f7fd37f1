package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// privacyFeeds are what people are told, what they agreed to and what they
// asked for.
var privacyFeeds = []feed{
	{group: "Privacy", id: "component-data", kind: "component_data", path: "reference/component-data.csv", stated: true},
	{id: "notices", kind: "privacy_notice", path: "privacy/notices.json"},
	{id: "consents", kind: "consent", path: "privacy/consents.csv"},
	{id: "consent-uses", kind: "consent_use", path: "privacy/consent-uses.csv"},
	{id: "subject-requests", kind: "dsar", path: "privacy/requests.json"},
	{id: "disclosures", kind: "disclosure", path: "privacy/disclosures.json"},
}

// privacy makes all of it. Every class of data that the components process is
// about people.
func (w *world) privacy() {
	rng := rand.New(rand.NewPCG(2026, 724))
	var ids []string
	for _, c := range w.components() {
		ids = append(ids, c.id)
		for _, class := range c.data {
			w.add("component_data", row{"component_id": c.id, "data_class": class, "personal": true})
		}
	}
	w.notices(ids)
	w.consents(rng)
	w.subjectRequests(ids, rng)
	w.disclosures()
}

// notices are two versions of one notice that follow each other.
func (w *world) notices(ids []string) {
	first, second := time.Date(2025, 9, 15, 0, 0, 0, 0, w.zone), w.day(3, 1, 0, 0)
	for _, n := range []row{
		{"version": "5", "effective_from": stamp(first), "effective_to": stamp(second), "approved_at": stamp(first.AddDate(0, 0, -21)), "published_at": stamp(first.AddDate(0, 0, -7))},
		{"version": "6", "effective_from": stamp(second), "approved_at": stamp(second.AddDate(0, 0, -16)), "published_at": stamp(second.AddDate(0, 0, -10))},
	} {
		n["notice_id"], n["component_ids"], n["ai_disclosure"], n["approved_by"] = "customer-notice", ids, true, "hana.lindqvist"
		w.add("privacy_notice", n)
	}
}

// consents are needed for a comparison of faces and for the ranking of
// applications. Some people took theirs back later, and a few gave it again.
func (w *world) consents(rng *rand.Rand) {
	purposes := map[any]struct {
		name  string
		every int
	}{"kyc-docs": {"face_comparison", 6}, "prescreen": {"application_ranking", 3}}
	type key struct{ subject, purpose string }
	last := map[key]row{}
	for _, d := range w.rows["decision"] {
		p, needs := purposes[d["component_id"]]
		if !needs || d["status"] != "ok" || rng.IntN(p.every) > 0 {
			continue
		}
		at, subject := moment(d["at"]), "p-"+sum("person " + d["tenant_id"].(string))[:10]
		k := last[key{subject, p.name}]
		if k == nil || k["withdrawn_at"] != nil && !moment(k["withdrawn_at"]).After(at) {
			k = w.consent(rng, subject, p.name, at)
			last[key{subject, p.name}] = k
		}
		w.add("consent_use", row{"use_id": d["decision_id"], "at": d["at"], "component_id": d["component_id"], "subject_ref": subject, "purpose": p.name})
	}
}

func (w *world) consent(rng *rand.Rand, subject, purpose string, before time.Time) row {
	given := before.Add(-time.Duration(3+rng.IntN(900)) * time.Minute)
	version := "5"
	if !given.Before(w.day(3, 1, 0, 0)) {
		version = "6"
	}
	k := w.add("consent", row{
		"consent_id": fmt.Sprintf("CO-%05d", len(w.rows["consent"])+1), "subject_ref": subject, "purpose": purpose, "given_at": stamp(given), "notice_version": version,
	})
	if gone := before.AddDate(0, 0, 1+rng.IntN(80)); rng.IntN(12) == 0 && gone.Before(w.to) {
		k["withdrawn_at"] = stamp(gone)
	}
	return k
}

// subjectRequests are what people asked about their own data. An answer is
// late from the midnight after thirty days; two took longer and were told so.
func (w *world) subjectRequests(ids []string, rng *rand.Rand) {
	for i, q := range []struct {
		at           time.Time
		what, came   string
		days, longer int // until the answer, 0: open; days more that the person was told of
	}{
		{w.day(1, 5, 14, 22), "access", "fulfilled", 17, 0},
		{w.day(1, 19, 9, 3), "erase", "fulfilled", 26, 0},
		{w.day(1, 30, 20, 41), "access", "nothing_held", 6, 0},
		{w.day(2, 11, 11, 17), "correct", "fulfilled", 12, 0},
		{w.day(2, 18, 8, 55), "access", "partly", 41, 60},
		{w.day(3, 2, 16, 30), "object", "denied", 19, 0},
		{w.day(3, 17, 13, 8), "access", "fulfilled", 22, 0},
		{w.day(3, 29, 22, 14), "erase", "partly", 28, 0},
		{w.day(4, 9, 10, 0), "access", "withdrawn", 2, 0},
		{w.day(4, 21, 15, 46), "accounting", "fulfilled", 24, 0},
		{w.day(5, 4, 9, 37), "erase", "fulfilled", 15, 0},
		{w.day(5, 13, 18, 5), "access", "denied", 9, 0},
		{w.day(5, 26, 7, 50), "access", "fulfilled", 27, 0},
		{w.day(6, 8, 12, 12), "correct", "fulfilled", 13, 0},
		{w.day(6, 19, 17, 29), "access", "", 0, 0},
		{w.day(6, 27, 10, 44), "erase", "", 0, 0},
	} {
		due := func(days int) time.Time { return time.Date(2026, q.at.Month(), q.at.Day()+days+1, 0, 0, 0, 0, w.zone) }
		r := w.add("dsar", row{
			"request_id": fmt.Sprintf("SR-2026-%02d", i+1), "request_kind": q.what, "received_at": stamp(q.at), "due_at": stamp(due(30)),
			"searched_component_ids": []string{}, "erasure_refs": []string{},
		})
		if q.longer > 0 {
			r["extended_at"], r["extended_to"] = stamp(q.at.AddDate(0, 0, 24)), stamp(due(30+q.longer))
		}
		if q.came == "" {
			continue
		}
		done := q.at.AddDate(0, 0, q.days).Add(time.Duration(rng.IntN(240)-120) * time.Minute)
		r["completed_at"], r["outcome"] = stamp(done), q.came
		if q.came == "denied" || q.came == "partly" {
			r["denial_reason"] = map[string]string{"denied": "who asks could not be made sure of", "partly": "records that the law asks to keep"}[q.came]
		}
		if q.came == "denied" || q.came == "withdrawn" {
			continue
		}
		r["identity_verified_at"], r["searched_component_ids"] = stamp(q.at.AddDate(0, 0, 2)), ids
		if q.what == "erase" {
			var refs []string
			for _, s := range []store{stores[4], stores[7]} {
				refs = append(refs, w.deletion(s.component, s.id, "subject/"+r["request_id"].(string), due(30), done.Add(-time.Duration(20+rng.IntN(30))*time.Hour), rng))
			}
			r["erasure_refs"] = refs
		}
	}
}

// disclosures is the register: what goes to vendors, to brokers and to the
// watch lists, and one mail that went to the wrong broker.
func (w *world) disclosures() {
	since := time.Date(2025, 10, 1, 0, 0, 0, 0, w.zone)
	for i, d := range []struct {
		component, to, purpose, right string
		classes                       []string
		from                          time.Time
	}{
		{"support-assist", "parrot-cloud", "drafting of answers", "contract", []string{"name", "email"}, since},
		{"support-assist", "parrot-cloud", "drafting of answers", "contract", []string{"postal_address"}, w.day(3, 1, 0, 0)},
		{"kyc-docs", "harborline", "search of watch lists", "law", []string{"name", "date_of_birth"}, since},
		{"kyc-docs", "brokers", "result of the check, to whoever the customer named", "consent", []string{"name"}, since},
	} {
		w.add("disclosure", row{
			"disclosure_id": fmt.Sprintf("DS-%02d", i+1), "component_id": d.component, "recipient": d.to, "data_classes": d.classes, "purpose": d.purpose,
			"started_at": stamp(d.from), "authorised": true, "authority": d.right, "authorised_by": "hana.lindqvist",
		})
	}
	at := w.day(2, 23, 15, 18)
	w.add("disclosure", row{
		"disclosure_id": "DS-05", "component_id": "kyc-docs", "recipient": "broker:saltmarsh", "data_classes": []string{"name"}, "purpose": "sent by mistake",
		"started_at": stamp(at), "ended_at": stamp(at.Add(time.Minute)), "authorised": false, "incident_id": "INC-2026-009",
	})
}
