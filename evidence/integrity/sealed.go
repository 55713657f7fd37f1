package integrity

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// kindSeal is the kind of an anchor that a seal is.
const kindSeal = "seal"

// headOf returns the anchor that a sealed head is.
func headOf(records int64, head string, at evidence.Instant) (Anchor, bool) {
	a, err := ParseHead(kindSeal, records, head, &at)
	return a, err == nil
}

// sealedHeads are the heads of the seals, which workers look for. In a format
// in which no hash joins the files, every file has one of its own.
func sealedHeads(p *plan, seals []Seal) []Anchor {
	if p.digest == nil || p.partition != none || !p.coversLink() {
		return nil
	}
	var out []Anchor
	for i, s := range seals {
		if p.rotation == goesOn {
			if a, ok := headOf(s.Records, s.Head, s.At); ok {
				a.seal = i
				out = append(out, a)
			}
			continue
		}
		for _, f := range s.Files {
			if a, ok := headOf(f.Records, f.Head, s.At); ok {
				a.sealed, a.seal = &f, i
				out = append(out, a)
			}
		}
	}
	return out
}

// seals holds the log against what was sealed of it before.
func (j *joiner) seals() {
	found := false
	var last *Seal
	for i := range j.sealed {
		if j.isForeign(i) {
			continue
		}
		s := &j.sealed[i]
		last = s
		if j.sealedByBytes(s) {
			found = j.sealedBytes(s) || found
		} else {
			j.hashesOnly = !j.sameBytes(s) || j.hashesOnly
			found = true
		}
	}
	if found && last.records() > 0 && j.log.Counts[TailShorter]+j.log.Counts[HeadMismatch]+j.log.Counts[FileMissing]+j.log.Counts[AnchorNotReached] == 0 {
		words := "what was sealed is as it was"
		if j.hashesOnly {
			words = "its hashes hold, and only the hashes could be compared: the bytes stand elsewhere, or are others"
		}
		j.log.Notes = append(j.log.Notes, fmt.Sprintf("sealed at %s over %s: %s", last.At, plural(last.records(), "record", "records"), words))
	}
}

// sealedByBytes reports whether the seal's bytes must answer, since no hash of
// the log does: it has none, or several chains, or a key for it was not given.
func (j *joiner) sealedByBytes(s *Seal) bool {
	p := j.group.profile.plan
	if p.digest == nil || p.partition != none || !p.coversLink() || j.log.Counts[KeyMissing] > 0 {
		return true
	}
	if p.rotation != goesOn {
		return slices.ContainsFunc(s.Files, func(f SealedFile) bool { return f.Head == "" && f.Records > 0 })
	}
	return s.Head == ""
}

// homes finds a file of the log for each file of a seal, by its number, no two
// the same; -1 where none is left. Two sealed files that one file could hold
// begin alike, so that whoever could hold the longer one could hold the shorter:
// served in that order, none takes what another needs.
func (j *joiner) homes(s *Seal, holds func(file int, f *SealedFile) bool) []int {
	order := make([]int, len(s.Files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &s.Files[a], &s.Files[b]
		return cmp.Or(cmp.Compare(y.Records, x.Records), cmp.Compare(y.Bytes, x.Bytes))
	})
	byName := map[string]int{}
	for i, f := range j.files {
		byName[j.sealedName(f.report.Path)] = i
	}
	taken := make([]bool, len(j.files))
	out := make([]int, len(s.Files))
	for _, n := range order {
		f := &s.Files[n]
		i, ok := byName[f.Path]
		if !ok || taken[i] || !holds(i, f) {
			i = -1
			for k := range j.files {
				if !taken[k] && holds(k, f) {
					i = k
					break
				}
			}
		}
		if out[n] = i; i >= 0 {
			taken[i] = true
		}
	}
	return out
}

// holdsBytes reports whether a file begins with the sealed bytes.
func (j *joiner) holdsBytes(file int, f *SealedFile) bool {
	mine := j.files[file]
	return mine.report.Bytes >= f.Bytes && j.sumOf(mine, f.Bytes) == f.SHA256
}

// base is how many records stand in front of a file.
func (j *joiner) base(file int) int64 {
	n := int64(0)
	for _, f := range j.files[:file] {
		n += f.report.Records
	}
	return n
}

