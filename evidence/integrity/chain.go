package integrity

import (
	"fmt"
	"hash"

	"github.com/tieout/tieout/evidence/logfile"
)

// chain computes the record's hash again and compares it with what the record
// says.
func (w *worker) chain(now *edge) {
	d := w.plan.digest
	if d == nil {
		return
	}
	w.prevOf(now)
	if w.plan.looksBack() && (w.blind || w.tail != nil && w.tail.unread > 0) {
		now.self = w.claimed(w.line)
		return // what the hash was made with could not be read, which was said
	}
	var bad *problem
	w.buf, bad = w.make(w.buf[:0], d.input, now)
	if bad == nil {
		bad = w.hash(d, now)
	}
	if c := w.plan.self; c != nil {
		v := w.scan.Value(c.field)
		text, ok := stringAt(w.line, v)
		if !ok {
			w.problem(now, &problem{FieldMissing, fmt.Sprintf("where the record's own hash should stand, at %s, is %s", w.plan.pointers[c.field], kindWord(v.Kind))})
			return
		}
		now.self = text
		if bad == nil && now.sumN > 0 {
			w.own = c.append(w.own[:0], now.hash())
			if !c.equal(text, w.own) {
				w.mismatch(now)
			} else if w.plan.wholly && len(w.lastStat.open) > 0 {
				w.uncovered(now)
			}
		}
	}
	if bad != nil {
		w.problem(now, bad)
		return
	}
	w.algorithm(now)
	w.keyedHash(now)
	w.signature(now)
}

// prevOf finds out which predecessor the record names, or stands behind.
func (w *worker) prevOf(now *edge) {
	if c := w.plan.prev; c != nil {
		v := w.scan.Value(c.field)
		now.kind = v.Kind
		switch v.Kind {
		case logfile.String:
			now.prev, _ = stringAt(w.line, v)
		case logfile.Null, logfile.None:
		default:
			w.problem(now, &problem{FieldMissing, fmt.Sprintf("where the predecessor's hash should stand, at %s, is %s", w.plan.pointers[c.field], kindWord(v.Kind))})
		}
		return
	}
	switch {
	case w.tail != nil:
		now.prev, now.kind = w.tail.self, logfile.String
	case w.ahead[w.key] != nil:
		now.prev, now.kind = w.ahead[w.key], logfile.String
	default:
		now.prev = w.genesis()
	}
}

// genesis returns what the first record of a chain stands behind.
func (w *worker) genesis() []byte {
	if len(w.plan.genesis) == 0 {
		return nil
	}
	return []byte(w.plan.genesis[0].text)
}

// claimed returns the hash that a record read just now claims to have.
func (w *worker) claimed(line []byte) []byte {
	if w.plan.self == nil {
		return nil
	}
	text, _ := stringAt(line, w.scan.Value(w.plan.self.field))
	return text
}

// hash computes the hash of what w.buf holds.
func (w *worker) hash(d *digest, now *edge) *problem {
	if w.beside != nil && d.hash.name == "sha256" {
		sum := w.beside.Sum256(w.buf)
		now.sumN = copy(now.sum[:], sum[:])
		return nil
	}
	if !d.hash.keyed {
		now.sumN = len(d.hash.appendSum(now.sum[:0], w.buf))
		return nil
	}
	h := w.hmac(d.hash, d.key)
	if h == nil {
		return nil // said once for the whole log
	}
	h.Reset()
	h.Write(w.buf)
	now.sumN = len(h.Sum(now.sum[:0]))
	return nil
}

// hmac returns the keyed hash, or nil where its key was not given.
func (w *worker) hmac(alg hashAlg, name string) hash.Hash {
	if h, ok := w.keyed[name]; ok {
		return h
	}
	n := w.run.keys.named(name)
	if n == none {
		if w.p.lacking == nil {
			w.p.lacking = map[string]bool{}
		}
		w.p.lacking[name] = true
		return nil
	}
	h := alg.keyedBy(w.run.keys.keys[n].secret.Reveal())
	w.keyed[name] = h
	return h
}

// mismatch looks for a harmless reason why a hash does not come out, and
// enters the finding.
func (w *worker) mismatch(now *edge) {
	d, c := w.plan.digest, w.plan.self
	computed := string(w.own)
	if d.retry != nil {
		again := edge{at: now.at, prev: now.prev, kind: now.kind}
		var bad *problem
		w.print.warned, w.twice = false, true
		w.buf, bad = w.make(w.buf[:0], d.retry, now)
		w.twice = false
		if bad == nil && w.hash(d, &again) == nil && again.sumN > 0 {
			if w.own = c.append(w.own[:0], again.hash()); c.equal(now.self, w.own) {
				now.sum, now.sumN, now.again = again.sum, again.sumN, true
				e := w.event(Reserialised, now)
				e.note = "the hash holds for the record printed as its writer prints, not as it stands: somebody wrote it out again"
				w.p.add(e)
				if w.print.warned {
					w.nonInjective(now)
				}
				return
			}
		}
	}
	e := w.event(HashMismatch, now)
	e.expected, e.actual = string(now.self), computed
	e.note = "the record is not the one that was hashed"
	if w.plan.digest.hash.keyed {
		e.note += ", or the key is another one"
	}
	w.p.add(e)
}

func (w *worker) nonInjective(now *edge) {
	e := w.event(NonInjectiveNumber, now)
	e.note = "a number in it has the same print as another number: one could stand for the other and the hash would still hold"
	w.p.add(e)
}
