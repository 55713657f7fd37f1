package demo

import (
	"fmt"
	"strings"
)

// workspaceFile is the example's tieout.yaml. The lender states some policies;
// the rest are tieout's defaults and are printed as such.
func (w *world) workspaceFile() []byte {
	var b strings.Builder
	b.WriteString(`# The workspace of a fictional lender. Everything in it is invented.
schema: tieout/workspace/v1
entity: {name: Larkspur Lending, system: Decisioning}
engagement:
  type: 2
  from: 2026-01-01
  to: 2026-06-30
  zone: America/New_York
  categories: [security, availability, processing_integrity, confidentiality, privacy]

components:
`)
	for _, c := range w.components() {
		fmt.Fprintf(&b, "  - id: %s\n    name: %s\n    kind: %s\n    function: %q\n    owner: %s\n", c.id, c.name, c.kind, c.function, c.owner)
		fmt.Fprintf(&b, "    deployment: %s\n    decision_effect: %s\n    data: [%s]\n", c.deployment, c.effect, strings.Join(c.data, ", "))
		if len(c.vendors) > 0 {
			fmt.Fprintf(&b, "    vendors: [%s]\n", strings.Join(c.vendors, ", "))
		}
		b.WriteString("    in_production_since: 2025-10-01\n")
		if !c.retired.IsZero() {
			fmt.Fprintf(&b, "    retired: %s\n", c.retired.Format("2006-01-02"))
		}
	}
	b.WriteString(`exclude:
  - {component: rate-bot, reason: "switched off on 12 December 2025, before the period", approved_by: Hana Lindqvist}
  - {component: llm-gateway, reason: "the gateway in front of the models decides nothing; it is tested with the components behind it", approved_by: Hana Lindqvist}

sources:
  # The decision log: it stays here; its digests and the verifier's report travel.
  - id: decisions
    type: table
    files: logs/decisions/*.jsonl.zst
    mapping: tieout-decision
    keep: path
    integrity: {profile: tieout-decision/1, keys: [keys/log-witness.pub]}
`)
	for _, f := range feeds {
		b.WriteString(f.entry())
	}
	b.WriteString("\n# What the lender's own written policy says.\npolicies:\n")
	for _, p := range policies {
		fmt.Fprintf(&b, "  %s: {value: %s, effective_from: 2025-10-01, approved_by: Hana Lindqvist}\n", p.name, p.value)
	}
	b.WriteString("  alert_ack_max:\n" +
		"    - {value: 45m, effective_from: 2025-10-01, approved_by: Hana Lindqvist}\n" +
		"    - {value: 30m, effective_from: 2026-04-01, approved_by: Hana Lindqvist}\n")
	b.WriteString("\n# Schedules that make a missing occurrence a deviation.\nexpected:\n")
	for _, e := range expected {
		fmt.Fprintf(&b, "  - {test: %s, every: %q}\n", e.test, e.every)
	}
	b.WriteString("\nsigning: {key: \"file:keys/package.key\"}\nexport: {formats: [pdf, xlsx, csv, html], out: packages, paper: A4}\n")
	return []byte(b.String())
}

var policies = []struct{ name, value string }{
	{"leaver_max", "24h"},
	{"review_sla", "24h"},
	{"min_tls", `"1.3"`},
	{"approver_roles", "[model_approver, release_manager]"},
	{"approved_projects", "[larkspur-support]"},
	{"mandatory_review_classes", "[account_closure]"},
	{"log_max_gap", "5h"},
	{"ai_courses", "[ai-controls-1, ai-controls-refresher]"},
	{"trusted_signers", "[release-signing@larkspur.example]"},
	{"retention_endpoints", "[/v1/messages]"},
	{"provider_hosts", "[" + providerHost + "]"},
	{"breach_decision_max", "48h"},
}

var expected = []struct{ test, every string }{
	{"AI-IAM-04.T1", "0 0 1 1,4,7,10 *"},
	{"AI-PRC-03.T1", "0 0 1 * *"},
	{"AI-PRC-04.T1", "0 0 * * *"},
	{"AI-EVD-01.T1", "0 0 30 6,12 *"},
	{"AI-TEN-01.T3", "0 0 1 1,4,7,10 *"},
	{"AI-VEN-03.T2", "0 3 * * 1"},
	{"AI-DLP-01.T4", "0 2 * * 1"},
	{"AI-OPS-03.T3", "0 0 1 * *"},
	{"AI-AVL-01.T2", "0 0 1 * *"},
	{"AI-AVL-02.T2", "0 0 * * 1"},
	{"AI-AVL-03.T3", "0 0 * * *"},
}
