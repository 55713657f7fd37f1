package freeze

import (
	"slices"

	"github.com/tieout/tieout/evidence"
)

// chooser finds the one row of an object among its observations, in whatever
// order they come.
type chooser struct {
	shape evidence.Shape
	end   evidence.Instant

	row       *evidence.Record // nil before the first observation
	conflicts []string         // columns in which observations contradict each other
}

// add takes one more observation of the object.
//
// An event happened once: the first observation counts, and another one that
// says otherwise contradicts it. A dated object and a state may change between
// two observations, so only observations of the same moment contradict each
// other; the later line counts then.
func (c *chooser) add(r *evidence.Record) {
	if c.row == nil {
		c.row = r
		return
	}
	if c.shape == evidence.Event || r.ObservedAt == c.row.ObservedAt {
		c.contradiction(r)
	}
	if !c.better(r) {
		return
	}
	if c.shape != evidence.Event && r.ObservedAt != c.row.ObservedAt {
		c.conflicts = nil // of a moment that no longer counts
	}
	c.row = r
}

// better reports whether r counts before the row chosen so far.
func (c *chooser) better(r *evidence.Record) bool {
	later := compareObservations(r, c.row) > 0
	if c.shape == evidence.Event {
		return !later
	}
	if c.shape == evidence.Snapshot {
		before, chosenBefore := r.ObservedAt < c.end, c.row.ObservedAt < c.end
		if before != chosenBefore {
			return before
		}
		// Beyond the end the earliest observation is nearest to it. Two of
		// that same moment: the later line, as everywhere.
		if !before && r.ObservedAt != c.row.ObservedAt {
			return !later
		}
	}
	return later
}

// contradiction notes the columns in which r differs from the chosen row.
func (c *chooser) contradiction(r *evidence.Record) {
	for i, column := range r.Schema.Columns {
		if same(r.Values[i], c.row.Values[i]) && slices.Contains(r.Missing, column.Name) == slices.Contains(c.row.Missing, column.Name) {
			continue
		}
		if !slices.Contains(c.conflicts, column.Name) {
			c.conflicts = append(c.conflicts, column.Name)
		}
	}
}

func same(a, b any) bool {
	x, isList := a.([]string)
	y, alsoList := b.([]string)
	if isList || alsoList {
		return isList && alsoList && slices.Equal(x, y)
	}
	return a == b
}
