package integrity

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// effect returns what the findings of a code do to this log's verdict.
func (j *joiner) effect(c Code) effect {
	if j.gaps[c] && effects[c] == leaves {
		return mentions
	}
	if j.hashesOnly && (c == UnprotectedField && !j.group.profile.plan.wholly || c == SeparatorInside || c == NonInjectiveNumber) {
		return leaves // it could have been changed since it was sealed
	}
	if c == UnprotectedField && j.group.profile.plan.wholly {
		return breaks
	}
	if j.group.profile.plan.digest == nil && effects[c] == breaks && c != TailShorter && c != HeadMismatch && c != FileMissing {
		return blocks // without any protection, a record that cannot be read is no proof of a change
	}
	return effects[c]
}

// worst returns the worst effect of the log's findings.
func (j *joiner) worst() effect {
	out := mentions
	for c, n := range j.log.Counts {
		if n > 0 {
			out = max(out, j.effect(c))
		}
	}
	return out
}

// judge fills the axes and the verdict.
func (j *joiner) judge() {
	l, p := j.log, j.group.profile.plan
	j.keysUsed()
	a := &l.Axes
	a.Integrity, a.Continuity = j.integrity(), j.continuity()
	a.Authenticity = j.authenticity()
	tail := j.anchoring()
	if tail > 0 {
		l.Counts[TailUnanchored] = tail
		j.tails(tail)
	}
	worst := j.worst()
	switch {
	case l.Counts[SourceChanged] > 0:
		l.Verdict = Indeterminate // what was read is no single state of the file
	case worst == breaks:
		l.Verdict = Broken
	case worst == blocks || l.Records == 0:
		l.Verdict = Indeterminate
	case p.digest == nil:
		l.Verdict = NotTamperEvident
	case j.anchor.other == 0 && !j.signedByOther():
		l.Verdict = SelfConsistent
	case worst == leaves:
		l.Verdict = VerifiedWithGaps
	default:
		l.Verdict = Verified
	}
	l.edgeGap = l.Counts[TimeGap] > 0 && !j.gaps[TimeGap]
	j.firstBad()
}

func (j *joiner) integrity() string {
	l := j.log
	switch {
	case l.Counts[SourceChanged] > 0 || j.group.profile.plan.digest == nil || l.Records == 0:
		return "not_checkable"
	case j.any(breaks):
		return "broken"
	case j.any(blocks):
		return "not_checkable"
	}
	return "intact"
}

// tails lists what nothing from outside fixes: the end of the log or, where no
// hash joins the files, the end of each, or the whole of one.
func (j *joiner) tails(tail int64) {
	l := j.log
	add := func(file string, n int64, note string) {
		if len(l.Findings) >= maxFindings {
			l.FindingsCut = true
			return
		}
		l.Findings = append(l.Findings, Finding{Code: TailUnanchored, File: file, Actual: fmt.Sprint(n), Note: note})
	}
	if !j.perFile() || len(j.files) == 1 {
		add(l.Path, tail, fmt.Sprintf("nothing outside the writer's control fixes the last %s", plural(tail, "record", "records")))
		return
	}
	for _, f := range j.files {
		switch n := f.report.Records - f.fixed; {
		case n == 0:
		case f.fixed == 0:
			add(f.report.Path, n, fmt.Sprintf("nothing outside the writer's control fixes any of its %s", plural(n, "record", "records")))
		default:
			add(f.report.Path, n, fmt.Sprintf("nothing outside the writer's control fixes its last %s", plural(n, "record", "records")))
		}
	}
}

// any reports whether a code with that effect was found.
func (j *joiner) any(e effect) bool {
	for c, n := range j.log.Counts {
		if n > 0 && j.effect(c) == e {
			return true
		}
	}
	return false
}

func (j *joiner) continuity() string {
	p := j.group.profile.plan
	if p.digest == nil && p.seq == none || j.log.Records == 0 {
		return "not_checkable"
	}
	out := "intact"
	for c, n := range j.log.Counts {
		if n == 0 || !continuity[c] {
			continue
		}
		switch j.effect(c) {
		case breaks:
			return "broken"
		case leaves:
			out = "gaps"
		default:
		}
	}
	return out
}

func (j *joiner) authenticity() string {
	l, p := j.log, j.group.profile.plan
	unknown, signed, maced := int64(0), int64(0), int64(0)
	for _, f := range j.files {
		unknown, signed, maced = unknown+f.unknown, signed+f.signed, maced+f.maced
	}
	through := j.anchor.signed
	switch {
	case l.Counts[SigBad] > 0:
		return "broken"
	case signed > 0 && (p.sig.every > 1 && !p.sig.maybe || signed == l.Records), through > 0 && through == l.Records:
		return "signed"
	case signed > 0 || through > 0:
		return "signed_in_part"
	case maced > 0 && maced == l.Records, p.digest != nil && p.digest.hash.keyed && l.Counts[KeyMissing] == 0 && l.Records > 0:
		return "mac"
	case unknown > 0:
		return "unknown_key"
	}
	return "unsigned"
}

