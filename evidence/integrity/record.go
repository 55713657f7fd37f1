package integrity

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
)

// oddSequence enters a sequence number that is none, or that stands in quotes.
func (w *worker) oddSequence(now *edge, v logfile.Value) {
	if text, ok := textOf(w.line, v); ok {
		if n, err := parseInt(text); err == nil {
			now.seq, now.hasSeq = n, true
			return
		}
	}
	w.problem(now, &problem{FieldMissing, fmt.Sprintf("where the sequence number should stand, at %s, is %s", w.plan.pointers[w.plan.seq], kindWord(v.Kind))})
}

// noTime enters a time that cannot be read; a record without one is let be.
func (w *worker) noTime(now *edge, v logfile.Value) {
	if v.Kind != logfile.None && v.Kind != logfile.Null {
		w.problem(now, &problem{BadTime, fmt.Sprintf("the time at %s cannot be read as %s", w.plan.pointers[w.plan.time], clockNames[w.plan.clock])})
	}
}

// uncovered enters members that no hash covers, in a format that covers all.
func (w *worker) uncovered(now *edge) {
	e := w.event(UnprotectedField, now)
	e.actual = strings.Join(w.lastStat.open, ", ")
	e.note = "members that the hash does not cover: the format has none"
	w.p.add(e)
}

// algorithm compares what the record says about its algorithm with the
// profile, which decides.
func (w *worker) algorithm(now *edge) {
	if w.plan.alg == none {
		return
	}
	text, ok := textOf(w.line, w.scan.Value(w.plan.alg))
	if ok && slices.Contains(w.plan.algIs, text) {
		return
	}
	e := w.event(AlgUnexpected, now)
	e.expected, e.actual = strings.Join(w.plan.algIs, " or "), text
	e.note = "the algorithm is the format's, not the record's choice"
	w.p.add(e)
}

// named notes who the log says it is.
func (w *worker) named() {
	if w.plan.id != none {
		if v := w.scan.Value(w.plan.id); v.Kind == logfile.String {
			id, _ := stringAt(w.line, v)
			w.p.ids = append(w.p.ids, idAt{maphash.Bytes(w.run.seed, id), uint32(w.at.record), uint32(w.at.line), uint32(w.at.offset)})
		}
	}
	if w.plan.log == none && w.plan.writer == none {
		return
	}
	h := header{record: w.at.record}
	for _, f := range []struct {
		field int
		to    *string
	}{{w.plan.log, &h.log}, {w.plan.writer, &h.writer}} {
		if f.field != none {
			if v := w.scan.Value(f.field); v.Kind == logfile.String {
				*f.to = logfile.Unquote(w.line[v.Start:v.End], v.Flags)
			}
		}
	}
	if h.log == "" && h.writer == "" {
		return
	}
	if n := len(w.p.headers); n == 0 || w.p.headers[n-1].log != h.log || w.p.headers[n-1].writer != h.writer {
		w.p.headers = append(w.p.headers, h)
	}
}

// checkpoint reads a record that holds a signed note over those before it.
func (w *worker) checkpoint(now *edge) {
	k := w.plan.check
	if k == nil {
		return
	}
	for _, m := range k.match {
		v := w.scan.Value(m.field)
		if v.Kind != logfile.String || string(w.line[v.Start:v.End]) != m.raw {
			return
		}
	}
	text, ok := stringAt(w.line, w.scan.Value(k.note))
	if !ok {
		w.problem(now, &problem{FieldMissing, "the checkpoint holds no note"})
		return
	}
	c, err := ledger.ClaimedCheckpoint(text)
	if err != nil {
		w.problem(now, &problem{FieldMissing, "the checkpoint's note cannot be read: " + err.Error()})
		return
	}
	a := seenAnchor{at: w.at, seq: now.seq, note: c, key: none, time: now.time, hasTime: now.hasTime}
	a.signed, a.timed = signedAt(c)
	head, _ := w.plan.prev.decode(now.prev)
	switch {
	case !now.hasSeq || c.Head.Size != now.seq:
		e := w.event(HeadMismatch, now)
		e.expected, e.actual, e.note = fmt.Sprint(c.Head.Size), fmt.Sprint(now.seq), "the checkpoint counts other than the log"
		w.p.add(e)
		return
	case string(head) != string(c.Head.Root[:]):
		e := w.event(HeadMismatch, now)
		e.expected, e.actual, e.note = string(w.plan.prev.append(nil, c.Head.Root[:])), string(now.prev), "the checkpoint was signed over another record than the one before it"
		w.p.add(e)
		return
	}
	w.signedNote(now, &a, text)
}

