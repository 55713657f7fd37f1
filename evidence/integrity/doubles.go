package integrity

import (
	"bytes"
	"slices"

	"github.com/tieout/tieout/evidence/logfile"
)

// window is how many records back a fork is looked for.
const window = 4096

// fork turns a link that does not fit into a fork, where what it names stands
// not far before and has a successor already.
func (c *collector) fork(p *piece, e *event) {
	if e.prev8 == 0 {
		return
	}
	i := int(e.at.record) - 1 // of the record in the piece
	selfs, prevs := p.selfs[:i], p.prevs[:i]
	named, taken := false, false
	for _, s := range [][]uint64{c.selfs, selfs} {
		named = named || slices.Contains(s[max(0, len(s)-window):], e.prev8)
	}
	for _, s := range [][]uint64{c.prevs, prevs} {
		taken = taken || slices.Contains(s[max(0, len(s)-window):], e.prev8)
	}
	switch {
	case named && taken:
		p.counts[LinkBreak]--
		p.counts[Fork]++
		e.code = Fork
		e.note = "the record that it names has another successor already: two writers wrote into one chain, or records were put in"
	case named:
		e.note = "it goes on from an earlier record than the one before it: two writers wrote into one file, or records were put in or moved"
	}
}

// remember keeps the last hashes for forks that span pieces.
func (c *collector) remember(p *piece) {
	keep := func(have, more []uint64) []uint64 {
		if len(more) >= window {
			return append(have[:0], more[len(more)-window:]...)
		}
		have = append(have, more...)
		if len(have) > 4*window {
			have = append(have[:0], have[len(have)-window:]...)
		}
		return have
	}
	c.selfs, c.prevs = keep(c.selfs, p.selfs), keep(c.prevs, p.prevs)
}

// duplicates enters records whose id stood in the log before.
func (c *collector) duplicates(p *piece) {
	c.ids.near(p.ids)
	for _, id := range p.ids {
		at := spilled{file: c.no, record: uint64(c.report.Records + int64(id.record)), line: uint64(c.lines + int64(id.line)), offset: uint64(p.chunk.Offset + int64(id.offset))}
		if !c.ids.add(id.hash, at) {
			continue
		}
		e := event{code: DupID, at: place{record: int64(id.record), line: int64(id.line), offset: int64(id.offset)}}
		if c.scan == nil {
			c.scan = logfile.NewScanner([]string{c.plan.pointers[c.plan.id]}, false)
		}
		line := p.record(id)
		e.at.length = int64(len(line))
		if c.scan.Read(line) == nil {
			e.at.id, _ = textOf(line, c.scan.Value(0))
		}
		e.note = "an earlier record has the same id"
		p.add(e)
	}
}

// spilledTwice enters records whose id stood in the log before, of those ids that
// were kept on disk.
func (j *joiner) spilledTwice() {
	if j.ids.disk == nil || j.ids.lost != nil {
		return
	}
	j.ids.lost = j.ids.disk.twice(func(x spilled) {
		f := j.files[x.file]
		f.note(event{code: DupID, at: place{record: int64(x.record), line: int64(x.line), offset: int64(x.offset)}, note: "an earlier record has the same id"})
	})
}

// record returns the bytes of the record that has the id.
func (p *piece) record(id idAt) []byte {
	for _, s := range p.chunk.Spans {
		if s.Start == id.offset {
			return p.chunk.Data[s.Start:s.End]
		}
	}
	line, _, _ := bytes.Cut(p.chunk.Data[id.offset:], []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}
