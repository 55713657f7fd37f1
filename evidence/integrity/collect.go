package integrity

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// maxChains is how many chains of one log are followed at once.
const maxChains = 1 << 20

// fileResult is what was found out about one file.
type fileResult struct {
	report FileReport
	plan   *plan

	chains  map[string]*stretch
	first   moment // of the records with a time
	last    moment
	leading int64 // records in front of the first that could be read

	found   []Finding
	counts  map[Code]int64
	cut     bool
	breaks  []breakAt
	bad     int64 // records with a finding that breaks the log
	lastBad int64
	quiet   []Silence
	quiets  int64

	headers []header
	anchors []seenAnchor
	met     []metHead
	shapes  map[string]int64
	keys    map[int]*KeyUse
	unknown int64
	signed  int64
	maced   int64
	lacking map[string]bool

	ref    logfile.Ref
	stored int64                     // bytes as stored
	end    int64                     // where the last record ends
	sums   map[int64]evidence.Digest // of its first bytes, for seals
	fixed  int64                     // records from its start that another party fixed, where no hash joins the files

	lines, blank, crlf int64
	ragged, bom        bool
	grew               int64
}

// breakAt is where a stretch of good records ends.
type breakAt struct {
	record  int64
	content bool // the record itself is not good; else only its link is not
}

func breakOf(e event) breakAt {
	return breakAt{e.at.record, e.code != LinkBreak && e.code != Fork && e.code != ChainReset && e.code != FileMissing}
}

const maxBreaks = 10_000

// broke enters the end of a stretch. They come in the order of the file.
func (f *fileResult) broke(b breakAt) {
	if b.record != f.lastBad {
		f.bad++
		f.lastBad = b.record
	}
	if len(f.breaks) < maxBreaks {
		f.breaks = append(f.breaks, b)
	}
}

func newFileResult(name string, p *plan) *fileResult {
	return &fileResult{
		report: FileReport{Path: name}, plan: p, chains: map[string]*stretch{}, counts: map[Code]int64{}, shapes: map[string]int64{},
		keys: map[int]*KeyUse{}, lacking: map[string]bool{},
	}
}

// collector joins the pieces of one file in order.
type collector struct {
	*fileResult
	plan *plan
	run  *run
	ids  *idSet
	no   uint32           // of the file, in the order of reading
	scan *logfile.Scanner // for what only a joined file shows
	each func()

	selfs, prevs []uint64 // of the last records, for forks
}

// add takes the next piece. The chunk's bytes may be used again afterwards.
func (c *collector) add(p *piece) {
	records, lines, offset := c.report.Records, c.lines, p.chunk.Offset
	c.duplicates(p)
	c.edges(p)
	slices.SortStableFunc(p.events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at.record, b.at.record), cmp.Compare(a.code, b.code)) // whoever found it first
	})
	for i := range p.events {
		e := &p.events[i]
		if e.code == LinkBreak {
			c.fork(p, e)
		}
		e.at = e.at.add(records, lines, offset)
		c.note(*e)
	}
	slices.SortStableFunc(p.breaks, func(a, b breakAt) int {
		switch {
		case a.record != b.record:
			return cmp.Compare(a.record, b.record)
		case a.content == b.content:
			return 0
		case a.content:
			return -1
		}
		return 1
	})
	for _, b := range p.breaks {
		b.record += records
		c.broke(b)
	}
	for code, n := range p.counts {
		if more := n - listed(p.events, code); more > 0 {
			c.counts[code] += more
		}
	}
	for _, s := range p.quiet {
		if len(c.quiet) < maxSilences {
			c.quiet = append(c.quiet, s)
		}
	}
	c.quiets += p.quiets
	for _, h := range p.headers {
		h.record += records
		c.headers = append(c.headers, h)
	}
	for _, a := range p.anchors {
		a.at = a.at.add(records, lines, offset)
		c.anchors = append(c.anchors, a)
	}
	for _, m := range p.met {
		c.met = append(c.met, metHead{m.anchor, m.record + records})
	}
	c.sums(p)
	c.remember(p)
	c.report.Records += p.records
	c.lines += p.lines
	c.report.Bytes = offset + int64(len(p.chunk.Data))
	if n := len(p.chunk.Spans); n > 0 {
		c.end = offset + int64(p.chunk.Spans[n-1].End)
	} else if c.plan.framing == logfile.JSONL {
		c.end = c.report.Bytes
	}
	if c.each != nil {
		c.each()
	}
}

