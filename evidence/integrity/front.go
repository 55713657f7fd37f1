package integrity

import (
	"bytes"

	"github.com/tieout/tieout/evidence/logfile"
)

// front is what stands in front of a chunk, for formats in which a record's
// hash is made with its predecessor's and that stands only there.
type front struct {
	record  []byte // the last one in front of the chunk, in this file
	lost    bool   // there is one, and it is too long to be read
	carried []byte // in front of the file's first record, the hash that the file before ended with
}

// looksBack reports whether the format needs to know what stands in front.
func (p *plan) looksBack() bool { return p.digest != nil && p.digest.usesPrev && p.prev == nil }

// behind returns the front of the chunk behind c.
func (f front) behind(c logfile.Chunk, p *plan) front {
	if !p.looksBack() {
		return front{}
	}
	last := lastOf(c)
	switch {
	case c.TooLong > 0:
		return front{lost: true}
	case last == nil:
		return f
	}
	return front{record: append([]byte(nil), last...)}
}

// lookBack reads what stands in front of the chunk.
func (w *worker) lookBack(f front) {
	w.ahead, w.blind = nil, f.lost
	switch {
	case f.record != nil && w.scan.Read(f.record) != nil:
		w.blind = true
	case f.record != nil:
		w.ahead = map[string][]byte{w.partition(f.record): w.claimed(f.record)}
	case f.carried != nil:
		w.ahead = map[string][]byte{"": f.carried}
	}
}

// lastOf returns the last record of a chunk, or nil.
func lastOf(c logfile.Chunk) []byte {
	if n := len(c.Spans); n > 0 {
		return c.Data[c.Spans[n-1].Start:c.Spans[n-1].End]
	}
	data := bytes.TrimRight(c.Data, " \t\r\n")
	if i := bytes.LastIndexByte(data, '\n'); i >= 0 {
		data = data[i+1:]
	}
	if len(data) == 0 {
		return nil
	}
	return data
}
