package integrity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/logfile"
)

// uncovered returns the members of a record with these names that no hash
// covers. The members that hold hashes and signatures are not among them.
func (p *plan) uncovered(last *logfile.Shape) []string {
	if p.digest == nil {
		return nil
	}
	names := last.Names()
	var out []string
	for i, name := range names {
		switch {
		case p.covers(p.digest.input, names, i), p.isProof(name), p.sig != nil && p.covers(p.sig.input, names, i):
		default:
			out = append(out, name)
		}
	}
	return out
}

// isProof reports whether a member holds a hash, a signature or its key's name.
func (p *plan) isProof(name string) bool {
	proof := func(field int) bool { return field != none && topName(p.pointers[field]) == name }
	return p.prev != nil && p.digest.usesPrev && proof(p.prev.field) || p.self != nil && proof(p.self.field) || p.mac != nil && proof(p.mac.claim.field) || p.sig != nil && (proof(p.sig.claim.field) || proof(p.sig.kid)) || nestedProof(p, p.digest.input, name)
}

// nestedProof reports whether a member holds the claim of an inner digest.
func nestedProof(p *plan, parts []part, name string) bool {
	return slices.ContainsFunc(parts, func(q part) bool {
		return q.op == opNested && (q.nested.claim != nil && topName(p.pointers[q.nested.claim.field]) == name || nestedProof(p, q.nested.input, name))
	})
}

// covers reports whether a member is a part of what is hashed, whole.
func (p *plan) covers(parts []part, names []string, member int) bool {
	name := names[member]
	for _, q := range parts {
		switch q.op {
		case opLine:
			return true
		case opBefore:
			if i := slices.Index(names, topName(p.pointers[q.field])); i >= 0 && member < i {
				return true
			}
		case opWithout:
			if topName(p.pointers[q.field]) != name {
				return true
			}
		case opField:
			if p.pointers[q.field] == "/"+escaped(name) {
				return true
			}
		case opNested:
			if p.covers(q.nested.input, names, member) {
				return true
			}
		case opJSON:
			switch {
			case q.json.at != none:
				if p.pointers[q.json.at] == "/"+escaped(name) && len(q.json.only)+len(q.json.exclude) == 0 {
					return true
				}
			case len(q.json.only) > 0:
				if slices.Contains(q.json.only, name) {
					return true
				}
			case !q.json.exclude[name]:
				return true
			}
		case opLiteral, opPrev:
		}
	}
	return false
}

func escaped(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

// topName returns the name of the record's own member that a pointer leads
// through.
func topName(pointer string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// limits are what a format cannot show by its nature.
func (p *plan) limits() []string {
	if p.digest == nil {
		return []string{"The format has no hash: a record could be changed, added or taken out, and the log would not show it."}
	}
	var out []string
	if p.self == nil {
		out = append(out, "A record's hash stands only in the next record, so nothing in the log covers the last one.")
	}
	if p.rotation == restart {
		out = append(out, "Every file begins a chain of its own: a whole file could be taken away, and the others would not show it.")
	}
	if p.rotation == seam {
		out = append(out, "The format drops its oldest records and goes on, so it cannot show what stood before the first one.")
	}
	if p.takesAny() {
		out = append(out, "The first record names something that stands outside of the log, so the links cannot show what was taken out in front of it.")
	}
	if !p.coversLink() {
		out = append(out, "No hash covers what a record names as its predecessor: after records were taken out or moved, the links could be written anew and every hash would still hold.")
	}
	if s := ambiguous(p.digest.input); s != "" {
		out = append(out, s)
	}
	return out
}

// coversLink reports whether the hash is made with the predecessor's, or with
// the member that names it.
func (p *plan) coversLink() bool {
	if p.prev == nil || p.digest.usesPrev {
		return true
	}
	before := slices.ContainsFunc(p.digest.input, func(q part) bool { return q.op == opBefore })
	return before || p.covers(p.digest.input, []string{topName(p.pointers[p.prev.field])}, 0)
}

// ambiguous says where texts of any length are joined without their lengths.
func ambiguous(parts []part) string {
	if len(parts) < 2 {
		return ""
	}
	loose := 0
	for _, q := range parts {
		if q.op == opField && (q.as == asText || q.as == asToken) {
			loose++
		}
	}
	if loose < 2 {
		return ""
	}
	return fmt.Sprintf("The hash joins %d texts without their lengths: what ends one could begin the next, so different records can have one hash.", loose)
}
