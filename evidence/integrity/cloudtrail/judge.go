package cloudtrail

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

// maxFindings is how many findings of one chain are listed; all are counted.
const maxFindings = 1000

func (c *chain) newLog() *integrity.Log {
	return &integrity.Log{
		Profile: Profile, Counts: map[integrity.Code]int64{}, Findings: []integrity.Finding{}, NotShown: []string{}, Files: []integrity.FileReport{}, Segments: []evidence.Segment{},
	}
}

// judge makes the log of a chain whose digests and log files were checked.
func (c *chain) judge() *integrity.Log {
	c.log = c.newLog()
	l := c.log
	l.Path, l.Name = c.v.t.named(c.s.digests())+" trail "+c.name.trail, c.id()
	l.Writer = writer(c.s)
	if c.name.backfill {
		l.Path += " (late files)"
	}
	c.tails()
	c.period()
	c.collect()
	c.files()
	c.keys()
	c.axes()
	c.segments()
	c.extent()
	c.words()
	return l
}

// tails enters digests whose signature is not in the copy: the newest, and
// those whose successor is missing or names none.
func (c *chain) tails() {
	for i, d := range c.digests {
		if d.doc == nil || d.signed || d.refuted || d.next != nil && d.next.doc.prev != nil || d.meta != nil {
			continue
		}
		note := "its signature is not in this copy"
		if i == len(c.digests)-1 {
			c.headless = true
			note = "the newest digest is unsigned in this copy"
			if i > 0 && c.digests[i-1].doc != nil {
				note += "; what is covered ends at " + c.digests[i-1].doc.end.Time().Format(digestTime)
			}
		} else {
			note += ": the digest behind it, which holds it, is missing or begins a new chain"
		}
		c.find(c.gap(d.doc.start, d.doc.end), integrity.TailUnanchored, d, note+fmt.Sprintf(" (%d log files)", len(d.doc.logs)))
	}
}

// hours returns the stretches of time that signed digests cover, joined.
func (c *chain) hours() []evidence.Window {
	var out []evidence.Window
	for _, d := range c.digests {
		if !d.signed || !d.sound() {
			continue
		}
		if n := len(out); n > 0 && d.doc.start <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, d.doc.end)
			continue
		}
		out = append(out, evidence.Window{From: d.doc.start, To: d.doc.end})
	}
	return out
}

// period finds out how much of the period asked for signed digests cover, and
// what lies between them.
func (c *chain) period() {
	l := c.log
	for _, d := range c.digests {
		if d.doc == nil {
			continue
		}
		from, to := d.doc.start, d.doc.end
		if l.FirstTime == nil || from < *l.FirstTime {
			l.FirstTime = &from
		}
		if l.LastTime == nil || to > *l.LastTime {
			l.LastTime = &to
		}
	}
	if c.name.backfill {
		return // late files come when they come
	}
	w := c.v.o.Period
	if w == nil {
		if l.FirstTime == nil {
			return
		}
		w = &evidence.Window{From: *l.FirstTime, To: *l.LastTime}
	}
	l.Axes.Coverage = &integrity.Coverage{From: w.From, To: w.To}
	if w.To <= w.From {
		return
	}
	at, silent := w.From, int64(0)
	quiet := func(to evidence.Instant, place string) {
		if to = min(to, w.To); to > at {
			l.Silences = append(l.Silences, integrity.Silence{From: at, To: to, Place: place})
			silent += int64(to - at)
		}
	}
	hours := c.hours()
	for i, h := range hours {
		if h.To <= w.From || h.From >= w.To {
			continue
		}
		place := "inside"
		if i == 0 || hours[i-1].To <= w.From {
			place = "start"
		}
		quiet(h.From, place)
		at = max(at, min(h.To, w.To))
	}
	if at == w.From {
		quiet(w.To, "inside")
	} else {
		quiet(w.To, "end")
	}
	l.SilenceCount = int64(len(l.Silences))
	l.Axes.Coverage.Covered = 1 - float64(silent)/float64(w.To-w.From)
	if c.v.o.Period == nil {
		return
	}
	for _, s := range l.Silences {
		switch s.Place {
		case "start":
			c.find(leaves, integrity.TimeGap, nil, "no signed digest in the copy covers the beginning of the period: "+span(s.From, s.To))
		case "end":
			c.find(leaves, integrity.TimeGap, nil, "no signed digest in the copy covers the end of the period: "+span(s.From, s.To))
		default:
			c.find(leaves, integrity.TimeGap, nil, "no signed digest in the copy covers a part of the period: "+span(s.From, s.To))
		}
	}
}

