package integrity

import (
	"crypto"
	"crypto/x509"

	"golang.org/x/mod/sumdb/note"

	"github.com/tieout/tieout/evidence"
)

// What follows is for formats that no profile can describe and that have a
// verifier of their own in a package below this one.

// NewLog begins the report on a log that a verifier of its own checks. format
// stands where the id of a profile would.
func NewLog(path, format string) *Log {
	return &Log{Path: path, Profile: format, Counts: map[Code]int64{}, Findings: []Finding{}, Files: []FileReport{}, Segments: []evidence.Segment{}, NotShown: []string{}}
}

// Found counts a finding, and lists it while the list is short enough.
func (l *Log) Found(f Finding) {
	l.Counts[f.Code]++
	if len(l.Findings) >= maxFindings {
		l.FindingsCut = true
		return
	}
	l.Findings = append(l.Findings, f)
}

// Judge fills the verdict, the axes of integrity and continuity, and the first
// bad record from what was found. fixed says that something outside the
// writer's control fixes all of it. The codes named decide nothing elsewhere,
// but leave nothing to rest on in this format.
func (l *Log) Judge(fixed bool, blocking ...Code) {
	worst := mentions
	seen := map[effect]bool{}
	l.Axes.Continuity = "intact"
	for c, n := range l.Counts {
		if n == 0 {
			continue
		}
		e := l.effect(c, blocking)
		seen[e] = true
		worst = max(worst, e)
		if continuity[c] && e == breaks {
			l.Axes.Continuity = "broken"
		} else if continuity[c] && e == leaves && l.Axes.Continuity == "intact" {
			l.Axes.Continuity = "gaps"
		}
	}
	l.Axes.Integrity = "intact"
	switch {
	case seen[breaks]:
		l.Axes.Integrity, l.Verdict = "broken", Broken
	case seen[blocks] || l.Records == 0:
		l.Axes.Integrity, l.Verdict = "not_checkable", Indeterminate
	case !fixed:
		l.Verdict = SelfConsistent
	case worst == leaves:
		l.Verdict = VerifiedWithGaps
	default:
		l.Verdict = Verified
	}
	l.edgeGap = l.Counts[TimeGap] > 0
	for _, f := range l.Findings {
		if f.Record > 0 && l.effect(f.Code, blocking) >= blocks && (l.FirstBad == nil || f.Record < l.FirstBad.Record) {
			l.FirstBad = &Position{File: f.File, Record: f.Record, ByteOffset: f.ByteOffset}
		}
	}
}

func (l *Log) effect(c Code, blocking []Code) effect {
	for _, b := range blocking {
		if b == c {
			return max(effects[c], blocks)
		}
	}
	return effects[c]
}

// Public returns the public key, or nil where it is a shared secret or a
// verifier key of notes.
func (k Key) Public() crypto.PublicKey { return k.public }

// Note returns the verifier of signed notes, or nil.
func (k Key) Note() note.Verifier { return k.note }

// Cosigner reports whether it is the key of a witness of transparency logs.
func (k Key) Cosigner() bool { return k.kind == kindCosigner }

// Certificate returns the certificate that the key stood in, or nil.
func (k Key) Certificate() *x509.Certificate { return k.cert }

// Use returns the key as a report shows it.
func (k Key) Use() KeyUse { return k.use() }

// Expired reports whether the key was not good at the time, as its certificate
// says.
func (k Key) Expired(at evidence.Instant) bool { return k.expired(at) }

// Visible shows characters that a terminal would act on by their code point.
func Visible(s string) string { return visible(s) }

// ShellQuote makes a name safe to paste into a shell.
func ShellQuote(name string) string { return shellQuote(name) }
