package table

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/tieout/tieout/evidence"
)

// Reasons of times that cannot be taken. None quotes the value.
var (
	errNoZone    = errors.New("a time without zone: name its zone with 'zone:'")
	errTwice     = errors.New("a local time that came twice that day, when clocks went back")
	errNever     = errors.New("a local time that did not come that day, when clocks went forward")
	errNoTime    = errors.New("not a time: want RFC 3339, or state 'unit:' or 'layout:'")
	errYear      = errors.New("a time outside the years 1 to 9999")
	localLayouts = []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}
	zonedLayouts = []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 UTC", "2006-01-02 15:04:05 GMT"}
)

// loadZone returns a zone by its IANA name. The machine's own zone is refused:
// the same file would mean something else elsewhere.
func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return nil, nil
	}
	if strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("zone %q depends on the machine: name one, such as Europe/Berlin", name)
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone %q is not known: name one such as Europe/Berlin or UTC", name)
	}
	return z, nil
}

// parseTime reads a time in RFC 3339, or in a form without zone if one is given.
func parseTime(s string, zone *time.Location) (evidence.Instant, error) {
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return instant(t)
		}
	}
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return inZone(t, zone)
		}
	}
	return 0, errNoTime
}

// parseLayout reads a time in a layout of Go's. A layout without a zone in it
// gives a local time.
func parseLayout(layout, s string, zone *time.Location) (evidence.Instant, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, errors.New("not a time in the layout that the mapping states")
	}
	switch {
	case strings.Contains(layout, "Z07") || strings.Contains(layout, "-07"):
		return instant(t)
	case strings.Contains(layout, "MST"): // three letters name no zone that everybody agrees on
		return 0, errNoZone
	}
	return inZone(t, zone)
}

func instant(t time.Time) (evidence.Instant, error) {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return 0, errYear
	}
	return evidence.InstantOf(t), nil
}

// inZone takes the clock's reading of t, which stands in UTC, as a reading in
// the zone. A reading that came twice or never is an error: nothing guesses.
func inZone(wall time.Time, zone *time.Location) (evidence.Instant, error) {
	if zone == nil {
		return 0, errNoZone
	}
	var found []time.Time
	for _, near := range []time.Duration{-26 * time.Hour, 26 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, back := t.In(zone).Zone(); back == offset && (len(found) == 0 || !found[0].Equal(t)) {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return 0, errNever
	case 1:
		return instant(found[0])
	}
	return 0, errTwice
}
