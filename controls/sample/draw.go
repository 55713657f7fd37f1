package sample

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// Pick is an item that was drawn.
type Pick struct {
	Stratum   string `json:"stratum"`
	Order     int64  `json:"order"` // within its stratum, from 1
	Component string `json:"component"`
	Item      string `json:"item"`
	Reserve   bool   `json:"reserve"` // to be looked at only if the auditor rules out one before it
}

// seedDomain separates the seed from every other HMAC of ours.
const seedDomain = "tieout/sample/v2"

// ParseNonce reads the auditor's nonce: hex digits of at least 128 bits, in
// either case, at most 512.
func ParseNonce(s string) ([]byte, error) {
	b, err := hex.DecodeString(strings.ToLower(s))
	if err != nil || len(b) < 16 || len(b) > 64 {
		return nil, errors.New("the nonce: want 32 to 128 hex digits, at least 128 random bits that the auditor made")
	}
	if len(slices.Compact(slices.Clone(b))) == 1 {
		return nil, errors.New("the nonce is one byte repeated, which nobody drew at random")
	}
	return b, nil
}

// Sizes gives the sample's size in each stratum after it was enlarged, step by
// step, to each of the sizes. What is added is shared out over what is left, so
// that no stratum ever shrinks.
func (p *Plan) Sizes(grown []int64) ([]int64, error) {
	out, room := make([]int64, len(p.Strata)), make([]int64, len(p.Strata))
	for i, s := range p.Strata {
		out[i], room[i] = s.Size, s.Population-s.Size
	}
	last := p.Size
	for _, n := range grown {
		switch {
		case n <= last:
			return nil, fmt.Errorf("a sample of %d cannot become one of %d: a sample only grows", last, n)
		case n > p.Population || n > MaxItems:
			return nil, fmt.Errorf("a sample of %d from %d items: at most %d can be drawn", n, p.Population, min(p.Population, MaxItems))
		}
		for i, more := range Allocate(n-last, room) {
			out[i] += more
			room[i] -= more
		}
		last = n
	}
	return out, nil
}

// ErrOtherPopulation says that the items are not those that the plan was made
// of.
var ErrOtherPopulation = errors.New("the items are not those of the plan")

// Draw picks the sample: seed = HMAC-SHA-256(nonce, "tieout/sample/v2" ‖ C),
// each item's rank = HMAC-SHA-256(seed, lp(stratum) ‖ lp(component) ‖ lp(item)),
// and in each stratum those with the smallest ranks, then its reserves. lp puts
// the length before a text as eight big-endian bytes.
func (p *Plan) Draw(nonce []byte, grown []int64, rows Rows) ([]Pick, error) {
	sizes, err := p.Sizes(grown)
	if err != nil {
		return nil, err
	}
	c, err := p.Commitment()
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, nonce)
	mac.Write([]byte(seedDomain))
	mac.Write(c[:])
	rank := hmac.New(sha256.New, mac.Sum(nil))

	type ranked struct {
		rank            evidence.Digest
		component, item string
	}
	keep := map[string]int{}
	for i, s := range p.Strata {
		keep[s.Name] = int(min(sizes[i]+s.Reserves, s.Population))
	}
	best := map[string][]ranked{}
	tree := &ledger.Edge{}
	for r, err := range rows {
		if err != nil {
			return nil, fmt.Errorf("read the items: %w", err)
		}
		tree.Append(r.Line)
		name := p.stratum(r)
		n := keep[name]
		if n == 0 {
			continue
		}
		rank.Reset()
		rank.Write(evidence.LengthPrefixed(name, r.Component, r.Item))
		x := ranked{evidence.Digest(rank.Sum(nil)), r.Component, r.Item}
		list := best[name]
		i, _ := slices.BinarySearchFunc(list, x, func(a, b ranked) int { return bytes.Compare(a.rank[:], b.rank[:]) })
		if i < n {
			list = slices.Insert(list, i, x)
			best[name] = list[:min(len(list), n)]
		}
	}
	if head := tree.Head(); head.Size != p.Population || evidence.Digest(head.Root).String() != p.Root {
		return nil, fmt.Errorf("%w: they number %d with root %s, and the plan was made of %d with root %s", ErrOtherPopulation, head.Size, evidence.Digest(head.Root), p.Population, p.Root)
	}
	var out []Pick
	for i, s := range p.Strata {
		for k, x := range best[s.Name] {
			out = append(out, Pick{Stratum: s.Name, Order: int64(k + 1), Component: x.component, Item: x.item, Reserve: int64(k) >= sizes[i]})
		}
	}
	return out, nil
}

// Check reports what of a plan does not agree with itself: shares that another
// allocation than the rule's gives, strata out of order.
func (p *Plan) Check() error {
	if p.Schema != PlanSchema {
		return fmt.Errorf("its schema is %.60q", p.Schema)
	}
	if len(p.Strata) > maxStrata || p.Size < 1 || p.Size > MaxItems || p.Reserves < 0 || p.Reserves > MaxItems {
		return errors.New("it is bigger than a plan can be")
	}
	var size, reserves, population int64
	room := make([]int64, len(p.Strata))
	for i, s := range p.Strata {
		if s.Population < 1 || s.Population > maxPopulation || s.Size < 0 || s.Size > MaxItems || s.Reserves < 0 || s.Reserves > MaxItems {
			return fmt.Errorf("stratum %.40q has a count that cannot be", s.Name)
		}
		if i > 0 && cmp.Compare(p.Strata[i-1].Name, s.Name) >= 0 {
			return errors.New("its strata are not in order")
		}
		size, reserves, population, room[i] = size+s.Size, reserves+s.Reserves, population+s.Population, s.Population
	}
	if size != p.Size || reserves != p.Reserves || population != p.Population || size+reserves > population {
		return errors.New("the sums of its strata are not those that it states")
	}
	for i, n := range Allocate(p.Size, room) {
		if p.Strata[i].Size != n {
			return fmt.Errorf("stratum %.40q has %d of the sample, and the largest remainder gives it %d", p.Strata[i].Name, p.Strata[i].Size, n)
		}
	}
	for i, s := range p.Strata {
		room[i] -= s.Size
	}
	for i, n := range Allocate(p.Reserves, room) {
		if p.Strata[i].Reserves != n {
			return fmt.Errorf("stratum %.40q has %d in reserve, and the largest remainder gives it %d", p.Strata[i].Name, p.Strata[i].Reserves, n)
		}
	}
	return nil
}
