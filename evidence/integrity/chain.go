package integrity

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"

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
	var bad *problem
	w.buf, bad = w.make(w.buf[:0], d.input, now)
	if bad == nil && w.paired && w.hold(now) {
		w.algorithm(now)
		return
	}
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
		w.print.warned = false
		if w.buf, bad = w.make(w.buf[:0], d.retry, now); bad == nil && w.hash(d, &again) == nil && again.sumN > 0 {
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

// make appends what a digest is made of.
func (w *worker) make(dst []byte, parts []part, now *edge) ([]byte, *problem) {
	var bad *problem
	for i := range parts {
		p := &parts[i]
		switch p.op {
		case opLiteral:
			dst = append(dst, p.lit...)
		case opField:
			dst, bad = w.fieldPart(dst, p)
		case opPrev:
			dst, bad = w.prevPart(dst, p, now)
		case opJSON:
			w.print.warned = false
			dst, bad = w.print.json(dst, p.json)
			if p.json.reprint && w.print.warned && !w.retrying(parts) {
				w.nonInjective(now)
			}
		case opNested:
			dst, bad = w.nestedPart(dst, p, now)
		case opLine:
			dst = append(dst, w.line...)
		case opBefore, opWithout:
			dst, bad = w.rawPart(dst, p)
		}
		if bad != nil {
			return dst, bad
		}
	}
	return dst, nil
}

// retrying reports whether the parts are those of the second try, whose caller
// says what became of it.
func (w *worker) retrying(parts []part) bool {
	r := w.plan.digest.retry
	return len(r) > 0 && &r[0] == &parts[0]
}

func (w *worker) fieldPart(dst []byte, p *part) ([]byte, *problem) {
	v := w.scan.Value(p.field)
	if v.Kind == logfile.None || v.Kind == logfile.Null && p.as != asToken {
		switch p.missing {
		case missingEmpty:
			return appendSized(dst, p.as, nil), nil
		case missingNull:
			return appendSized(dst, p.as, []byte("null")), nil
		default:
			return dst, lacks(w.plan.pointers[p.field])
		}
	}
	raw := w.line[v.Start:v.End]
	if p.as == asToken {
		return append(dst, raw...), nil
	}
	text := raw
	if v.Kind == logfile.String {
		text, _ = stringAt(w.line, v)
	}
	var decoded []byte
	var err error
	switch p.as {
	case asU64:
		n, e := strconv.ParseUint(string(text), 10, 64)
		if e != nil {
			return dst, &problem{FieldMissing, fmt.Sprintf("%s is no whole number", w.plan.pointers[p.field])}
		}
		return binary.BigEndian.AppendUint64(dst, n), nil
	case asDotnet:
		return append(dst, dotnetTime(string(text))...), nil
	case asHex:
		decoded, err = hex.DecodeString(string(text))
	case asB64:
		decoded, err = base64.StdEncoding.DecodeString(string(text))
	default:
		return appendSized(dst, p.as, text), nil
	}
	if err != nil {
		return dst, &problem{FieldMissing, fmt.Sprintf("%s does not decode", w.plan.pointers[p.field])}
	}
	return append(dst, decoded...), nil
}

// appendSized appends bytes, behind their length where the format has that.
func appendSized(dst []byte, a as, b []byte) []byte {
	switch a {
	case asLP16:
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(b)))
	case asLP32:
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(b)))
	case asLP64:
		dst = binary.BigEndian.AppendUint64(dst, uint64(len(b)))
	default:
	}
	return append(dst, b...)
}

func (w *worker) prevPart(dst []byte, p *part, now *edge) ([]byte, *problem) {
	if p.as != asBytes {
		return appendSized(dst, p.as, now.prev), nil
	}
	c := w.plan.prev
	if c == nil {
		c = w.plan.self
	}
	sum, ok := c.decode(now.prev)
	if !ok {
		sum = now.prev // a first record's word, such as GENESIS
	}
	return append(dst, sum...), nil
}

func (w *worker) nestedPart(dst []byte, p *part, now *edge) ([]byte, *problem) {
	start := len(dst)
	dst, bad := w.make(dst, p.nested.input, now)
	if bad != nil {
		return dst, bad
	}
	var room [64]byte
	sum := p.nested.hash.appendSum(room[:0], dst[start:])
	if c := p.nested.claim; c != nil {
		v := w.scan.Value(c.field)
		text, ok := stringAt(w.line, v)
		if own := c.append(nil, sum); !ok || !c.equal(text, own) {
			e := w.event(HashMismatch, now)
			e.expected, e.actual, e.note = string(text), string(own), fmt.Sprintf("%s is not the hash of what it stands for", w.plan.pointers[c.field])
			w.p.add(e)
		}
	}
	dst = dst[:start]
	if p.as == asBytes {
		return append(dst, sum...), nil
	}
	return hex.AppendEncode(dst, sum), nil
}

// rawPart appends the record without one of its members, or what stands before
// that member.
func (w *worker) rawPart(dst []byte, p *part) ([]byte, *problem) {
	v := w.scan.Value(p.field)
	if v.Kind == logfile.None {
		return dst, lacks(w.plan.pointers[p.field])
	}
	line := w.line
	before := int(v.Name)
	for before > 0 && isBlank(line[before-1]) {
		before--
	}
	comma := before > 0 && line[before-1] == ','
	if comma {
		before--
	}
	if p.op == opBefore {
		return append(dst, line[:before]...), nil
	}
	after := int(v.End)
	if !comma { // the first member takes the comma behind it along
		for after < len(line) && isBlank(line[after]) {
			after++
		}
		if after < len(line) && line[after] == ',' {
			after++
		}
	}
	dst = append(dst, line[:before]...)
	return append(dst, line[after:]...), nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
