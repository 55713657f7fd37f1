package integrity

import "fmt"

// Requirements are the words that Meets takes.
func Requirements() []string { return []string{"signed", "anchored", "complete"} }

// Meets reports whether every log of the report is what is required:
//
//   - signed: every record is covered by signatures of pinned keys, and all of them hold
//   - anchored: another party than the writer fixes the end
//   - complete: nothing is left out of the chain, and it covers the period asked for
//
// A log that is broken or could not be decided meets nothing.
func (r *Report) Meets(require string) (bool, error) {
	for _, l := range r.Logs {
		ok := l.Verdict != Broken && l.Verdict != Indeterminate
		switch require {
		case "signed":
			ok = ok && l.Axes.Authenticity == "signed"
		case "anchored":
			ok = ok && l.Axes.Anchoring == "anchored"
		case "complete":
			ok = ok && l.Axes.Integrity == "intact" && l.Axes.Continuity == "intact" && !l.edgeGap
		default:
			return false, fmt.Errorf("require %q: want signed, anchored or complete", require)
		}
		if !ok {
			return false, nil
		}
	}
	return len(r.Logs) > 0, nil
}

// ExitCode returns the code with which a command ends.
func (r *Report) ExitCode() int { return r.Verdict.ExitCode() }
