package tui

// place is a kind of screen.
type place int

const (
	nowhere place = iota
	atOverview
	atCriterion
	atControl
	atTest
	atItem
	atComponent
	atLogs
	atLog
	atDeviations
	atDeviation
	atDocuments
	atDocument
	atFiles // of the user's own; id: the control or manual point that one is for
	atWork
	atCommand
)

// target names one screen. It is comparable, so that a place can be kept.
type target struct {
	kind place
	id   string
	sub  string // of a test or a criterion: the component; of an item: its key; of a control: a manual point
	no   int64  // of an item within its test
}

// name is the id by which people call the place.
func (t target) name() string {
	if t.kind == atControl && t.sub != "" {
		return t.sub
	}
	return t.id
}

// what says which kind of thing the id names.
func (t target) what() string {
	switch t.kind {
	case atCriterion:
		return "criterion"
	case atControl:
		if t.sub != "" {
			return "manual point"
		}
		return "control"
	case atTest:
		return "test"
	case atComponent:
		return "component"
	case atLog:
		return "log"
	case atDeviation:
		return "deviation"
	case atDocument:
		return "document"
	default:
		return ""
	}
}
