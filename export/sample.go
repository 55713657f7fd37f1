package export

import (
	"fmt"

	"github.com/tieout/tieout/controls/sample"
	"github.com/tieout/tieout/evidence"
)

// Sample is a sample that was planned, and drawn if the auditor gave a nonce.
type Sample struct {
	ID          string           `json:"id"` // SP-0001 …
	Plan        sample.Plan      `json:"plan"`
	Commitment  string           `json:"commitment"`
	PlannedAt   evidence.Instant `json:"planned_at"`
	LedgerIndex int64            `json:"ledger_index"`
	Replaces    []Replaced       `json:"replaces,omitempty"`
	Draws       []SampleDraw     `json:"draws,omitempty"` // the first, then each by which it grew
	Picks       []sample.Pick    `json:"picks,omitempty"` // after the last
	Same        bool             `json:"same_population"` // the items are those of this package, so that it can be drawn again from it
	Evidence    []string         `json:"evidence,omitempty"`
	Sealed      bool             `json:"evidence_sealed_before_draw"` // all of that evidence stood in the ledger before
}

// Replaced is an earlier plan of the same test, and why there is another.
type Replaced struct {
	Plan   string `json:"plan"`
	Reason string `json:"reason"`
}

// SampleDraw is the auditor's nonce as management entered it, and the size that
// was drawn.
type SampleDraw struct {
	Nonce       string           `json:"nonce"` // hex
	Size        int64            `json:"size"`
	At          evidence.Instant `json:"at"`
	LedgerIndex int64            `json:"ledger_index"`
}

// Drawn returns how many items were drawn, without reserves.
func (s *Sample) Drawn() int64 {
	if len(s.Draws) == 0 {
		return 0
	}
	return s.Draws[len(s.Draws)-1].Size
}

// Grown returns the sizes by which the sample grew after its first draw.
func (s *Sample) Grown() []int64 {
	var out []int64
	for i, d := range s.Draws {
		if i > 0 {
			out = append(out, d.Size)
		}
	}
	return out
}

// NonceWords stand beside every nonce.
const NonceWords = "Nonce as entered by management: compare with your own record."

// SampleStatus says in words what became of a plan.
func SampleStatus(d *Dossier, s *Sample) string {
	for _, later := range d.Samples {
		for _, r := range later.Replaces {
			if r.Plan != s.ID {
				continue
			}
			if len(s.Draws) == 0 {
				return "abandoned draw: " + later.ID + " was planned instead: " + r.Reason
			}
			return "drawn; " + later.ID + " was planned after it: " + r.Reason
		}
	}
	if len(s.Draws) == 0 {
		return "waits for the auditor's nonce: until then an abandoned draw"
	}
	if !s.Same {
		return "drawn from run " + s.Plan.Run + ", whose items of the test are not those of this package"
	}
	return "drawn"
}

// samplePlanSheet lists every plan, those without a draw too.
func samplePlanSheet(d *Dossier) Sheet {
	var rows [][]any
	for i := range d.Samples {
		s := &d.Samples[i]
		var strata []string
		for _, x := range s.Plan.Strata {
			line := fmt.Sprintf("%s: %d of %d", x.Name, x.Size, x.Population)
			if x.Reserves > 0 {
				line += fmt.Sprintf(", %d in reserve", x.Reserves)
			}
			strata = append(strata, line)
		}
		var nonce any
		if len(s.Draws) > 0 {
			nonce = s.Draws[0].Nonce
		}
		rows = append(rows, []any{text(s.ID), text(s.Plan.Test), SampleStatus(d, s), s.Plan.Population, s.Plan.Size, s.Drawn(), lines(strata), text(s.Plan.By),
			moment(s.PlannedAt), text(s.Commitment), text(s.Plan.Root), s.Plan.Evidence.Size, text(s.Plan.Evidence.Root), s.LedgerIndex, nonce, nil})
	}
	return Sheet{
		Name: "Sample Plans", File: "sample_plans",
		Words: "Every sample that was planned, those that were never drawn too. The commitment fixes all but the nonce before the auditor makes it. " + NonceWords,
		Columns: []SheetColumn{
			textColumn("Plan ID", "plan_id", 10), testColumn, textColumn("Status", "status", 40), countColumn("Population", "population"), countColumn("Size Planned", "size"), countColumn("Size Drawn", "drawn"),
			textColumn("Strata", "strata", 34), textColumn("Strata By", "by", 11), timeColumn("Planned (UTC)", "planned"), textColumn("Commitment", "commitment", 66), textColumn("Population Root", "population_root", 66),
			countColumn("Ledger Entries Before", "evidence_size"), textColumn("Ledger Root Before", "evidence_root", 46), countColumn("Ledger Entry", "ledger_index"),
			textColumn("Nonce (as entered by management)", "nonce", 66), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(rows, same),
	}
}

// selectionSheet lists the items that were drawn.
func selectionSheet(d *Dossier) Sheet {
	var rows [][]any
	for i := range d.Samples {
		s := &d.Samples[i]
		for _, p := range s.Picks {
			use := "look at it"
			if p.Reserve {
				use = "reserve: only if the auditor rules out one before it"
			}
			rows = append(rows, []any{text(s.Plan.Test), text(s.ID), text(p.Stratum), p.Order, text(p.Item), text(p.Component), use, s.Sealed, list(s.Evidence), nil, nil})
		}
	}
	return Sheet{
		Name: "Selections", File: "selections",
		Words: "The items that were drawn, by stratum and in the order of the draw. " + NonceWords,
		Columns: []SheetColumn{
			testColumn, textColumn("Plan ID", "plan_id", 10), textColumn("Stratum", "stratum", 14), countColumn("Order", "order"), textColumn("Item", "item", 30), componentColumn, textColumn("Use", "use", 22),
			{Title: "Evidence Sealed Before Draw", Key: "evidence_sealed", Type: BoolCell, Width: 12}, textColumn("Evidence IDs", "evidence_ids", 20), auditColumn("Auditor Tick", "auditor_tick", 12), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(rows, same),
	}
}
