package exporttest

import (
	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/export"
)

// addSamples adds a sample that was drawn and one that was not. Their digests
// are made up.
func addSamples(d *export.Dossier) {
	plan := sample.Plan{
		Schema: sample.PlanSchema, Run: d.Run.ID, Test: "AI-CHG-02.T1", CatalogSHA256: d.Run.CatalogDigest, Population: 8, Root: sha("population"), By: sample.ByMonth, Size: 2, Reserves: 1,
		Strata: []sample.Stratum{
			{Name: "2026-02", From: "2026-02-01", Before: "2026-03-01", Population: 5, Size: 1, Reserves: 1},
			{Name: "2026-03", From: "2026-03-01", Before: "2026-04-01", Population: 3, Size: 1},
		},
		Evidence: sample.Evidence{Origin: d.Run.LedgerOrigin, Size: 900, Root: d.Run.LedgerRoot},
	}
	d.Samples = []export.Sample{
		{ID: "SP-0001", Plan: plan, Commitment: sha("plan 1"), PlannedAt: moment("2026-07-02T08:00:00Z"), LedgerIndex: 901},
		{
			ID: "SP-0002", Plan: plan, Commitment: sha("plan 2"), PlannedAt: moment("2026-07-03T08:00:00Z"), LedgerIndex: 902,
			Replaces: []export.Replaced{{Plan: "SP-0001", Reason: "the auditor asked for another split"}}, Same: true, Sealed: true, Evidence: []string{"EV-000001"},
			Draws: []export.SampleDraw{{Nonce: "5f1d00112233445566778899aabbccdd", Size: 2, At: moment("2026-07-04T08:00:00Z"), LedgerIndex: 903}},
			Picks: []sample.Pick{
				{Stratum: "2026-02", Order: 1, Component: "loan-limit", Item: "CHG-0004"}, {Stratum: "2026-02", Order: 2, Component: "loan-limit", Item: "CHG-0001", Reserve: true},
				{Stratum: "2026-03", Order: 1, Component: "claims-helper", Item: "CHG-0007"},
			},
		},
	}
}
