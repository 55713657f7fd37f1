package exporttest

import (
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// addHistory gives the dossier an earlier freeze, a component that was taken
// out of scope, and a control that somebody else carries out.
func addHistory(d *export.Dossier) {
	d.ReliesOn = []export.ReliesOnLine{{
		ReliesOn: controls.ReliesOn{Component: "claims-helper", Control: "AI-IAM-05", Organisation: "Stillwater Models", Method: "carve_out", CSOC: []string{"SW-AC-01", "SW-AC-04"},
			OurControl: "AI-VEN-01", ReportFrom: date("2025-04-01"), ReportTo: date("2026-03-31")},
		CoveredDays: 90, GapDays: 91, Items: 4, Deviation: 1,
	}}
	d.Dispositions = []export.Disposition{{Disposition: export.ReliesOnSubservice, Control: "AI-IAM-05", Component: "claims-helper", Reason: "carried out by Stillwater Models, a subservice organisation"}}
	d.Walkthroughs = []export.WalkthroughLine{{Control: "AI-CHG-02", Test: "AI-CHG-02.T1", Component: "loan-limit", Item: "CHG-0017", At: "2026-06-30T21:13:00.000000Z",
		Letters: []export.WalkedLetter{{Letter: "A", Words: "approved before deployment", Value: controls.LetterTrue}, {Letter: "B", Words: "approver is not an author", Value: controls.LetterNull}},
		Facts:   map[string]any{"environment": "production"}}}
	d.Freezes = &export.Freezes{N: 2, M: 2, Different: 1, Previous: "run-2026-04-01-0001", Frozen: moment("2026-04-01T04:00:00Z"),
		List: []export.FreezeLine{
			{Run: "run-2026-04-01-0001", At: moment("2026-04-01T04:00:00Z"), Tool: "tieout v0.1.0", Config: sha("earlier configuration"), Catalog: sha("catalogue"), Database: sha("earlier database"), Results: sha("earlier results")},
			{Run: d.Run.ID, At: d.Run.At, Tool: d.Run.Tool, Config: d.Run.ConfigDigest, Catalog: d.Run.CatalogDigest, Database: d.Run.DatabaseSHA, Results: sha("results"), Same: true, This: true},
		},
		Tables: []export.TableDifference{{Kind: "change", Then: 9, Now: 17, Same: 7, Changed: 1, Vanished: 1, Added: 9, LateAdded: 1, Examples: []string{"rec-9", "rec-11"}}},
		Results: []export.ResultDifference{
			{Test: "AI-CHG-02.T1", Component: "loan-limit", Then: controls.Pass, Now: controls.Deviation, DeviationNow: 2},
			{Test: "AI-VEN-01.T1", Component: "claims-helper", Now: controls.NotTested},
		},
	}
	d.ScopeHistory = []export.ScopeLine{
		{Component: "loan-limit", First: moment("2026-04-01T04:00:00Z"), FirstRun: "run-2026-04-01-0001", Last: d.Run.At, LastRun: d.Run.ID},
		{Component: "old-bot", First: moment("2026-04-01T04:00:00Z"), FirstRun: "run-2026-04-01-0001", Last: moment("2026-04-01T04:00:00Z"), LastRun: "run-2026-04-01-0001",
			Removed: d.Run.At, RemovedRun: d.Run.ID, Reason: "Switched off before the period.", OpenDeviations: 2},
	}
	d.ToolFacts = []export.ToolFact{
		{What: "Configuration in use from, SHA-256", Value: d.Run.ConfigDigest, Since: d.Run.At, ApprovedBy: "tobias.quillfeather", Basis: "journal"},
		{What: "Signature of the release", Value: "not recorded", Basis: "ask management"},
	}
}

// OneDay returns the dossier as one of an engagement of type 1.
func OneDay() *export.Dossier {
	d := Dossier()
	d.Engagement.Type, d.Engagement.From, d.Engagement.Within = 1, d.Engagement.To, 7
	for _, c := range d.Controls {
		for _, t := range c.Tests {
			if t.ID != "AI-CHG-02.T1" {
				d.Dispositions = append(d.Dispositions, export.Disposition{Disposition: export.NotExamined, Control: c.ID, Test: t.ID, Reason: "it asks what happened over time"})
			}
		}
	}
	return d
}
