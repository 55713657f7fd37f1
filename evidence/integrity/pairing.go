package integrity

import (
	"crypto/sha256"

	"github.com/tieout/tieout/evidence/integrity/twosum"
)

// held is a record whose hash waits to be computed together with the next one's.
type held struct {
	have bool
	msg  []byte // what the hash is made of
	line []byte
	self []byte // what the record says its hash is
	at   place
}

// canPair reports whether a record's hash may be computed after its successor
// was read: nothing else of the record rests on it.
func (w *worker) canPair() bool {
	p := w.plan
	return twosum.Fast && w.beside == nil && p.digest != nil && p.digest.hash.name == "sha256" && p.self != nil && p.prev != nil && p.partition == none && p.mac == nil && p.sig == nil && len(w.run.wanted) == 0
}

// hold keeps the record at hand for later, and reports whether it did; where one
// is held already, both are settled.
func (w *worker) hold(now *edge) bool {
	v := w.scan.Value(w.plan.self.field)
	text, ok := stringAt(w.line, v)
	if !ok || w.plan.wholly && len(w.lastStat.open) > 0 {
		return false // there is more to say about it
	}
	now.self = text
	h := &w.held
	if !h.have {
		h.msg, w.buf = w.buf, h.msg
		h.have, h.line, h.self, h.at = true, w.line, text, w.at
		return true
	}
	h.have = false
	x, y := w.pair.Sum256(h.msg, w.buf)
	w.settle(x)
	now.sumN = copy(now.sum[:], y[:])
	if w.own = w.plan.self.append(w.own[:0], now.hash()); !w.plan.self.equal(text, w.own) {
		w.mismatch(now)
	}
	return true
}

// settle compares the held record's hash, once it is known. A record that does
// not fit is looked at again when the one at hand is done with.
func (w *worker) settle(sum [32]byte) {
	h := &w.held
	if t := w.tail; t != nil && t.at.record == h.at.record {
		t.sumN = copy(t.sum[:], sum[:])
	}
	if w.own = w.plan.self.append(w.own[:0], sum[:]); !w.plan.self.equal(h.self, w.own) {
		w.again = append(w.again, *h)
	}
}

// lastHeld settles a record that has no successor in the chunk.
func (w *worker) lastHeld() {
	if w.held.have {
		w.held.have = false
		w.settle(sha256.Sum256(w.held.msg))
	}
	w.lookAgain()
}

// lookAgain reads records again whose hash did not come out, and enters what is
// wrong with them.
func (w *worker) lookAgain() {
	for _, h := range w.again {
		if w.scan.Read(h.line) != nil {
			continue // it was read before
		}
		w.line, w.at = h.line, h.at
		now := &edge{at: h.at, self: h.self}
		w.sequence(now)
		w.prevOf(now)
		var bad *problem
		w.twice = true
		w.buf, bad = w.make(w.buf[:0], w.plan.digest.input, now)
		w.twice = false
		if bad != nil || w.hash(w.plan.digest, now) != nil {
			continue
		}
		w.own = w.plan.self.append(w.own[:0], now.hash())
		w.mismatch(now)
		if t := w.tail; t != nil && t.at.record == h.at.record {
			t.sum, t.sumN = now.sum, now.sumN
		}
	}
	w.again = w.again[:0]
}
