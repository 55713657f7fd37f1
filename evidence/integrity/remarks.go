package integrity

import (
	"fmt"
	"slices"
	"strings"
)

// Remark is something that a log of this format cannot show, or that the
// profile leaves unsaid. It is no mistake: many formats are like that.
type Remark struct {
	Code   string `json:"code"`
	Words  string `json:"words"`
	Line   int    `json:"line,omitempty"` // in the profile's text, from 1; 0 where nothing there says it
	Column int    `json:"column,omitempty"`
}

// The codes of remarks.
const (
	RemarkNoHash     = "NO_HASH"             // nothing is protected
	RemarkAmbiguous  = "AMBIGUOUS_INPUT"     // different records can have one hash
	RemarkOpen       = "UNPROTECTED_FIELD"   // a member that the profile reads and no hash covers
	RemarkLast       = "LAST_UNPROTECTED"    // the last record has no hash
	RemarkLink       = "LINK_NOT_COVERED"    // the hash does not cover the predecessor
	RemarkFiles      = "FILES_NOT_CHAINED"   // whole files can be taken away
	RemarkSeam       = "OLDEST_DROPPED"      // the format drops its oldest records
	RemarkAnyFirst   = "FIRST_NOT_KNOWN"     // the first record names what stands elsewhere
	RemarkUnkeyed    = "ANYONE_CAN_REWRITE"  // no key is needed to compute the chain again
	RemarkNumbers    = "NUMBERS_LOSE_DIGITS" // numbers with one print can stand for one another
	RemarkNoSequence = "NO_SEQUENCE"         // numbers that are left out are not seen
	RemarkNoTime     = "NO_TIME"             // no period can be judged
	RemarkNotFound   = "NOT_DETECTED"        // the profile must be named
)

// Remarks lists what a log of this format cannot show, with the place in the
// profile that says so.
func (p *Profile) Remarks() []Remark {
	var out []Remark
	add := func(code, at, format string, args ...any) {
		r := Remark{Code: code, Words: fmt.Sprintf(format, args...)}
		if at != "" {
			r.Line, r.Column = locate(p.doc, at).Place()
		}
		out = append(out, r)
	}
	if p.plan.digest == nil {
		add(RemarkNoHash, "", "%s", p.plan.limits()[0])
	} else {
		p.weaknesses(add)
	}
	if p.plan.seq == none && p.plan.digest != nil {
		add(RemarkNoSequence, "record", "No sequence number is named: in a log cut at its beginning or end, nothing tells how many records are gone.")
	}
	if p.plan.time == none {
		add(RemarkNoTime, "record", "No time is named: whether the log covers a period cannot be told.")
	}
	if len(p.file.Detect.All)+len(p.file.Detect.Equals) == 0 {
		add(RemarkNotFound, "", "No detect: name the profile to have a log checked with it.")
	}
	return out
}

// weaknesses are those of the format's hashes.
func (p *Profile) weaknesses(add func(code, at, format string, args ...any)) {
	if s := ambiguous(p.plan.digest.input); s != "" {
		add(RemarkAmbiguous, "digest.input", "%s", s)
	}
	for _, f := range p.openFields() {
		add(RemarkOpen, f.at, "No hash covers %s, which this profile reads as %s: it could be changed without a trace.", f.pointer, f.as)
	}
	if p.plan.self == nil {
		add(RemarkLast, "link", "No member holds a record's own hash, so nothing covers the last record.")
	}
	if !p.plan.coversLink() {
		add(RemarkLink, "link.prev", "No hash covers what a record names as its predecessor: the links could be written anew and every hash would still hold.")
	}
	switch p.plan.rotation {
	case restart:
		add(RemarkFiles, "link.rotation", "Every file begins a chain of its own: a whole file could be taken away.")
	case seam:
		add(RemarkSeam, "link.rotation", "A file may begin in the middle: what stood before its first record cannot be shown.")
	case goesOn:
	}
	if p.plan.takesAny() {
		add(RemarkAnyFirst, "link.genesis", "The first record may name anything: what was taken out in front of it is not seen by the links.")
	}
	if losesDigits(p.plan.digest.input) {
		add(RemarkNumbers, "digest.input", "Numbers are hashed as doubles print them: a number beyond their digits could be replaced by another with the same print. Such records are listed.")
	}
	if !p.plan.digest.hash.keyed && p.plan.mac == nil && p.plan.sig == nil && p.plan.check == nil {
		add(RemarkUnkeyed, "digest.alg", "No key is needed for the hashes: whoever holds the log can compute it all anew, or cut off its end. Seal it, or keep its head elsewhere.")
	}
}

// openField is a member that the profile reads for a purpose and that no hash
// covers.
type openField struct{ pointer, as, at string }

func (p *Profile) openFields() []openField {
	var out []openField
	for _, f := range []struct {
		field  int
		as, at string
	}{
		{p.plan.id, "the record's id", "record.id"}, {p.plan.seq, "its number", "record.seq.field"}, {p.plan.time, "its time", "record.time.field"},
		{p.plan.log, "the log's name", "record.log"}, {p.plan.writer, "the writer's name", "record.writer"}, {p.plan.partition, "what tells chains apart", "input.partition"},
	} {
		if f.field != none && !p.plan.coversField(f.field) {
			out = append(out, openField{p.plan.pointers[f.field], f.as, f.at})
		}
	}
	return out
}

// coversField reports whether the hash, or a signature of its own, covers a
// field. Of input that ends in front of a member nothing can be told without a
// record: it is taken to cover the field.
func (p *plan) coversField(field int) bool {
	for _, parts := range p.inputs() {
		for _, q := range parts {
			switch {
			case q.op == opBefore, q.op == opField && p.pointers[q.field] == p.pointers[field]:
				return true
			case q.op == opNested && (&plan{pointers: p.pointers, digest: &digest{input: q.nested.input}}).coversField(field):
				return true
			}
		}
		if p.covers(parts, []string{topName(p.pointers[field])}, 0) {
			return true
		}
	}
	return false
}

// inputs are what the digest and a signature of its own are made of.
func (p *plan) inputs() [][]part {
	out := [][]part{p.digest.input}
	if p.sig != nil {
		out = append(out, p.sig.input)
	}
	return out
}

func losesDigits(parts []part) bool {
	return slices.ContainsFunc(parts, func(q part) bool {
		switch q.op {
		case opJSON:
			return q.json.reprint && (q.json.numbers == numbersES6 || q.json.numbers == numbersPython)
		case opNested:
			return losesDigits(q.nested.input)
		default:
			return false
		}
	})
}

// Protection says in a few words what protects a record.
func (p *Profile) Protection() string {
	if p.plan.digest == nil {
		return "nothing"
	}
	words := []string{p.plan.digest.hash.name + " chain"}
	if p.plan.mac != nil {
		words = append(words, p.plan.mac.hash.name)
	}
	if p.plan.sig != nil {
		words = append(words, p.plan.sig.alg)
	}
	if p.plan.check != nil {
		words = append(words, "signed checkpoints")
	}
	return strings.Join(words, ", ")
}

// Detected reports whether the format is found by a log's first record.
func (p *Profile) Detected() bool { return len(p.file.Detect.All)+len(p.file.Detect.Equals) > 0 }