// signedByOther reports whether every record is signed by a party other than
// the writer, as the format says.
func (j *joiner) signedByOther() bool {
	s := j.group.profile.plan.sig
	if s == nil {
		return false
	}
	signed := int64(0)
	for _, f := range j.files {
		signed += f.signed
		for k := range f.keys {
			if role := j.run.keys.keys[k].Role; role == RoleWriter || role == "" && s.by == RoleWriter {
				return false
			}
		}
	}
	return signed == j.log.Records && signed > 0
}

// anchoring fills the axis and returns how many records nothing from outside
// fixes, of those that something should.
func (j *joiner) anchoring() int64 {
	l := j.log
	if j.group.profile.plan.digest == nil && j.anchor.other == 0 {
		l.Axes.Anchoring = "none"
		return 0
	}
	if j.signedByOther() {
		l.Axes.Anchoring = "anchored"
		return 0
	}
	if j.anchor.other == 0 {
		l.Axes.Anchoring = "self_attested"
		return 0
	}
	tail := l.Records - j.anchor.other
	if p := j.v.o.Period; p != nil && tail > 0 && j.anchor.hasEnd && j.anchor.timed >= p.To {
		tail = 0 // what follows lies after the period
	}
	l.Axes.Anchoring = "anchored"
	if tail > 0 {
		l.Axes.Anchoring = "anchored_in_part"
	}
	return tail
}

func (j *joiner) keysUsed() {
	sum := map[int]*KeyUse{}
	for _, f := range j.files {
		for k, u := range f.keys {
			if sum[k] == nil {
				use := j.run.keys.keys[k].use()
				sum[k] = &use
			}
			sum[k].Held += u.Held
			sum[k].Failed += u.Failed
		}
	}
	for _, k := range slices.Sorted(maps.Keys(sum)) {
		for _, a := range j.anchor.held {
			if a.By == sum[k].Name {
				sum[k].Role = a.Role
			}
		}
		j.log.Keys = append(j.log.Keys, *sum[k])
	}
}

// firstBad finds the first place at which the log does not hold.
func (j *joiner) firstBad() {
	l := j.log
	best := -1
	for i, f := range l.Findings {
		if f.Record == 0 || j.effect(f.Code) < blocks {
			continue
		}
		if best < 0 || j.fileNo(f.File) < j.fileNo(l.Findings[best].File) || f.File == l.Findings[best].File && f.Record < l.Findings[best].Record {
			best = i
		}
	}
	if best >= 0 {
		f := l.Findings[best]
		l.FirstBad = &Position{File: f.File, Record: f.Record, ByteOffset: f.ByteOffset}
	}
}

// segments lists the files as pieces of the log.
func (j *joiner) segments() {
	p := j.group.profile.plan
	through := int64(0)
	previous := ""
	for i, f := range j.files {
		through += f.report.Records
		s := evidence.Segment{
			Log: j.log.Path, No: i + 1, File: f.report.Path, Bytes: f.report.Bytes, SHA256: f.report.SHA256, Records: f.report.Records,
			Unnumbered: true, Untimed: true, PreviousHead: previous, Writer: j.writerOf(f),
		}
		for c, n := range f.counts {
			if j.effect(c) > mentions {
				s.Findings += n
			}
		}
		if p.digest != nil {
			s.Digest = p.digest.hash.name
		}
		if e := f.edgeOf(); e != nil {
			j.segmentEnds(&s, e, i)
			previous = s.Recomputed
		}
		if f.first.have {
			s.Untimed, s.FirstTime, s.LastTime = false, f.first.time, f.last.time
		}
		if a := j.fixes(f, through); a != nil && p.digest != nil {
			s.AnchoredAt, s.AnchorKind, s.AnchoredBy = a.At, a.Kind, a.By
		}
		j.log.Segments = append(j.log.Segments, s)
	}
}

func (j *joiner) segmentEnds(s *evidence.Segment, e *stretch, i int) {
	p := j.group.profile.plan
	if e.first.hasSeq && e.last.hasSeq {
		s.Unnumbered, s.FirstSeq, s.LastSeq = false, e.first.seq, e.last.seq
	}
	if p.digest == nil {
		return
	}
	s.PrevHash = respell(p.prev, e.first.prev)
	s.Recomputed = p.spell(e.last)
	switch {
	case p.self != nil:
		s.HeadHash = respell(p.self, e.last.self)
	case i+1 < len(j.files):
		if next := j.files[i+1].edgeOf(); next != nil { // the next file says what this one's head is
			s.HeadHash = respell(p.prev, next.first.prev)
		}
	}
}
