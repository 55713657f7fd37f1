package integrity

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// joiner makes one log of its files.
type joiner struct {
	v     *verifier
	group group
	run   *run
	ids   *idSet
	files []*fileResult

	log    *Log
	gaps   map[Code]bool // codes that would leave a gap, and do not in this log
	anchor judgement
}

// carried returns what the last record read so far claims to be, for a format
// in which the next file goes on from it.
func (j *joiner) carried() []byte {
	if len(j.files) == 0 || j.group.profile.plan.rotation != goesOn {
		return nil
	}
	if e := j.files[len(j.files)-1].edgeOf(); e != nil {
		return e.last.self
	}
	return nil
}

func (j *joiner) join() *Log {
	p := j.group.profile.plan
	l := &Log{Path: j.group.path, Profile: j.group.profile.ID, Counts: map[Code]int64{}, Findings: []Finding{}, NotShown: []string{}, Files: []FileReport{}, Segments: []evidence.Segment{}}
	if l.Profile != "" {
		sum := j.group.profile.SHA256
		l.ProfileSHA256 = &sum
	}
	j.log, j.gaps = l, map[Code]bool{}
	j.copies()
	files, moved := p.ordered(j.files)
	j.files = files
	if moved {
		j.finding(Finding{Code: FileReordered, File: l.Path, Note: "the links give another order than the names: " + orderWords(files)})
	}
	j.boundaries()
	j.first()
	j.addFiles()
	j.open()
	j.missingKeys()
	j.anchors()
	j.coverage()
	j.extent()
	j.judge()
	j.segments()
	j.words()
	slices.SortStableFunc(l.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(j.fileNo(a.File), j.fileNo(b.File)), cmp.Compare(a.Record, b.Record))
	})
	return l
}

func (j *joiner) fileNo(name string) int {
	for i, f := range j.files {
		if f.report.Path == name {
			return i
		}
	}
	return len(j.files)
}

func orderWords(files []*fileResult) string {
	s := ""
	for i, f := range files {
		if i == 8 {
			return s + ", …"
		}
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%q", f.report.Path)
	}
	return s
}

// finding enters a finding about the log as a whole or about the seam of two
// files.
func (j *joiner) finding(f Finding) {
	j.log.Counts[f.Code]++
	j.log.Findings = append(j.log.Findings, f)
}

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
		if p.rotation == restart && p.prev != nil && !p.starts(y) {
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
			case p.prev != nil && !p.starts(e):
				if p.rotation != seam {
					j.at(f, e, GenesisUnexpected, "the log begins in the middle of its chain: what stood before is not there", "", string(e.prev))
				}
			case p.seqStart != nil && e.hasSeq && e.seq != *p.seqStart:
				j.at(f, e, SeqGap, fmt.Sprintf("the first record of the chain has number %d instead of %d", e.seq, *p.seqStart), fmt.Sprint(*p.seqStart), fmt.Sprint(e.seq))
			}
		}
	}
}

// addFiles sums up what the files say.
func (j *joiner) addFiles() {
	l := j.log
	list := sha256.New()
	for _, f := range j.files {
		l.Records += f.report.Records
		l.Bytes += f.report.Bytes
		l.Files = append(l.Files, f.report)
		_, _ = fmt.Fprintf(list, "%s  %s\n", f.report.SHA256, f.report.Path)
		for code, n := range f.counts {
			l.Counts[code] += n
		}
		for _, x := range f.found {
			if len(l.Findings) < maxFindings || l.Counts[x.Code] == 1 {
				l.Findings = append(l.Findings, x)
			} else {
				l.FindingsCut = true
			}
		}
		l.FindingsCut = l.FindingsCut || f.cut
		l.SilenceCount += f.quiets
		l.Silences = append(l.Silences, f.quiet...)
		for _, h := range f.headers {
			if l.Name == "" {
				l.Name = h.log
			}
			if l.Writer == "" {
				l.Writer = h.writer
			}
			if h.log != "" && h.log != l.Name {
				l.Notes = append(l.Notes, fmt.Sprintf("%q says it belongs to the log %q, not to %q", f.report.Path, h.log, l.Name))
			}
		}
	}
	if l.SHA256 = evidence.Digest(list.Sum(nil)); len(l.Files) == 1 {
		l.SHA256 = l.Files[0].SHA256
	}
	j.ends()
}

// ends states the first and last number, time and hash of the log.
func (j *joiner) ends() {
	l, p := j.log, j.group.profile.plan
	for _, f := range j.files {
		for _, s := range f.chains {
			if s.first.hasSeq && (l.FirstSeq == nil || s.first.seq < *l.FirstSeq && p.partition != none) {
				n := s.first.seq
				l.FirstSeq = &n
			}
			if s.last.hasSeq && (p.partition == none || l.LastSeq == nil || s.last.seq > *l.LastSeq) {
				n := s.last.seq
				l.LastSeq = &n
			}
			if p.partition == none {
				l.Head = p.spell(s.last)
			}
		}
		if f.first.have {
			if l.FirstTime == nil {
				t := f.first.time
				l.FirstTime = &t
			}
			t := f.last.time
			l.LastTime = &t
		}
	}
	j.seams()
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

// spell returns a record's hash computed again, in lower-case hex, whatever the
// format's own spelling is.
func (p *plan) spell(e *edge) string {
	if e.sumN == 0 {
		return ""
	}
	return string((&claim{}).append(nil, e.hash()))
}

// respell returns a hash that stands in the log in lower-case hex; a text that
// is none, such as a first record's word, is returned as it stands.
func respell(c *claim, text []byte) string {
	if c != nil {
		if sum, ok := c.decode(text); ok && len(sum) > 0 {
			return string((&claim{}).append(nil, sum))
		}
	}
	return string(text)
}
