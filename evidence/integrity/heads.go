package integrity

import (
	"fmt"

	"github.com/tieout/tieout/evidence"
)

// EarlierHead is a head that an earlier check of the same log saw and that somebody
// kept. It is held against the log, and fixes nothing: a log that still has it
// is no better protected than it is by itself.
type EarlierHead struct {
	Name    string           // what the log called itself; "" where the format has no name
	Path    string           // of the log then, which names it where it has no name
	Records int64            // how many records of the chain it covers
	Head    string           // hash of the last of them, as a report prints it
	At      evidence.Instant // of that check

	head []byte
}

// parse reads the head.
func (s EarlierHead) parse() (EarlierHead, error) {
	a, err := ParseHead("", s.Records, s.Head, nil)
	s.head = a.head
	return s, err
}

// HeadCheck is what became of one such head.
type HeadCheck struct {
	Index   int  `json:"index"`             // in Options.Heads
	Holds   bool `json:"holds"`             // a record of the log has it
	Outside bool `json:"outside,omitempty"` // the log does not reach back that far any more, so nobody can tell
}

// isOf reports whether the head was seen in this log.
func (s *EarlierHead) isOf(l *Log) bool {
	if s.Name != "" || l.Name != "" {
		return s.Name == l.Name
	}
	return s.Path == l.Path
}

// heads holds the heads that earlier checks saw against the log.
func (j *joiner) heads() {
	met := map[int]bool{}
	for _, f := range j.files {
		for _, m := range f.met {
			met[m.anchor-len(j.known)] = true
		}
	}
	for i := range j.v.o.Heads {
		s := &j.v.o.Heads[i]
		if !s.isOf(j.log) {
			continue
		}
		c := HeadCheck{Index: i, Holds: met[i], Outside: !met[i] && j.beginsAfter(s.Records)}
		j.log.Heads = append(j.log.Heads, c)
		if !c.Holds && !c.Outside {
			j.finding(j.notThere(s))
		}
	}
}

// beginsAfter reports whether the log's first record stands behind that many
// records of the chain, or how many stand before it is not known.
func (j *joiner) beginsAfter(records int64) bool {
	if j.log.FirstSeq != nil {
		return *j.log.FirstSeq >= records
	}
	return j.log.Counts[GenesisUnexpected] > 0
}

func (j *joiner) notThere(s *EarlierHead) Finding {
	last := j.log.Records
	if j.log.LastSeq != nil {
		last = *j.log.LastSeq + 1
	}
	f := Finding{Code: HeadMismatch, File: j.log.Path, Expected: s.Head}
	f.Note = fmt.Sprintf("the check of %s saw a head over %d records that no record has now: the log was written again since", s.At, s.Records)
	if last < s.Records {
		f.Code = TailShorter
		f.Note = fmt.Sprintf("the check of %s saw %d records, the log has %d: its end was cut off since", s.At, s.Records, last)
	}
	return f
}
