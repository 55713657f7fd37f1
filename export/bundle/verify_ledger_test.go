package bundle

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// forged returns the world's package as whoever holds the key could change it.
func forged(t testing.TB, change func(parcel, *export.Dossier)) string {
	t.Helper()
	return forgedFrom(t, unpacked(t, written(t, theWorld().input(t))), change)
}

// forgedFrom is forged of a package that is there already.
func forgedFrom(t testing.TB, whole parcel, change func(parcel, *export.Dossier)) string {
	t.Helper()
	p := maps.Clone(whole)
	d := p.dossier(t)
	change(p, d)
	p.setDossier(d)
	p.seal(t, manifestSigner(t, 7), nil)
	return saved(t, p.zip(t))
}

func says(r *Report, code Code, words string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == code && strings.Contains(p.Note, words) })
}

// Evidence that was never collected cannot hide behind an entry that is not there.
func TestNothingStandsBeyondTheEndOfTheLedger(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(parcel, *export.Dossier){
		"evidence": func(p parcel, d *export.Dossier) {
			e := &d.Evidence[0]
			p[e.File] = []byte("[]")
			e.SHA256, e.Bytes, e.LedgerIndex = evidence.DigestOf([]byte("[]")).String(), 2, 999999
		},
		"just beyond": func(_ parcel, d *export.Dossier) { d.Evidence[0].LedgerIndex = d.Run.LedgerSize },
		"before it":   func(_ parcel, d *export.Dossier) { d.Evidence[0].LedgerIndex = -1 },
		"pull":        func(_ parcel, d *export.Dossier) { d.Pulls[0].LedgerIndex = 999999 },
	} {
		if r := verified(t, forged(t, change), options(t)); r.Verdict != Invalid || !says(r, LedgerMismatch, "and the ledger has 11 entries") {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Problems)
		}
	}
}

// Whoever leaves the ledger out leaves out what would contradict them.
func TestWithoutItsLedgerAPackageIsNotValid(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*export.Dossier){
		"the dossier names it": func(*export.Dossier) {},
		"it names none, and has samples, statements and pulls": func(d *export.Dossier) {
			d.Run.LedgerOrigin, d.Run.LedgerSize, d.Run.LedgerRoot = "", 0, ""
		},
	} {
		in := theWorld().input(t)
		in.Ledger = nil
		change(in.Dossier)
		r := verified(t, written(t, in), options(t))
		if r.Verdict != Indeterminate || len(r.Problems) > 0 || !strings.Contains(strings.Join(r.NotChecked, " "), "shows no ledger") {
			t.Errorf("%s: %s, %+v, %v", name, r.Verdict, r.Problems, r.NotChecked)
		}
	}
}

// A statement or a plan of a sample that management regrets cannot be left out
// of a package by leaving out its entry.
func TestNoEntryOfTheLedgerCanBeHidden(t *testing.T) {
	t.Parallel()
	whole := unpacked(t, written(t, theWorld().input(t)))
	without := func(p parcel, gone ...string) {
		var kept [][]byte
		for _, line := range bytes.SplitAfter(p[EntriesPath], []byte("\n")) {
			if !slices.ContainsFunc(gone, func(g string) bool { return bytes.HasPrefix(line, []byte(`{"index":`+g+`,`)) }) {
				kept = append(kept, line)
			}
		}
		p[EntriesPath] = bytes.Join(kept, nil)
	}
	for name, c := range map[string]struct {
		change func(parcel, *export.Dossier)
		says   string
		open   bool // to another version it is an open question
	}{
		"a sample": {func(p parcel, d *export.Dossier) { d.Samples = nil; without(p, "8", "9", "10") }, "3 of 11 ledger entries are not shown", true},
		"a run":    {func(p parcel, _ *export.Dossier) { without(p, "0") }, "1 of 11 ledger entries are not shown", true},
		"all":      {func(p parcel, d *export.Dossier) { d.Samples = nil; delete(p, EntriesPath) }, "11 of 11 ledger entries are not shown", true},
		"a statement": {func(p parcel, d *export.Dossier) {
			lines := bytes.SplitAfter(p[export.StatementsFile], []byte("\n"))
			p[export.StatementsFile] = bytes.Join(lines[:len(lines)-2], nil)
			d.Statements = d.Statements[:len(d.Statements)-1]
			without(p, "6")
		}, "1 of 11 ledger entries are not shown", false},
		"a statement whose entry is shown": {func(p parcel, d *export.Dossier) {
			lines := bytes.SplitAfter(p[export.StatementsFile], []byte("\n"))
			p[export.StatementsFile] = bytes.Join(lines[:len(lines)-2], nil)
			d.Statements = d.Statements[:len(d.Statements)-1]
		}, "ledger entry 6 is a statement that the dossier leaves out", false},
		"what an entry is": {func(p parcel, _ *export.Dossier) {
			p[EntriesPath] = bytes.Replace(p[EntriesPath], []byte(`"type":"sample_draw"}`), []byte(`"type":"sample_draw","zz":1}`), 1)
		}, `no member "zz"`, false},
	} {
		path := forgedFrom(t, whole, c.change)
		if r := verified(t, path, options(t)); r.Verdict != Invalid || !says(r, LedgerMismatch, c.says) {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Problems)
		}
		o := options(t)
		o.Tool = "tieout v9.0.0"
		if r := verified(t, path, o); c.open && (r.Verdict != Indeterminate || !strings.Contains(strings.Join(r.NotChecked, " "), "not shown in full")) {
			t.Errorf("%s, to another version: %s, %+v, %v", name, r.Verdict, r.Problems, r.NotChecked)
		}
	}
}
