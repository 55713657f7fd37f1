package export

// documentSheet lists the documents that people provided.
func documentSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Manual Evidence", File: "manual_evidence",
		Words: "Every document that people provided, with the days that were stated of it and how far they cover the period. A document is evidence to read and no result. One that was withdrawn stays listed and counts for nothing.",
		Columns: []SheetColumn{
			textColumn("Document ID", "document_id", 13), textColumn("Concerns (controls, manual points)", "concerns", 24), textColumn("Title", "title", 36), textColumn("Version", "version", 10),
			textColumn("Approved By", "approved_by", 22), textColumn("Approved On", "approved_on", 12), textColumn("In Force From", "in_force_from", 12), textColumn("In Force To", "in_force_to", 12), textColumn("Expires", "expires", 12),
			textColumn("Days Come From", "date_source", 12), textColumn("Covers The Period", "coverage", 14), textColumn("In Words", "coverage_words", 44),
			textColumn("Said Of It", "said_of_it", 40), textColumn("File", "file", 26), textColumn("Name As Handed In", "original_name", 28), {Title: "Bytes", Key: "bytes", Type: IntCell, Width: 16}, textColumn("SHA-256", "sha256", 66),
			textColumn("Added By", "added_by", 18), timeColumn("Added At (UTC)", "added_at"), textColumn("Reviewed By", "reviewed_by", 18), timeColumn("Reviewed At (UTC)", "reviewed_at"), countColumn("Ledger Entry", "ledger_index"),
			textColumn("Withdrawn Because", "withdrawn_because", 40), textColumn("Withdrawn By", "withdrawn_by", 18), timeColumn("Withdrawn At (UTC)", "withdrawn_at"), textColumn("Withdrawal Reviewed By", "withdrawal_reviewed_by", 18),
			auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.Documents, func(x DocumentLine) []any {
			return []any{text(x.ID), list(x.Concerns), text(x.Title), text(x.Version), text(x.ApprovedBy), text(x.ApprovedOn), text(x.From), text(x.To), text(x.Expires),
				text(x.DateSource), text(plain(string(x.Coverage))), text(x.CoverWords), text(x.Text), text(x.File), text(x.Name), x.Bytes, text(x.SHA256),
				text(x.AddedBy), moment(x.AddedAt), orElse(x.ReviewedBy, notReviewed), moment(x.ReviewedAt), x.LedgerIndex,
				text(x.Withdrawn), text(x.WithdrawnBy), moment(x.WithdrawnAt), text(x.WithdrawalReviewedBy), nil}
		}),
	}
}

const notReviewed = "not reviewed"

// attestationSheet lists what people state that no record shows.
func attestationSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Attestations", File: "attestations",
		Words: "What people state, signed, that no record shows. The control stays manual (statement provided): a statement is no document and no test.",
		Columns: []SheetColumn{
			textColumn("Attestation ID", "attestation_id", 14), textColumn("Scope (controls, manual points)", "concerns", 24), textColumn("Statement", "statement", 80), textColumn("Signer", "signer", 18), textColumn("Role", "role", 24),
			timeColumn("Signed At (UTC)", "signed_at"), textColumn("Reviewed By", "reviewed_by", 18), countColumn("Ledger Entry", "ledger_index"), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.Attestations, func(x AttestationLine) []any {
			return []any{text(x.ID), list(x.Concerns), text(x.Text), text(x.By), orElse(x.Role, "not stated"), moment(x.At), orElse(x.ReviewedBy, notReviewed), x.LedgerIndex, nil}
		}),
	}
}

// deficiencySheet lists the weaknesses that management took down.
func deficiencySheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Deficiencies", File: "deficiencies",
		Words: "Weaknesses of controls that management took down. One counts as put right once somebody else than who closed it has verified that.",
		Columns: []SheetColumn{
			textColumn("Deficiency ID", "deficiency_id", 13), textColumn("Control IDs", "control_ids", 14), textColumn("Severity", "severity", 10), textColumn("Status", "status", 12), textColumn("What Is Weak", "what", 60),
			timeColumn("Found At (UTC)", "opened_at"), textColumn("Taken Down By", "opened_by", 18), textColumn("Owner", "owner", 22), textColumn("Due", "due", 12), textColumn("Deviation IDs", "deviation_ids", 18),
			textColumn("Action", "action", 60), textColumn("Document IDs", "document_ids", 16), textColumn("Closed By", "closed_by", 18), timeColumn("Closed At (UTC)", "closed_at"),
			textColumn("Verification", "verification", 50), textColumn("Verified By", "verified_by", 18), timeColumn("Verified At (UTC)", "verified_at"), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.Deficiencies, func(x DeficiencyLine) []any {
			return []any{text(x.ID), list(x.Controls), text(x.Severity), orElse(x.Status, "open"), text(x.Text), moment(x.OpenedAt), text(x.OpenedBy), text(x.Owner), text(x.Due), list(x.Deviations),
				text(x.Action), list(x.Documents), text(x.ClosedBy), moment(x.ClosedAt), text(x.Verified), text(x.VerifiedBy), moment(x.VerifiedAt), nil}
		}),
	}
}

// earlierSheet lists what earlier runs showed and this one does not.
func earlierSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Earlier Deviations", File: "earlier_deviations",
		Words: "Deviations of earlier runs that this run does not show, with what it says of the item instead. They keep their numbers, and stay listed.",
		Columns: []SheetColumn{
			textColumn("Deviation ID", "deviation_id", 13), testColumn, controlColumn, textColumn("Item", "item", 26), componentColumn, textColumn("What This Run Says", "now", 50),
			textColumn("Management Determination", "management_determination", 16), textColumn("Management Reasons", "management_reasons", 50), textColumn("Determined By", "determined_by", 18),
			textColumn("Reviewed By", "reviewed_by", 18), textColumn("Management Response", "management_response", 50), textColumn("Deficiency IDs", "deficiency_ids", 16), auditColumn("Auditor Note", "auditor_note", 28),
		},
		Rows: rowsOf(d.Earlier, func(x DeviationLine) []any {
			return []any{text(x.ID), text(x.Test), text(x.Control), text(x.Item), text(x.Component), orElse(x.Now, "not stated"),
				determinationWords(x.Determination), text(x.Reasons), text(x.DeterminedBy), text(x.ReviewedBy), text(x.Response), list(x.Deficiencies), nil}
		}),
	}
}

// statementSheet lists everything that people signed, what no longer counts
// too.
func statementSheet(d *Dossier) Sheet {
	return Sheet{
		Name: "Statements", File: "statements",
		Words: "Everything that people signed, in order; of several on one subject the last counts. The signed notes stand in " + StatementsFile + ". A name is that of a key: whose key it is, the entity must say on another way.",
		Columns: []SheetColumn{
			textColumn("Statement No", "statement_no", 13), textColumn("Kind", "kind", 14), textColumn("Decision", "decision", 12), textColumn("Subject", "subject", 12), textColumn("Text", "text", 80), textColumn("Signer", "signer", 18), textColumn("Role", "role", 24),
			timeColumn("Signed At (UTC)", "signed_at"), textColumn("Review Of", "reviews", 12), textColumn("Verifier Key", "key", 70), textColumn("SHA-256 Of The Note", "sha256", 66), countColumn("Ledger Entry", "ledger_index"),
		},
		Rows: rowsOf(d.Statements, func(x StatementLine) []any {
			return []any{text(x.No), text(x.Kind), text(x.Decision), text(x.Subject), text(x.Text), text(x.By), text(x.Role), moment(x.At), text(x.Reviews), text(x.Key), text(x.SHA256), x.LedgerIndex}
		}),
	}
}
