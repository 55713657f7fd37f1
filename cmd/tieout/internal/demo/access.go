package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// accessFeeds are what platforms and the vault show beside accounts and rights.
var accessFeeds = []feed{
	{group: "Roles, sessions, secrets of programs and the tools of the agent", id: "role-catalogue", kind: "role_definition", path: "reference/role-catalogue.csv", stated: true},
	{id: "role-conflicts", kind: "role_conflict", path: "reference/role-conflicts.csv", stated: true},
	{id: "session-policies", kind: "session_policy", path: "iam/session-policies.json", stated: true},
	{id: "sessions", kind: "session", path: "iam/sessions.jsonl"},
	{id: "vault", kind: "credential", path: "vault/credentials.json"},
	{id: "tool-permissions", kind: "tool_permission", path: "agent/tool-permissions.json"},
	{id: "tool-calls", kind: "tool_call", path: callLogPath, mapping: callMapping, keys: "keys/log-witness.pub"},
}

// Joiners of the period: worker and first day.
func (w *world) joiners() []joiner {
	return []joiner{
		{worker{id: "W-1015", name: "Ravi Sundaram", role: "Quality analyst", roles: map[string]string{"review-desk": "decision_reviewer"}}, w.day(1, 12, 9, 0)},
		{worker{id: "W-1016", name: "Maja Oyelaran", role: "Platform engineer", roles: map[string]string{"decision-log": "log_reader", "registry-fraud": "reader"}}, w.day(4, 7, 9, 0)},
		{worker{id: "W-1017", name: "Felix Thornbury", role: "Data analyst", contractor: true, roles: map[string]string{"registry-fraud": "reader"}}, w.day(5, 18, 9, 0)},
	}
}

type joiner struct {
	worker
	start time.Time
}

// right is one that did not come with the job.
type right struct {
	id, account, resource, role, asked, approver string
	at, gone                                     time.Time
}

// rights beside the job: of people who moved, and of programs. What is gone
// was taken away by the review of its quarter.
func (w *world) rights() []right {
	old := time.Date(2025, 10, 20, 11, 0, 0, 0, w.zone)
	return []right{
		{"G-1002-registry-prescreen", "tomas.brekke", "registry-prescreen", "reader", "REQ-2025-0611", "samuel.dorn", old, w.day(3, 19, 10, 15)},
		{"G-1006-prompt-store", "marek.fiala", "prompt-store", "reader", "REQ-2026-0038", "priya.chandran", w.day(2, 11, 15, 40), w.day(6, 18, 9, 50)},
		{"G-1010-model-bucket", "nadia.jankovic", "model-bucket", "artifact_reader", "REQ-2026-0071", "priya.chandran", w.day(3, 4, 13, 5), time.Time{}},
		{"G-svc-pipeline-model-bucket", "svc-pipeline", "model-bucket", "artifact_writer", "REQ-2025-0587", "samuel.dorn", old.AddDate(0, 0, -14), time.Time{}},
		{"G-svc-evaluator-model-bucket", "svc-evaluator", "model-bucket", "artifact_reader", "REQ-2025-0588", "samuel.dorn", old.AddDate(0, 0, -14), time.Time{}},
		{"G-svc-gateway-decision-log", "svc-gateway", "decision-log", "log_writer", "REQ-2025-0590", "samuel.dorn", old.AddDate(0, 0, -13), time.Time{}},
	}
}

// access makes what changed in the period, and then the reviews of all of it.
func (w *world) access() {
	rng := rand.New(rand.NewPCG(2026, 701))
	for _, j := range w.joiners() {
		w.hire(j.worker, j.start)
		w.grants(j.worker, j.start, time.Time{})
		w.signIns(rng, j.worker, j.start.Add(27*time.Hour), time.Time{})
	}
	for _, r := range w.rights() {
		w.give(r)
	}
	w.programSignIns(rng)
	w.failedSignIns(rng)
	w.accessReviews()
	for _, r := range w.rights() {
		if !r.gone.IsZero() {
			w.takeAway(r)
		}
	}
	w.roleCatalogue()
	w.agent()
	w.sessions()
	w.secrets()
}

