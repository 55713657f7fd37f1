package integrity

import (
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/evidence/logfile"
)

// piece is what a worker found out about one chunk. Records, lines and offsets
// count from the chunk's start; who joins pieces adds what came before.
type piece struct {
	chunk   logfile.Chunk
	records int64
	lines   int64
	blank   int64 // lines with nothing on them
	crlf    int64 // lines that end in CR LF
	ragged  bool  // the last line has no end
	unread  int64 // records at the start that could not be read, before the first that could

	chains   map[string]*stretch // by partition; without partitions, under ""
	first    moment              // of the records with a time, in the order of the file
	last     moment
	selfs    []uint64 // first bytes of each record's hash, for forks
	prevs    []uint64
	events   []event
	breaks   []breakAt
	counts   map[Code]int64
	quiet    []Silence
	quiets   int64
	ids      []idAt
	headers  []header
	anchors  []seenAnchor
	met      []metHead
	shapes   map[string]int64 // records by field that no hash covers
	keys     map[int]*KeyUse  // by number of the key
	unknown  int64            // signatures by keys that nobody pinned
	signed   int64            // records with a signature that holds
	maced    int64            // records with a keyed hash that holds
	bordered bool             // a text of the record at hand holds its separator
	lacking  map[string]bool  // names of keys without which something could not be checked
}

// stretch is both ends of a run of records.
type stretch struct{ first, last *edge }

// edge is a record at the end of a run, with what its neighbour must fit.
type edge struct {
	at    place
	prev  []byte // the claim as it stands
	kind  logfile.Kind
	self  []byte // what it says its own hash is; nil where it does not say
	sum   [64]byte
	again bool // the hash holds for the record printed again only
	sumN  int  // bytes of the hash computed again; 0 where it could not be

	seq     int64
	hasSeq  bool
	time    evidence.Instant
	hasTime bool
	unread  int64 // records behind it that could not be read
}

// moment is when a record says it was, and where it stands.
type moment struct {
	at     place
	seq    int64
	hasSeq bool
	time   evidence.Instant
	have   bool
	was    evidence.Instant // time of the record before it in the file
	hasWas bool
}

func (e *edge) moment() moment {
	return moment{at: e.at, seq: e.seq, hasSeq: e.hasSeq, time: e.time, have: true}
}

func (m *moment) event(code Code) event {
	return event{code: code, at: m.at, seq: m.seq, hasSeq: m.hasSeq}
}

// reset makes the piece ready for another chunk; it keeps the memory of what
// every record adds to.
func (p *piece) reset(c logfile.Chunk) {
	*p = piece{chunk: c, selfs: p.selfs[:0], prevs: p.prevs[:0], ids: p.ids[:0]}
}

// hash returns the hash computed again, or nil.
func (e *edge) hash() []byte {
	if e.sumN == 0 {
		return nil
	}
	return e.sum[:e.sumN]
}

// place is where a record stands.
type place struct {
	record, line, offset, length int64
	id                           string
}

func (p place) add(records, lines, offset int64) place {
	p.record, p.line, p.offset = p.record+records, p.line+lines, p.offset+offset
	return p
}

// event is a finding that does not yet know its file.
type event struct {
	code             Code
	at               place
	seq              int64
	hasSeq           bool
	expected, actual string
	note             string
	prev8            uint64 // of a link that does not fit: what it names

	leap, back evidence.Instant // of a step back in time: from, to
	open       bool             // what stood before the leap is known to whoever joins
}

type idAt struct {
	hash   uint64
	record uint32
	line   uint32
	offset uint32
}

// header is a record that names its log and writer.
type header struct {
	record      int64
	log, writer string
}

// seenAnchor is a checkpoint record.
type seenAnchor struct {
	at     place
	seq    int64
	note   ledger.Checkpoint
	key    int              // number of the key that signed
	signed evidence.Instant // as the signer states it
	timed  bool

	time    evidence.Instant // of the record
	hasTime bool
}

// metHead is an anchor given from outside whose head was met.
type metHead struct {
	anchor int
	record int64
}

func (p *piece) add(e event) {
	if p.counts == nil {
		p.counts = map[Code]int64{}
	}
	p.counts[e.code]++
	if effects[e.code] == breaks {
		p.breaks = append(p.breaks, breakOf(e))
	}
	if p.counts[e.code] <= maxFindings {
		p.events = append(p.events, e)
	}
}
