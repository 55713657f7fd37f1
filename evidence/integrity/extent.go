package integrity

import "fmt"

// maxIslands is how many islands are listed.
const maxIslands = 20

// onlyHeads reports whether all that is broken is that heads known from outside
// the chain do not fit it.
func (j *joiner) onlyHeads() bool {
	for c, n := range j.log.Counts {
		if n > 0 && c != HeadMismatch && j.effect(c) == breaks {
			return false
		}
	}
	return j.log.Counts[HeadMismatch] > 0
}

// extent says how far damage reaches.
func (j *joiner) extent() {
	x := &Extent{Islands: []Island{}}
	content, links, islands := 0, 0, 0
	whole := true
	for _, f := range j.files {
		x.BadRecords += f.bad
		start := int64(1)
		close := func(last int64) {
			if last < start {
				return
			}
			if islands++; islands <= maxIslands {
				x.Islands = append(x.Islands, Island{f.report.Path, start, last})
			}
		}
		last := int64(0)
		for _, b := range f.breaks {
			if b.content {
				content++
			} else {
				links++
			}
			if b.record == last {
				continue
			}
			close(b.record - 1)
			start = b.record
			if b.content {
				start++
			}
			last = b.record
		}
		whole = whole && len(f.breaks) < maxBreaks
		close(f.report.Records)
	}
	if content+links == 0 && !j.onlyHeads() || j.group.profile.plan.digest == nil {
		return
	}
	switch {
	case j.onlyHeads():
		j.log.Extent = x
		x.Words = fmt.Sprintf("Every record fits its own hash and follows the one before, but %s not what was signed or seen before: the log was written again from some record on, which stands behind the last head that fits.", plural(j.log.Counts[HeadMismatch], "head is", "heads are"))
		return
	case !whole:
		x.Words = "The damage is too scattered to be listed."
	case links == 0:
		x.Words = fmt.Sprintf("The content of %s does not fit, and the chain runs on over it: it was changed and the rest was left as it was.", plural(int64(content), "record", "records"))
	case content == 0:
		x.Words = fmt.Sprintf("Every record fits its own hash, and %s to the record before does not: records were taken out, put in or moved, or were changed with their own hash made again and the rest left as it was.", plural(int64(links), "link", "links"))
	default:
		x.Words = fmt.Sprintf("The content of %s and %s do not fit.", plural(int64(content), "record", "records"), plural(int64(links), "link", "links"))
	}
	if n := len(x.Islands); n > 0 && islands <= maxIslands {
		last := x.Islands[n-1]
		x.Words += fmt.Sprintf(" From record %d of %q to the end the records hold among themselves; whether they were all written anew from there, only something outside of the log could tell.", last.First, last.File)
	}
	j.log.Extent = x
}
