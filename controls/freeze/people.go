package freeze

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/tieout/tieout/evidence"
)

// People finds the worker behind an identity, such as an account name or an
// address. All comparisons are exact after one folding (Fold).
//
// Ways from an identity to a worker: the entity states it (kind identity); it
// is an account's id, or its address, and the account names its worker or has
// the address of a worker; it is a worker's address; it is a worker's id. Every
// way is gone. Where two ways end at different workers, nobody is chosen.
type People struct {
	spelling map[string]string   // folded worker id → as it is written
	unsure   map[string][]string // folded worker ids that several workers share → the other spellings
	known    map[string]bool     // folded worker ids of kind worker
	stated   map[string][]string // folded identity → folded worker ids
	byEmail  map[string][]string // folded address → folded worker ids
	accounts map[string][]account
}

type account struct{ worker, email string } // both folded

func newPeople() *People {
	return &People{
		spelling: map[string]string{}, unsure: map[string][]string{}, known: map[string]bool{},
		stated: map[string][]string{}, byEmail: map[string][]string{}, accounts: map[string][]account{},
	}
}

// peopleKinds are frozen before all others, since the others need them.
var peopleKinds = []evidence.Kind{"identity", "principal", "worker"}

// Fold returns the form in which identities are compared: without surrounding
// white space, composed (NFC), and case-folded. Nothing else is made equal:
// no digit is dropped and no look-alike letter replaced.
func Fold(s string) string {
	s = strings.TrimFunc(s, unicode.IsSpace)
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return strings.ToLower(s) // the same, and most names are so
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))
}

// add learns from one chosen record of the three kinds.
func (p *People) add(r *evidence.Record) {
	switch r.Schema.Kind {
	case "identity":
		identity := Fold(r.Text("identity"))
		if w := p.spell(r.Text("worker_id"), false); w != "" {
			p.stated[identity] = with(p.stated[identity], w)
		}
	case "worker":
		w := p.spell(r.Text("worker_id"), true)
		if email := Fold(r.Text("email")); email != "" && w != "" {
			p.byEmail[email] = with(p.byEmail[email], w)
		}
	case "principal":
		a := account{worker: p.spell(r.Text("worker_id"), false), email: Fold(r.Text("email"))}
		id := Fold(r.Text("principal_id"))
		p.accounts[id] = append(p.accounts[id], a)
		if a.email != "" && a.email != id {
			p.accounts[a.email] = append(p.accounts[a.email], a)
		}
	}
}

// spell notes how a worker id is written and returns its folded form. The
// system of record for people decides; without it, the smallest spelling, so
// that one person has one spelling in every table.
func (p *People) spell(id string, ofRecord bool) string {
	w := Fold(id)
	if w == "" {
		return ""
	}
	old, seen := p.spelling[w]
	switch {
	case ofRecord && p.known[w]:
		if old != id { // two workers whose ids differ in case only
			p.unsure[w] = with(p.unsure[w], id)
		}
	case ofRecord:
		p.known[w] = true
		p.spelling[w] = id
	case !seen || !p.known[w] && id < old:
		p.spelling[w] = id
	}
	return w
}

func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// Worker returns the id of the worker behind the identity, or "" and, where
// several workers could be meant, all of them.
func (p *People) Worker(identity string) (worker string, candidates []string) {
	id := Fold(identity)
	if id == "" {
		return "", nil
	}
	var found []string
	for _, w := range p.stated[id] {
		found = with(found, w)
	}
	for _, a := range p.accounts[id] {
		if a.worker != "" {
			found = with(found, a.worker)
		}
		if a.email != "" {
			for _, w := range p.byEmail[a.email] {
				found = with(found, w)
			}
		}
	}
	for _, w := range p.byEmail[id] {
		found = with(found, w)
	}
	if p.known[id] {
		found = with(found, id)
	}
	if len(found) == 1 && len(p.unsure[found[0]]) == 0 {
		return p.spelling[found[0]], nil
	}
	for _, w := range found {
		candidates = append(append(candidates, p.spelling[w]), p.unsure[w]...)
	}
	slices.Sort(candidates)
	return "", candidates
}
