package evidence

// GapReason says why something could not be seen.
type GapReason string

// The closed list of reasons.
const (
	GapNoSource      GapReason = "no_source"          // nothing is configured that could give it
	GapPullFailed    GapReason = "pull_failed"        // the pull ended with an error
	GapPermission    GapReason = "permission"         // the source refused this principal
	GapDisabled      GapReason = "disabled"           // the source does not record it
	GapRetention     GapReason = "retention"          // the source has deleted it already
	GapSampling      GapReason = "sampling"           // the source keeps a part only
	GapTruncated     GapReason = "truncated"          // a page, file or body ended early
	GapCountMismatch GapReason = "count_mismatch"     // the source counts other than it handed over
	GapNotProvided   GapReason = "not_provided"       // the mapping has no such column
	GapRejected      GapReason = "rejected"           // rows could not be read
	GapUnparsable    GapReason = "unparsable"         // values could not be read
	GapUnmatched     GapReason = "unmatched"          // rows belong to no component of the workspace
	GapLogBroken     GapReason = "log_not_intact"     // the log's own protection does not hold
	GapAfterEnd      GapReason = "seen_after_end"     // states were seen only after the period's end
	GapFarFromDay    GapReason = "too_far_from_as_of" // nothing was seen near enough to the day that is looked at
)

// Gap says what could not be seen: a kind, or some columns of it, over a
// stretch of time, of one component or of all. A test that reads that kind
// and column over that stretch is not tested. A gap is never a finding.
type Gap struct {
	Kind      Kind      `json:"kind"`
	Columns   []string  `json:"columns,omitempty"`   // none = the whole kind
	Component string    `json:"component,omitempty"` // none = every component
	From      Instant   `json:"from"`
	To        Instant   `json:"to"`
	Reason    GapReason `json:"reason"`
	Source    string    `json:"source,omitempty"`
	Detail    string    `json:"detail"` // for people: what was being read, and what happened
	Rows      int64     `json:"rows,omitempty"`
}

// Hits reports whether the gap concerns a reader of the named columns of the
// kind over the window. No columns named means that the reader needs the rows
// only, which a gap of single columns does not touch.
func (g Gap) Hits(kind Kind, columns []string, w Window) bool {
	if g.Kind != kind || !(Window{g.From, g.To}).Overlaps(w) {
		return false
	}
	if len(g.Columns) == 0 {
		return true
	}
	for _, a := range g.Columns {
		for _, b := range columns {
			if a == b {
				return true
			}
		}
	}
	return false
}

// Total is what the source itself says it holds of a kind over the pull's
// window: the count that the number of records put is compared with.
type Total struct {
	Kind  Kind   `json:"kind"`
	Count int64  `json:"count"`
	Basis string `json:"basis"` // how the source was asked: "SELECT count(*) …", "X-Total-Count", "stated by file"
}
