package integrity

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/logfile"
)

// Look is what the first records of a file say about its format.
type Look struct {
	Path    string          `json:"path"`
	Framing logfile.Framing `json:"framing,omitempty"` // "" where no record was found
	Profile string          `json:"profile"`           // the one that a check would take; "" where none fits
	Fits    []Candidate     `json:"fits"`              // best first
	Others  []Candidate     `json:"others"`
}

// Candidate is a profile held against a file's first record.
type Candidate struct {
	ID         string   `json:"id"`
	Conditions int      `json:"conditions,omitempty"` // of detect, that the record fulfils
	Hash       string   `json:"hash,omitempty"`       // of the first record: holds, does_not_hold, not_checkable
	Why        []string `json:"why,omitempty"`        // why it is not this one
}

// LookAt holds every built-in profile, and the given ones, against the first
// record of a file. A profile that must be named fits where the record's own
// hash comes out by it. That is no check of the log.
func LookAt(ref logfile.Ref, more ...*Profile) (*Look, error) {
	f, err := ref.Open()
	if err != nil {
		return nil, err
	}
	head := make([]byte, maxPeek)
	n, _ := io.ReadFull(f, head) // a file that ends early, or cannot be unpacked further, is looked at as far as it goes
	if _, err := f.Close(); err != nil {
		return nil, err
	}
	out := &Look{Path: ref.Name, Fits: []Candidate{}, Others: []Candidate{}}
	head = bytes.TrimLeft(bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf")), " \t\r\n")
	var record []byte
	for _, framing := range []logfile.Framing{logfile.JSONL, logfile.JSONArray} {
		for _, r := range firstRecords(head, framing) {
			if _, err := detect(r, presets); err == nil {
				out.Framing, record = framing, r
				break
			}
		}
		if record != nil {
			break
		}
	}
	if record == nil {
		return nil, fmt.Errorf("%w: the beginning of %s has no record that is a JSON object, in lines or in a list", ErrNothing, ref.Name)
	}
	best, err := peek(ref)
	if err != nil {
		return nil, err
	}
	if best != nil {
		out.Profile = best.ID
	}
	for _, p := range slices.Concat(presets, more) {
		c := p.candidate(record, out.Framing)
		if len(c.Why) == 0 {
			out.Fits = append(out.Fits, c)
		} else {
			out.Others = append(out.Others, c)
		}
	}
	slices.SortStableFunc(out.Fits, func(a, b Candidate) int { return b.Conditions - a.Conditions })
	return out, nil
}

// candidate says how a profile fits a record, or why it does not.
func (p *Profile) candidate(record []byte, framing logfile.Framing) Candidate {
	c := Candidate{ID: p.ID}
	if p.plan.framing != framing {
		c.Why = append(c.Why, fmt.Sprintf("its records stand in %s, those of this file in %s", framingWords[p.plan.framing], framingWords[framing]))
	}
	n, why := p.conditions(record)
	c.Why = append(c.Why, why...)
	if len(c.Why) > 0 {
		return c
	}
	c.Conditions, c.Hash = n, p.firstHash(record)
	if !p.Detected() && c.Hash != "holds" {
		c.Why = append(c.Why, "it is found by no member, and the first record's hash does not come out by it")
	}
	return c
}

var framingWords = map[logfile.Framing]string{logfile.JSONL: "lines", logfile.JSONArray: "a list"}

// conditions counts those of detect that the record fulfils, and says which it
// does not.
func (p *Profile) conditions(record []byte) (n int, why []string) {
	d := p.file.Detect
	value := func(pointer string) (string, bool) {
		s := logfile.NewScanner([]string{pointer}, false)
		if s.Scan(record) != nil || s.Value(0).Kind == logfile.None {
			return "", false
		}
		text, _ := textOf(record, s.Value(0))
		return text, true
	}
	var lacking []string
	for _, f := range d.All {
		if _, there := value(f); there {
			n++
		} else {
			lacking = append(lacking, f)
		}
	}
	if len(lacking) > 0 {
		why = append(why, "the record has no "+strings.Join(lacking, ", "))
	}
	for _, f := range d.None {
		if _, there := value(f); there {
			why = append(why, "the record has "+f)
		}
	}
	for f, want := range d.Equals {
		if text, _ := value(f); text == want {
			n++
		} else {
			why = append(why, fmt.Sprintf("%s is %q, not %q", f, cutText(text), want))
		}
	}
	slices.Sort(why)
	return n, why
}

// firstHash says whether the record's own hash comes out, taken as the first of
// its log.
func (p *Profile) firstHash(record []byte) string {
	if p.plan.self == nil || p.plan.digest.hash.keyed {
		return "not_checkable"
	}
	w := newWorker(p.plan, &run{keys: newKeyring(nil), seed: maphash.MakeSeed()}, nil)
	got := w.check(logfile.Chunk{Data: record, Spans: []logfile.Span{{Start: 0, End: uint32(len(record))}}}, front{})
	for _, c := range []Code{HashMismatch, FieldMissing, BadJSON, DupKey} {
		if got.counts[c] > 0 {
			return "does_not_hold"
		}
	}
	return "holds"
}
