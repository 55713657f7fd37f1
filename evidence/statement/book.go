package statement

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// Signed is a signed statement at its place.
type Signed struct {
	Note
	Key   string // the whole verifier key that it was signed with
	Index int64  // ledger entry
}

// Book is everything that was stated, in order. The zero Book is empty.
type Book struct {
	all           []Signed
	documents     []Signed
	withdrawn     map[string]Signed // by document
	attestations  []Signed
	deficiencies  []DeficiencyState
	determination map[string]Signed // by deviation: the last one counts
	response      map[string]Signed
	items         map[string]Item // what a deviation's id stood for when it was first named
	review        map[evidence.Digest]Signed
}

// DeficiencyState is a deficiency with how far it has come.
type DeficiencyState struct {
	Opened   Signed
	Closed   *Signed
	Verified *Signed // a review of the closing
}

// Status returns open, closed or verified.
func (d DeficiencyState) Status() string {
	switch {
	case d.Verified != nil:
		return "verified"
	case d.Closed != nil:
		return "closed"
	}
	return "open"
}

// All returns every statement in order.
func (b *Book) All() []Signed { return b.all }

// Documents returns the documents in order of their ids, those that were
// withdrawn too.
func (b *Book) Documents() []Signed { return b.documents }

// Attestations returns the attestations in order of their ids.
func (b *Book) Attestations() []Signed { return b.attestations }

// Deficiencies returns the deficiencies in order of their ids.
func (b *Book) Deficiencies() []DeficiencyState { return b.deficiencies }

// Determination returns the last determination on a deviation.
func (b *Book) Determination(id string) (Signed, bool) {
	s, ok := b.determination[id]
	return s, ok
}

// Response returns the last response to a deviation.
func (b *Book) Response(id string) (Signed, bool) {
	s, ok := b.response[id]
	return s, ok
}

// ReviewOf returns the first review of the note with the digest.
func (b *Book) ReviewOf(note evidence.Digest) (Signed, bool) {
	s, ok := b.review[note]
	return s, ok
}

// Document returns the document with the id.
func (b *Book) Document(id string) (Signed, bool) { return find(b.documents, id) }

// Withdrawal returns the statement that withdrew the document.
func (b *Book) Withdrawal(document string) (Signed, bool) {
	s, ok := b.withdrawn[document]
	return s, ok
}

// Deficiency returns the deficiency with the id.
func (b *Book) Deficiency(id string) (DeficiencyState, bool) {
	for _, d := range b.deficiencies {
		if d.Opened.Subject == id {
			return d, true
		}
	}
	return DeficiencyState{}, false
}

func find(list []Signed, id string) (Signed, bool) {
	i := slices.IndexFunc(list, func(s Signed) bool { return s.Subject == id })
	if i < 0 {
		return Signed{}, false
	}
	return list[i], true
}

// NextID returns the id of the next document, attestation or deficiency.
func (b *Book) NextID(prefix string) string {
	n := 0
	switch prefix {
	case PrefixDocument:
		n = len(b.documents)
	case PrefixAttestation:
		n = len(b.attestations)
	case PrefixDeficiency:
		n = len(b.deficiencies)
	}
	return ID(prefix, n+1)
}

// ToReview returns what a review of the id would be a review of: a document or
// its withdrawal, an attestation, the last determination on a deviation, or the closing of a
// deficiency.
func (b *Book) ToReview(id string) (Signed, error) {
	switch prefixOf(id) {
	case PrefixDocument:
		if s, ok := b.Withdrawal(id); ok {
			return s, nil
		}
		if s, ok := b.Document(id); ok {
			return s, nil
		}
	case PrefixAttestation:
		if s, ok := find(b.attestations, id); ok {
			return s, nil
		}
	case PrefixDeviation:
		if s, ok := b.Determination(id); ok {
			return s, nil
		}
		return Signed{}, fmt.Errorf("nobody has confirmed or rebutted %s, so there is nothing to review", id)
	case PrefixDeficiency:
		switch d, ok := b.Deficiency(id); {
		case ok && d.Closed != nil:
			return *d.Closed, nil
		case ok:
			return Signed{}, fmt.Errorf("%s is open: it can be verified once it is closed", id)
		}
	}
	return Signed{}, fmt.Errorf("there is no %.80q", id)
}

// Add appends a statement that follows the rules.
func (b *Book) Add(s Signed) error {
	if err := b.Check(s.Statement, s.Key); err != nil {
		return err
	}
	switch s.Kind {
	case Document:
		if s.Decision == Withdrawn {
			put(&b.withdrawn, s.Subject, s)
			break
		}
		b.documents = append(b.documents, s)
	case Attestation:
		b.attestations = append(b.attestations, s)
	case Determination:
		put(&b.determination, s.Subject, s)
		put(&b.items, s.Subject, *s.Deviation)
	case Response:
		put(&b.response, s.Subject, s)
		put(&b.items, s.Subject, *s.Deviation)
	case Deficiency:
		if s.Decision == Opened {
			b.deficiencies = append(b.deficiencies, DeficiencyState{Opened: s})
			break
		}
		b.deficiencies[b.at(s.Subject)].Closed = &s
	case Review:
		put(&b.review, s.Of, s)
		if i := b.at(s.Subject); i >= 0 {
			b.deficiencies[i].Verified = &s
		}
	}
	b.all = append(b.all, s)
	return nil
}

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}

func (b *Book) at(deficiency string) int {
	return slices.IndexFunc(b.deficiencies, func(d DeficiencyState) bool { return d.Opened.Subject == deficiency })
}

// SamePerson reports whether two statements count as one person's: equal names
// of keys, or one key under two names. Two keys with two names count as two
// people, whoever holds them.
func SamePerson(byA, keyA, byB, keyB string) bool {
	return byA == byB || public(keyA) == public(keyB)
}

// public returns the public key alone, without its name and the id that is
// made with the name.
func public(vkey string) string {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return vkey
	}
	return parts[2]
}
