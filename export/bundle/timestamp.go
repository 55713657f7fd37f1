package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
)

// TimestampState is what was found out about timestamp.tsr.
type TimestampState string

// The states. TimestampNotPinned: nothing known to be wrong, but no root that
// was given vouches for it. TimestampNotChecked: the signed note that it should
// be over could not be read, or does not hold.
const (
	TimestampValid      TimestampState = "valid"
	TimestampInvalid    TimestampState = "invalid"
	TimestampNotPinned  TimestampState = "not_pinned"
	TimestampNone       TimestampState = "none"
	TimestampNotChecked TimestampState = "not_checked"
)

// Timestamp is what somebody else states about when the signed note was there.
// Unless the state is valid, nothing of it is proved.
type Timestamp struct {
	State  TimestampState    `json:"state"`
	Time   *evidence.Instant `json:"time,omitempty"`
	Policy string            `json:"policy,omitempty"` // dotted numbers
	By     string            `json:"by,omitempty"`     // subject of the authority's certificate

	accuracy time.Duration
}

// timestamp checks timestamp.tsr over the signed note's bytes.
func (v *verifier) timestamp(note []byte) error {
	s := &v.r.Timestamp
	if !v.c.has(TimestampPath) {
		s.State = TimestampNone
		if len(v.o.TSARoots) > 0 {
			v.notChecked("when the package existed: it has no %s", TimestampPath)
		}
		return nil
	}
	b, err := readAll(v.ctx, v.c, TimestampPath, rfc3161.MaxToken)
	if err != nil && !errors.Is(err, errForm) {
		return err
	}
	if err != nil {
		s.State = TimestampInvalid
		v.bad(SigBad, TimestampPath, "%v", err)
		return nil
	}
	t, err := rfc3161.Verify(b, rfc3161.Bytes(note), rfc3161.Options{Roots: v.o.TSARoots})
	if err != nil {
		v.noTimestamp(b, note, err)
		return nil
	}
	s.State, s.By, s.accuracy = TimestampValid, t.Signer.Subject.String(), t.Accuracy
	s.of(t)
	return nil
}

func (s *Timestamp) of(t *rfc3161.Token) {
	at := evidence.InstantOf(t.Time)
	s.Time, s.Policy = &at, t.Policy
}

// noTimestamp says why a token does not hold. One that only leads to no pinned
// root must at least be over the note: what it states costs nothing to compare.
func (v *verifier) noTimestamp(b, note []byte, why error) {
	s := &v.r.Timestamp
	s.State = TimestampInvalid
	stated, err := rfc3161.Stated(b)
	if err == nil {
		s.of(stated)
	}
	var e *rfc3161.Error
	unknown := errors.As(why, &e) && (e.Code == integrity.KeyUnknown || e.Code == integrity.KeyMissing && len(v.o.TSARoots) == 0)
	if !unknown || err != nil {
		v.bad(SigBad, TimestampPath, "%v", why)
		return
	}
	if want, err := rfc3161.Bytes(note)(stated.Hash); err != nil || !bytes.Equal(want, stated.Digest) {
		v.bad(SigBad, TimestampPath, "it was made over other bytes than %s", SignaturePath)
		return
	}
	s.State = TimestampNotPinned
	if len(v.o.TSARoots) == 0 {
		v.notChecked("the time-stamp: no root certificate of its authority was given, and one in the package would prove nothing")
		return
	}
	v.open = true
	v.bad(KeyUnknown, TimestampPath, "%s", e.Note)
}

// existed raises the level of the ledger to what a time-stamp shows. The head
// of the ledger stands in the manifest, which the stamped note signs.
func (v *verifier) existed() {
	s := v.r.Timestamp
	if s.State != TimestampValid || v.failed() {
		return
	}
	words := fmt.Sprintf("existed by %s, as %s states", s.Time, cmp.Or(s.By, "an authority without a name"))
	if s.accuracy > 0 {
		words = fmt.Sprintf("existed by %s (give or take %s), as %s states", s.Time, s.accuracy, cmp.Or(s.By, "an authority without a name"))
	}
	if v.r.LedgerLevel >= 1 {
		v.r.LedgerWords += "; " + words
		return
	}
	v.r.LedgerLevel, v.r.LedgerWords = 1, words+": that is no proof that no other version exists"
}

func (r *Report) timestampWords() string {
	s := r.Timestamp
	states := "nothing that can be read"
	if s.Time != nil {
		states = s.Time.String()
	}
	switch s.State {
	case TimestampValid:
		return fmt.Sprintf("valid: %s, by %s, policy %s", states, s.By, s.Policy)
	case TimestampInvalid:
		return "INVALID"
	case TimestampNotPinned:
		return fmt.Sprintf("not confirmed: it states %s, but no root certificate that was given vouches for it (--tsa-root)", states)
	case TimestampNone:
		return "none"
	default:
		return "not checked"
	}
}
