package integrity

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/maphash"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity/twosum"
	"github.com/tieout/tieout/evidence/logfile"
)

// worker checks chunks of one log, one after the other.
type worker struct {
	plan  *plan
	run   *run
	scan  *logfile.Scanner
	print *printer
	clock timeReader
	keyed map[string]hash.Hash // by name of the key

	twice  bool           // the record is made into its hash's input a second time: what was found on the way was said
	beside *twosum.Stream // the file's own sum, taken along; nil where another goroutine does it

	buf, own, msg []byte // what a hash is made of; a hash as text; what was signed
	stats         map[uint32]*shapeStat
	lastShape     *logfile.Shape
	lastStat      *shapeStat

	p      *piece
	line   []byte
	at     place             // of the record at hand, without its id
	ahead  map[string][]byte // by partition, the hash that the record in front of the chunk claims
	blind  bool              // that record could not be read
	tails  map[string]*edge
	tail   *edge  // of the chain that the record at hand belongs to
	key    string // of that chain
	spare  *edge
	pieces pieces
}

// run is what all workers of one check share.
type run struct {
	keys   *keyring
	now    evidence.Instant
	maxGap int64            // microseconds; 0 = no silence is reported
	wanted map[string][]int // numbers of the anchors, then of the heads seen earlier, by the head that each names
	seed   maphash.Seed
}

func (r *run) want(head []byte, anchor int) {
	if r.wanted == nil {
		r.wanted = map[string][]int{}
	}
	r.wanted[string(head)] = append(r.wanted[string(head)], anchor)
}

// shapeStat is what is known of all records with the same names.
type shapeStat struct {
	open  []string // fields that no hash covers
	count int64
}

func newWorker(p *plan, r *run, used pieces) *worker {
	s := logfile.NewScanner(p.pointers, p.tape)
	return &worker{plan: p, run: r, scan: s, print: newPrinter(p, s), keyed: map[string]hash.Hash{}, stats: map[uint32]*shapeStat{}, pieces: used}
}

// check looks at a chunk behind the front.
func (w *worker) check(c logfile.Chunk, before front) *piece {
	p := w.pieces.free()
	p.reset(c)
	w.p, w.tail, w.key = p, nil, ""
	if w.plan.partition != none {
		w.tails = map[string]*edge{}
	}
	if c.TooLong > 0 {
		p.records, p.lines, p.unread = 1, 1, 1
		p.add(event{code: Oversize, at: place{record: 1, line: 1, length: c.TooLong}, note: fmt.Sprintf("a record of %d bytes is longer than the %d that are read; what follows was checked", c.TooLong, logfile.MaxRecord)})
		return p
	}
	w.lookBack(before)
	if c.Spans != nil || w.plan.framing == logfile.JSONArray {
		for _, s := range c.Spans {
			w.take(c.Data[s.Start:s.End], int64(s.Start), false)
		}
	} else {
		w.lines(c)
	}
	w.finish()
	return p
}

func (w *worker) lines(c logfile.Chunk) {
	p := w.p
	for start := 0; start < len(c.Data); {
		line, end := c.Data[start:], len(c.Data)
		if n := bytes.IndexByte(line, '\n'); n >= 0 {
			line, end = line[:n], start+n+1
		} else {
			p.ragged = true
		}
		p.lines++
		if n := len(line); n > 0 && line[n-1] == '\r' {
			p.crlf++
			line = line[:n-1]
		}
		if len(bytes.TrimSpace(line)) == 0 {
			p.blank++
		} else {
			w.take(line, int64(start), p.ragged)
		}
		start = end
	}
}

// take checks one record.
func (w *worker) take(line []byte, offset int64, ragged bool) {
	p := w.p
	p.records++
	w.line, w.at = line, place{record: p.records, line: p.lines, offset: offset, length: int64(len(line))}
	if bad := w.scan.Read(line); bad != nil {
		w.unreadable(bad, ragged)
		return
	}
	if last := w.scan.Last(); last == w.lastShape {
		w.lastStat.count++
	} else {
		w.shape(last)
	}
	if w.plan.partition != none {
		w.key = w.partition(line)
		w.tail = w.tails[w.key]
	}
	now := w.spare
	if now == nil {
		now = &edge{}
	}
	now.clear(w.at)
	w.sequence(now)
	w.timed(now)
	w.chain(now)
	w.named()
	w.checkpoint(now)
	w.join(now)
	w.blind = false
}

