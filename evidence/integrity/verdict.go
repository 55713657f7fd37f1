package integrity

import "slices"

// Verdict is the one word of a report.
type Verdict string

// The verdicts.
const (
	Verified         Verdict = "verified"           // intact, and something outside the writer's control fixes its end
	VerifiedWithGaps Verdict = "verified_with_gaps" // the same, with gaps that are listed
	SelfConsistent   Verdict = "self_consistent"    // intact, but only its own writer vouches for its end
	NotTamperEvident Verdict = "not_tamper_evident" // nothing in the log would show a change
	Broken           Verdict = "broken"             // the log's own protection does not hold
	Indeterminate    Verdict = "indeterminate"      // it could not be decided
)

// worstFirst is the order in which one verdict stands for several logs.
var worstFirst = []Verdict{Broken, Indeterminate, VerifiedWithGaps, NotTamperEvident, SelfConsistent, Verified}

// Worst returns the verdict that stands for all of them.
func Worst(all ...Verdict) Verdict {
	for _, v := range worstFirst {
		if slices.Contains(all, v) {
			return v
		}
	}
	return Indeterminate
}

// ExitCode returns the code with which a command ends that found the verdict.
func (v Verdict) ExitCode() int {
	switch v {
	case Verified:
		return 0
	case Broken:
		return 1
	case VerifiedWithGaps:
		return 3
	case SelfConsistent:
		return 4
	case NotTamperEvident:
		return 5
	default:
		return 6
	}
}
