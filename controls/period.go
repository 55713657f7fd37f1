package controls

import (
	"fmt"
	"time"

	"github.com/tieout/tieout/evidence"
)

// Date is a calendar day without a zone, YYYY-MM-DD.
type Date struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler. No text is a date that was
// never set, as MarshalText writes it.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("date %q: want YYYY-MM-DD", b)
	}
	d.Time = t
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns YYYY-MM-DD, or nothing for a date that was never set.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// Midnight returns the first moment of the day in the zone. Where the clocks
// skip midnight that day, it is the first moment after the skip.
func (d Date) Midnight(zone *time.Location) evidence.Instant {
	return evidence.InstantOf(time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone))
}

// Period returns the half-open window of the days from first to last, both
// whole, in the zone.
func Period(first, last Date, zone *time.Location) (evidence.Window, error) {
	if first.IsZero() || last.IsZero() {
		return evidence.Window{}, fmt.Errorf("period: both the first and the last day are needed")
	}
	if last.Before(first.Time) {
		return evidence.Window{}, fmt.Errorf("period: the last day %s comes before the first day %s", last, first)
	}
	next := Date{last.AddDate(0, 0, 1)}
	return evidence.Window{From: first.Midnight(zone), To: next.Midnight(zone)}, nil
}