// unreadable enters a record that could not be read.
func (w *worker) unreadable(bad *logfile.SyntaxError, ragged bool) {
	code := map[logfile.Class]Code{logfile.BadJSON: BadJSON, logfile.BadUTF8: BadUTF8, logfile.DupKey: DupKey, logfile.TooDeep: Oversize}[bad.Class]
	note := bad.What
	if ragged && bad.Class == logfile.BadJSON {
		code = PartialLastLine
		note = fmt.Sprintf("the last record ends early at byte %d of it: whether the writer stopped there or somebody cut it off cannot be told", bad.Offset)
	}
	w.p.add(event{code: code, at: w.at, note: note})
	w.p.selfs, w.p.prevs = append(w.p.selfs, 0), append(w.p.prevs, 0)
	if w.plan.partition != none {
		return // whose it was is not known
	}
	if w.tail != nil {
		w.tail.unread++
	} else {
		w.p.unread++
	}
}

func (w *worker) shape(last *logfile.Shape) {
	s := w.stats[last.ID]
	if s == nil || !last.Lasting {
		s = &shapeStat{open: w.plan.uncovered(last)}
		if last.Lasting {
			w.stats[last.ID] = s
		}
	}
	s.count++
	w.lastShape, w.lastStat = last, s
	if !last.Lasting {
		w.lastShape = nil
		w.p.uncovered(s.open, 1)
	}
}

func (w *worker) partition(line []byte) string {
	if w.plan.partition == none {
		return ""
	}
	text, _ := textOf(line, w.scan.Value(w.plan.partition))
	return text
}

// event returns a finding about the record at hand.
func (w *worker) event(code Code, now *edge) event {
	at := w.at
	if w.plan.id != none {
		if id, ok := textOf(w.line, w.scan.Value(w.plan.id)); ok {
			at.id = id
		}
	}
	return event{code: code, at: at, seq: now.seq, hasSeq: now.hasSeq}
}

func (w *worker) problem(now *edge, bad *problem) {
	e := w.event(bad.code, now)
	e.note = bad.note
	w.p.add(e)
}

// sequence reads the record's number.
func (w *worker) sequence(now *edge) {
	if w.plan.seq == none {
		return
	}
	v := w.scan.Value(w.plan.seq)
	if v.Kind == logfile.Number && v.Flags&logfile.Odd == 0 {
		for _, c := range w.line[v.Start:v.End] {
			if c == '-' {
				continue
			}
			now.seq = now.seq*10 + int64(c-'0')
		}
		if w.line[v.Start] == '-' {
			now.seq = -now.seq
		}
		now.hasSeq = true
		return
	}
	w.oddSequence(now, v)
}

// timed reads the record's time and compares it with the one before.
func (w *worker) timed(now *edge) {
	if w.plan.time == none {
		return
	}
	v := w.scan.Value(w.plan.time)
	t, ok := w.clock.read(w.line, v, w.plan.clock)
	if !ok {
		w.noTime(now, v)
		return
	}
	now.time, now.hasTime = t, true
	if w.run.now != 0 && t > w.run.now {
		e := w.event(FutureTime, now)
		e.actual, e.note = t.String(), "the record's time had not come when the log was checked"
		w.p.add(e)
	}
}

// finish keeps both ends of the chunk's runs.
func (w *worker) finish() {
	for _, s := range w.stats {
		if s.count > 0 && len(s.open) > 0 {
			w.p.uncovered(s.open, s.count)
		}
		s.count = 0
	}
	w.lastShape = nil
	if w.plan.partition != none {
		for key, s := range w.p.chains {
			s.last = w.tails[key]
		}
	} else if s := w.p.chains[""]; s != nil {
		s.last, w.tail = w.tail, nil
	}
}

// first8 returns the first bytes of a hash, enough to find it among others.
func first8(sum []byte) uint64 {
	if len(sum) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(sum)
}
