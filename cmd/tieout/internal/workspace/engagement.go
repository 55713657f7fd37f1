package workspace

import (
	"errors"
	"fmt"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence"
)

// day is how an engagement of type 1 counts its tolerance.
const day = 24 * time.Hour

// Tolerance of type 1: how far from the day things may have been seen.
const (
	defaultWithin = 7 // days, where the workspace states none
	maxWithin     = 31
)

// Days returns the first and the last day that the engagement is about: the
// same one twice for type 1.
func (e Engagement) Days() (first, last controls.Date) {
	if e.Type == 1 {
		return e.AsOf, e.AsOf
	}
	return e.From, e.To
}

// checkEngagement fills the window that is looked at.
func (w *Workspace) checkEngagement() (err error) {
	e := &w.File.Engagement
	switch e.Type {
	case 2:
		if !e.AsOf.IsZero() || e.Within != "" {
			return errors.New("as_of and within belong to type 1; type 2 has from and to")
		}
		w.Window, err = controls.Period(e.From, e.To, w.Zone)
	case 1:
		if !e.From.IsZero() || !e.To.IsZero() {
			return errors.New("from and to belong to type 2; type 1 has as_of and within")
		}
		if e.AsOf.IsZero() {
			return errors.New("type 1 needs as_of: the day that is looked at")
		}
		if w.Within, err = withinDays(e.Within); err != nil {
			return err
		}
		w.Window, err = controls.Period(controls.Date{Time: e.AsOf.AddDate(0, 0, -w.Within)}, e.AsOf, w.Zone)
	default:
		err = fmt.Errorf("type is %d, want 1 (one day) or 2 (a period)", e.Type)
	}
	return err
}

func withinDays(s string) (int, error) {
	if s == "" {
		return defaultWithin, nil
	}
	d, err := catalog.ParseDuration(s)
	if err != nil {
		return 0, fmt.Errorf("within: %w", err)
	}
	if d < day || d > maxWithin*day || d%day != 0 {
		return 0, fmt.Errorf("within is %s, want whole days from 1d to %dd", s, maxWithin)
	}
	return int(d / day), nil
}

// OneDay reports whether the engagement is about one day and not a period.
func (w *Workspace) OneDay() bool { return w.File.Engagement.Type == 1 }

// Stated returns the stretch that the engagement is about: the period, or the
// day. It ends where Window ends.
func (w *Workspace) Stated() evidence.Window {
	if !w.OneDay() {
		return w.Window
	}
	return evidence.Window{From: w.File.Engagement.AsOf.Midnight(w.Zone), To: w.Window.To}
}

// Near returns the stretch in which things may have been seen that are to say
// how they stood on the day of type 1.
func (w *Workspace) Near() evidence.Window {
	after := controls.Date{Time: w.File.Engagement.AsOf.AddDate(0, 0, w.Within+1)}
	return evidence.Window{From: w.Window.From, To: after.Midnight(w.Zone)}
}

// Wording returns how states are printed.
func (w *Workspace) Wording() controls.Wording {
	return controls.Wording{AsOf: w.File.Engagement.AsOf}
}