// sealedBytes looks for each sealed file among those of the log, by its own
// name first, and reports whether all are there.
func (j *joiner) sealedBytes(s *Seal) bool {
	whole := true
	for n, home := range j.homes(s, j.holdsBytes) {
		f := s.Files[n]
		if home < 0 {
			if f.Records > 0 {
				whole = false
				j.lostFile(s, f)
			}
			continue
		}
		if mine := j.files[home]; f.Records > 0 {
			at := s.At
			a := Anchor{Kind: kindSeal, Role: RoleOther, At: &at, Records: f.Records, Head: f.Head, File: mine.report.Path, Record: f.Records}
			j.anchor.held = append(j.anchor.held, placed{Anchor: a, through: j.base(home) + f.Records, file: mine, record: f.Records})
		}
	}
	return whole
}

// sealedChains holds the heads of sealed files against those of the log, each
// of which answers for one of them.
func (j *joiner) sealedChains(met map[int]bool) {
	where := make([]map[int]int64, len(j.files)) // by anchor, the record that has its head
	for i, f := range j.files {
		where[i] = map[int]int64{}
		for _, m := range f.met {
			if where[i][m.anchor] == 0 {
				where[i][m.anchor] = m.record
			}
		}
	}
	for n := range j.sealed {
		if j.isForeign(n) {
			continue
		}
		number := map[string]int{} // of the anchor, by the path of its file
		for i, a := range j.known {
			if a.sealed != nil && a.seal == n {
				number[a.sealed.Path] = i
			}
		}
		if len(number) == 0 {
			continue
		}
		s := &j.sealed[n]
		homes := j.homes(s, func(file int, f *SealedFile) bool {
			i, ok := number[f.Path]
			return ok && where[file][i] > 0
		})
		for k, home := range homes {
			i, ok := number[s.Files[k].Path]
			if !ok || home < 0 {
				continue
			}
			met[i] = true
			record := where[home][i]
			j.external(j.files[home], j.base(home)+record, record, j.known[i])
		}
	}
}

// sumOf returns the digest of a file's first bytes.
func (j *joiner) sumOf(f *fileResult, bytes int64) evidence.Digest {
	if bytes == f.report.Bytes {
		return f.report.SHA256
	}
	if f.sums == nil {
		var offsets []int64
		for _, s := range j.sealed {
			for _, one := range s.Files {
				offsets = append(offsets, one.Bytes)
			}
		}
		sums, err := sumsAt(f.ref, offsets)
		if err != nil {
			j.finding(Finding{Code: SourceChanged, File: f.report.Path, Note: "what was sealed of it could not be read again: " + err.Error()})
		}
		f.sums = sums
		if sums == nil {
			f.sums = map[int64]evidence.Digest{}
		}
	}
	return f.sums[bytes]
}

// lostFile enters that sealed bytes are not there.
func (j *joiner) lostFile(s *Seal, f SealedFile) {
	out := Finding{File: j.log.Path, Expected: f.SHA256.String()}
	i := slices.IndexFunc(j.files, func(mine *fileResult) bool { return j.sealedName(mine.report.Path) == f.Path })
	switch {
	case j.cannotTell():
		out.Code, out.Note = AnchorNotReached, "whether the sealed part is there could not be looked at"
	case i < 0 && j.unnamed():
		out.Code, out.Note = AnchorNotReached, fmt.Sprintf("%q, as it was sealed at %s, is not among the files that were named, but others of this log were not looked at: name them all", f.Path, s.At)
	case i < 0:
		out.Code, out.Note = FileMissing, fmt.Sprintf("%q, sealed at %s with %s, is not there any more", f.Path, s.At, plural(f.Records, "record", "records"))
	case j.dropped():
		out.Code, out.Note = AnchorNotReached, fmt.Sprintf("what was sealed of it at %s is not there: it was dropped with the oldest, as this format does, or the log was written again", s.At)
	case j.unnamed() && j.files[i].report.Bytes != f.Bytes:
		out.Code, out.Note = AnchorNotReached, fmt.Sprintf("what was sealed of it at %s is not in it; it may have moved on to a file that was not named: name them all", s.At)
	case j.files[i].report.Bytes < f.Bytes:
		out.Code, out.File = TailShorter, j.files[i].report.Path
		out.Note = fmt.Sprintf("%d bytes of it were sealed at %s, and it has %d: its end was cut off", f.Bytes, s.At, j.files[i].report.Bytes)
	default:
		out.Code, out.File = HeadMismatch, j.files[i].report.Path
		out.Note = fmt.Sprintf("its first %d bytes are not those that were sealed at %s: the log was changed", f.Bytes, s.At)
	}
	j.finding(out)
}

