package export

import "github.com/tieout/tieout/evidence"

// StatementLine is one statement that somebody signed. The signed notes
// themselves stand in manual/statements.jsonl.
type StatementLine struct {
	No          string           `json:"no"` // ST-0001 …, in the order of the ledger
	Kind        string           `json:"kind"`
	Decision    string           `json:"decision,omitempty"`
	Subject     string           `json:"subject"`
	Text        string           `json:"text,omitempty"`
	By          string           `json:"by"` // name of the key
	Role        string           `json:"role,omitempty"`
	At          evidence.Instant `json:"at"`
	Reviews     string           `json:"reviews,omitempty"` // the statement that it is a review of: ST-0001
	Key         string           `json:"key"`               // verifier key, as the signer's side states it
	SHA256      string           `json:"sha256"`            // of the signed note
	LedgerIndex int64            `json:"ledger_index"`
}

// DocumentLine is a document that somebody provided. Its days are those that
// were stated; Coverage is what they come to for the period.
type DocumentLine struct {
	ID          string           `json:"id"` // DOC-0001 …
	Title       string           `json:"title"`
	Name        string           `json:"name"` // as it was handed over
	Type        string           `json:"type"`
	Version     string           `json:"version,omitempty"`
	Concerns    []string         `json:"concerns"` // controls and manual points
	Text        string           `json:"text,omitempty"`
	From        string           `json:"in_force_from,omitempty"`
	To          string           `json:"in_force_to,omitempty"`
	Expires     string           `json:"expires,omitempty"`
	ApprovedBy  string           `json:"approved_by,omitempty"`
	ApprovedOn  string           `json:"approved_on,omitempty"`
	DateSource  string           `json:"date_source"` // typed, document, system
	Coverage    Coverage         `json:"coverage"`
	CoverWords  string           `json:"coverage_words"`
	File        string           `json:"file"` // manual/DOC-0001.pdf
	Bytes       int64            `json:"bytes"`
	SHA256      string           `json:"sha256"`
	AddedBy     string           `json:"added_by"`
	AddedAt     evidence.Instant `json:"added_at"`
	ReviewedBy  string           `json:"reviewed_by,omitempty"`
	ReviewedAt  evidence.Instant `json:"reviewed_at,omitempty"`
	LedgerIndex int64            `json:"ledger_index"`

	Withdrawn   string           `json:"withdrawn,omitempty"` // why it counts no more; it counts where this is empty
	WithdrawnBy string           `json:"withdrawn_by,omitempty"`
	WithdrawnAt evidence.Instant `json:"withdrawn_at,omitempty"`
	// Who looked at the withdrawal, where somebody did.
	WithdrawalReviewedBy string `json:"withdrawal_reviewed_by,omitempty"`
}

// AttestationLine is what somebody states that no record shows. It is never a
// result.
type AttestationLine struct {
	ID          string           `json:"id"` // ATT-0001 …
	Concerns    []string         `json:"concerns"`
	Text        string           `json:"text"`
	By          string           `json:"by"`
	Role        string           `json:"role,omitempty"`
	At          evidence.Instant `json:"at"`
	ReviewedBy  string           `json:"reviewed_by,omitempty"`
	LedgerIndex int64            `json:"ledger_index"`
}

// DeficiencyLine is a weakness of a control that management took down.
type DeficiencyLine struct {
	ID         string           `json:"id"` // DEF-0001 …
	Controls   []string         `json:"controls"`
	Severity   string           `json:"severity"`
	Owner      string           `json:"owner"`
	Due        string           `json:"due"`
	Deviations []string         `json:"deviations,omitempty"`
	Text       string           `json:"text"`
	OpenedBy   string           `json:"opened_by"`
	OpenedAt   evidence.Instant `json:"opened_at"`
	Action     string           `json:"action,omitempty"` // what was done, as stated at the closing
	Documents  []string         `json:"documents,omitempty"`
	ClosedBy   string           `json:"closed_by,omitempty"`
	ClosedAt   evidence.Instant `json:"closed_at,omitempty"`
	Verified   string           `json:"verification,omitempty"` // what the verifier states
	VerifiedBy string           `json:"verified_by,omitempty"`
	VerifiedAt evidence.Instant `json:"verified_at,omitempty"`
	Status     string           `json:"status"` // open, closed, verified
}
