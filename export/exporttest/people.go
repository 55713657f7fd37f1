package exporttest

import (
	"bytes"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/statement"
)

// People are the two who state things about the fictional lender.
type People struct {
	Book  *statement.Book
	Notes [][]byte // as they were signed, in order
	first int64    // ledger entry of the first
}

// NewPeople returns people who have not stated anything. What they state gets
// the ledger entries from first on.
func NewPeople(first int64) *People { return &People{Book: &statement.Book{}, first: first} }

// Key returns the key of ann.keller or bo.lind.
func Key(name string) *ledger.Keyring {
	k, err := ledger.NewKeyring(name, bytes.NewReader(bytes.Repeat([]byte{name[0]}, 32)))
	if err != nil {
		panic(err)
	}
	return k
}

// Say signs a statement and adds it.
func (p *People) Say(name string, s statement.Statement) statement.Signed {
	k := Key(name)
	s.Schema, s.Entity, s.By, s.At = statement.Schema, "pemberwick", name, moment("2026-07-02T09:00:00Z")+evidence.Instant(len(p.Notes))*60_000_000
	msg, err := statement.Sign(s, k.Signer(ledger.RoleStatement))
	if err != nil {
		panic(err)
	}
	n, err := statement.Open(msg, k.Verifier(ledger.RoleStatement))
	if err != nil {
		panic(err)
	}
	signed := statement.Signed{Note: n, Key: k.VerifierKey(ledger.RoleStatement), Index: p.first + int64(len(p.Notes))}
	if err := p.Book.Add(signed); err != nil {
		panic(err)
	}
	p.Notes = append(p.Notes, msg)
	return signed
}

// Policy is the change policy that ann.keller hands in.
var Policy = []byte("%PDF-1.7\nthe change policy of a lender that there is not\n%%EOF\n")

// Provide hands in the policy for the first manual point of AI-CHG-02.
func (p *People) Provide() statement.Signed {
	return p.Say("ann.keller", statement.Statement{
		Kind: statement.Document, Subject: "DOC-0001", Role: "head of model risk", Concerns: []string{"AI-CHG-02.M1"},
		File: &statement.File{
			Name: "change-policy.pdf", Type: "pdf", Bytes: int64(len(Policy)), SHA256: evidence.DigestOf(Policy), Title: "Change policy", Version: "4",
			From: "2026-03-01", ApprovedBy: "Rosa Ibarra", ApprovedOn: "2026-02-20", DateSource: "document",
		},
	})
}

// people is what the dossier's people state.
func people() *statement.Book {
	p := NewPeople(900)
	doc := p.Provide()
	p.Say("bo.lind", statement.Statement{Kind: statement.Review, Subject: doc.Subject, Of: doc.SHA256})
	p.Say("ann.keller", statement.Statement{
		Kind: statement.Attestation, Subject: "ATT-0001", Role: "head of model risk", Concerns: []string{"AI-GOV-01"},
		Text: "Every owner confirmed the purpose of their component in the meeting of 14 May 2026.",
	})
	item := func(no string) *statement.Item {
		return &statement.Item{Test: "AI-CHG-02.T1", Component: "loan-limit", Item: no}
	}
	p.Say("ann.keller", statement.Statement{
		Kind: statement.Determination, Decision: statement.Rebutted, Subject: "DEV-0002", Deviation: item("CHG-0005"), Documents: []string{doc.Subject},
		Text: "The second account belongs to a namesake.",
	})
	p.Say("bo.lind", statement.Statement{Kind: statement.Response, Subject: "DEV-0001", Deviation: item("CHG-0004"), Text: "The pipeline now waits for the approval."})
	p.Say("bo.lind", statement.Statement{
		Kind: statement.Deficiency, Decision: statement.Opened, Subject: "DEF-0001", Concerns: []string{"AI-CHG-02"}, Text: "A deployment can start before its approval.",
		Weakness: &statement.Weakness{Severity: "high", Owner: "Bo Lind", Due: "2026-07-31", Deviations: []string{"DEV-0001"}},
	})
	shut := p.Say("bo.lind", statement.Statement{Kind: statement.Deficiency, Decision: statement.Closed, Subject: "DEF-0001", Text: "The pipeline asks for the approval before it starts."})
	p.Say("ann.keller", statement.Statement{Kind: statement.Review, Subject: "DEF-0001", Of: shut.SHA256, Text: "Tried a deployment without approval on 1 July: it was refused."})
	return p.Book
}
