package prometheus

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tieout/tieout/evidence"
)

// availability shows each month that lies wholly within the window.
func (p *pull) availability(ctx context.Context, a Availability) error {
	t := p.window.From.Time().In(p.zone)
	for year, month := t.Year(), t.Month(); ; month++ {
		starts := evidence.InstantOf(time.Date(year, month, 1, 0, 0, 0, 0, p.zone))
		ends := evidence.InstantOf(time.Date(year, month+1, 1, 0, 0, 0, 0, p.zone))
		if ends > p.window.To {
			return nil
		}
		if starts < p.window.From {
			continue
		}
		if err := p.month(ctx, a, starts, ends); err != nil {
			return err
		}
	}
}

// month shows one month. What was up is counted over the samples there are;
// where those that are missing could decide whether the promise was kept, what
// was attained is not known.
func (p *pull) month(ctx context.Context, a Availability, starts, ends evidence.Instant) error {
	span := fmt.Sprintf("(%s)[%ds:%ds]", a.Query, int64(ends-starts)/1e6, int64(a.every/time.Second))
	at := ends - 1000 // a sample at the end belongs to the next month
	count, raw, err := one(ctx, p.client, "count_over_time("+span+")", at)
	if err != nil {
		return err
	}
	mean, counted := (*sample)(nil), 0.0
	if count != nil {
		counted = count.value
		if mean, raw, err = one(ctx, p.client, "avg_over_time("+span+")", at); err != nil {
			return err
		}
	}
	r := p.client.Row("slo_month", raw, 1)
	name := starts.Time().In(p.zone).Format("2006-01")
	r.Put("component_id", a.Component)
	r.Put("sli", a.SLI)
	r.Put("month", name)
	r.Put("starts_at", starts)
	r.Put("ends_at", ends)
	if a.Target != nil {
		r.Put("target", *a.Target)
	}
	expected := math.Floor(float64(ends-starts) / float64(a.every.Microseconds()))
	covered := min(counted/expected, 1)
	switch {
	case mean == nil || covered == 0:
		r.Unknown("attained", "there is no sample of that month")
	case !(mean.value >= 0 && mean.value <= 1):
		r.Unknown("attained", "the query does not give values from 0 to 1")
	case a.Target != nil && undecided(mean.value, covered, *a.Target):
		r.Unknown("attained", "samples are missing that could decide whether the promise was kept")
	case a.Target == nil && covered < 1:
		r.Unknown("attained", "samples are missing, and no target is stated that would say whether they matter")
	default:
		r.Put("attained", mean.value)
	}
	if len(r.Missing) > 0 {
		err := p.out.Gap(evidence.Gap{
			Kind: "slo_month", Columns: []string{"attained"}, Component: a.Component, From: starts, To: ends, Reason: evidence.GapUnparsable,
			Detail: fmt.Sprintf("%s of %s: %.0f of %.0f samples are there", a.SLI, name, counted, expected),
		})
		if err != nil {
			return err
		}
	}
	return p.out.Put(r.Record)
}

// undecided reports whether the samples that are missing, all down or all up,
// would lead to different answers.
func undecided(mean, covered, target float64) bool {
	low := mean * covered
	high := low + (1 - covered)
	return (low >= target) != (high >= target) || (low >= target) != (mean >= target)
}
