package controls

// Wording says how states are printed: as results over a period, or, with a
// day, as how things stood on it. The zero Wording is that of a period.
type Wording struct{ AsOf Date }

// Of returns what people read for a state. The names that JSON carries stay
// the same.
func (w Wording) Of(s State) string {
	if w.AsOf.IsZero() {
		return s.Words()
	}
	switch s {
	case Deviation:
		return "not implemented"
	case Indeterminate:
		return "not determined: field missing"
	case NotTested:
		return "not determined"
	case NotOccurring:
		return "not determined: nothing was there"
	case Pass:
		return "implemented as of " + w.AsOf.String()
	default:
		return s.Words()
	}
}