// signedNote checks the signatures of a checkpoint.
func (w *worker) signedNote(now *edge, a *seenAnchor, text []byte) {
	n, err := ledger.OpenNote(text, w.run.keys.notes)
	var unknown *note.UnverifiedNoteError
	switch {
	case err == nil:
		for _, s := range n.Sigs {
			a.key = w.run.keys.noteKey(s.Name, s.Hash)
			w.used(a.key).Held++
			w.p.anchors = append(w.p.anchors, *a)
		}
	case errors.As(err, &unknown):
		w.p.unknown++
		e := w.event(KeyUnknown, now)
		for _, s := range unknown.Note.UnverifiedSigs {
			e.actual = s.Name
		}
		e.note = "the checkpoint is signed by a key that was not given: it counts as not signed"
		w.p.add(e)
	default:
		e := w.event(SigBad, now)
		e.note = "the checkpoint's signature does not hold: " + err.Error()
		w.p.add(e)
		var bad *note.InvalidSignatureError
		if errors.As(err, &bad) {
			if key := w.run.keys.noteKey(bad.Name, bad.Hash); key != none {
				w.used(key).Failed++
			}
		}
	}
}

// signedAt returns the time that a signer states in the note.
func signedAt(c ledger.Checkpoint) (evidence.Instant, bool) {
	for _, l := range c.Extensions {
		if text, ok := strings.CutPrefix(l, "at "); ok {
			t, err := evidence.ParseInstant(text)
			return t, err == nil
		}
	}
	return 0, false
}

func (w *worker) used(key int) *KeyUse {
	if w.p.keys == nil {
		w.p.keys = map[int]*KeyUse{}
	}
	u := w.p.keys[key]
	if u == nil {
		u = &KeyUse{}
		w.p.keys[key] = u
	}
	return u
}

// message appends what a keyed hash or a signature is made over.
func (w *worker) message(o over, input []part, now *edge) ([]byte, *problem) {
	dst := w.msg[:0]
	var bad *problem
	switch o {
	case overBytes:
		dst = append(dst, now.hash()...)
	case overHex:
		dst = (&claim{}).append(dst, now.hash())
	case overInput:
		parts := w.plan.digest.input
		if now.again {
			parts = w.plan.digest.retry
		}
		dst, bad = w.make(dst, parts, now)
	case overOwn:
		dst, bad = w.make(dst, input, now)
	}
	w.msg = dst
	return dst, bad
}

// keyedHash checks a keyed hash that stands beside the chain's own.
func (w *worker) keyedHash(now *edge) {
	m := w.plan.mac
	if m == nil || now.sumN == 0 {
		return
	}
	h := w.hmac(m.hash, m.key)
	if h == nil {
		return
	}
	msg, bad := w.message(m.over, nil, now)
	if bad != nil {
		w.problem(now, bad)
		return
	}
	h.Reset()
	h.Write(msg)
	w.own = m.claim.append(w.own[:0], h.Sum(nil))
	text, ok := stringAt(w.line, w.scan.Value(m.claim.field))
	use := w.used(w.run.keys.named(m.key))
	if ok && m.claim.equal(text, w.own) {
		use.Held++
		w.p.maced++
		return
	}
	use.Failed++
	e := w.event(SigBad, now)
	e.expected, e.note = string(text), "the keyed hash does not hold: the record is another, or the key is"
	w.p.add(e)
}

// signature checks a signature that stands in the record.
func (w *worker) signature(now *edge) {
	s := w.plan.sig
	if s == nil || now.sumN == 0 && s.over != overOwn {
		return
	}
	v := w.scan.Value(s.claim.field)
	text, ok := stringAt(w.line, v)
	if !ok {
		if s.every == 1 && !s.maybe {
			w.problem(now, &problem{FieldMissing, fmt.Sprintf("where the signature should stand, at %s, is %s", w.plan.pointers[s.claim.field], kindWord(v.Kind))})
		}
		return
	}
	sig, ok := s.claim.decode(text)
	kid := ""
	if s.kid != none {
		kid, _ = textOf(w.line, w.scan.Value(s.kid))
	}
	candidates := w.run.keys.candidates(s.alg, kid)
	if len(candidates) == 0 {
		w.p.unknown++
		e := w.event(KeyUnknown, now)
		e.actual, e.note = kid, "signed by a key that was not given: it counts as not signed"
		w.p.add(e)
		return
	}
	msg, bad := w.message(s.over, s.input, now)
	if bad != nil {
		w.problem(now, bad)
		return
	}
	for _, k := range candidates {
		if ok && w.run.keys.keys[k].holds(s.p1363, msg, sig) {
			w.used(k).Held++
			w.p.signed++
			if now.hasTime && w.run.keys.keys[k].expired(now.time) {
				e := w.event(KeyExpired, now)
				e.actual, e.note = w.run.keys.keys[k].Name, "signed with a key that was not good at the record's time"
				w.p.add(e)
			}
			return
		}
	}
	w.used(candidates[0]).Failed++
	e := w.event(SigBad, now)
	e.actual, e.note = w.run.keys.keys[candidates[0]].Name, "the signature does not hold"
	w.p.add(e)
}
