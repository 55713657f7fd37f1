package integrity

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/tieout/tieout/evidence/logfile"
)

// make appends what a digest is made of.
func (w *worker) make(dst []byte, parts []part, now *edge) ([]byte, *problem) {
	var bad *problem
	w.p.bordered = false
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
			if p.json.reprint && w.print.warned && !w.twice && !w.retrying(parts) {
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
	if w.p.bordered {
		w.p.bordered = false
		e := w.event(SeparatorInside, now)
		e.note = "one of its texts holds what separates it from the next: a record with the border elsewhere has the same hash"
		w.p.add(e)
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
		if len(p.border) > 0 && !w.twice && bytes.Contains(text, p.border) {
			w.p.bordered = true
		}
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
		if own := c.append(nil, sum); !w.twice && (!ok || !c.equal(text, own)) {
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
