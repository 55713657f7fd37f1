package integrity

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// ReadAnchor reads a checkpoint that was kept outside of the log, such as the
// one that whoever signs them handed over: a signed note over origin, number of
// records and head. It must hold under one of the keys. origin is the first
// line that it must have; "" takes any.
func ReadAnchor(text []byte, origin string, keys []Key) (Anchor, error) {
	c, err := ledger.ClaimedCheckpoint(text)
	if err != nil {
		return Anchor{}, err
	}
	if origin != "" && c.Origin != origin {
		return Anchor{}, fmt.Errorf("read checkpoint: it belongs to %q, not to %q", c.Origin, origin)
	}
	ring := newKeyring(keys)
	n, err := ledger.OpenNote(text, ring.notes)
	if err != nil {
		return Anchor{}, fmt.Errorf("check signature of checkpoint: %w", err)
	}
	a := KnownHead("checkpoint", c.Head.Size, c.Head.Root[:])
	a.By, a.origin = n.Sigs[0].Name, c.Origin
	a.Role = ""
	if k := ring.noteKey(n.Sigs[0].Name, n.Sigs[0].Hash); k != none {
		a.Role = keys[k].Role
	}
	if t, ok := signedAt(c); ok {
		a.At = &t
	}
	return a, nil
}

// KnownHead returns an anchor for a head that was seen before, such as by an
// earlier check: kind says where it comes from. The hash is the one of the last
// of that many records of the chain.
func KnownHead(kind string, records int64, head []byte) Anchor {
	return Anchor{Kind: kind, Role: RoleOther, Records: records, Head: string((&claim{}).append(nil, head)), head: slices.Clone(head)}
}

// ErrHead is the error of a head that is no hash.
var ErrHead = errors.New("a head is the lower-case hex of a hash")

// ParseHead is KnownHead for a head as a report prints it.
func ParseHead(kind string, records int64, head string, at *evidence.Instant) (Anchor, error) {
	sum, ok := (&claim{}).decode([]byte(head))
	if !ok || len(sum) < 16 {
		return Anchor{}, ErrHead
	}
	a := KnownHead(kind, records, sum)
	a.At = at
	return a, nil
}

// judgement is what anchors mean for the log.
type judgement struct {
	other  int64 // records up to the last one that another party fixed
	own    int64 // the same for the writer's own signature
	signed int64 // the same for whoever signed it with a key
	timed  evidence.Instant
	hasEnd bool // time of the record up to which another party fixed the log
	held   []placed
}

// placed is an anchor with the place of its last record in the whole log.
type placed struct {
	Anchor
	through int64
	file    *fileResult
	record  int64 // of it, from 1
	time    evidence.Instant
	timed   bool
}

// anchors finds out what fixes the log, and up to where.
func (j *joiner) anchors() {
	base := int64(0)
	j.adopt()
	met := map[int]bool{}
	for _, f := range j.files {
		writer := j.writerOf(f)
		for _, a := range f.anchors {
			j.place(f, base, a, writer)
		}
		for _, m := range f.met {
			if m.anchor >= len(j.known) {
				continue // see heads
			}
			if a := &j.known[m.anchor]; a.sealed != nil || a.Kind == kindSeal && j.isForeign(a.seal) {
				continue // see sealedChains
			}
			met[m.anchor] = true
			j.external(f, base+m.record, m.record, j.known[m.anchor])
		}
		base += f.report.Records
	}
	j.sealedChains(met)
	for i, a := range j.known {
		switch {
		case met[i], a.Kind == kindSeal && j.isForeign(a.seal):
		case a.Kind == kindSeal:
			j.unmetSeal(a)
		default:
			j.unmet(a)
		}
	}
	j.seals()
	slices.SortStableFunc(j.anchor.held, func(a, b placed) int { return int(a.through - b.through) })
	if j.perFile() {
		j.reach()
	} else {
		j.through()
	}
	j.log.AnchorCount = int64(len(j.anchor.held))
	j.log.Anchors = j.shown()
}

// perFile reports whether an anchor fixes nothing but the beginning of the file
// that it stands in, since no hash joins the files.
func (j *joiner) perFile() bool {
	p := j.group.profile.plan
	return p.digest == nil || p.partition != none || p.rotation != goesOn || !p.coversLink() || j.log.Counts[KeyMissing] > 0
}

// reach sums up how far each file is fixed.
func (j *joiner) reach() {
	signed, own := map[*fileResult]int64{}, map[*fileResult]int64{}
	for _, p := range j.anchor.held {
		if p.By != "" {
			signed[p.file] = max(signed[p.file], p.record)
		}
		if p.Role == RoleWriter {
			own[p.file] = max(own[p.file], p.record)
		} else {
			p.file.fixed = max(p.file.fixed, p.record)
		}
	}
	for _, f := range j.files {
		j.anchor.other += f.fixed
		j.anchor.own += own[f]
		j.anchor.signed += signed[f]
	}
}