// listed returns how many events of a code a piece lists.
func listed(events []event, code Code) int64 {
	n := int64(0)
	for i := range events {
		if events[i].code == code {
			n++
		}
	}
	return n
}

func (c *collector) sums(p *piece) {
	for f, n := range p.shapes {
		c.shapes[f] += n
	}
	for k, u := range p.keys {
		if c.keys[k] == nil {
			c.keys[k] = &KeyUse{}
		}
		c.keys[k].Held += u.Held
		c.keys[k].Failed += u.Failed
	}
	for name := range p.lacking {
		c.lacking[name] = true
	}
	c.unknown += p.unknown
	c.signed += p.signed
	c.maced += p.maced
	c.blank += p.blank
	c.crlf += p.crlf
	c.ragged = p.ragged
}

// edges holds the first record of each of the piece's runs against the last one
// of the same chain before it.
func (c *collector) edges(p *piece) {
	at := func(code Code, e *edge) event {
		return event{code: code, at: e.at, seq: e.seq, hasSeq: e.hasSeq}
	}
	if p.unread > 0 {
		if s := c.chains[""]; s != nil {
			s.last.unread += p.unread
		} else {
			c.leading += p.unread
		}
	}
	move := func(e *edge) *edge {
		e = e.keep()
		e.at = e.at.add(c.report.Records, c.lines, p.chunk.Offset)
		return e
	}
	c.moments(p)
	for key, s := range p.chains {
		mine := c.chains[key]
		if mine == nil {
			if len(c.chains) >= maxChains {
				c.lacking["more than a million chains in one log"] = true
				continue
			}
			mine = &stretch{first: move(s.first)}
			c.chains[key] = mine
		} else {
			c.plan.compare(mine.last, s.first, at, p.add)
		}
		mine.last = move(s.last)
	}
}

// moments holds the piece's first time against the last one before it.
func (c *collector) moments(p *piece) {
	if !p.first.have {
		return
	}
	was := c.last
	if was.have {
		c.leaps(p)
		c.plan.times(&c.last, &p.first, c.run.maxGap, p)
	} else {
		c.first = p.first
		c.first.at = p.first.at.add(c.report.Records, c.lines, p.chunk.Offset)
	}
	c.last = p.last
	c.last.at = p.last.at.add(c.report.Records, c.lines, p.chunk.Offset)
	if was.have && p.first.at.record == p.last.at.record {
		c.last.was, c.last.hasWas = was.time, true
	}
}

// leaps looks again at a step back behind the piece's first record: what stood
// before that is known only here.
func (c *collector) leaps(p *piece) {
	for i := range p.events {
		if e := &p.events[i]; e.code == ClockBackstep && e.open {
			c.plan.leapt(e, c.last.time)
			if e.code == ClockJump {
				p.counts[ClockBackstep]--
				p.counts[ClockJump]++
			}
		}
	}
}

// note enters one event as a finding of the file.
func (f *fileResult) note(e event) {
	f.counts[e.code]++
	if len(f.found) >= maxFindings && f.counts[e.code] > 1 {
		f.cut = true
		return
	}
	out := Finding{
		Code: e.code, File: f.report.Path, Record: e.at.record, ByteOffset: e.at.offset, Length: e.at.length, RecordID: e.at.id,
		Expected: e.expected, Actual: e.actual, Note: e.note,
	}
	if f.plan.framing == logfile.JSONL {
		out.Line = e.at.line
	}
	if e.hasSeq {
		n := e.seq
		out.Seq = &n
	}
	f.found = append(f.found, out)
}

// unreadable enters that the rest of the file cannot be read.
func (c *collector) unreadable(err error) {
	e := event{code: Unreadable, at: place{record: c.report.Records + 1, line: c.lines + 1}, note: "the file cannot be read further: " + err.Error()}
	if cut := (*logfile.CutError)(nil); errors.As(err, &cut) {
		e.at.offset = cut.Offset
	}
	c.note(e)
}

// closed enters what happened to the file while it was read.
func (c *collector) closed(k logfile.Closed) {
	c.grew = k.Grew
	if k.Changed != "" {
		c.note(event{code: SourceChanged, note: k.Changed + " while it was read: check it again when nobody writes to it"})
	}
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
