package cloudtrail

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

// chain is the digests of one trail in one account and region, or those of its
// late files.
type chain struct {
	v       *verifier
	s       scope
	name    digestName // without a time
	digests []*digest  // by their ends
	whole   []found    // about the chain, not about one digest
	counts  map[integrity.Code]int64

	checked  int64 // log files that are what the digests say
	bad      int64 // log files that are not, or are not there
	plain    int64 // log files that are stored unpacked
	missing  int64 // digests that are known to be gone
	bytes    int64 // unpacked, of log files
	late     bool  // the copy has digests of late files of the same trail, account and region
	headless bool  // the newest digest's signature is not in the copy
	log      *integrity.Log
	verdicts effect // the worst
}

// id names the chain, in the order in which logs are listed.
func (c *chain) id() string {
	s := c.s.account + "/" + c.s.region + "/" + c.name.trail
	if c.name.home != c.s.region {
		s += " of " + c.name.home
	}
	if c.name.backfill {
		s += ", late files"
	}
	return s
}

func (c *chain) find(e effect, code integrity.Code, d *digest, note string) *integrity.Finding {
	f := found{e, integrity.Finding{Code: code, Note: note}}
	if d != nil {
		d.found = append(d.found, f)
		return &d.found[len(d.found)-1].Finding
	}
	f.File = c.v.t.named(c.s.digests())
	c.whole = append(c.whole, f)
	return &c.whole[len(c.whole)-1].Finding
}

// asked reports whether a stretch of time touches the period asked for.
func (c *chain) asked(from, to evidence.Instant) bool {
	p := c.v.o.Period
	return p == nil || from < p.To && to > p.From
}

// gap returns what a gap in that time does.
func (c *chain) gap(from, to evidence.Instant) effect {
	if c.asked(from, to) {
		return leaves
	}
	return mentions
}

type place struct{ bucket, object string }

// links compares each digest with the one that it names as the one before it.
// What a digest says is worth what its own signature is worth, which is looked
// at apart.
func (c *chain) links() {
	at := map[place]*digest{}
	for _, d := range c.digests {
		if d.doc != nil {
			at[place{d.doc.bucket, d.doc.object}] = d
		}
	}
	byPath := map[string]*digest{}
	for _, d := range c.digests {
		byPath[d.path[len(c.s.base):]] = d
	}
	var before *digest
	for _, d := range c.digests {
		if d.doc == nil {
			before = d
			continue
		}
		c.link(d, before, at, byPath)
		before = d
	}
	last := len(c.digests) - 1
	for i, d := range c.digests {
		if i == last || d.next != nil {
			continue
		}
		if n := c.digests[i+1]; n.doc != nil && n.doc.prev != nil && n.linked {
			c.find(breaks, integrity.LinkBreak, d, "the digests before and behind it are linked with each other and not with it: it was put in")
		}
	}
}

func (c *chain) link(d, before *digest, at map[place]*digest, byPath map[string]*digest) {
	prev := d.doc.prev
	if prev == nil {
		if before != nil {
			c.reset(d, before)
		}
		return
	}
	p := at[place{prev.bucket, prev.object}]
	if p == nil { // it may lie there and be damaged, or say that it is another
		if _, rest, ok := splitObject(prev.object); ok {
			p = byPath[rest]
		}
	}
	switch {
	case p == d:
		c.find(breaks, integrity.LinkBreak, d, "it names itself as the digest before it").Expected = prev.object
		return
	case p == nil && before == nil:
		c.find(c.gap(0, d.doc.start), integrity.GenesisUnexpected, d, "the copy begins in the middle of the chain: the digest before this one is not in it").Expected = prev.object
		return
	case p == nil:
		c.gone(d, before)
		return
	case p.next != nil:
		c.find(breaks, integrity.Fork, d, "another digest names the same one before it: "+p.next.path).Expected = prev.object
		return
	}
	p.next, d.linked = d, true
	switch {
	case p.stored > 0 && !p.sum.IsZero() && p.sum != prev.sum:
		f := c.find(breaks, integrity.HashMismatch, p, "its content is not what the digest behind it says")
		f.Expected, f.Actual = prev.sum.String(), p.sum.String()
	case p.doc != nil && p.doc.bucket != prev.bucket:
		f := c.find(breaks, integrity.LinkBreak, d, "it names a digest in another bucket than that one gives for itself")
		f.Expected, f.Actual = prev.bucket, p.doc.bucket
	}
	if p.doc == nil || c.name.backfill {
		return
	}
	switch from, to := p.doc.end, d.doc.start; {
	case from < to:
		c.find(c.gap(from, to), integrity.TimeGap, d, fmt.Sprintf("%s lie between the digest before it and this one, and no digest was written for them", span(from, to))).Actual = from.String()
	case from > to:
		c.find(mentions, integrity.ClockBackstep, d, "it begins before the digest in front of it ends").Actual = to.String()
	}
}

// reset enters that a chain begins anew, which it does when validation or the
// trail was turned off and on again.
func (c *chain) reset(d, before *digest) {
	from, to := before.name.end, d.doc.start
	c.find(c.gap(from, max(from+1, to)), integrity.ChainReset, d, "the chain begins anew: validation, or the trail, was turned off and on again; CloudTrail's own events say by whom")
	if from < to && !c.name.backfill {
		c.find(c.gap(from, to), integrity.TimeGap, d, fmt.Sprintf("%s lie between the digest before it and this one, and no digest was written for them", span(from, to))).Actual = from.String()
	}
}

