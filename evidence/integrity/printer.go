package integrity

import (
	"github.com/tieout/tieout/evidence/logfile"
)

// printer prints parts of a scanned record as JSON. It keeps, per part and
// shape of object, which members are printed in which order, so that sorting
// happens once per shape and not once per record.
type printer struct {
	scan   *logfile.Scanner
	orders [][][]int // by part, then by shape
	stack  []uint32  // entries of members of the objects being printed

	warned bool // a number was printed that another one could replace
}

func newPrinter(p *plan, s *logfile.Scanner) *printer {
	return &printer{scan: s, orders: make([][][]int, 2*p.jsonParts)}
}

// order returns the members of an object to print, from the memory where the
// shape lasts.
func (x *printer) order(p *jsonPart, shape uint32, top bool) []int {
	last := x.scan.Shape(shape)
	if !last.Lasting {
		return p.members(last, top)
	}
	slot := 2 * p.no
	if top {
		slot++
	}
	for len(x.orders[slot]) <= int(shape) {
		x.orders[slot] = append(x.orders[slot], nil)
	}
	m := x.orders[slot][shape]
	if m == nil {
		m = p.members(last, top)
		if m == nil {
			m = []int{}
		}
		x.orders[slot][shape] = m
	}
	return m
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
	case !p.reprint || e.Flags&(logfile.Escaped|logfile.Wide|logfile.Odd) == 0:
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
	order := x.order(p, tape[entry].Last, top)
	base := len(x.stack)
	for e := entry + 1; e < tape[entry].Next; e = tape[e].Next {
		x.stack = append(x.stack, e)
	}
	dst = append(dst, '{')
	first := true
	var bad *problem
	for _, n := range order {
		if n < 0 && p.missing == missingEmpty {
			continue
		}
		if !first {
			dst = append(dst, p.sep...)
		}
		first = false
		if n < 0 {
			if p.missing == missingError {
				return dst, lacks("/" + p.only[-1-n])
			}
			dst = append(appendText(dst, []byte(p.only[-1-n]), p.escape), p.colon...)
			dst = append(dst, "null"...)
			continue
		}
		at := x.stack[base+n]
		e := &tape[at]
		if p.compact && !p.reprint && e.Kind < logfile.Object && record[e.Start-1] == ':' && record[e.Start-2] == '"' {
			dst = append(dst, record[e.Name:e.End]...) // name, colon and value stand side by side
			continue
		}
		dst = append(x.name(dst, p, e), p.colon...)
		if dst, bad = x.value(dst, p, at, false); bad != nil {
			return dst, bad
		}
	}
	x.stack = x.stack[:base]
	return append(dst, '}'), nil
}

// name appends a member's name.
func (x *printer) name(dst []byte, p *jsonPart, e *logfile.Entry) []byte {
	shape := x.scan.Shape(e.Shape)
	if p.reprint && !shape.Plain {
		return appendText(dst, []byte(shape.Name), p.escape)
	}
	end := e.Name + 1
	for record := x.scan.Record(); record[end] != '"'; end++ {
		if record[end] == '\\' {
			end++
		}
	}
	return append(dst, x.scan.Record()[e.Name:end+1]...)
}
