package tlog

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/ledger"
)

// opened is a checkpoint and what is known about who signed it.
type opened struct {
	ledger.Checkpoint
	held    []signature // by pinned keys
	unknown []string    // names of keys that nobody pinned
	bad     string      // the pinned key whose signature does not hold; "" none
	asked   bool        // keys for notes were pinned at all
	logKey  bool        // one of them has the log's name
}

// unsigned reports whether a key was pinned that should have signed and did
// not: the log's own by its name, or any where none did.
func (o *opened) unsigned() bool {
	if o.bad != "" {
		return false // that is worse, and said
	}
	own := false
	for _, s := range o.held {
		own = own || !s.witness()
	}
	return o.asked && len(o.held) == 0 || o.logKey && !own
}

type signature struct {
	key integrity.Key
	at  *evidence.Instant // as a witness states it
}

// witness reports whether the key is that of a party other than the log. The
// name of a key does not show it: only a cosignature, or a key that was pinned
// as another's.
func (s signature) witness() bool {
	return s.key.Cosigner() || s.key.Role == integrity.RoleOther
}

// open reads a checkpoint and checks its signatures. An error is one of its
// form.
func open(text []byte, keys []integrity.Key) (*opened, error) {
	c, err := ledger.ClaimedCheckpoint(text)
	if err != nil {
		return nil, err
	}
	o := &opened{Checkpoint: c}
	type id struct {
		name string
		hash uint32
	}
	byID := map[id]integrity.Key{}
	var list []note.Verifier
	for _, k := range keys {
		v := k.Note()
		if v == nil {
			continue
		}
		o.asked = true
		o.logKey = o.logKey || !k.Cosigner() && v.Name() == c.Origin
		if _, twice := byID[id{v.Name(), v.KeyHash()}]; !twice {
			byID[id{v.Name(), v.KeyHash()}] = k
			list = append(list, v)
		}
	}
	n, err := ledger.OpenNote(text, note.VerifierList(list...))
	var invalid *note.InvalidSignatureError
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &invalid):
		o.bad = invalid.Name
		return o, nil
	case errors.As(err, &unverified):
		n = unverified.Note
	case err != nil:
		return nil, fmt.Errorf("read checkpoint: %w", err)
	}
	for _, s := range n.Sigs {
		x := signature{key: byID[id{s.Name, s.Hash}]}
		if sec, ok := ledger.CosignedAt(s); ok && x.key.Cosigner() && sec > 0 && sec < 1<<36 {
			t := evidence.InstantOf(time.Unix(sec, 0))
			x.at = &t
		}
		o.held = append(o.held, x)
	}
	for _, s := range n.UnverifiedSigs {
		o.unknown = append(o.unknown, s.Name)
	}
	return o, nil
}

// Anchor is a checkpoint that was kept outside of the log, and that a pinned
// key signed.
type Anchor struct {
	Name   string // of the file
	Origin string
	Head   ledger.Head
	By     string
	At     *evidence.Instant
}

// ReadAnchor reads a checkpoint that was kept. One that no pinned key signed is
// an error: nobody would know whose it is.
func ReadAnchor(name string, text []byte, keys []integrity.Key) (Anchor, error) {
	o, err := open(text, keys)
	switch {
	case err != nil:
		return Anchor{}, fmt.Errorf("read anchor %s: %w", name, err)
	case o.bad != "":
		return Anchor{}, fmt.Errorf("read anchor %s: the signature of %q does not hold", name, o.bad)
	case len(o.held) == 0:
		return Anchor{}, fmt.Errorf("read anchor %s: no key that was given signed it; name the one that did with --key", name)
	}
	a := Anchor{Name: name, Origin: o.Origin, Head: o.Head, By: o.held[0].key.Name, At: o.held[0].at}
	return a, nil
}

// signatures enters in the report who signed.
func (o *opened) signatures(l *integrity.Log, file string, now evidence.Instant) (witnessed []signature) {
	l.Axes.Authenticity = "unsigned"
	if len(o.unknown) > 0 {
		l.Axes.Authenticity = "unknown_key"
	}
	if len(o.held) > 0 {
		l.Axes.Authenticity = "signed"
	}
	if o.bad != "" {
		l.Axes.Authenticity = "broken"
		l.Found(integrity.Finding{Code: integrity.SigBad, File: file, Note: fmt.Sprintf("the signature of %q, whose key was given, does not hold", o.bad)})
	}
	if n := len(o.unknown); n > 0 {
		l.Found(integrity.Finding{Code: integrity.KeyUnknown, File: file, Actual: strings.Join(o.unknown, ", "), Note: "signatures by keys that were not given count as none"})
		l.Counts[integrity.KeyUnknown] = int64(n)
	}
	for _, s := range o.held {
		use := s.key.Use()
		use.Role, use.Held = integrity.RoleWriter, 1
		if s.witness() {
			use.Role = integrity.RoleOther
			witnessed = append(witnessed, s)
		}
		if use.Role == integrity.RoleWriter && l.Writer == "" {
			l.Writer = use.Name
		}
		l.Keys = append(l.Keys, use)
		if s.at != nil && now > 0 && *s.at > now {
			l.Found(integrity.Finding{Code: integrity.FutureTime, File: file, Actual: s.at.String(), Note: fmt.Sprintf("the time that %q states had not come", s.key.Name)})
		}
	}
	return witnessed
}
