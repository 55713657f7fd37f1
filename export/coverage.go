package export

import "github.com/tieout/tieout/evidence/statement"

// Coverage is how far a document was in force over the period, by the days
// that were stated of it.
type Coverage string

// The values. Only the first two say that the document counts for a day of the
// period.
const (
	CoversWhole    Coverage = "whole"
	CoversPart     Coverage = "part"
	CoversNone     Coverage = "none"
	CoverExpired   Coverage = "expired"    // before the period's last day
	CoverNotStated Coverage = "not_stated" // no first day
	CoverWithdrawn Coverage = "withdrawn"  // by whoever stated so, for the whole period
)

// CoverageOf compares the days of a document with the period's, and says so in
// words. A document that was approved after the day from which it is said to
// be in force counts from its approval.
func CoverageOf(f *statement.File, e Engagement) (Coverage, string) {
	first, last := e.From.String(), e.To.String()
	from, end := max(f.From, f.ApprovedOn), f.To
	if f.Expires != "" && (end == "" || f.Expires < end) {
		end = f.Expires
	}
	switch {
	case f.Expires != "" && f.Expires < last && end == f.Expires:
		return CoverExpired, "expired on " + f.Expires + ", before the period's end"
	case end != "" && end < first:
		return CoversNone, "not in force in the period: it ended on " + end
	case from == "":
		return CoverNotStated, "not stated: no day is given from which it is in force"
	case from > last:
		return CoversNone, "not in force in the period: it begins on " + from
	case first == last:
		return CoversWhole, "in force on " + last
	case from <= first && (end == "" || end >= last):
		return CoversWhole, "in force over the whole period"
	}
	to := last
	if end != "" {
		to = min(end, last)
	}
	return CoversPart, "in force for part of the period: " + max(from, first) + " to " + to
}

// counts reports whether the document may stand for what a person owes.
func (c Coverage) counts() bool {
	return c != CoversNone && c != CoverExpired && c != CoverWithdrawn
}
