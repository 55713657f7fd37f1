package export

import "github.com/tieout/tieout/controls"

// crosswalkSheet says, for each control, where other frameworks ask for
// something near to it.
func crosswalkSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Crosswalk", File: "crosswalk",
		Words: "Where other frameworks ask for something near to a control, by their ids alone. It is the tool's reading and no evidence that they are met; articles of the EU AI Act bind certain systems and roles only.",
		Columns: []SheetColumn{
			controlColumn, textColumn("Control Title", "title", 36), textColumn("Primary Criteria", "primary_criteria", 16), textColumn("Supporting Criteria", "supporting_criteria", 24),
			textColumn("NIST AI RMF 1.0", "nist_ai_rmf", 40), textColumn("ISO/IEC 42001 Annex A", "iso_42001", 30),
			textColumn("NIST SP 800-53 Rev. 5", "nist_800_53", 30), textColumn("EU AI Act, Articles", "eu_ai_act", 24),
		},
		Rows: rowsOf(d.Controls, func(c controls.Control) []any {
			return []any{text(c.ID), text(c.Title), list(c.Primary), list(c.Supporting),
				list(c.Refs.AIRMF), list(c.Refs.ISO42001), list(c.Refs.SP80053), list(c.Refs.EUAIAct)}
		}),
	}
}
