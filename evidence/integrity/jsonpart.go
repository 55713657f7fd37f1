package integrity

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/logfile"
)

// jsonPart is a record, or a value in it, printed as JSON in a certain way.
type jsonPart struct {
	at      int // field number of the value, or none for the record
	exclude map[string]bool
	only    []string
	order   order
	sep     string
	colon   string
	escape  escape
	numbers numbers
	reprint bool // print scalars anew instead of keeping them as they stand
	missing missing
	compact bool            // sep and colon are single characters
	noNulls bool            // own members that are null are left out, those further inside stay
	times   map[string]bool // members whose time ends in Z and is printed with +00:00, as Python does
	no      int             // of the part in its plan: workers keep member orders by it
}

type order uint8

const (
	orderCodePoint order = iota
	orderUTF16
	orderSource
	orderListed
)

type escape uint8

const (
	escapeASCII   escape = iota // everything beyond ASCII as \uXXXX, as Python's json does
	escapeMinimal               // only what must be, as JCS and JavaScript do
)

type numbers uint8

const (
	numbersES6    numbers = iota // as ECMAScript prints doubles
	numbersPython                // as Python prints ints and floats
	numbersExact                 // whole numbers keep all their digits, the rest as ECMAScript
	numbersAsIs
)

func (c *compiler) jsonOf(f *jsonFile) (*jsonPart, error) {
	p := &jsonPart{sep: f.Sep, colon: f.Colon, only: f.Only, exclude: map[string]bool{}, at: none}
	var err error
	if f.At != "" {
		if p.at, err = c.field("json.at", f.At); err != nil {
			return nil, err
		}
	}
	for _, e := range f.Exclude {
		p.exclude[strings.TrimPrefix(e, "/")] = true
	}
	n, err := oneOf("json.order", f.Order, "sorted-codepoint", "sorted-utf16", "source", "listed")
	if err != nil {
		return nil, err
	}
	p.order = order(n)
	if n, err = oneOf("json.escape", f.Escape, "ascii", "minimal"); err != nil {
		return nil, err
	}
	p.escape = escape(n)
	if n, err = oneOf("json.scalars", f.Scalars, "raw", "reprint"); err != nil {
		return nil, err
	}
	p.reprint = n == 1
	def := []string{"python", "es6"}[p.escape]
	if f.Numbers == "" {
		f.Numbers = def
	}
	if n, err = oneOf("json.numbers", f.Numbers, "es6", "python", "exact", "raw"); err != nil {
		return nil, err
	}
	p.numbers = numbers(n)
	if n, err = oneOf("json.nulls", f.Nulls, "keep", "omit"); err != nil {
		return nil, err
	}
	p.noNulls = n == 1
	for _, t := range f.Times {
		if p.times == nil {
			p.times = map[string]bool{}
		}
		p.times[t] = true
	}
	if n, err = oneOf("json.missing", f.Missing, "error", "omit", "null"); err != nil {
		return nil, err
	}
	p.missing = missing(n)
	if p.sep == "" {
		p.sep = ","
	}
	if p.colon == "" {
		p.colon = ":"
	}
	p.compact = p.sep == "," && p.colon == ":"
	switch {
	case strings.TrimSpace(p.sep) != "," || strings.TrimSpace(p.colon) != ":" || len(p.sep)+len(p.colon) > 8:
		return nil, errors.New("json.sep, json.colon: a comma and a colon, with spaces around them at most")
	case len(p.only) > 0 && len(f.Exclude) > 0:
		return nil, errors.New("json: only or exclude, not both")
	case p.order == orderListed && len(p.only) == 0:
		return nil, errors.New("json.order: listed is the order of 'only', which is missing")
	}
	seen := map[string]bool{}
	for _, o := range p.only {
		if seen[o] {
			return nil, fmt.Errorf("json.only: %q stands twice", o)
		}
		seen[o] = true
	}
	p.no = c.jsonParts
	c.jsonParts++
	return p, nil
}

// reprinting returns the parts as a second try: scalars are printed anew. It
// returns nil where that changes nothing.
func reprinting(parts []part) []part {
	out := slices.Clone(parts)
	changed := false
	for i, p := range parts {
		switch {
		case p.op == opJSON && !p.json.reprint:
			j := *p.json
			j.reprint = true
			out[i].json, changed = &j, true
		case p.op == opNested:
			if in := reprinting(p.nested.input); in != nil {
				n := *p.nested
				n.input = in
				out[i].nested, changed = &n, true
			}
		}
	}
	if !changed {
		return nil
	}
	return out
}

// members returns which members of an object are printed, as their positions
// in it, in the order in which they are printed. A negative position is the
// member of 'only' that is not there, counted from -1.
func (p *jsonPart) members(last *logfile.Shape, top bool) []int {
	names := last.Names()
	var out []int
	switch {
	case top && len(p.only) > 0:
		for i, want := range p.only {
			if n := slices.Index(names, want); n >= 0 {
				out = append(out, n)
			} else {
				out = append(out, -1-i)
			}
		}
		if p.order == orderListed {
			return out
		}
	default:
		for i, name := range names {
			if !top || !p.exclude[name] {
				out = append(out, i)
			}
		}
	}
	name := func(i int) string {
		if i < 0 {
			return p.only[-1-i]
		}
		return names[i]
	}
	switch p.order {
	case orderListed: // speaks of the record's own members only
	case orderCodePoint:
		slices.SortFunc(out, func(a, b int) int { return logfile.CompareCodePoints(name(a), name(b)) })
	case orderUTF16:
		slices.SortFunc(out, func(a, b int) int { return logfile.CompareUTF16(name(a), name(b)) })
	case orderSource:
		slices.SortFunc(out, func(a, b int) int { // what is not there comes last
			if (a < 0) != (b < 0) {
				return b - a
			}
			if a < 0 {
				return b - a
			}
			return a - b
		})
	}
	return out
}
