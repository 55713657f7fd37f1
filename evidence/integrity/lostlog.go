package integrity

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// answer finds the seals that a log has the name of: those with a file whose
// name has the same stem, whatever numbers rotation gave it since.
func (v *verifier) answer(groups []group) {
	v.byName = make([]bool, len(v.o.Seals))
	for _, g := range groups {
		mine := v.stemsOf(g)
		for i := range v.o.Seals {
			v.byName[i] = v.byName[i] || v.o.Seals[i].named(mine)
		}
	}
	v.answered = slices.Clone(v.byName)
}

func (v *verifier) stemsOf(g group) map[string]bool {
	if len(v.o.Seals) == 0 {
		return nil
	}
	mine := map[string]bool{}
	for _, f := range g.files {
		name := f.Name
		if v.o.SealName != nil {
			name = v.o.SealName(name)
		}
		mine[logfile.Stem(path.Clean(name))] = true
		if v.o.AsNamed != nil {
			mine[logfile.Stem(path.Clean(v.o.AsNamed(f.Name)))] = true
		}
	}
	return mine
}

func (s *Seal) named(stems map[string]bool) bool {
	return slices.ContainsFunc(s.stems(), func(stem string) bool { return stems[stem] })
}

// sealsOf returns the seals of a group's log and, by their number among them,
// those of a lost log of the same format, which the group's may be by another
// name.
func (v *verifier) sealsOf(g group) (seals []Seal, foreign map[int]int) {
	mine := v.stemsOf(g)
	foreign = map[int]int{}
	for i, s := range v.o.Seals {
		switch {
		case s.named(mine):
		case !v.byName[i] && s.Profile == g.profile.ID && v.lost(&s):
			foreign[len(seals)] = i
		default:
			continue
		}
		seals = append(seals, s)
	}
	return seals, foreign
}

// lost reports whether a log that no name answers for should have been there.
func (v *verifier) lost(s *Seal) bool {
	return slices.ContainsFunc(s.Files, func(f SealedFile) bool {
		return v.o.Within != nil && v.o.Within(f.Path) || v.o.Gone != nil && v.o.Gone(f.Path)
	})
}

func (j *joiner) isForeign(seal int) bool {
	_, is := j.foreign[seal]
	return is
}

// wantFirsts has the first records of lost logs looked for: one of them may have
// been cut and renamed.
func (j *joiner) wantFirsts() {
	if p := j.group.profile.plan; p.digest == nil || p.partition != none {
		return
	}
	for _, i := range slices.Sorted(maps.Keys(j.foreign)) {
		for _, f := range j.sealed[i].Files {
			if a, ok := headOf(1, f.First, j.sealed[i].At); ok {
				j.run.want(a.head, len(j.known)+len(j.v.o.Heads)+len(j.firsts))
				j.firsts = append(j.firsts, i)
			}
		}
	}
}

// adopt finds out which lost logs this one is: it has a record that was sealed as
// the first or the last one of a file or, without a chain, a file's bytes.
func (j *joiner) adopt() {
	if len(j.foreign) == 0 {
		return
	}
	has := map[int]bool{}
	for _, f := range j.files {
		for _, m := range f.met {
			first := m.anchor - len(j.known) - len(j.v.o.Heads)
			switch {
			case m.anchor < len(j.known) && j.known[m.anchor].Kind == kindSeal:
				has[j.known[m.anchor].seal] = true
			case first >= 0:
				has[j.firsts[first]] = true
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(j.foreign)) {
		s := &j.sealed[i]
		if !has[i] && j.sealedByBytes(s) {
			for n, home := range j.homes(s, j.holdsBytes) {
				has[i] = has[i] || home >= 0 && s.Files[n].Records > 0
			}
		}
		if has[i] {
			j.v.answered[j.foreign[i]] = true
			delete(j.foreign, i)
			j.log.Notes = append(j.log.Notes, fmt.Sprintf("it was sealed at %s as %q, which is not there any more: it is held against that seal", s.At, s.Log))
		}
	}
}

// lostLogs makes a log of its own of each sealed one that lay in a folder that
// was named, and that no log answers for.
func lostLogs(o Options, answered []bool) []*Log {
	if o.Within == nil {
		return nil
	}
	newest := map[string]int{}
	for i, s := range o.Seals {
		if !answered[i] {
			newest[s.Log] = i
		}
	}
	var out []*Log
	for _, i := range slices.Sorted(maps.Values(newest)) {
		s := &o.Seals[i]
		l := &Log{
			Path: s.Log, Profile: s.Profile, Verdict: Broken, VerdictWords: "it was sealed, and no log that was looked at is it", SHA256: evidence.DigestOf(nil),
			Axes:   Axes{Integrity: "not_checkable", Continuity: "broken", Authenticity: "unsigned", Anchoring: "none"},
			Counts: map[Code]int64{}, Findings: []Finding{}, Files: []FileReport{}, Segments: []evidence.Segment{}, lost: true,
			NotShown: []string{"Where the log is now: if it was moved away for good reason, name the place where it lies. Under another name it is found by its first or last hash, or by its bytes where it has no chain, as long as these are as they were."},
		}
		for _, f := range s.Files {
			if f.Records == 0 || !o.Within(f.Path) {
				continue
			}
			l.Counts[FileMissing]++
			if len(l.Findings) == maxFindings {
				l.FindingsCut = true
				continue
			}
			l.Findings = append(l.Findings, Finding{Code: FileMissing, File: f.Path, Expected: f.SHA256.String(), Note: fmt.Sprintf("sealed at %s with %s: it is not there any more, or what is there by its name is another log", s.At, plural(f.Records, "record", "records"))})
		}
		if len(l.Findings) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// Lost reports whether the log is one that was sealed and that was not found.
func (l *Log) Lost() bool { return l.lost }
