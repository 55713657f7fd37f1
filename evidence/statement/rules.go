package statement

import (
	"fmt"
	"slices"
)

// Check reports why a statement, signed with the verifier key, cannot follow
// what the book holds.
func (b *Book) Check(s Statement, key string) error {
	if err := s.check(); err != nil {
		return err
	}
	if len(b.all) > 0 && b.all[0].Entity != s.Entity {
		return fmt.Errorf("it is of entity %q, and what was stated before is of %q", s.Entity, b.all[0].Entity)
	}
	for _, id := range s.Documents {
		if _, ok := b.Document(id); !ok {
			return fmt.Errorf("there is no document %.80q", id)
		}
		if w, gone := b.Withdrawal(id); gone {
			return fmt.Errorf("%s cannot be evidence: %s withdrew it on %s", id, w.By, w.At)
		}
	}
	switch s.Kind {
	case Document:
		return b.checkDocument(s)
	case Attestation:
		return b.checkNext(s, PrefixAttestation)
	case Determination, Response:
		if was, known := b.items[s.Subject]; known && was != *s.Deviation {
			return fmt.Errorf("%s was item %q of %s for %s before, and would be another one now", s.Subject, was.Item, was.Test, was.Component)
		}
	case Deficiency:
		return b.checkDeficiency(s)
	case Review:
		return b.checkReview(s, key)
	}
	return nil
}

// checkNext keeps ids without gaps.
func (b *Book) checkNext(s Statement, prefix string) error {
	if want := b.NextID(prefix); s.Subject != want {
		return fmt.Errorf("its id is %s, and %s is next", s.Subject, want)
	}
	return nil
}

func (b *Book) checkDocument(s Statement) error {
	if s.Decision == Withdrawn {
		return b.checkWithdrawal(s)
	}
	for _, d := range b.documents {
		if _, gone := b.Withdrawal(d.Subject); gone {
			continue
		}
		if d.File.SHA256 == s.File.SHA256 && !slices.ContainsFunc(s.Concerns, func(c string) bool { return !slices.Contains(d.Concerns, c) }) {
			return fmt.Errorf("the same bytes are there already, as %s", d.Subject)
		}
	}
	return b.checkNext(s, PrefixDocument)
}

func (b *Book) checkWithdrawal(s Statement) error {
	d, ok := b.Document(s.Subject)
	if !ok {
		return fmt.Errorf("there is no document %.80q", s.Subject)
	}
	if w, gone := b.Withdrawal(s.Subject); gone {
		return fmt.Errorf("%s was withdrawn already, by %s on %s", s.Subject, w.By, w.At)
	}
	if d.SHA256 != s.Of {
		return fmt.Errorf("what it withdraws is not what was stated when %s was added", s.Subject)
	}
	return nil
}

func (b *Book) checkDeficiency(s Statement) error {
	if s.Decision == Opened {
		return b.checkNext(s, PrefixDeficiency)
	}
	d, ok := b.Deficiency(s.Subject)
	switch {
	case !ok:
		return fmt.Errorf("there is no deficiency %s", s.Subject)
	case d.Closed != nil:
		return fmt.Errorf("%s is closed already, by %s on %s", s.Subject, d.Closed.By, d.Closed.At)
	}
	return nil
}

// checkReview keeps preparer and reviewer apart.
func (b *Book) checkReview(s Statement, key string) error {
	of, err := b.ToReview(s.Subject)
	if err != nil {
		return err
	}
	if of.SHA256 != s.Of {
		return fmt.Errorf("the statement on %s that it reviews is not the one that counts now", s.Subject)
	}
	if r, done := b.ReviewOf(s.Of); done {
		return fmt.Errorf("%s reviewed this statement on %s already, on %s", r.By, s.Subject, r.At)
	}
	if SamePerson(of.By, of.Key, s.By, key) {
		return fmt.Errorf("%s stated it, so somebody else must review it: sign with another person's key (--operator-key FILE)", of.By)
	}
	return nil
}
