package sourcetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
)

// Spec returns the registered type of source.
func Spec(t testing.TB, name string) source.Spec {
	t.Helper()
	s, ok := source.Of(name)
	if !ok {
		t.Fatalf("%s is not registered", name)
	}
	return s
}

// Records returns the records that were kept, in their order.
func Records(t testing.TB, k *Keeper) []*evidence.Record {
	t.Helper()
	out := make([]*evidence.Record, len(k.Lines))
	for i, line := range k.Lines {
		var err error
		if out[i], err = evidence.DecodeRecord(line, kinds.Of); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Pulled is what a pull gave.
type Pulled struct {
	*engine.Result
	Keeper  *Keeper
	Records map[evidence.Kind][]*evidence.Record
}

// Read reads the records that a pull kept.
func Read(t testing.TB, res *engine.Result, k *Keeper) Pulled {
	t.Helper()
	p := Pulled{res, k, map[evidence.Kind][]*evidence.Record{}}
	for _, r := range Records(t, k) {
		p.Records[r.Schema.Kind] = append(p.Records[r.Schema.Kind], r)
	}
	return p
}

// Find returns the first record of the kind with these texts in its columns.
func (p Pulled) Find(t testing.TB, kind evidence.Kind, where map[string]string) *evidence.Record {
	t.Helper()
	for _, r := range p.Records[kind] {
		fits := true
		for column, v := range where {
			fits = fits && r.Text(column) == v
		}
		if fits {
			return r
		}
	}
	t.Fatalf("no %s with %v; %s %+v", kind, where, p.Error, p.Gaps)
	return nil
}

// Gaps lists the kinds, with columns, that have a gap of the reason: sorted,
// each once.
func Gaps(res *engine.Result, reason evidence.GapReason) string {
	var out []string
	for _, g := range res.Gaps {
		if g.Reason == reason {
			out = append(out, strings.TrimSpace(string(g.Kind)+" "+strings.Join(g.Columns, ",")))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), "; ")
}