// through finds how far the chain is fixed.
func (j *joiner) through() {
	for _, p := range j.anchor.held {
		if p.By != "" {
			j.anchor.signed = max(j.anchor.signed, p.through)
		}
		if p.Role == RoleWriter {
			j.anchor.own = max(j.anchor.own, p.through)
			continue
		}
		if p.through > j.anchor.other {
			j.anchor.other, j.anchor.timed, j.anchor.hasEnd = p.through, p.time, p.timed
		}
	}
}

// writerOf returns the name that a file, or the log, gives its writer.
func (j *joiner) writerOf(f *fileResult) string {
	for _, h := range f.headers {
		if h.writer != "" {
			return h.writer
		}
	}
	return j.log.Writer
}

// roleOf says whose a key is by its name. The writer's own keys have its name,
// alone or with what they sign behind a slash. Where the log does not name its
// writer, nothing shows that a key is another's.
func roleOf(key, writer string) Role {
	if writer == "" || key == writer || strings.HasPrefix(key, writer+"/") {
		return RoleWriter
	}
	return RoleOther
}

func (j *joiner) place(f *fileResult, base int64, a seenAnchor, writer string) {
	k := j.run.keys.keys[a.key]
	role := k.Role
	if role == "" {
		role = roleOf(k.Name, writer)
	}
	want := j.group.profile.plan.check.origin + j.log.Name
	if a.note.Origin != want {
		seq := a.seq
		j.finding(Finding{
			Code: HeadMismatch, File: f.report.Path, Record: a.at.record, Line: a.at.line, ByteOffset: a.at.offset, Length: a.at.length, Seq: &seq,
			Expected: want, Actual: a.note.Origin, Note: "the checkpoint was signed for another log",
		})
		return
	}
	out := placed{Anchor: Anchor{Kind: "checkpoint", By: k.Name, Role: role, Records: a.note.Head.Size, Head: respellSum(a.note.Head.Root[:]), File: f.report.Path, Record: a.at.record}, through: base + a.at.record, file: f, record: a.at.record}
	if a.timed {
		t := a.signed
		out.At = &t
	}
	out.time, out.timed = a.time, a.hasTime
	j.anchor.held = append(j.anchor.held, out)
}

func respellSum(sum []byte) string { return string((&claim{}).append(nil, sum)) }

func (j *joiner) external(f *fileResult, through, record int64, a Anchor) {
	out := placed{Anchor: a, through: through, file: f, record: record}
	out.File, out.Record = f.report.Path, record
	if out.Role == "" {
		out.Role = RoleOther // whoever handed it over says so, unless the log names that key's holder as its writer
		if j.log.Writer != "" {
			out.Role = roleOf(a.By, j.log.Writer)
		}
	}
	if through == j.log.Records && j.log.LastTime != nil {
		out.time, out.timed = *j.log.LastTime, true
	}
	j.anchor.held = append(j.anchor.held, out)
}

// unmet enters that an anchor names a record which is not there.
func (j *joiner) unmet(a Anchor) {
	last := j.log.Records
	if j.log.LastSeq != nil {
		last = *j.log.LastSeq + 1
	}
	if k := j.group.profile.plan.check; k != nil && a.origin != "" && a.origin != k.origin+j.log.Name {
		j.finding(Finding{Code: AnchorNotReached, File: j.log.Path, Expected: k.origin + j.log.Name, Actual: a.origin, Note: "the checkpoint belongs to another log"})
		return
	}
	if j.cannotTell() || j.log.Counts[KeyMissing] > 0 {
		j.finding(Finding{Code: AnchorNotReached, File: j.log.Path, Expected: a.Head, Note: fmt.Sprintf("whether the record that the %s names is there cannot be told: a part of the log could not be checked", a.Kind)})
		return
	}
	f := Finding{Code: HeadMismatch, File: j.log.Path, Expected: a.Head, Note: fmt.Sprintf("the %s over %d records names a head that no record has: the log was written again", a.Kind, a.Records)}
	if last < a.Records {
		f.Code = TailShorter
		f.Note = fmt.Sprintf("the %s covers %d records, the log has %d: its end was cut off", a.Kind, a.Records, last)
	}
	j.finding(f)
}

// shown lists the first anchor, the last, and the one that fixes each file's
// end.
func (j *joiner) shown() []Anchor {
	var out []Anchor
	ends := map[int64]bool{}
	through := int64(0)
	for _, f := range j.files {
		through += f.report.Records
		if p := j.fixes(f, through); p != nil {
			ends[p.through] = true
		}
	}
	for i, p := range j.anchor.held {
		if i == 0 || i == len(j.anchor.held)-1 || ends[p.through] && p.Role == RoleOther {
			out = append(out, p.Anchor)
		}
	}
	return out
}

// fixes returns the first anchor by another party that covers the log up to
// the end of a file, behind which that many records stand.
func (j *joiner) fixes(f *fileResult, through int64) *placed {
	perFile := j.perFile()
	for i := range j.anchor.held {
		p := &j.anchor.held[i]
		covers := p.through >= through
		if perFile {
			covers = p.file == f && p.record >= f.report.Records
		}
		if covers && p.Role == RoleOther {
			return p
		}
	}
	return nil
}
