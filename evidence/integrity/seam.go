package integrity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// copies takes out files that are the same as one before them: they would stand
// in the chain twice.
func (j *joiner) copies() {
	seen := map[evidence.Digest]string{}
	j.files = slices.DeleteFunc(j.files, func(f *fileResult) bool {
		first, twice := seen[f.report.SHA256]
		if twice && f.report.Records > 0 {
			j.finding(Finding{Code: FileExtra, File: f.report.Path, Note: fmt.Sprintf("a copy of %q: it was left out", first)})
			return true
		}
		seen[f.report.SHA256] = f.report.Path
		return false
	})
}

// boundaries holds the last record of each file against the first of the next.
func (j *joiner) boundaries() {
	p := j.group.profile.plan
	if p.digest == nil {
		return
	}
	for i := 1; i < len(j.files); i++ {
		a, b := j.files[i-1], j.files[i]
		for key, y := range b.chains {
			x := j.before(i, key)
			if x == nil {
				continue
			}
			j.boundary(a, b, x, y.first)
		}
	}
}

// before returns the end of a chain in the files in front of the i-th.
func (j *joiner) before(i int, key string) *edge {
	for n := i - 1; n >= 0; n-- {
		if s := j.files[n].chains[key]; s != nil {
			return s.last
		}
	}
	return nil
}

func (j *joiner) boundary(a, b *fileResult, x, y *edge) {
	p := j.group.profile.plan
	if p.rotation != goesOn {
		if p.rotation == restart && p.prev != nil && !p.begins(y) {
			j.at(b, y, GenesisUnexpected, "the file does not begin a chain of its own, as this format does", "", string(y.prev))
		}
		return
	}
	unread := x.unread + b.leading
	if p.prev != nil && !p.follows(x, y) {
		switch {
		case p.starts(y):
			j.at(b, y, ChainReset, fmt.Sprintf("a new chain begins in this file, where the log should go on from %q: everything between could be dropped unseen; two logs are checked apart by naming them in two commands", a.report.Path), string(p.names(x)), string(y.prev))
			return
		case unread > 0:
		case x.hasSeq && y.hasSeq && y.seq > x.seq+p.seqStep:
			j.at(b, y, FileMissing, fmt.Sprintf("between %q and this file the records %d to %d are not there", a.report.Path, x.seq+p.seqStep, y.seq-p.seqStep), string(p.names(x)), string(y.prev))
			return
		default:
			j.at(b, y, LinkBreak, fmt.Sprintf("it does not go on from the last record of %q", a.report.Path), string(p.names(x)), string(y.prev))
		}
	}
	if !x.hasSeq || !y.hasSeq {
		return
	}
	switch d := y.seq - x.seq; {
	case d == p.seqStep*(1+unread):
	case d > p.seqStep*(1+unread):
		j.at(b, y, SeqGap, fmt.Sprintf("the records %d to %d are not there", x.seq+p.seqStep, y.seq-p.seqStep), "", "")
	default:
		j.at(b, y, SeqRepeat, "the number stands again, or runs backwards", fmt.Sprint(x.seq+p.seqStep), fmt.Sprint(y.seq))
	}
}

// at enters a finding about a file's first record.
func (j *joiner) at(f *fileResult, e *edge, code Code, note, expected, actual string) {
	out := event{code: code, at: e.at, seq: e.seq, hasSeq: e.hasSeq, note: note, expected: expected, actual: actual}
	f.note(out)
	if effects[code] == breaks {
		f.breaks = slices.Insert(f.breaks, 0, breakOf(out))
		f.bad++
	}
}

// first judges how the log begins.
func (j *joiner) first() {
	p := j.group.profile.plan
	if p.digest == nil {
		return
	}
	began := map[string]bool{}
	for i, f := range j.files {
		for _, key := range slices.Sorted(maps.Keys(f.chains)) {
			e := f.chains[key].first
			if began[key] || i > 0 && p.partition == none {
				continue
			}
			began[key] = true
			switch {
			case f.leading > 0:
			case p.prev != nil && !p.begins(e):
				if p.rotation != seam {
					j.at(f, e, GenesisUnexpected, "the log begins in the middle of its chain: what stood before is not there", "", string(e.prev))
				}
			case p.seqStart != nil && e.hasSeq && e.seq != *p.seqStart:
				j.at(f, e, SeqGap, fmt.Sprintf("the first record of the chain has number %d instead of %d", e.seq, *p.seqStart), fmt.Sprint(*p.seqStart), fmt.Sprint(e.seq))
			}
		}
	}
}

// seams finds silences between files.
func (j *joiner) seams() {
	p := j.group.profile.plan
	var last *moment
	for _, f := range j.files {
		if !f.first.have {
			continue
		}
		if last != nil {
			var out piece
			p.times(last, &f.first, j.run.maxGap, &out)
			j.log.SilenceCount += out.quiets
			j.log.Silences = append(j.log.Silences, out.quiet...)
			for _, e := range out.events {
				j.finding(Finding{Code: e.code, File: f.report.Path, Record: e.at.record, ByteOffset: e.at.offset, Expected: e.expected, Actual: e.actual, Note: e.note})
			}
		}
		last = &f.last
	}
}
