package integrity

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

func parseInt(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

// join holds the record at hand against the one before it in its chain, and
// takes that one's place.
func (w *worker) join(now *edge) {
	p := w.p
	self8, prev8 := uint64(0), uint64(0)
	if w.plan.digest != nil {
		self8, prev8 = w.plan.marks(now)
		w.meet(now)
	}
	p.selfs, p.prevs = append(p.selfs, self8), append(p.prevs, prev8)
	if now.hasTime {
		w.quiet(now)
	}
	t := w.tail
	if t == nil {
		first := now.keep()
		first.at = w.event("", now).at
		if p.chains == nil {
			p.chains = map[string]*stretch{}
		}
		p.chains[w.key] = &stretch{first: first}
		w.follow(now)
		return
	}
	if t.unread > 0 || now.hasSeq != t.hasSeq || now.seq-t.seq != w.plan.seqStep && now.hasSeq || w.plan.prev != nil && !w.plan.follows(t, now) {
		w.plan.compare(t, now, w.event, p.add)
	}
	w.follow(now)
}

// follow makes the record at hand the one that the next is held against.
func (w *worker) follow(now *edge) {
	if w.plan.partition == none {
		w.tail, w.spare = now, w.tail
		return
	}
	if w.tail == nil {
		w.tail = &edge{}
		w.tails[w.key] = w.tail
	}
	*w.tail = *now
	w.spare = now
}

// keep returns a copy of the edge that outlives the chunk's bytes.
func (e *edge) keep() *edge {
	out := *e
	out.prev, out.self = slices.Clone(e.prev), slices.Clone(e.self)
	return &out
}

// quiet compares the record's time with that of the record before it in the
// file.
func (w *worker) quiet(now *edge) {
	p, last := w.p, &w.p.last
	if !last.have {
		p.first = now.moment()
		p.first.at = w.event("", now).at
		p.last = p.first
		return
	}
	if d := int64(now.time - last.time); d < -w.plan.backstep || w.run.maxGap > 0 && d > w.run.maxGap {
		m := now.moment()
		m.at = w.event("", now).at
		w.plan.times(last, &m, w.run.maxGap, p)
	}
	last.was, last.hasWas = last.time, true
	last.time, last.at, last.seq, last.hasSeq = now.time, now.at, now.seq, now.hasSeq
}

// names returns what the record behind e must name as its predecessor.
func (p *plan) names(e *edge) []byte {
	switch {
	case e.self == nil && e.sumN == 0:
		return nil
	case e.self == nil:
		return p.prev.append(nil, e.hash())
	case p.self.encoding == p.prev.encoding && p.self.prefix == p.prev.prefix:
		return e.self
	}
	sum, ok := p.self.decode(e.self)
	if !ok {
		return e.self
	}
	return p.prev.append(nil, sum)
}

// follows reports whether b names a as its predecessor.
func (p *plan) follows(a, b *edge) bool {
	return b.kind == logfile.String && p.prev.equal(b.prev, p.names(a))
}

// starts reports whether the record names no predecessor in one of the ways in
// which a first record does.
func (p *plan) starts(e *edge) bool {
	for _, g := range p.genesis {
		switch {
		case g.kind == genesisNull && e.kind == logfile.Null, g.kind == genesisAbsent && e.kind == logfile.None, g.kind == genesisText && e.kind == logfile.String && string(e.prev) == g.text:
			return true
		}
	}
	return false
}

// takesAny reports whether a chain may begin with a name that stands outside of
// the log.
func (p *plan) takesAny() bool {
	return slices.ContainsFunc(p.genesis, func(g genesis) bool { return g.kind == genesisAny })
}

// begins reports whether the record may be the first of a chain. In the middle
// of one, starts decides: any name at all would begin a new chain there.
func (p *plan) begins(e *edge) bool {
	return p.starts(e) || p.takesAny() && e.kind == logfile.String
}

// marks returns the first bytes of the record's hash and of the one it names.
func (p *plan) marks(e *edge) (self, prev uint64) {
	switch {
	case e.self == nil:
		self = first8(e.hash())
	case p.self.encoding == hexLower && p.self.prefix == "":
		self = hex8(e.self)
	default:
		sum, _ := p.self.decode(e.self)
		self = first8(sum)
	}
	switch {
	case p.prev == nil || len(e.prev) == 0:
	case p.prev.encoding == hexLower && p.prev.prefix == "":
		prev = hex8(e.prev)
	default:
		sum, _ := p.prev.decode(e.prev)
		prev = first8(sum)
	}
	return self, prev
}

// hex8 returns the number that the first sixteen hex digits make. Other
// characters give a number that stands for nothing.
func hex8(b []byte) uint64 {
	if len(b) < 16 {
		return 0
	}
	var n uint64
	for _, c := range b[:16] {
		n = n<<4 | uint64(c&15+c>>6*9)
	}
	return n
}

// meet looks whether the record is one that an anchor given from outside names.
func (w *worker) meet(now *edge) {
	if len(w.run.wanted) == 0 || now.sumN == 0 {
		return
	}
	for _, i := range w.run.wanted[string(now.hash())] {
		w.p.met = append(w.p.met, metHead{i, w.at.record})
	}
}

// compare says what does not fit between two records of a chain that stand one
// behind the other.
func (p *plan) compare(a, b *edge, at func(Code, *edge) event, add func(event)) {
	reset := false
	if p.prev != nil {
		switch {
		case p.follows(a, b), p.names(a) == nil: // or what it must follow is not known
		case p.starts(b):
			reset = true
			e := at(ChainReset, b)
			e.note = "a new chain begins here, where the log should go on: everything before it could be dropped unseen"
			add(e)
		case a.unread == 0:
			e := at(LinkBreak, b)
			e.expected, e.actual = string(p.names(a)), string(b.prev)
			_, e.prev8 = p.marks(b)
			e.note = "it does not name the record before it as its predecessor"
			add(e)
		}
	}
	if !a.hasSeq || !b.hasSeq || reset {
		return
	}
	switch d := b.seq - a.seq; {
	case d == p.seqStep*(1+a.unread):
	case d > 0 && d > p.seqStep*(1+a.unread):
		e := at(SeqGap, b)
		from, to := a.seq+p.seqStep*(1+a.unread), b.seq-p.seqStep
		e.expected, e.actual = strconv.FormatInt(from, 10), strconv.FormatInt(b.seq, 10)
		e.note = fmt.Sprintf("%d numbers are left out, %d to %d", (to-from)/p.seqStep+1, from, to)
		add(e)
	default:
		e := at(SeqRepeat, b)
		e.expected, e.actual = strconv.FormatInt(a.seq+p.seqStep, 10), strconv.FormatInt(b.seq, 10)
		e.note = "the number stands again, or runs backwards"
		add(e)
	}
}

// leapt turns a step back into a leap ahead of the record before it, where that
// record stood ahead of its own predecessor and this one does not fall behind
// it.
func (p *plan) leapt(e *event, was evidence.Instant) {
	if int64(e.leap-was) <= p.backstep || int64(e.back-was) < -p.backstep {
		return
	}
	e.code = ClockJump
	e.expected, e.actual = was.String(), e.leap.String()
	e.note = "the time of the record before it leapt ahead, and came back with this one"
}

// times says what does not fit between the times of two records that stand one
// behind the other.
func (p *plan) times(a, b *moment, maxGap int64, out *piece) {
	d := int64(b.time - a.time)
	switch {
	case d < -p.backstep:
		e := b.event(ClockBackstep)
		e.expected, e.actual = "not before "+a.time.String(), b.time.String()
		e.note = "it is older than the record before it"
		e.leap, e.back, e.open = a.time, b.time, !a.hasWas
		if a.hasWas {
			p.leapt(&e, a.was)
		}
		out.add(e)
	case maxGap > 0 && d > maxGap:
		out.quiets++
		if len(out.quiet) < maxSilences {
			out.quiet = append(out.quiet, Silence{From: a.time, To: b.time, Place: "inside"})
		}
	}
}
