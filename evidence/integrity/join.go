package integrity

import (
	"cmp"
	"crypto/sha256"
	"fmt"
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

	sealed  []Seal      // of earlier times
	foreign map[int]int // of those, the ones of a lost log of another name, which may be this one; their numbers in Options.Seals
	firsts  []int       // seals of which the first record of a file is looked for
	known   []Anchor    // what is known from outside: given ones, and heads of seals

	hashesOnly bool // the bytes that a seal covers are not there as they were, though every hash is

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
	j.spilledTwice() // while the files stand in the order in which they were read
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
	j.heads()
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
