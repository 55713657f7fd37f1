package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/document"
	"github.com/tieout/tieout/evidence/statement"
)

// ProvidedStatus is the status of a manual point for which a document counts.
// One with a statement alone stays open, and says so.
const (
	ProvidedStatus  = "provided"
	StatementStatus = "statement provided"
	openStatus      = "open"
)

// StatementsFile holds the signed notes of a package.
const StatementsFile = "manual/statements.jsonl"

// TakeStatements fills what people provided and stated into the dossier: their
// own lists, what management says of each deviation, and what is still owed.
// What stood there before is replaced, so the same book gives the same dossier.
func (d *Dossier) TakeStatements(b *statement.Book) {
	d.Statements = statementLines(b)
	d.Documents, d.Attestations, d.Deficiencies = nil, nil, nil
	for _, s := range b.Documents() {
		d.Documents = append(d.Documents, documentLine(b, s, d.Engagement))
	}
	for _, s := range b.Attestations() {
		d.Attestations = append(d.Attestations, attestationLine(b, s))
	}
	weak := map[string][]string{}
	for _, x := range b.Deficiencies() {
		line := deficiencyLine(x)
		d.Deficiencies = append(d.Deficiencies, line)
		for _, id := range line.Deviations {
			weak[id] = append(weak[id], line.ID)
		}
	}
	for _, list := range [][]DeviationLine{d.Deviations, d.Earlier} {
		for i := range list {
			list[i].take(b)
			list[i].Deficiencies = weak[list[i].ID]
		}
	}
	d.takeManual()
}

func statementLines(b *statement.Book) []StatementLine {
	var out []StatementLine
	no := map[evidence.Digest]string{}
	for i, s := range b.All() {
		line := StatementLine{
			No: fmt.Sprintf("ST-%04d", i+1), Kind: string(s.Kind), Decision: string(s.Decision), Subject: s.Subject, Text: s.Text, By: s.By, Role: s.Role, At: s.At,
			Reviews: no[s.Of], Key: s.Key, SHA256: s.SHA256.String(), LedgerIndex: s.Index,
		}
		no[s.SHA256] = line.No
		out = append(out, line)
	}
	return out
}

func documentLine(b *statement.Book, s statement.Signed, e Engagement) DocumentLine {
	f := s.File
	line := DocumentLine{
		ID: s.Subject, Title: f.Title, Name: f.Name, Type: f.Type, Version: f.Version, Concerns: s.Concerns, Text: s.Text, From: f.From, To: f.To, Expires: f.Expires,
		ApprovedBy: f.ApprovedBy, ApprovedOn: f.ApprovedOn, DateSource: f.DateSource, File: "manual/" + s.Subject + document.Type(f.Type).Ending(),
		Bytes: f.Bytes, SHA256: f.SHA256.String(), AddedBy: s.By, AddedAt: s.At, LedgerIndex: s.Index,
	}
	line.Coverage, line.CoverWords = CoverageOf(f, e)
	if r, ok := b.ReviewOf(s.SHA256); ok {
		line.ReviewedBy, line.ReviewedAt = r.By, r.At
	}
	if w, gone := b.Withdrawal(s.Subject); gone {
		line.Withdrawn, line.WithdrawnBy, line.WithdrawnAt = w.Text, w.By, w.At
		line.Coverage, line.CoverWords = CoverWithdrawn, fmt.Sprintf("withdrawn by %s on %s: %s", w.By, w.At.Time().Format("2006-01-02"), w.Text)
		if r, ok := b.ReviewOf(w.SHA256); ok {
			line.WithdrawalReviewedBy = r.By
		}
	}
	return line
}

func attestationLine(b *statement.Book, s statement.Signed) AttestationLine {
	line := AttestationLine{ID: s.Subject, Concerns: s.Concerns, Text: s.Text, By: s.By, Role: s.Role, At: s.At, LedgerIndex: s.Index}
	if r, ok := b.ReviewOf(s.SHA256); ok {
		line.ReviewedBy = r.By
	}
	return line
}

func deficiencyLine(x statement.DeficiencyState) DeficiencyLine {
	o, w := x.Opened, x.Opened.Weakness
	line := DeficiencyLine{
		ID: o.Subject, Controls: o.Concerns, Severity: w.Severity, Owner: w.Owner, Due: w.Due, Deviations: w.Deviations, Text: o.Text, OpenedBy: o.By, OpenedAt: o.At, Status: x.Status(),
	}
	if x.Closed != nil {
		line.Action, line.Documents, line.ClosedBy, line.ClosedAt = x.Closed.Text, x.Closed.Documents, x.Closed.By, x.Closed.At
	}
	if x.Verified != nil {
		line.Verified, line.VerifiedBy, line.VerifiedAt = x.Verified.Text, x.Verified.By, x.Verified.At
	}
	return line
}

// take fills what management says of the deviation. What was said of another
// item under the same id is nothing that was said of this one.
func (x *DeviationLine) take(b *statement.Book) {
	x.Determination, x.Reasons, x.DeterminedBy, x.DeterminedAt, x.ReviewedBy, x.Response, x.Documents = "open", "", "", 0, "", "", nil
	this := statement.Item{Test: x.Test, Component: x.Component, Item: x.Item}
	if s, ok := b.Determination(x.ID); ok && *s.Deviation == this {
		x.Determination, x.Reasons, x.DeterminedBy, x.DeterminedAt, x.Documents = string(s.Decision), s.Text, s.By, s.At, slices.Clone(s.Documents)
		if r, ok := b.ReviewOf(s.SHA256); ok {
			x.ReviewedBy = r.By
		}
		if s.Decision == statement.Rebutted && noneLeft(b, s.Documents) {
			x.Determination = "open"
			x.Reasons = fmt.Sprintf("rebutted by what was withdrawn since (%s), so it is open again; the reason stated was: %s", strings.Join(s.Documents, ", "), s.Text)
		}
	}
	if s, ok := b.Response(x.ID); ok && *s.Deviation == this {
		x.Response = s.Text
		for _, id := range s.Documents {
			if !slices.Contains(x.Documents, id) {
				x.Documents = append(x.Documents, id)
			}
		}
	}
}

// noneLeft reports whether every document was withdrawn.
func noneLeft(b *statement.Book, documents []string) bool {
	return !slices.ContainsFunc(documents, func(id string) bool {
		_, gone := b.Withdrawal(id)
		return !gone
	})
}

// takeManual says of each manual point what was given for it.
func (d *Dossier) takeManual() {
	open := map[string]int{}
	for i := range d.Manual {
		m := &d.Manual[i]
		m.Status, m.Documents, m.Attestations, m.Note = openStatus, nil, nil, ""
		for _, a := range d.Attestations {
			if slices.Contains(a.Concerns, m.ID) || slices.Contains(a.Concerns, m.Control) {
				m.Attestations = append(m.Attestations, a.ID)
				m.Status = StatementStatus
			}
		}
		for _, x := range d.Documents {
			if !slices.Contains(x.Concerns, m.ID) {
				continue
			}
			m.Documents = append(m.Documents, x.ID)
			if m.Note != "" {
				m.Note += "; "
			}
			m.Note += x.ID + " " + x.CoverWords
			if x.Coverage.counts() {
				m.Status = ProvidedStatus
			}
		}
		if m.Status != ProvidedStatus {
			open[m.Control]++
		}
	}
	for i := range d.Criteria {
		d.Criteria[i].ManualOpen = 0
		for _, id := range d.Criteria[i].Primary {
			d.Criteria[i].ManualOpen += open[id]
		}
	}
}
