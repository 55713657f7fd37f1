package cloudtrail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
)

// lateness is how long an event may take to reach a log file before it is
// remarked on: CloudTrail delivers within minutes as a rule and promises no time.
const lateness = 15 * time.Minute

// folder is the log files of one account and region, which its trails share.
type folder struct {
	v     *verifier
	s     scope
	names []string // below the folder, sorted
	used  []uint8  // how many digests name each, up to 255
}

// job is one log file that a digest names.
type job struct {
	c    *chain
	d    *digest
	n    int // of the entry
	file int // of the folder's names

	got content
	err error
}

// check holds every log file that a digest names against its hash.
func (f *folder) check(ctx context.Context, chains []*chain) error {
	var jobs []job
	for _, c := range chains {
		for _, d := range c.digests {
			if d.doc == nil {
				continue
			}
			for n := range d.doc.logs {
				if at := f.find(c, d, n); at >= 0 {
					jobs = append(jobs, job{c: c, d: d, n: n, file: at})
				}
			}
		}
	}
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(jobs[a].file, jobs[b].file) })
	err := f.v.parallel(ctx, len(order), func(o *opener, i int) {
		j := &jobs[order[i]]
		j.got, j.err = o.read(f.path(j.file), maxLog, nil)
		f.v.progress(f.path(j.file), 1, j.got.bytes)
	})
	if err != nil {
		return err
	}
	for i := range jobs {
		f.result(&jobs[i])
	}
	return nil
}

func (f *folder) path(i int) string { return f.s.logs() + "/" + f.names[i] }

// entryFinding enters a finding about the log file that an entry names.
func (f *folder) entryFinding(c *chain, d *digest, n int, e effect, code integrity.Code, note string) *integrity.Finding {
	out := c.find(e, code, d, note)
	out.Record, out.RecordID = int64(n+1), d.doc.logs[n].object
	return out
}

// find looks for the file that an entry names, or enters why there is none.
// Nothing outside of the folder's own files is ever opened.
func (f *folder) find(c *chain, d *digest, n int) int {
	e := &d.doc.logs[n]
	f.times(c, d, n)
	if why := unsafeKey(e.object); why != "" {
		c.bad++
		f.entryFinding(c, d, n, breaks, integrity.PathUnsafe, "the name of a log file cannot be one: "+why)
		return -1
	}
	own, _, _ := splitObject(d.doc.object)
	prefix, rest, ok := splitObject(e.object)
	below, in := strings.CutPrefix(rest, f.s.area+"/"+logFolder+"/"+f.s.region+"/")
	if !ok || prefix != own || !in {
		c.bad++
		does := breaks
		if d.signed {
			does = leaves // AWS says so: the trail was given another place within the hour
		}
		f.entryFinding(c, d, n, does, integrity.PathUnsafe, "the log file lies outside of the digest's own account and region, and was not looked for")
		return -1
	}
	i := sort.SearchStrings(f.names, below)
	if i == len(f.names) || f.names[i] != below {
		c.bad++
		note := "the log file is not in the copy"
		if e.bucket != d.doc.bucket {
			note += fmt.Sprintf("; it was delivered to the bucket %q", e.bucket)
		}
		f.entryFinding(c, d, n, f.absence(c, d, e), integrity.FileMissing, note).Expected = e.sum.String()
		return -1
	}
	if f.used[i] < 255 {
		f.used[i]++
	}
	if f.used[i] > 1 {
		f.entryFinding(c, d, n, leaves, integrity.DupID, "another entry names the same log file")
	}
	return i
}

// absence returns what it does that a log file is not there: nothing, if AWS
// says that all its events lie outside of the period asked for. A copy of some
// days lacks what the first digest names of the day before.
func (f *folder) absence(c *chain, d *digest, e *entry) effect {
	from, to := d.doc.start, d.doc.end
	if e.timed {
		from, to = e.oldest, e.newest+1
	}
	if d.signed && !c.asked(from, to) {
		return mentions
	}
	return breaks
}

// times remarks on events whose times do not fit the digest's hour.
func (f *folder) times(c *chain, d *digest, n int) {
	e := &d.doc.logs[n]
	switch {
	case !e.timed || c.name.backfill:
	case e.newest > d.doc.end || e.oldest > e.newest:
		out := f.entryFinding(c, d, n, mentions, integrity.ClockJump, "its newest event is later than the end of the digest's hour, or older than its oldest")
		out.Expected, out.Actual = d.doc.end.String(), e.newest.String()
	case e.oldest < d.doc.start-evidence.Instant(lateness.Microseconds()):
		out := f.entryFinding(c, d, n, mentions, integrity.ClockBackstep, fmt.Sprintf("its oldest event is more than %s older than the digest's hour: it was delivered late", lateness))
		out.Expected, out.Actual = d.doc.start.String(), e.oldest.String()
	}
}

