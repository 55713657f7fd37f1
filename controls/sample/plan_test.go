package sample

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// rowsOf makes the items that the tests draw from, in order.
func rowsOf(n int, edit func(i int, r *Row)) Rows {
	return func(yield func(Row, error) bool) {
		for i := range n {
			r := Row{Component: "m" + fmt.Sprint(i*3/max(n, 1)), Item: fmt.Sprintf("CHG-%05d", i), At: fmt.Sprintf("2026-%02d-03T10:00:00.000000Z", 1+i*i%6)}
			if i%17 == 5 {
				r.At = ""
			}
			if edit != nil {
				edit(i, &r)
			}
			r.Line = []byte(`{"item":"` + r.Item + `"}`)
			if !yield(r, nil) {
				return
			}
		}
	}
}

func planOf(t *testing.T, n int, size, reserves int64, by string) *Plan {
	t.Helper()
	p := &Plan{Test: "T", Size: size, Reserves: reserves, By: by}
	if err := p.Make(rowsOf(n, nil)); err != nil {
		t.Fatal(err)
	}
	return p
}

var nonce = []byte("0123456789abcdef")

func draw(t *testing.T, p *Plan, n int, grown ...int64) []Pick {
	t.Helper()
	picks, err := p.Draw(nonce, grown, rowsOf(n, nil))
	if err != nil {
		t.Fatal(err)
	}
	return picks
}

func TestSharesAddUpAndFit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		room := make([]int64, 1+r.IntN(12))
		var all int64
		for i := range room {
			room[i] = r.Int64N(50)
			all += room[i]
		}
		if all == 0 {
			continue
		}
		n := r.Int64N(all + 1)
		var sum int64
		for i, k := range Allocate(n, room) {
			sum += k
			if k < 0 || k > room[i] || k < n*room[i]/all || k > n*room[i]/all+1 {
				t.Fatalf("%d of %v: part %d gets %d", n, room, i, k)
			}
		}
		if sum != n {
			t.Fatalf("%d of %v: shares add up to %d", n, room, sum)
		}
	}
}

func TestASampleOnlyGrows(t *testing.T) {
	t.Parallel()
	for _, by := range []string{ByMonth, ByComponent, Whole} {
		p := planOf(t, 400, 25, 5, by)
		last := draw(t, p, 400)
		var grown []int64
		for _, n := range []int64{26, 40, 41, 100, 399, 400} {
			grown = append(grown, n)
			now := draw(t, p, 400, grown...)
			chosen := map[string]bool{}
			for _, x := range now {
				chosen[x.Item] = chosen[x.Item] || !x.Reserve
			}
			count := int64(0)
			for _, in := range chosen {
				if in {
					count++
				}
			}
			if count != n {
				t.Errorf("%s: %d chosen, want %d", by, count, n)
			}
			for _, x := range last {
				if !x.Reserve && !slices.Contains(now, x) {
					t.Fatalf("%s: %+v was drawn and is gone at %d", by, x, n)
				}
			}
			last = now
		}
		for _, bad := range [][]int64{{25}, {24}, {40, 30}, {401}} {
			if _, err := p.Draw(nonce, bad, rowsOf(400, nil)); err == nil {
				t.Errorf("%s: sizes %v are taken", by, bad)
			}
		}
	}
}

func TestADrawDependsOnEverything(t *testing.T) {
	t.Parallel()
	base := draw(t, planOf(t, 300, 20, 2, ByMonth), 300)
	if !slices.Equal(base, draw(t, planOf(t, 300, 20, 2, ByMonth), 300)) {
		t.Error("a draw made twice differs")
	}
	p := planOf(t, 300, 20, 2, ByMonth)
	p.CatalogSHA256 = "other"
	if slices.Equal(base, draw(t, p, 300)) {
		t.Error("another catalogue gives the same sample")
	}
	other, err := planOf(t, 300, 20, 2, ByMonth).Draw([]byte("fedcba9876543210"), nil, rowsOf(300, nil))
	if err != nil || slices.Equal(base, other) {
		t.Errorf("another nonce gives the same sample (%v)", err)
	}
	_, err = planOf(t, 300, 20, 2, ByMonth).Draw(nonce, nil, rowsOf(300, func(i int, r *Row) {
		if i == 299 {
			r.Item += "x"
		}
	}))
	if !errors.Is(err, ErrOtherPopulation) {
		t.Errorf("another population is drawn from: %v", err)
	}
}