// collect lists the findings in the order of the digests, and counts them.
func (c *chain) collect() {
	l := c.log
	add := func(f found) {
		c.verdicts = max(c.verdicts, f.effect)
		c.counts[f.Code]++
		if len(l.Findings) >= maxFindings && c.counts[f.Code] > 1 {
			l.FindingsCut = true
			return
		}
		l.Findings = append(l.Findings, f.Finding)
		if f.effect >= blocks && l.FirstBad == nil && f.Record > 0 {
			l.FirstBad = &integrity.Position{File: f.File, Record: f.Record, ByteOffset: f.ByteOffset}
		}
	}
	slices.SortStableFunc(c.whole, func(a, b found) int { return cmp.Compare(a.File, b.File) })
	for _, f := range c.whole {
		add(f)
	}
	for _, d := range c.digests {
		slices.SortStableFunc(d.found, func(a, b found) int { return cmp.Compare(a.Record, b.Record) })
		for _, f := range d.found {
			f.File = c.v.t.named(d.path)
			add(f)
		}
	}
	for code, n := range c.counts {
		if n > 0 {
			l.Counts[code] = n
		}
	}
}

// files lists the digests: they hold the hashes of all log files.
func (c *chain) files() {
	l := c.log
	list := sha256.New()
	for _, d := range c.digests {
		r := integrity.FileReport{Path: c.v.t.named(d.path), Bytes: d.bytes, SHA256: d.sum}
		if d.members > 0 {
			r.Packing, r.StoredBytes = "gzip", d.stored
		}
		if d.doc != nil {
			r.Records = int64(len(d.doc.logs))
		}
		l.Records += r.Records
		l.Bytes += r.Bytes
		l.Files = append(l.Files, r)
		_, _ = fmt.Fprintf(list, "%s  %s\n", r.SHA256, r.Path)
	}
	l.Bytes += c.bytes
	if l.SHA256 = evidence.Digest(list.Sum(nil)); len(l.Files) == 1 {
		l.SHA256 = l.Files[0].SHA256
	}
	if last := c.digests[len(c.digests)-1]; !last.sum.IsZero() {
		l.Head = last.sum.String()
	}
}

func (c *chain) keys() {
	uses := map[string]*integrity.KeyUse{}
	var order []string
	through := int64(0)
	var anchors []integrity.Anchor
	for _, d := range c.digests {
		if d.doc == nil {
			continue
		}
		through += int64(len(d.doc.logs))
		if d.key == nil || !d.signed && !d.refuted {
			continue
		}
		u := uses[d.key.Fingerprint]
		if u == nil {
			u = &integrity.KeyUse{Name: signer(d.key), Kind: "rsa", Fingerprint: d.key.Fingerprint, Role: integrity.RoleOther}
			uses[d.key.Fingerprint] = u
			order = append(order, d.key.Fingerprint)
		}
		if d.refuted {
			u.Failed++
			continue
		}
		u.Held++
		at := c.fixed(d)
		anchors = append(anchors, integrity.Anchor{Kind: anchorKind, By: u.Name, Role: integrity.RoleOther, At: &at, Records: through, Head: d.sum.String(), File: c.v.t.named(d.path)})
	}
	for _, f := range order {
		c.log.Keys = append(c.log.Keys, *uses[f])
	}
	c.log.AnchorCount = int64(len(anchors))
	if n := len(anchors); n > 1 {
		anchors = []integrity.Anchor{anchors[0], anchors[n-1]}
	}
	c.log.Anchors = anchors
}

// writer names whoever could change the copy and does not have AWS's key.
func writer(s scope) string { return "account " + s.account }

const anchorKind = "digest_signature"

func signer(k *Key) string { return "AWS CloudTrail " + k.Fingerprint }

// fixed returns a moment at which the digest's signature was there: the end of
// the hour of the digest that holds it, or that of its own.
func (c *chain) fixed(d *digest) evidence.Instant {
	if d.next != nil && d.next.signed {
		return d.next.doc.end
	}
	return d.doc.end
}

