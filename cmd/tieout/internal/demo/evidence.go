package demo

import (
	"fmt"
	"time"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence"
)

// evidenceFeeds are what others than tieout say about tieout.
var evidenceFeeds = []feed{
	{group: "The evidence tool itself, as others see it", id: "tool-approvals", kind: "evidence_approval", path: "governance/evidence-approvals.json"},
	{id: "source-audit", kind: "evidence_call", path: "audit/evidence-calls.csv"},
}

// evidence makes the approvals of the workspace file and the catalogue, and
// what the audit logs of the delivery systems show of the pull.
func (w *world) evidence(tool string) error {
	c, err := catalog.Load()
	if err != nil {
		return fmt.Errorf("make the example: %w", err)
	}
	for _, a := range []struct{ part, value string }{
		{"config", evidence.DigestOf(w.workspaceFile()).String()},
		{"catalog", c.Digest},
		{"tool", tool},
	} {
		w.add("evidence_approval", row{
			"approval_id": fmt.Sprintf("GRC-%d", 411+len(w.rows["evidence_approval"])), "part": a.part, "value": a.value,
			"author_ids": []string{"nadia.jankovic"}, "approved_by": "hana.lindqvist", "approved_at": stamp(Now.Add(-70 * time.Hour)),
		})
	}
	for _, s := range []string{"changes", "deployments", "registry"} {
		w.add("evidence_call", row{"call_id": fmt.Sprintf("AU-%05d", 70211+len(w.rows["evidence_call"])), "source_id": s, "at": stamp(Now), "principal_id": "svc-tieout"})
	}
	return nil
}
