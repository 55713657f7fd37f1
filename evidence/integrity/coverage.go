package integrity

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
)

// edgeLimit is how long before its first and after its last record a log may be
// silent at the ends of the period where nobody states a limit.
const edgeLimit = 24 * time.Hour

// coverage finds out how much of the period asked for the log covers.
func (j *joiner) coverage() {
	l := j.log
	if l.FirstTime == nil {
		if j.v.o.Period != nil && l.Records > 0 {
			j.finding(Finding{Code: TimeGap, File: l.Path, Note: "the records have no times that can be read: whether they cover the period cannot be told"})
		}
		return
	}
	w := evidence.Window{From: *l.FirstTime, To: *l.LastTime}
	var ends []Silence
	short := false // of the period
	if j.v.o.Period != nil {
		w = *j.v.o.Period
		ends, short = j.periodEnds(w)
	}
	l.Axes.Coverage = &Coverage{From: w.From, To: w.To, Covered: 1}
	if w.To <= w.From {
		return
	}
	l.Silences = slices.Concat(j.within(w), ends)
	slices.SortStableFunc(l.Silences, func(a, b Silence) int { return int(a.From - b.From) })
	silent := int64(0)
	for _, s := range l.Silences {
		silent += max(0, int64(min(s.To, w.To)-max(s.From, w.From)))
	}
	l.Axes.Coverage.Covered = 1 - float64(silent)/float64(w.To-w.From)
	if n := l.SilenceCount; n > 0 {
		// A silence inside a whole chain leaves nothing out, unless the format
		// promises a record at least that often.
		j.gaps[TimeGap] = j.group.profile.plan.maxGap == 0 && !short
		l.Counts[TimeGap] += n
		l.Findings = append(l.Findings, Finding{Code: TimeGap, File: l.Path, Note: fmt.Sprintf("%s longer than %s: see the list of silences", plural(n, "silence", "silences"), time.Duration(j.run.maxGap)*time.Microsecond)})
	}
	l.SilenceCount += int64(len(ends))
}

// within returns the silences between records that touch the period, with
// their place in it.
func (j *joiner) within(w evidence.Window) []Silence {
	l := j.log
	out := make([]Silence, 0, len(l.Silences))
	for _, s := range l.Silences {
		if j.v.o.Period != nil {
			switch {
			case s.To <= w.From || s.From >= w.To:
				l.SilenceCount--
				continue
			case s.From <= w.From:
				s.Place = "start"
			case s.To >= w.To:
				s.Place = "end"
			}
		}
		if len(out) < maxSilences {
			out = append(out, s)
		}
	}
	return out
}

// periodEnds returns the silences between the ends of the period and the
// records next to them, enters them as findings, and reports whether the log
// falls short of the period.
//
// In front of the very first record of a chain nothing can have been taken out,
// so a log that was begun within a day of the period's start does not fall short
// of it. Behind the last record anything may have been cut off.
func (j *joiner) periodEnds(w evidence.Window) (out []Silence, short bool) {
	l := j.log
	limit := j.run.maxGap
	if limit == 0 {
		limit = edgeLimit.Microseconds()
	}
	first, last := *l.FirstTime, *l.LastTime
	if first <= w.From {
		j.gaps[GenesisUnexpected] = true // what stood before it is older than the period
	}
	add := func(from, to evidence.Instant, place, note string) bool {
		if int64(to-from) <= limit {
			return false
		}
		out = append(out, Silence{from, to, place})
		j.finding(Finding{Code: TimeGap, File: l.Path, Expected: from.String(), Actual: to.String(), Note: note})
		return true
	}
	switch {
	case first >= w.To || last < w.From:
		out = append(out, Silence{w.From, w.To, "inside"})
		j.finding(Finding{Code: TimeGap, File: l.Path, Expected: w.From.String(), Actual: w.To.String(), Note: "no record lies in the period"})
		return out, true
	case first > w.From:
		late := add(w.From, first, "start", "the log begins after the period does")
		begun := j.group.profile.plan.digest != nil && l.Counts[GenesisUnexpected] == 0 && l.Counts[ChainReset] == 0
		short = late && (!begun || int64(first-w.From) > max(limit, edgeLimit.Microseconds()))
	}
	if last < w.To && add(last, w.To, "end", "the log ends before the period does") {
		short = true
	}
	return out, short
}

// open lists the members that no hash covers.
func (j *joiner) open() {
	l := j.log
	sum := map[string]int64{}
	for _, f := range j.files {
		for name, n := range f.shapes {
			sum[name] += n
		}
	}
	if j.group.profile.plan.wholly {
		clear(sum) // said record by record
	}
	for i, name := range slices.Sorted(maps.Keys(sum)) {
		if i == 100 {
			l.Counts[UnprotectedField] += int64(len(sum) - i)
			l.FindingsCut = true
			break
		}
		j.finding(Finding{Code: UnprotectedField, File: l.Path, Actual: name, Note: fmt.Sprintf("the member %q of %s could be changed without a trace", name, plural(sum[name], "record", "records"))})
	}
	if j.group.profile.plan.digest != nil && j.group.profile.plan.self == nil && l.Records > 0 {
		j.finding(Finding{Code: LastUnprotected, File: l.Path, Note: "no hash covers the last record: it could be changed without a trace"})
	}
}

// missingKeys enters keys without which something could not be checked.
func (j *joiner) missingKeys() {
	sum := map[string]bool{}
	for _, f := range j.files {
		for name := range f.lacking {
			sum[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sum)) {
		j.finding(Finding{Code: KeyMissing, File: j.log.Path, Expected: name, Note: fmt.Sprintf("the records are protected with the key %q, which was not given: give it with --key %s=FILE", name, name)})
	}
}
