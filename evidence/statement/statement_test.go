package statement

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// person is somebody with a key.
func person(t testing.TB, name string, seed byte) *ledger.Keyring {
	t.Helper()
	k, err := ledger.NewKeyring(name, bytes.NewReader(bytes.Repeat([]byte{seed}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// base is what every statement of the tests has.
func base(kind Kind, subject, text string) Statement {
	return Statement{Schema: Schema, Kind: kind, Entity: "larkspur", Subject: subject, Text: text, At: 1_790_000_000_000_000}
}

func document(id, name string) Statement {
	s := base(Document, id, "")
	s.Concerns = []string{"AI-CHG-02.M1"}
	s.File = &File{Name: name, Type: "pdf", Bytes: 12, SHA256: evidence.DigestOf([]byte(name)), Title: "Change policy", DateSource: "typed", From: "2026-01-01"}
	return s
}

func determination(id string, d Decision, docs ...string) Statement {
	s := base(Determination, id, "The second account is a namesake's.")
	s.Decision, s.Documents, s.Deviation = d, docs, &Item{Test: "AI-CHG-02.T1", Component: "fraud-score", Item: "chg-1 " + id}
	return s
}

func opened(id string) Statement {
	s := base(Deficiency, id, "Approvals are not enforced by the pipeline.")
	s.Decision, s.Concerns, s.Weakness = Opened, []string{"AI-CHG-02"}, &Weakness{Severity: "high", Owner: "Bo Lind", Due: "2026-09-30"}
	return s
}

func closed(id string) Statement {
	s := base(Deficiency, id, "Branch rules now ask for an approval.")
	s.Decision = Closed
	return s
}

func review(id string, of Signed) Statement {
	s := base(Review, id, "")
	s.Of = of.SHA256
	return s
}

// sign signs and adds, as a person.
func sign(t testing.TB, b *Book, k *ledger.Keyring, s Statement) (Signed, error) {
	t.Helper()
	s.By = k.Name()
	msg, err := Sign(s, k.Signer(ledger.RoleStatement))
	if err != nil {
		return Signed{}, err
	}
	n, err := Open(msg, k.Verifier(ledger.RoleStatement))
	if err != nil {
		t.Fatalf("what was signed does not open: %v", err)
	}
	out := Signed{Note: n, Key: k.VerifierKey(ledger.RoleStatement), Index: int64(len(b.All()))}
	return out, b.Add(out)
}

func TestAStatementOpensWithItsKeyAndWithNoOther(t *testing.T) {
	t.Parallel()
	ann, bo := person(t, "ann.keller", 1), person(t, "bo.lind", 2)
	s := document("DOC-0001", "policy.pdf")
	s.By = "ann.keller"
	msg, err := Sign(s, ann.Signer(ledger.RoleStatement))
	if err != nil {
		t.Fatal(err)
	}
	n, err := Open(msg, bo.Verifier(ledger.RoleStatement), ann.Verifier(ledger.RoleStatement))
	if err != nil || n.By != "ann.keller" || !strings.HasPrefix(n.KeyID, "ann.keller/statement+") {
		t.Fatalf("got %v, %v", n, err)
	}
	var unknown *note.UnverifiedNoteError
	if _, err := Open(msg, bo.Verifier(ledger.RoleStatement)); !errors.As(err, &unknown) {
		t.Errorf("with another's key: %v", err)
	}
	if n, err := Claimed(msg); err != nil || n.Subject != "DOC-0001" {
		t.Errorf("without a key: %v, %v", n, err)
	}
	twice := append(bytes.Clone(msg), msg[bytes.LastIndex(msg, []byte("— ")):]...)
	if n, err := Claimed(twice); err == nil {
		t.Errorf("signed twice by one key: %v", n)
	}
	twice[len(twice)-20] ^= 1
	for name, bad := range map[string][]byte{
		"line of a key, which stands again,": twice,
		"text":                               bytes.Replace(msg, []byte("Change policy"), []byte("Another thing"), 1), "name": bytes.Replace(msg, []byte(`"by":"ann`), []byte(`"by":"bob`), 1),
	} {
		if _, err := Open(bad, ann.Verifier(ledger.RoleStatement)); err == nil {
			t.Errorf("a changed %s was accepted", name)
		}
	}
}

func TestNotesOfOtherPurposesAreNoStatements(t *testing.T) {
	t.Parallel()
	ann := person(t, "ann", 1)
	checkpoint, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: ledger.Origin("larkspur")}, ann.Signer(ledger.RoleCheckpoint))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Claimed(checkpoint); err == nil {
		t.Error("a checkpoint was read as a statement")
	}
	s := document("DOC-0001", "policy.pdf")
	s.By = "ann"
	for _, role := range []ledger.Role{ledger.RoleManifest, ledger.RoleCheckpoint} {
		if _, err := Sign(s, ann.Signer(role)); err == nil {
			t.Errorf("a key of role %s signed a statement", role)
		}
	}
	s.By = "bo"
	if _, err := Sign(s, ann.Signer(ledger.RoleStatement)); err == nil {
		t.Error("ann signed in the name of bo")
	}
	msg, err := note.Sign(&note.Note{Text: domain + "\n{}\n"}, ann.Signer(ledger.RoleStatement))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Claimed(msg); err == nil {
		t.Error("an empty object was read as a statement")
	}
	s.By = "ann"
	body, err := s.body()
	if err != nil {
		t.Fatal(err)
	}
	msg, err = note.Sign(&note.Note{Text: domain + "\n" + string(body) + "\n"}, ann.Signer(ledger.RoleStatement), person(t, "bo", 2).Signer(ledger.RoleStatement))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Claimed(msg); err == nil {
		t.Error("a note with two signatures was read as one person's statement")
	}
}

func TestWhatCannotBeShownCannotBeSigned(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Statement){
		"escape":        func(s *Statement) { s.Text = "a\x1b[2Jb" },
		"bidi":          func(s *Statement) { s.Text = "a\u202eb" },
		"zero width":    func(s *Statement) { s.Role = "a\u200bb" },
		"no UTF-8":      func(s *Statement) { s.Text = "a\xffb" },
		"blank":         func(s *Statement) { s.Text = " \n " },
		"too long":      func(s *Statement) { s.Text = strings.Repeat("a", maxText+1) },
		"line in role":  func(s *Statement) { s.Role = "a\nb" },
		"no concern":    func(s *Statement) { s.Concerns = nil },
		"file":          func(s *Statement) { s.File = &File{} },
		"decision":      func(s *Statement) { s.Decision = Confirmed },
		"other subject": func(s *Statement) { s.Subject = "DEV-0001" },
		"odd subject":   func(s *Statement) { s.Subject = "ATT-1" },
		"twice":         func(s *Statement) { s.Concerns = []string{"A", "A"} },
		"no entity":     func(s *Statement) { s.Entity = "" },
		"odd kind":      func(s *Statement) { s.Kind = "opinion" },
	} {
		s := base(Attestation, "ATT-0001", "We meet every Monday.\nMinutes are kept.")
		s.Concerns, s.By = []string{"AI-GOV-01.M1"}, "ann"
		if err := s.check(); err != nil {
			t.Fatal(err)
		}
		if change(&s); s.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestNobodyReviewsWhatTheyStated(t *testing.T) {
	t.Parallel()
	ann, bo := person(t, "ann", 1), person(t, "bo", 2)
	renamed := person(t, "zoe", 1) // ann's key under another name
	again := person(t, "ann", 3)   // another key under ann's name
	b := &Book{}
	doc := must(sign(t, b, ann, document("DOC-0001", "policy.pdf")))
	dev := must(sign(t, b, ann, determination("DEV-0001", Confirmed)))
	must(sign(t, b, ann, opened("DEF-0001")))
	done := must(sign(t, b, ann, closed("DEF-0001")))
	for _, of := range []Signed{doc, dev, done} {
		for _, k := range []*ledger.Keyring{ann, renamed, again} {
			if _, err := sign(t, b, k, review(of.Subject, of)); err == nil || !strings.Contains(err.Error(), "somebody else") {
				t.Errorf("%s, reviewed by key %s: %v", of.Subject, k.Name(), err)
			}
		}
		must(sign(t, b, bo, review(of.Subject, of)))
		if _, err := sign(t, b, person(t, "cy", 4), review(of.Subject, of)); err == nil {
			t.Errorf("%s was reviewed twice", of.Subject)
		}
	}
	if d, _ := b.Deficiency("DEF-0001"); d.Status() != "verified" || d.Verified.By != "bo" {
		t.Errorf("the deficiency is %s", d.Status())
	}
}

func TestTheLastDeterminationCountsAndNeedsAReviewOfItsOwn(t *testing.T) {
	t.Parallel()
	ann, bo := person(t, "ann", 1), person(t, "bo", 2)
	b := &Book{}
	if _, err := sign(t, b, ann, determination("DEV-0007", Rebutted)); err == nil || !strings.Contains(err.Error(), "evidence") {
		t.Errorf("rebutted without evidence: %v", err)
	}
	if _, err := sign(t, b, ann, determination("DEV-0007", Rebutted, "DOC-0001")); err == nil {
		t.Error("rebutted by a document that is not there")
	}
	first := must(sign(t, b, ann, determination("DEV-0007", Confirmed)))
	must(sign(t, b, bo, review("DEV-0007", first)))
	must(sign(t, b, ann, document("DOC-0001", "namesake.pdf")))
	second := must(sign(t, b, ann, determination("DEV-0007", Rebutted, "DOC-0001")))
	if got, _ := b.Determination("DEV-0007"); got.Decision != Rebutted {
		t.Errorf("the last determination is not the one that counts: %s", got.Decision)
	}
	if _, reviewed := b.ReviewOf(second.SHA256); reviewed {
		t.Error("the review of the first determination was taken for one of the second")
	}
	if _, err := sign(t, b, bo, review("DEV-0007", first)); err == nil {
		t.Error("a determination that does not count any more was reviewed")
	}
	other := determination("DEV-0007", Confirmed)
	other.Deviation.Item = "chg-2"
	if _, err := sign(t, b, ann, other); err == nil {
		t.Error("an id came to stand for another item")
	}
	if len(b.All()) != 4 {
		t.Errorf("%d statements are kept, want all 4", len(b.All()))
	}
}

func TestADeficiencyGoesOneWay(t *testing.T) {
	t.Parallel()
	ann, bo := person(t, "ann", 1), person(t, "bo", 2)
	b := &Book{}
	if _, err := sign(t, b, ann, closed("DEF-0001")); err == nil {
		t.Error("closed before it was opened")
	}
	if _, err := sign(t, b, ann, opened("DEF-0002")); err == nil {
		t.Error("an id was left out")
	}
	first := must(sign(t, b, ann, opened("DEF-0001")))
	if _, err := sign(t, b, bo, review("DEF-0001", first)); err == nil {
		t.Error("verified before it was closed")
	}
	must(sign(t, b, ann, closed("DEF-0001")))
	if _, err := sign(t, b, bo, closed("DEF-0001")); err == nil {
		t.Error("closed twice")
	}
	if _, err := sign(t, b, ann, document("DOC-0001", "a")); err != nil {
		t.Error(err)
	}
	if _, err := sign(t, b, ann, document("DOC-0002", "a")); err == nil {
		t.Error("the same bytes were added twice for the same point")
	}
	foreign := document("DOC-0002", "b")
	foreign.Entity = "pemberwick"
	if _, err := sign(t, b, ann, foreign); err == nil {
		t.Error("a statement of another entity was added")
	}
}

func withdrawn(id string, of Signed) Statement {
	s := base(Document, id, "It was a draft.")
	s.Decision, s.Of = Withdrawn, of.SHA256
	return s
}

func TestADocumentIsWithdrawnOnceAndStays(t *testing.T) {
	t.Parallel()
	ann, bo := person(t, "ann", 1), person(t, "bo", 2)
	b := &Book{}
	doc := must(sign(t, b, ann, document("DOC-0001", "a")))
	must(sign(t, b, bo, review("DOC-0001", doc)))
	for name, s := range map[string]Statement{"unknown": withdrawn("DOC-0002", doc), "another note": withdrawn("DOC-0001", Signed{Note: Note{SHA256: evidence.DigestOf(nil)}})} {
		if _, err := sign(t, b, ann, s); err == nil {
			t.Errorf("%s: it was withdrawn", name)
		}
	}
	silent := withdrawn("DOC-0001", doc)
	silent.Text = ""
	if _, err := sign(t, b, ann, silent); err == nil {
		t.Error("withdrawn without a reason")
	}
	gone := must(sign(t, b, ann, withdrawn("DOC-0001", doc)))
	if _, err := sign(t, b, bo, withdrawn("DOC-0001", doc)); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("withdrawn twice: %v", err)
	}
	if _, err := sign(t, b, ann, determination("DEV-0001", Rebutted, "DOC-0001")); err == nil {
		t.Error("a deviation was rebutted by what was withdrawn")
	}
	if _, err := sign(t, b, ann, review("DOC-0001", gone)); err == nil {
		t.Error("who withdrew it reviewed that")
	}
	must(sign(t, b, bo, review("DOC-0001", gone)))
	must(sign(t, b, ann, document("DOC-0002", "a")))
	if _, still := b.Document("DOC-0001"); !still || len(b.Documents()) != 2 {
		t.Error("what was withdrawn is not there any more")
	}
}

func must(s Signed, err error) Signed {
	if err != nil {
		panic(fmt.Sprintf("%s: %v", s.Subject, err))
	}
	return s
}

func FuzzClaimed(f *testing.F) {
	ann := person(f, "ann", 1)
	for _, s := range []Statement{document("DOC-0001", "policy.pdf"), determination("DEV-0001", Confirmed), opened("DEF-0001"), closed("DEF-0001")} {
		s.By = "ann"
		msg, err := Sign(s, ann.Signer(ledger.RoleStatement))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(msg)
	}
	f.Fuzz(func(t *testing.T, msg []byte) {
		n, err := Claimed(msg)
		if err != nil {
			return
		}
		body, err := n.body()
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if again, err := parseBody(body); err != nil || again.Subject != n.Subject || !bytes.Contains(msg, body) {
			t.Fatalf("what was read is not what stands there: %v", err)
		}
	})
}