// maxNamed is how many missing digests in a row are named one by one.
const maxNamed = 48

// gone enters digests that were there when this one was written and are not in
// the copy. The last of them is named by the signed text; what lay before it
// follows from the hourly rhythm.
func (c *chain) gone(d, before *digest) {
	prev := d.doc.prev
	from, to := before.name.end, d.doc.start
	n, note := int64(1), "the digest before this one is not in the copy"
	if !c.name.backfill {
		n = max(1, int64(to-from)/time.Hour.Microseconds())
		note += fmt.Sprintf(": %s have none", span(from, to))
	}
	if n > 1 {
		note += fmt.Sprintf(", about %d digests are missing in a row", n)
	}
	c.missing += n
	does := breaks
	if !c.name.backfill && !c.asked(from, to) {
		does = mentions
	}
	c.find(does, integrity.FileMissing, d, note).Expected = prev.object
	names := c.expected(prev.object, from, n)
	for _, name := range names {
		c.find(does, integrity.FileMissing, d, "one more is missing before that one; its name follows from the hourly rhythm").Expected = name
	}
	c.counts[integrity.FileMissing] += n - 1 - int64(len(names))
}

// expected returns the names that digests of each hour in the gap would have,
// the latest first, but for the last of them, whose name is known.
func (c *chain) expected(object string, from evidence.Instant, n int64) []string {
	folder, base := path.Split(object)
	const day = "2006/01/02/"
	stem, ok := strings.CutSuffix(base, ".json.gz")
	if !ok || len(stem) < len(keyTime) || len(folder) < len(day) {
		return nil
	}
	folder, stem = folder[:len(folder)-len(day)], stem[:len(stem)-len(keyTime)]
	var out []string
	for i := n - 1; i >= 1 && len(out) < maxNamed; i-- {
		at := from.Time().Add(time.Duration(i) * time.Hour)
		out = append(out, folder+at.Format(day)+stem+at.Format(keyTime)+".json.gz")
	}
	return out
}

// span says how long a stretch of time is, and which.
func span(from, to evidence.Instant) string {
	d := time.Duration(to-from) * time.Microsecond
	return fmt.Sprintf("%s from %s to %s", d, from.Time().Format(digestTime), to.Time().Format(digestTime))
}

// signatures checks every digest's signature: the one that the digest behind it
// holds, and the one in its side file.
func (c *chain) signatures() {
	for _, d := range c.digests {
		if d.doc == nil {
			continue
		}
		d.key = c.v.o.Keys[d.doc.fingerprint]
		var by *link
		if d.next != nil {
			by = d.next.doc.prev
		}
		if by == nil && d.meta == nil {
			continue // said where the chain is judged
		}
		if d.key == nil {
			d.unkeyed = true
			continue
		}
		c.keyTime(d)
		text := d.doc.signed(d.sum)
		if d.meta != nil && by != nil && !bytes.Equal(d.meta.signature, by.signature) {
			c.find(breaks, integrity.LinkBreak, d, "its side file holds another signature than the digest behind it")
		}
		ok := true
		if d.meta != nil {
			ok = d.key.holds(text, d.meta.signature)
		}
		if by != nil {
			ok = ok && d.key.holds(text, by.signature)
		}
		if ok {
			d.signed = true
			continue
		}
		d.refuted = true
		note := "AWS did not sign this content under this name: it was changed, or its signature was"
		if by != nil {
			note = "AWS did not sign this content under this name: it was changed, or the signature in the digest behind it was"
		}
		c.find(breaks, integrity.SigBad, d, note)
	}
	c.unkeyed()
}

// unkeyed enters each key that was not given once, with how many digests need
// it.
func (c *chain) unkeyed() {
	first, count := map[string]*digest{}, map[string]int64{}
	for _, d := range c.digests {
		if !d.unkeyed {
			continue
		}
		if first[d.doc.fingerprint] == nil {
			first[d.doc.fingerprint] = d
		}
		count[d.doc.fingerprint]++
	}
	for _, d := range c.digests {
		if !d.unkeyed || first[d.doc.fingerprint] != d {
			continue
		}
		n := count[d.doc.fingerprint]
		c.find(blocks, integrity.KeyMissing, d, fmt.Sprintf("the key that signed %s, this one first, was not given", plural(n, "digest", "digests"))).Expected = d.doc.fingerprint
		c.counts[integrity.KeyMissing] += n - 1
		d.unkeyed = false // the finding stands for it
	}
}

// keyTime compares the time at which a digest was signed with that of its key.
func (c *chain) keyTime(d *digest) {
	at := d.doc.end
	if c.name.backfill {
		if d.meta == nil || !d.meta.hasMade {
			return // late files are signed when they are found, and nothing here says when
		}
		at = d.meta.made
	}
	if !d.key.valid(at, c.name.backfill) {
		f := c.find(breaks, integrity.KeyExpired, d, "the key that signed it was not in use then")
		f.Expected, f.Actual = d.key.From.String()+" to "+d.key.To.String(), at.String()
	}
}