func (w *world) give(r right) row {
	g := w.add("grant", row{
		"grant_id": r.id, "principal_id": r.account, "resource_id": r.resource, "role": r.role, "privileged": privileged(r.role),
		"request_id": r.asked, "requested_role": r.role, "approved_by": r.approver, "approved_at": stamp(r.at.Add(-3 * time.Hour)), "granted_at": stamp(r.at),
	})
	if !r.gone.IsZero() {
		g["revoked_at"] = stamp(r.gone)
	}
	return g
}

// takeAway notes in the last review that listed the right that it is to go.
func (w *world) takeAway(r right) {
	var last row
	for _, i := range w.rows["access_review_item"] {
		if i["grant_id"] == r.id {
			last = i
		}
	}
	last["decision"], last["remediated_at"] = "revoke", stamp(r.gone)
}

// programSignIns are those of programs, at which nobody sits.
func (w *world) programSignIns(rng *rand.Rand) {
	for _, r := range w.rights() {
		if w.find("principal", "principal_id", r.account)["principal_kind"] != "service" {
			continue
		}
		for t := w.from.Add(2 * time.Hour); t.Before(w.to); t = t.AddDate(0, 0, 7) {
			w.signIn(r.account, r.resource, t.Add(time.Duration(rng.IntN(3600))*time.Second), row{"interactive": false, "mfa_used": false})
		}
	}
}

// failedSignIns are mistyped passwords, just before the sign-in that worked.
func (w *world) failedSignIns(rng *rand.Rand) {
	for _, s := range slices.Clone(w.rows["sign_in"]) {
		if s["interactive"] == true && rng.IntN(30) == 0 {
			w.signIn(s["principal_id"].(string), s["resource_id"].(string), moment(s["at"]).Add(-time.Duration(20+rng.IntN(60))*time.Second), row{"mfa_used": false, "result": "failure"})
		}
	}
}

// signIn adds a person's sign-in, but for what differs.
func (w *world) signIn(account, resource string, at time.Time, differs row) row {
	s := row{
		"sign_in_id": fmt.Sprintf("S-%05d", len(w.rows["sign_in"])+1), "at": stamp(at), "principal_id": account, "resource_id": resource,
		"interactive": true, "mfa_used": true, "result": "success",
	}
	for column, v := range differs {
		s[column] = v
	}
	return w.add("sign_in", s)
}

// roleCatalogue says which roles the lender gives where, and which it keeps
// apart. The role without limits is given to nobody.
func (w *world) roleCatalogue() {
	for _, r := range []struct {
		resource string
		roles    []string
	}{
		{"registry-fraud", []string{"model_author", "model_approver", "release_manager", "reader"}},
		{"registry-prescreen", []string{"model_author", "model_approver", "reader"}},
		{"kyc-console", []string{"prompt_editor", "model_approver", "release_manager"}},
		{"prompt-store", []string{"prompt_editor", "model_approver", "release_manager", "reader"}},
		{"review-desk", []string{"decision_reviewer", "reader"}},
		{"decision-log", []string{"log_admin", "log_reader", "log_writer"}},
		{"model-bucket", []string{"artifact_writer", "artifact_reader", "bucket_owner"}},
	} {
		for _, role := range r.roles {
			w.add("role_definition", row{"resource_id": r.resource, "role": role, "unlimited": role == "bucket_owner"})
		}
	}
	for _, pair := range [][2]string{
		{"model_author", "model_approver"}, {"prompt_editor", "model_approver"}, {"prompt_editor", "release_manager"},
		{"log_admin", "log_writer"}, {"artifact_writer", "model_approver"},
	} {
		w.add("role_conflict", row{"role": pair[0], "conflicts_with": pair[1]})
	}
}
