package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// worker is one invented person.
type worker struct {
	id, name, role string
	contractor     bool
	roles          map[string]string // resource → role
}

func (p worker) account() string { return strings.ToLower(strings.ReplaceAll(p.name, " ", ".")) }

// Resources that access is given to, with the component each belongs to.
var resources = []struct{ id, component, kind string }{
	{"registry-fraud", "fraud-score", "registry"},
	{"registry-prescreen", "prescreen", "registry"},
	{"kyc-console", "kyc-docs", "console"},
	{"prompt-store", "support-assist", "prompt_store"},
	{"review-desk", "kyc-docs", "review_console"},
	{"decision-log", "fraud-score", "log_store"},
	{"model-bucket", "fraud-score", "artifact_store"},
}

var staff = []worker{
	{id: "W-1001", name: "Ines Aldana", role: "ML engineer", roles: map[string]string{"registry-fraud": "model_author", "registry-prescreen": "model_author"}},
	{id: "W-1002", name: "Tomas Brekke", role: "ML engineer", roles: map[string]string{"registry-fraud": "model_author"}},
	{id: "W-1003", name: "Priya Chandran", role: "Head of model risk", roles: map[string]string{"registry-fraud": "model_approver", "registry-prescreen": "model_approver", "kyc-console": "model_approver"}},
	{id: "W-1004", name: "Samuel Dorn", role: "Release manager", roles: map[string]string{"prompt-store": "release_manager", "kyc-console": "release_manager", "registry-fraud": "release_manager"}},
	{id: "W-1005", name: "Leila Ekström", role: "Prompt engineer", roles: map[string]string{"prompt-store": "prompt_editor", "kyc-console": "prompt_editor"}},
	{id: "W-1006", name: "Marek Fiala", role: "Prompt engineer", roles: map[string]string{"kyc-console": "prompt_editor"}},
	{id: "W-1007", name: "Odile Garnier", role: "Decision reviewer", roles: map[string]string{"review-desk": "decision_reviewer"}},
	{id: "W-1008", name: "Kofi Hammond", role: "Decision reviewer", roles: map[string]string{"review-desk": "decision_reviewer"}},
	{id: "W-1009", name: "Yuki Ishida", role: "Decision reviewer", roles: map[string]string{"review-desk": "decision_reviewer"}},
	{id: "W-1010", name: "Nadia Jankovic", role: "Platform engineer", roles: map[string]string{"decision-log": "log_admin"}},
	{id: "W-1011", name: "Bruno Keller", role: "Platform engineer", contractor: true, roles: map[string]string{"decision-log": "log_reader", "registry-fraud": "reader"}},
	{id: "W-1012", name: "Hana Lindqvist", role: "Compliance officer", roles: map[string]string{"review-desk": "reader", "decision-log": "log_reader"}},
	{id: "W-1013", name: "Owen Maddox", role: "Data analyst", contractor: true, roles: map[string]string{"registry-prescreen": "reader"}},
	{id: "W-1014", name: "Greta Nowak", role: "Support lead", roles: map[string]string{"prompt-store": "reader"}},
}

// Leavers of the period: worker → last day.
func (w *world) leavers() map[string]time.Time {
	return map[string]time.Time{
		"W-1011": w.day(3, 27, 17, 0),
		"W-1013": w.day(5, 8, 17, 0),
	}
}

func privileged(role string) bool {
	return !slices.Contains([]string{"reader", "log_reader", "log_writer", "artifact_reader", "decision_reviewer"}, role)
}

func (w *world) people() {
	hired := time.Date(2024, 9, 2, 9, 0, 0, 0, w.zone)
	leavers := w.leavers()
	for i, p := range staff {
		start := hired.AddDate(0, i, i)
		if start.After(time.Date(2025, 11, 1, 0, 0, 0, 0, w.zone)) {
			start = time.Date(2025, 10, 6, 9, 0, 0, 0, w.zone)
		}
		person, account := w.hire(p, start)
		end, leaves := leavers[p.id]
		if leaves {
			person["ended_at"] = stamp(end)
			account["status"], account["disabled_at"], account["last_login_at"] = "disabled", stamp(end.Add(90*time.Minute)), stamp(end.Add(-3*time.Hour))
		}
		w.grants(p, start, end)
		w.signIns(w.rng, p, start, end)
	}
	for _, s := range []string{"svc-pipeline", "svc-gateway", "svc-evaluator"} {
		w.add("principal", row{"principal_id": s, "principal_kind": "service", "status": "active", "mfa_enrolled": false, "mfa_phishing_resistant": false, "created_at": stamp(hired)})
	}
	for _, r := range resources {
		w.add("resource", row{"resource_id": r.id, "component_id": r.component, "resource_kind": r.kind, "in_scope": true, "owner_id": "priya.chandran"})
	}
}

