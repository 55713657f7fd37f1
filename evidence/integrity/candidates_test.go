package integrity

import (
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/logfile"
)

// TestEveryProfileFitsItsOwnVector lets each vector name its format, and finds a
// reason why it is none of the others.
func TestEveryProfileFitsItsOwnVector(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		name, _, _ := strings.Cut(p.ID, "/")
		refs, _, err := logfile.Paths(vectorFile(t, name)).List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l, err := LookAt(refs[0])
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(l.Fits, func(c Candidate) bool { return c.ID == p.ID })
		if i < 0 || l.Fits[i].Hash == "does_not_hold" || p.Detected() && l.Profile != p.ID {
			t.Errorf("%s: %+v", p.ID, l)
		}
		if len(l.Fits)+len(l.Others) != len(Presets()) {
			t.Errorf("%s: %d and %d", p.ID, len(l.Fits), len(l.Others))
		}
		for _, c := range l.Others {
			if len(c.Why) == 0 {
				t.Errorf("%s is not %s, and no reason is given", p.ID, c.ID)
			}
		}
	}
}

// TestRemarksPointAtTheProfile gives every remark of every built-in profile that
// has a place in it one that exists.
func TestRemarksPointAtTheProfile(t *testing.T) {
	t.Parallel()
	for _, p := range Presets() {
		n := strings.Count(p.Text, "\n")
		for _, r := range p.Remarks() {
			if r.Line < 0 || r.Line > n || r.Words == "" || r.Code == "" {
				t.Errorf("%s: %+v", p.ID, r)
			}
		}
	}
	codes := func(id string) string {
		p, err := Preset(id)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range p.Remarks() {
			out = append(out, r.Code)
		}
		return strings.Join(out, " ")
	}
	for id, want := range map[string]string{
		"talos": "LINK_NOT_COVERED ANYONE_CAN_REWRITE", "aegis": "AMBIGUOUS_INPUT ANYONE_CAN_REWRITE NO_SEQUENCE", "tieout-decision": "",
		"veridic-ees": "UNPROTECTED_FIELD NUMBERS_LOSE_DIGITS ANYONE_CAN_REWRITE", "agt-python-sink": "FILES_NOT_CHAINED NO_SEQUENCE",
		"ietf-aat": "LAST_UNPROTECTED NUMBERS_LOSE_DIGITS NO_SEQUENCE",
	} {
		if got := codes(id); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// FuzzCandidates holds every profile against any record, as the first of a file.
func FuzzCandidates(f *testing.F) {
	for _, p := range Presets() {
		name, _, _ := strings.Cut(p.ID, "/")
		f.Add(recordsOf(f, p, vectorFile(f, name))[0])
	}
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"integrity":[],"payload":null,"id":{}}`))
	f.Fuzz(func(t *testing.T, record []byte) {
		s := logfile.NewScanner(nil, false)
		if s.Scan(record) != nil {
			return
		}
		for _, p := range Presets() {
			c := p.candidate(record, p.plan.framing)
			if !slices.Contains([]string{"", "holds", "does_not_hold", "not_checkable"}, c.Hash) || c.ID != p.ID || (len(c.Why) == 0) != (c.Hash != "" && (p.Detected() || c.Hash == "holds")) {
				t.Fatalf("%s: %+v", p.ID, c)
			}
		}
	})
}