// sameBytes says where the bytes of a sealed part changed and every hash of it
// still holds: somebody wrote the records out again, or changed members that no
// hash covers, which only the seal can tell. It reports whether all the bytes are
// as they were.
func (j *joiner) sameBytes(s *Seal) bool {
	if j.log.Counts[HeadMismatch]+j.log.Counts[TailShorter]+j.log.Counts[FileMissing]+j.log.Counts[AnchorNotReached] > 0 || j.cannotTell() {
		return false
	}
	same := true
	for n, home := range j.homes(s, j.holdsBytes) {
		f := s.Files[n]
		if home >= 0 || f.Records == 0 {
			continue
		}
		same = false
		if j.unnamed() || j.dropped() {
			continue // the bytes may have moved, as this format does
		}
		i := slices.IndexFunc(j.files, func(mine *fileResult) bool { return j.sealedName(mine.report.Path) == f.Path })
		if i < 0 {
			continue // the files may have been joined or cut anew: the chain answers
		}
		out := Finding{Code: Reserialised, File: j.files[i].report.Path, Expected: f.SHA256.String(), Note: fmt.Sprintf("its first %d bytes are not those that were sealed at %s, and every hash holds: the records were written out again", f.Bytes, s.At)}
		if j.log.Counts[UnprotectedField] > 0 {
			out.Code = HeadMismatch
			out.Note = fmt.Sprintf("its first %d bytes are not those that were sealed at %s, and every hash holds: members that no hash covers were changed, or the records were written out again", f.Bytes, s.At)
		}
		j.finding(out)
	}
	return same
}

// cannotTell reports whether a part of the log could not be read, so that
// something that is not found proves nothing.
func (j *joiner) cannotTell() bool {
	c := j.log.Counts
	return c[Unreadable]+c[SourceChanged]+c[Oversize] > 0
}

// unnamed reports whether files of this log lie beside those that were named.
func (j *joiner) unnamed() bool {
	if j.v.o.Beside == nil {
		return false
	}
	for _, f := range j.files {
		if j.v.o.Beside(f.report.Path) {
			return true
		}
	}
	return false
}

// unmetSeal enters that a sealed head is not in the log.
func (j *joiner) unmetSeal(a Anchor) {
	f := Finding{File: j.log.Path, Expected: a.Head}
	have, at := j.length(), a.At
	missing := false
	if a.sealed != nil {
		i := slices.IndexFunc(j.files, func(mine *fileResult) bool { return j.sealedName(mine.report.Path) == a.sealed.Path })
		if missing = i < 0; !missing {
			f.File, have = j.files[i].report.Path, j.files[i].report.Records
		}
	}
	switch {
	case j.log.Counts[KeyMissing] > 0:
		return // the bytes answer
	case j.cannotTell():
		f.Code, f.Note = AnchorNotReached, "whether what was sealed is there cannot be told: a part of the log could not be read"
	case j.unnamed():
		f.Code, f.Note = AnchorNotReached, fmt.Sprintf("the last record sealed at %s is not in the files that were named, and others of this log were not looked at: name them all", at)
	case missing && j.group.profile.plan.rotation != seam:
		f.Code, f.Note = FileMissing, fmt.Sprintf("%q, sealed at %s with %s, is not there any more", a.sealed.Path, at, plural(a.Records, "record", "records"))
	case j.dropped():
		f.Code, f.Note = AnchorNotReached, fmt.Sprintf("the last record sealed at %s is not there: it was dropped with the oldest, as this format does, or the log was written again", at)
	case missing:
		f.Code, f.Note = FileMissing, fmt.Sprintf("%q, sealed at %s with %s, is not there any more", a.sealed.Path, at, plural(a.Records, "record", "records"))
	case have < a.Records:
		f.Code, f.Note = TailShorter, fmt.Sprintf("the seal of %s covers %d records, the log has %d: its end was cut off", at, a.Records, have)
	default:
		f.Code, f.Note = HeadMismatch, fmt.Sprintf("the seal of %s over %d records names a head that no record has: the log was written again", at, a.Records)
	}
	j.finding(f)
}

// dropped reports whether a format that drops its oldest records did so.
func (j *joiner) dropped() bool {
	p := j.group.profile.plan
	return p.rotation == seam && p.prev != nil && slices.ContainsFunc(j.files, func(f *fileResult) bool {
		e := f.edgeOf()
		return e != nil && !p.starts(e.first)
	})
}
