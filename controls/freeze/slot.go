package freeze

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// maxSlots bounds the slots of one schedule: one a minute for a year.
const maxSlots = 530_000

// Slot is one stretch of time in which something was expected to happen.
type Slot struct {
	Test     string
	No       int64 // from 1 within the test
	From, To evidence.Instant
}

// Slots returns the slots of every schedule that begin inside the window,
// sorted by test and time. A slot lasts from one tick to the next, also where
// that lies beyond the window's end.
func Slots(expected []controls.Expected, w evidence.Window, zone *time.Location) ([]Slot, error) {
	var out []Slot
	for i, e := range expected {
		if slices.Contains(expected[:i], e) {
			return nil, fmt.Errorf("expected: test %s has the schedule %q twice", e.Test, e.Every)
		}
		slots, err := slotsOf(e, w, zone)
		if err != nil {
			return nil, fmt.Errorf("expected: test %s, every %q: %w", e.Test, e.Every, err)
		}
		out = append(out, slots...)
	}
	slices.SortFunc(out, func(a, b Slot) int {
		return cmp.Or(strings.Compare(a.Test, b.Test), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	for i := range out {
		out[i].No = 1
		if i > 0 && out[i].Test == out[i-1].Test {
			out[i].No = out[i-1].No + 1
		}
	}
	return out, nil
}

func slotsOf(e controls.Expected, w evidence.Window, zone *time.Location) ([]Slot, error) {
	if strings.Contains(e.Every, "TZ=") || strings.HasPrefix(e.Every, "@every") {
		return nil, fmt.Errorf("want five cron fields, read in the engagement's zone, such as \"0 3 * * 1\"")
	}
	schedule, err := cron.ParseStandard(e.Every)
	if err != nil {
		return nil, err
	}
	// The schedule runs over the wall clock and never sees a zone; each tick
	// becomes an instant afterwards. So an hour that the clocks skip loses no
	// tick, and one that they repeat doubles none.
	local := w.From.Time().In(zone)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC).Add(-24 * time.Hour)
	var out []Slot
	tick, inside := evidence.Instant(0), false
	for {
		if wall = schedule.Next(wall); wall.IsZero() {
			return nil, fmt.Errorf("the schedule names no day that exists")
		}
		next := evidence.InstantOf(instantOfWall(wall, zone))
		if next < w.From || inside && next <= tick {
			continue
		}
		if inside {
			out = append(out, Slot{Test: e.Test, From: tick, To: next})
		}
		if next >= w.To {
			return out, nil
		}
		if len(out) == maxSlots {
			return nil, fmt.Errorf("more than %d slots in the period", maxSlots)
		}
		tick, inside = next, true
	}
}

// instantOfWall returns the moment at which the clocks of the zone show what
// wall shows, a time of day without a zone: the first of two where they are
// set back, the moment of the change where they skip it.
func instantOfWall(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone)
	start, end := t.ZoneBounds()
	_, offset := t.Zone()
	switch shown := t.Add(time.Duration(offset) * time.Second).UTC(); {
	case shown.Before(wall):
		return end
	case shown.After(wall):
		return start
	}
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if first := wall.Add(-time.Duration(before) * time.Second); first.Before(start) {
			return first
		}
	}
	return t
}