// TestTheCommitmentIsVector pins plan and draw as docs/package-format.md has
// them.
func TestTheCommitmentIsVector(t *testing.T) {
	t.Parallel()
	p := &Plan{Test: "AI-CHG-02.T1", Run: "run-1", Size: 3, Reserves: 1, By: ByMonth, CatalogSHA256: strings.Repeat("0", 64),
		Engagement: Engagement{Entity: "Pemberwick Mutual Credit", System: "Loan decisioning", Type: 2, From: "2026-01-01", To: "2026-06-30"},
		Evidence:   Evidence{Origin: "pemberwick/ledger", Size: 7, Root: "r"}}
	rows := func(yield func(Row, error) bool) {
		for i := range 8 {
			r := Row{Component: "m", Item: fmt.Sprintf("c%d", i), At: fmt.Sprintf("2026-0%d-01T00:00:00.000000Z", 1+i/5), Line: fmt.Appendf(nil, `{"item":"c%d"}`, i)}
			if !yield(r, nil) {
				return
			}
		}
	}
	if err := p.Make(rows); err != nil {
		t.Fatal(err)
	}
	c, err := p.Commitment()
	if err != nil {
		t.Fatal(err)
	}
	picks, err := p.Draw(nonce, nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s %s", p.Root, c)
	for _, x := range picks {
		got += fmt.Sprintf(" %s/%d/%s/%v", x.Stratum, x.Order, x.Item, x.Reserve)
	}
	if got != vector {
		t.Errorf("got  %s\nwant %s", got, vector)
	}
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	p.Strata[0].Size++
	if p.Check() == nil {
		t.Error("a stratum that takes more than its share is not noticed")
	}
}

const vector = "ade5678436c03adfcd36c11e09c31d23b9eaef2ee4df7421ae651cc0ec0f8c0f 1562a122e5db9b5b6000acbaca2d96e9b1e9e8227fdab4a38b714cc8d355c280 2026-01/1/c4/false 2026-01/2/c2/false 2026-01/3/c3/true 2026-02/1/c5/false"

func TestBadPlansAndNonces(t *testing.T) {
	t.Parallel()
	for _, p := range []Plan{{Size: 0, By: Whole}, {Size: 5, By: "weekday"}, {Size: 31, By: Whole}, {Size: 3, Reserves: -1, By: Whole}} {
		if err := p.Make(rowsOf(30, nil)); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
	twice := Plan{Size: 3, By: Whole}
	if err := twice.Make(rowsOf(30, func(i int, r *Row) { r.Item = fmt.Sprintf("c%02d", i/2) })); err == nil {
		t.Error("items that stand twice are taken")
	}
	for _, s := range []string{"", "00", strings.Repeat("g", 32), strings.Repeat("ab", 15), strings.Repeat("ab", 16), strings.Repeat("0123", 40)} {
		if _, err := ParseNonce(s); err == nil {
			t.Errorf("nonce %q is taken", s)
		}
	}
	if b, err := ParseNonce("00112233445566778899AABBCCDDEEFF"); err != nil || len(b) != 16 {
		t.Errorf("a good nonce: %v", err)
	}
}

// A plan out of a package is a stranger's: whatever passes Check can be shared
// out and drawn from.
func FuzzPlan(f *testing.F) {
	p := &Plan{Schema: PlanSchema, Size: 3, By: Whole}
	if err := p.Make(rowsOf(9, nil)); err != nil {
		f.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, int64(5))
	f.Add([]byte(`{"schema":"tieout/sample-plan/v1","size":1,"population":9223372036854775807,"strata":[{"name":"a","population":9223372036854775807,"size":1}]}`), int64(2))
	f.Fuzz(func(t *testing.T, b []byte, grow int64) {
		var p Plan
		if json.Unmarshal(b, &p) != nil || p.Check() != nil {
			return
		}
		sizes, err := p.Sizes([]int64{grow})
		if err != nil {
			return
		}
		var sum int64
		for i, n := range sizes {
			sum += n
			if n < p.Strata[i].Size || n > p.Strata[i].Population {
				t.Errorf("stratum %+v gets %d", p.Strata[i], n)
			}
		}
		if sum != grow {
			t.Errorf("%d instead of %d", sum, grow)
		}
		_, _ = p.Draw(nonce, nil, rowsOf(9, nil))
	})
}
