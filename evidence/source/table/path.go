package table

import (
	"fmt"
	"strconv"
	"strings"
)

// fieldPath says where in a row a value stands: a column of a CSV file or of a
// query by its name, or members and elements of a JSON value: a.b[0].c. A name
// that holds a point stands in quotation marks; a member whose name is the
// whole text comes first. [*] stands for every element: it is for conditions,
// which hold if they do for any.
type fieldPath struct {
	text  string
	steps []step
	every bool // a condition on any element: a.b[*].c gives the list of all
}

type step struct {
	name  string
	index int // where name is ""; -1 for every element
}

func parsePath(text string) (fieldPath, error) {
	p := fieldPath{text: text}
	rest := text
	bad := func() (fieldPath, error) {
		return p, fmt.Errorf("%q is no path: write a column's name, or a.b[0].c", text)
	}
	if text == "" || len(text) > 500 {
		return bad()
	}
	for rest != "" {
		switch rest[0] {
		case '[':
			inside, after, ok := strings.Cut(rest[1:], "]")
			if ok && inside == "*" {
				p.steps, p.every = append(p.steps, step{index: -1}), true
				rest = after
				break
			}
			n, err := strconv.ParseUint(inside, 10, 16)
			if !ok || err != nil {
				return bad()
			}
			p.steps = append(p.steps, step{index: int(n)})
			rest = after
		case '"':
			name, after, ok := strings.Cut(rest[1:], `"`)
			if !ok || name == "" {
				return bad()
			}
			p.steps = append(p.steps, step{name: name})
			rest = after
		default:
			n := strings.IndexAny(rest, ".[")
			if n < 0 {
				n = len(rest)
			}
			if n == 0 {
				return bad()
			}
			p.steps = append(p.steps, step{name: rest[:n]})
			rest = rest[n:]
		}
		if strings.HasPrefix(rest, ".") {
			if rest = rest[1:]; rest == "" {
				return bad()
			}
		}
	}
	return p, nil
}

// row is one row as a codec read it: cells of a CSV line, or a tree.
type row struct {
	item   int64
	header map[string]int // of cells
	cells  []string
	tree   any  // map[string]any and the like, where there are no cells
	parent *row // of an element of a list
}

// at returns the value at the path. found is false where the row has no such
// place; odd says that something of another shape stands on the way.
func (r *row) at(p fieldPath) (v any, found, odd bool) {
	if r.header != nil {
		i, ok := r.header[p.text]
		if !ok {
			return nil, false, false
		}
		return r.cells[i], true, false
	}
	if m, ok := r.tree.(map[string]any); ok {
		if v, ok := m[p.text]; ok {
			return v, true, false
		}
	}
	return follow(r.tree, p.steps)
}

func follow(v any, steps []step) (_ any, found, odd bool) {
	for i, s := range steps {
		switch in := v.(type) {
		case nil:
			return nil, true, false
		case map[string]any:
			if s.name == "" {
				return nil, true, true
			}
			next, ok := in[s.name]
			if !ok {
				return nil, false, false
			}
			v = next
		case []any:
			if s.name != "" {
				return nil, true, true
			}
			if s.index < 0 {
				return each(in, steps[i+1:])
			}
			if s.index >= len(in) {
				return nil, false, false
			}
			v = in[s.index]
		default:
			return nil, true, true
		}
	}
	return v, true, false
}

// each follows the path in every element and returns what was found.
func each(in []any, steps []step) (_ any, found, odd bool) {
	var out []any
	for _, e := range in {
		v, has, strange := follow(e, steps)
		odd = odd || strange
		if !has || strange {
			continue
		}
		found = true
		if list, ok := v.([]any); ok {
			out = append(out, list...)
			continue
		}
		out = append(out, v)
	}
	return out, found, odd && !found
}