// hire puts somebody on record and gives them an account.
func (w *world) hire(p worker, start time.Time) (person, account row) {
	mail := p.account() + "@larkspur.example"
	kind := "employee"
	if p.contractor {
		kind = "contractor"
	}
	person = w.add("worker", row{"worker_id": p.id, "worker_kind": kind, "email": mail, "role": p.role, "started_at": stamp(start)})
	account = w.add("principal", row{
		"principal_id": p.account(), "principal_kind": "human", "email": mail, "worker_id": p.id, "status": "active",
		"mfa_enrolled": true, "mfa_phishing_resistant": true, "created_at": stamp(start.Add(2 * time.Hour)), "last_login_at": stamp(w.to.Add(-30 * time.Hour)),
	})
	return person, account
}

func (w *world) grants(p worker, start, end time.Time) {
	for _, r := range resources {
		role, has := p.roles[r.id]
		if !has {
			continue
		}
		at := start.Add(26 * time.Hour)
		g := w.add("grant", row{
			"grant_id": "G-" + p.id[2:] + "-" + r.id, "principal_id": p.account(), "resource_id": r.id, "role": role, "privileged": privileged(role),
			"request_id": fmt.Sprintf("REQ-%s-%s", p.id[2:], r.id), "requested_role": role, "approved_by": "samuel.dorn", "approved_at": stamp(at.Add(-time.Hour)), "granted_at": stamp(at),
		})
		if !end.IsZero() {
			g["revoked_at"] = stamp(end.Add(2 * time.Hour))
		}
	}
}

func (w *world) signIns(rng *rand.Rand, p worker, start, end time.Time) {
	if end.IsZero() {
		end = w.to
	}
	var held []string
	for _, r := range resources {
		if p.roles[r.id] != "" {
			held = append(held, r.id)
		}
	}
	for t := w.from.Add(9 * time.Hour); t.Before(end.Add(-4 * time.Hour)); t = t.AddDate(0, 0, 3) {
		at := t.Add(time.Duration(rng.IntN(7*3600)) * time.Second)
		if at.Before(start) || at.After(end) {
			continue
		}
		w.signIn(p.account(), held[(len(w.rows["sign_in"])+1)%len(held)], at, nil)
	}
}

// accessReviews holds one review of every resource in each quarter.
func (w *world) accessReviews() {
	for q, listed := range []time.Time{w.day(3, 16, 8, 0), w.day(6, 15, 8, 0)} {
		for _, r := range resources {
			id := fmt.Sprintf("AR-2026Q%d-%s", q+1, r.id)
			reviewer, done := "hana.lindqvist", listed.Add(30*time.Hour)
			if r.id == "review-desk" || r.id == "decision-log" {
				reviewer = "priya.chandran" // nobody reviews their own access
			}
			count := 0
			for _, g := range w.rows["grant"] {
				if g["resource_id"] != r.id || !moment(g["granted_at"]).Before(listed) {
					continue
				}
				if g["revoked_at"] != nil && !moment(g["revoked_at"]).After(listed) {
					continue
				}
				count++
				w.add("access_review_item", row{
					"access_review_id": id, "grant_id": g["grant_id"], "principal_id": g["principal_id"], "decision": "keep", "decided_at": stamp(done.Add(-time.Hour)),
				})
			}
			w.add("access_review", row{
				"access_review_id": id, "resource_id": r.id, "list_as_of": stamp(listed), "list_count": count, "reviewer_id": reviewer, "performed_at": stamp(done),
			})
		}
	}
}