// result enters what became of one log file.
func (f *folder) result(j *job) {
	c, e := j.c, &j.d.doc.logs[j.n]
	c.bytes += j.got.bytes
	if j.err == nil && j.got.members == 0 {
		c.plain++
	}
	add := func(does effect, code integrity.Code, note string) {
		c.bad++
		out := f.entryFinding(c, j.d, j.n, does, code, note)
		out.Expected = e.sum.String()
		if !j.got.sum.IsZero() {
			out.Actual = j.got.sum.String()
		}
	}
	switch {
	case errors.Is(j.err, errTooLong):
		add(blocks, integrity.Oversize, j.err.Error())
	case errors.Is(j.err, errChanged):
		add(blocks, integrity.SourceChanged, j.err.Error())
	case errors.Is(j.err, errPacking):
		add(breaks, integrity.HashMismatch, "what CloudTrail delivered unpacks, this does not: "+j.err.Error())
	case j.err != nil:
		add(blocks, integrity.Unreadable, j.err.Error())
	case j.got.sum != e.sum && j.got.members > 1:
		add(breaks, integrity.HashMismatch, fmt.Sprintf("its content is not what CloudTrail delivered; it is packed in %d pieces, all of which a reader sees", j.got.members))
	case j.got.sum != e.sum:
		add(breaks, integrity.HashMismatch, "its content is not what CloudTrail delivered")
	default:
		c.checked++
		if j.got.members > 1 {
			f.entryFinding(c, j.d, j.n, mentions, integrity.Reserialised, fmt.Sprintf("it is packed in %d pieces; all of them together have the hash", j.got.members))
		}
	}
}

// extras finds log files that no digest names. Where no digest of the region is
// there at all they are a log of their own, which nothing protects.
func (f *folder) extras(chains []*chain) *integrity.Log {
	var hours []*digest // of digests that list what was delivered in time
	var first *chain
	trails := 0
	for _, c := range chains {
		if c.name.backfill {
			continue
		}
		trails++
		if first == nil {
			first = c
		}
		for _, d := range c.digests {
			if d.doc != nil {
				hours = append(hours, d)
			}
		}
	}
	if first == nil && len(chains) > 0 {
		first = chains[0]
	}
	if first == nil {
		return f.bare()
	}
	slices.SortFunc(hours, func(a, b *digest) int { return cmp.Compare(a.doc.start, b.doc.start) })
	for i, name := range f.names {
		if f.used[i] == 0 {
			f.extra(first, hours, name, trails)
		}
	}
	return nil
}

// extra says what a log file is that no digest names.
func (f *folder) extra(c *chain, hours []*digest, name string, trails int) {
	full := f.v.t.named(f.s.logs() + "/" + name)
	add := func(does effect, code integrity.Code, note string) {
		if trails > 1 {
			note += fmt.Sprintf(" (of none of the %d trails that write here)", trails)
		}
		c.find(does, code, nil, note).File = full
	}
	at, timed := logTime(name[strings.LastIndexByte(name, '/')+1:])
	if !timed {
		add(breaks, integrity.FileExtra, "no digest names this file, and its name is not that of a log file: it was put in")
		return
	}
	delay := evidence.Instant(lateness.Microseconds())
	if len(hours) == 0 {
		add(leaves, integrity.FileExtra, "no digest that can be read covers this log file")
		return
	}
	does := leaves
	if !c.asked(at-delay, at+delay) {
		does = mentions
	}
	i, _ := slices.BinarySearchFunc(hours, at+1, func(d *digest, t evidence.Instant) int { return cmp.Compare(d.doc.start, t) })
	end := hours[len(hours)-1].doc.end
	for _, d := range hours {
		end = max(end, d.doc.end)
	}
	switch {
	case at > end-delay:
		add(does, integrity.TailUnanchored, "this log file was delivered after the last digest in the copy, or shortly before its end: no digest names it yet")
	case i == 0:
		add(does, integrity.FileExtra, "this log file is older than the first digest in the copy: nothing vouches for it")
	case f.covered(hours[:i], at, delay):
		add(breaks, integrity.FileExtra, "no digest names this log file, and those of its hour are there: it was put in, or comes from a trail without validation")
	default:
		add(does, integrity.FileExtra, "no digest names this log file; the digest of its hour is not in the copy")
	}
}

// covered reports whether digests are there for the moment at which a file was
// delivered, and for as long behind it as the delivery may have taken.
func (f *folder) covered(before []*digest, at, delay evidence.Instant) bool {
	for i := len(before) - 1; i >= 0 && i >= len(before)-8; i-- {
		d := before[i]
		if at >= d.doc.end {
			continue
		}
		return at+delay < d.doc.end || d.next != nil && d.next.doc.start == d.doc.end
	}
	return false
}

// bare makes the log of a folder without any digest.
func (f *folder) bare() *integrity.Log {
	if len(f.names) == 0 {
		return nil
	}
	c := &chain{v: f.v, s: f.s, counts: map[integrity.Code]int64{}}
	l := c.newLog()
	l.Path, l.Name = f.v.t.named(f.s.logs()), f.s.account+"/"+f.s.region
	l.Records, l.Verdict = int64(len(f.names)), integrity.NotTamperEvident
	l.Axes = integrity.Axes{Integrity: "not_checkable", Continuity: "not_checkable", Authenticity: "unsigned", Anchoring: "none"}
	l.Counts[integrity.FileExtra] = int64(len(f.names))
	for i, name := range f.names {
		if i == maxFindings {
			l.FindingsCut = true
			break
		}
		l.Findings = append(l.Findings, integrity.Finding{Code: integrity.FileExtra, File: f.v.t.named(f.s.logs() + "/" + name), Note: "no digest of this account and region is in the copy"})
	}
	l.NotShown = append(l.NotShown,
		"Anything about these log files: no digest of their account and region is in the copy. Validation was never turned on for the trail, the folder "+digestFolder+" was not copied, or it was removed.")
	return l
}
