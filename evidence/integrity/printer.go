package integrity

import (
	"bytes"

	"github.com/tieout/tieout/evidence/logfile"
)

// printer prints parts of a scanned record as JSON. It keeps, per part and
// shape of object, which members are printed in which order and what stands in
// front of each value, so that sorting and printing names happen once per shape
// and not once per record.
type printer struct {
	scan   *logfile.Scanner
	known  [][][]member // by part, then by shape
	stack  []uint32     // entries of members of the objects being printed
	warned bool         // a number was printed that another one could replace
}

// member is one member of an object as it is printed.
type member struct {
	at     int    // its position in the object; negative: it is not there
	before []byte // separator, name and colon
	utc    bool   // a time whose Z is printed as +00:00
}

func newPrinter(p *plan, s *logfile.Scanner) *printer {
	return &printer{scan: s, known: make([][][]member, 2*p.jsonParts)}
}

// members returns the members of an object to print, from the memory where the
// shape lasts.
func (x *printer) members(p *jsonPart, shape uint32, top bool) []member {
	last := x.scan.Shape(shape)
	if !last.Lasting {
		return x.compute(p, last, top)
	}
	slot := 2 * p.no
	if top {
		slot++
	}
	for len(x.known[slot]) <= int(shape) {
		x.known[slot] = append(x.known[slot], nil)
	}
	if x.known[slot][shape] == nil {
		x.known[slot][shape] = x.compute(p, last, top)
	}
	return x.known[slot][shape]
}

func (x *printer) compute(p *jsonPart, last *logfile.Shape, top bool) []member {
	shapes := make([]*logfile.Shape, last.Position)
	for s := last; s.Position > 0; s = s.Before {
		shapes[s.Position-1] = s
	}
	out := []member{}
	for _, n := range p.members(last, top) {
		m := member{at: n, before: []byte(p.sep)}
		switch {
		case n < 0:
			m.before = appendText(m.before, []byte(p.only[-1-n]), p.escape)
		case p.reprint && !shapes[n].Plain:
			m.before = appendText(m.before, []byte(shapes[n].Name), p.escape)
		default:
			m.before = append(m.before, shapes[n].Raw()...)
		}
		m.before = append(m.before, p.colon...)
		m.utc = n >= 0 && top && p.times[shapes[n].Name]
		out = append(out, m)
	}
	return out
}

// json appends the value that the part names.
func (x *printer) json(dst []byte, p *jsonPart) ([]byte, *problem) {
	entry := uint32(0)
	if p.at != none {
		v := x.scan.Value(p.at)
		if v.Kind == logfile.None {
			switch p.missing {
			case missingEmpty:
				return dst, nil
			case missingNull:
				return append(dst, "null"...), nil
			default:
				return dst, lacks("value that the profile names")
			}
		}
		entry = v.Entry
	}
	return x.value(dst, p, entry, true)
}

func (x *printer) value(dst []byte, p *jsonPart, entry uint32, top bool) ([]byte, *problem) {
	e := &x.scan.Tape()[entry]
	switch e.Kind {
	case logfile.Object:
		return x.object(dst, p, entry, top)
	case logfile.Array:
		if p.compact && !p.reprint && e.Flags&(logfile.Loose|logfile.Nested) == 0 {
			return append(dst, x.scan.Record()[e.Start:e.End]...), nil
		}
		return x.list(dst, p, entry)
	default:
		return x.scalar(dst, p, e), nil
	}
}

func (x *printer) scalar(dst []byte, p *jsonPart, e *logfile.Entry) []byte {
	raw := x.scan.Record()[e.Start:e.End]
	switch {
	case !p.reprint || e.Flags&(logfile.Escaped|logfile.Wide|logfile.Odd) == 0 && (p.escape == escapeMinimal || bytes.IndexByte(raw, 0x7f) < 0):
		return append(dst, raw...)
	case e.Kind == logfile.String:
		return appendText(dst, logfile.AppendUnquoted(nil, raw), p.escape)
	}
	dst, exact := appendNumber(dst, raw, p.numbers)
	x.warned = x.warned || !exact
	return dst
}

func (x *printer) list(dst []byte, p *jsonPart, entry uint32) ([]byte, *problem) {
	tape := x.scan.Tape()
	dst = append(dst, '[')
	var bad *problem
	for e := entry + 1; e < tape[entry].Next; e = tape[e].Next {
		if e > entry+1 {
			dst = append(dst, p.sep...)
		}
		if dst, bad = x.value(dst, p, e, false); bad != nil {
			return dst, bad
		}
	}
	return append(dst, ']'), nil
}

func (x *printer) object(dst []byte, p *jsonPart, entry uint32, top bool) ([]byte, *problem) {
	tape, record := x.scan.Tape(), x.scan.Record()
	members := x.members(p, tape[entry].Last, top)
	base := len(x.stack)
	flat := int(tape[entry].Next-entry-1) == x.scan.Shape(tape[entry].Last).Position // no member holds others
	if !flat {
		for e := entry + 1; e < tape[entry].Next; e = tape[e].Next {
			x.stack = append(x.stack, e)
		}
	}
	plain := p.compact && !p.reprint
	dst = append(dst, '{')
	skip := len(p.sep) // in front of the first member that is printed
	var bad *problem
	for i := range members {
		m := &members[i]
		if m.at < 0 {
			switch p.missing {
			case missingEmpty:
				continue
			case missingError:
				return dst, lacks("/" + p.only[-1-m.at])
			case missingNull:
				dst = append(append(dst, m.before[skip:]...), "null"...)
				skip = 0
				continue
			}
		}
		at := entry + 1 + uint32(m.at)
		if !flat {
			at = x.stack[base+m.at]
		}
		e := &tape[at]
		if p.noNulls && top && e.Kind == logfile.Null {
			continue
		}
		if beside := int(e.Start-e.Name) == len(m.before)-len(p.sep); beside && plain && e.Kind < logfile.Object && !m.utc {
			dst = append(append(dst, p.sep[skip:]...), record[e.Name:e.End]...) // name, colon and value in one go
			skip = 0
			continue
		}
		dst = append(dst, m.before[skip:]...)
		skip = 0
		switch {
		case m.utc:
			dst = appendOffset(dst, record[e.Start:e.End])
		case e.Kind < logfile.Object && !p.reprint:
			dst = append(dst, record[e.Start:e.End]...)
		default:
			if dst, bad = x.value(dst, p, at, false); bad != nil {
				return dst, bad
			}
		}
	}
	x.stack = x.stack[:base]
	return append(dst, '}'), nil
}

// appendOffset appends a time in quotes, with the offset that Python prints for
// UTC.
func appendOffset(dst, raw []byte) []byte {
	if cut, ok := bytes.CutSuffix(raw, []byte(`Z"`)); ok {
		return append(append(dst, cut...), `+00:00"`...)
	}
	return append(dst, raw...)
}