// axes fills the five axes and the verdict.
func (c *chain) axes() {
	l := c.log
	signed, asked, touched := 0, 0, 0 // digests; of those asked for
	for _, d := range c.digests {
		in := c.asked(d.name.end-3600e6, d.name.end)
		if d.signed {
			signed++
		}
		if in {
			touched++
			if d.signed {
				asked++
			}
		}
	}
	a := &l.Axes
	a.Integrity, a.Continuity = "intact", "intact"
	switch c.verdicts {
	case breaks:
		a.Integrity = "broken"
	case blocks:
		a.Integrity = "not_checkable"
	default:
	}
	for _, fs := range c.everything() {
		for _, f := range fs {
			switch f.Code {
			case integrity.FileMissing, integrity.FileExtra, integrity.LinkBreak, integrity.Fork, integrity.ChainReset, integrity.GenesisUnexpected, integrity.TimeGap, integrity.DupID, integrity.PathUnsafe:
				if f.effect == breaks {
					a.Continuity = "broken"
				} else if f.effect == leaves && a.Continuity == "intact" {
					a.Continuity = "gaps"
				}
			default:
			}
		}
	}
	switch {
	case c.counts[integrity.SigBad] > 0:
		a.Authenticity = "broken"
	case touched > 0 && asked == touched:
		a.Authenticity = "signed"
	case signed > 0:
		a.Authenticity = "signed_in_part"
	case c.counts[integrity.KeyMissing] > 0:
		a.Authenticity = "unknown_key"
	default:
		a.Authenticity = "unsigned"
	}
	switch {
	case signed == 0:
		a.Anchoring = "self_attested"
	case a.Authenticity == "signed":
		a.Anchoring = "anchored"
	default:
		a.Anchoring = "anchored_in_part"
	}
	switch {
	case c.counts[integrity.SourceChanged] > 0:
		l.Verdict = integrity.Indeterminate
	case c.verdicts == breaks:
		l.Verdict = integrity.Broken
	case c.verdicts == blocks:
		l.Verdict = integrity.Indeterminate
	case signed == 0:
		l.Verdict = integrity.SelfConsistent
	case c.verdicts == leaves:
		l.Verdict = integrity.VerifiedWithGaps
	default:
		l.Verdict = integrity.Verified
	}
}

func (c *chain) everything() [][]found {
	out := [][]found{c.whole}
	for _, d := range c.digests {
		out = append(out, d.found)
	}
	return out
}

// segments shows each digest, with the log files that it vouches for, as a
// piece of the log.
func (c *chain) segments() {
	previous := ""
	for i, d := range c.digests {
		s := evidence.Segment{
			Log: c.log.Path, No: i + 1, File: c.v.t.named(d.path), Bytes: d.bytes, SHA256: d.sum, Unnumbered: true, Untimed: true,
			PreviousHead: previous, Digest: "sha256", Writer: writer(c.s),
		}
		for _, f := range d.found {
			if f.effect > mentions {
				s.Findings++
			}
		}
		if d.unkeyed {
			s.Findings++
		}
		if !d.sum.IsZero() {
			s.Recomputed, s.HeadHash = d.sum.String(), d.sum.String()
		}
		if d.next != nil && d.next.doc.prev != nil {
			s.HeadHash = d.next.doc.prev.sum.String()
		}
		if doc := d.doc; doc != nil {
			s.Records, s.Untimed, s.FirstTime, s.LastTime = int64(len(doc.logs)), false, doc.start, doc.end
			if doc.prev != nil {
				s.PrevHash = doc.prev.sum.String()
			}
		}
		if d.signed {
			at := c.fixed(d)
			s.AnchoredAt, s.AnchorKind, s.AnchoredBy = &at, anchorKind, signer(d.key)
		}
		previous = s.Recomputed
		c.log.Segments = append(c.log.Segments, s)
	}
}

// extent says how far damage reaches.
func (c *chain) extent() {
	if c.verdicts < breaks {
		return
	}
	broken, refuted := 0, 0
	for _, d := range c.digests {
		for _, f := range d.found {
			if f.effect == breaks && f.Record == 0 {
				broken++
				break
			}
		}
		if d.refuted {
			refuted++
		}
	}
	words := []string{fmt.Sprintf("Of %s, %d are what CloudTrail delivered.", plural(c.log.Records, "log file that digests name", "log files that digests name"), c.checked)}
	if c.missing > 0 {
		words = append(words, fmt.Sprintf("About %s known to be missing.", plural(c.missing, "digest is", "digests are")))
	}
	if broken > 0 {
		words = append(words, fmt.Sprintf("%s not fit what stands around them (%d by their signature); the signatures of the others hold by themselves.", plural(int64(broken), "digest does", "digests do"), refuted))
	}
	c.log.Extent = &integrity.Extent{BadRecords: c.bad, Islands: []integrity.Island{}, Words: strings.Join(words, " ")}
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
