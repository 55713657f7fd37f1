package sample

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
)

// PlanSchema names the form of a plan.
const PlanSchema = "tieout/sample-plan/v1"

// Bounds of a plan.
const (
	MaxItems  = 10_000 // of one sample; who wants more tests all of them
	maxStrata = 200

	maxPopulation = 1_000_000_000_000 // of one stratum, so that no product overflows
)

// Ways to split a population into strata.
const (
	ByMonth     = "month"     // of the item's time, in UTC
	ByComponent = "component" // the item's component
	Whole       = "none"      // one stratum
)

// Undated is the stratum of items without a time in a plan by month.
const Undated = "undated"

// Plan is all that a sample depends on but the auditor's nonce. It is fixed,
// and its commitment handed over, before the nonce exists.
type Plan struct {
	Schema        string     `json:"schema"`
	Engagement    Engagement `json:"engagement"`
	Run           string     `json:"run"` // whose items are sampled
	Test          string     `json:"test"`
	CatalogSHA256 string     `json:"catalog_sha256"`
	Population    int64      `json:"population"`
	Root          string     `json:"population_root"` // RFC 6962 over the items' lines, in their order
	By            string     `json:"by"`
	Strata        []Stratum  `json:"strata"`
	Size          int64      `json:"size"`
	Reserves      int64      `json:"reserves"`
	Evidence      Evidence   `json:"evidence"`
}

// Engagement is what is examined.
type Engagement struct {
	Entity string `json:"entity"`
	System string `json:"system"`
	Type   int    `json:"type"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Evidence is the ledger's head when the plan was made: what was collected
// before was sealed before the draw.
type Evidence struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
}

// Stratum is a part of the population with its share of the sample.
type Stratum struct {
	Name       string `json:"name"`
	From       string `json:"from,omitempty"` // of a month: its first day
	Before     string `json:"before,omitempty"`
	Population int64  `json:"population"`
	Size       int64  `json:"size"`
	Reserves   int64  `json:"reserves"`
}

// Row is an item of the population: what names it, and its line of
// data/items.jsonl without the line end.
type Row struct {
	Component, Item, At string
	Line                []byte
}

// Rows yields the items of a test in the order in which the tool numbers them:
// by component and item, each pair once.
type Rows = iter.Seq2[Row, error]

// Make fills in what follows from the items: their number, their root, and
// the strata with their shares of the sample by largest remainder. Size and
// Reserves must be set.
func (p *Plan) Make(rows Rows) error {
	if p.Size < 1 || p.Size > MaxItems || p.Reserves < 0 || p.Reserves > MaxItems {
		return fmt.Errorf("plan a sample of %d with %d in reserve: want 1 to %d", p.Size, p.Reserves, MaxItems)
	}
	if !slices.Contains([]string{ByMonth, ByComponent, Whole}, p.By) {
		return fmt.Errorf("plan a sample by %.40q: want %s, %s or %s", p.By, ByMonth, ByComponent, Whole)
	}
	p.Schema = PlanSchema
	tree, counts := &ledger.Edge{}, map[string]int64{}
	last := [2]string{}
	for r, err := range rows {
		if err != nil {
			return fmt.Errorf("read the items: %w", err)
		}
		key := [2]string{r.Component, r.Item}
		if tree.Size() > 0 && slices.Compare(key[:], last[:]) <= 0 {
			return fmt.Errorf("item %.80q of %.40q does not follow the one before it: a sample needs items in order, each once", r.Item, r.Component)
		}
		last = key
		tree.Append(r.Line)
		counts[p.stratum(r)]++
		if len(counts) > maxStrata {
			return fmt.Errorf("there are more than %d strata by %s: choose another way to split the population", maxStrata, p.By)
		}
	}
	head := tree.Head()
	p.Population, p.Root = head.Size, evidence.Digest(head.Root).String()
	switch {
	case p.Population == 0:
		return errors.New("the test has no item: there is nothing to draw from")
	case p.Size > p.Population:
		return fmt.Errorf("a sample of %d from %d items: look at all of them instead", p.Size, p.Population)
	}
	p.Reserves = min(p.Reserves, p.Population-p.Size)
	p.Strata = nil
	for name := range counts {
		s := Stratum{Name: name, Population: counts[name]}
		if p.By == ByMonth && name != Undated {
			s.From, s.Before = monthBounds(name)
		}
		p.Strata = append(p.Strata, s)
	}
	slices.SortFunc(p.Strata, func(a, b Stratum) int { return cmp.Compare(a.Name, b.Name) })
	room := make([]int64, len(p.Strata))
	for i, s := range p.Strata {
		room[i] = s.Population
	}
	sizes := Allocate(p.Size, room)
	for i := range p.Strata {
		p.Strata[i].Size = sizes[i]
		room[i] -= sizes[i]
	}
	for i, n := range Allocate(p.Reserves, room) {
		p.Strata[i].Reserves = n
	}
	return nil
}

// stratum names the stratum of an item.
func (p *Plan) stratum(r Row) string {
	switch p.By {
	case ByComponent:
		return r.Component
	case Whole:
		return "all"
	}
	if i, err := evidence.ParseInstant(r.At); err != nil || i.String() != r.At {
		return Undated
	}
	return r.At[:len("2006-01")]
}

// monthBounds gives the first day of a month, and of the next.
func monthBounds(name string) (from, before string) {
	first, err := time.Parse("2006-01", name)
	if err != nil {
		return "", ""
	}
	return first.Format(time.DateOnly), first.AddDate(0, 1, 0).Format(time.DateOnly)
}

// Allocate gives each part its share of n by largest remainder, the first of
// equal ones first. No part gets more than it has room for, and n may be at
// most all the room.
func Allocate(n int64, room []int64) []int64 {
	out := make([]int64, len(room))
	var all int64
	for _, r := range room {
		all += r
	}
	if all == 0 || n <= 0 {
		return out
	}
	rest := make([]int64, len(room))
	at := make([]int, len(room))
	left := n
	for i, r := range room {
		out[i], rest[i], at[i] = n*r/all, n*r%all, i
		left -= out[i]
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range at[:left] {
		out[i]++
	}
	return out
}

// Commitment is SHA-256(0x01 ‖ the plan as canonical JSON).
func (p *Plan) Commitment() (evidence.Digest, error) {
	b, err := canon.Marshal(p)
	if err != nil {
		return evidence.Digest{}, fmt.Errorf("commit to a plan: %w", err)
	}
	h := sha256.New()
	h.Write([]byte{1})
	h.Write(b)
	return evidence.Digest(h.Sum(nil)), nil
}
