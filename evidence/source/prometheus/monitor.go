package prometheus

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// monitor shows the values of one figure. A moment without a value gives no
// row: the figure was not there, and the test that expects one says so.
func (p *pull) monitor(ctx context.Context, m Monitor) error {
	query, op, threshold := m.Query, m.Op, m.Threshold
	if m.Rule != "" {
		r, err := p.rules.named(m.Rule)
		if err != nil {
			return err
		}
		left, called, number, err := bound(r.Query)
		if err != nil {
			return fmt.Errorf("rule %s: %w", m.Rule, err)
		}
		query, op, threshold = left, kept[called], &number
		if err := p.out.Gap(evidence.Gap{
			Kind: "monitor_run", Columns: []string{"op", "threshold"}, Component: m.Component, From: p.window.From, To: p.window.To, Reason: evidence.GapDisabled,
			Detail: "the bound is that of rule " + m.Rule + " as it stands now, and Prometheus keeps no history of rules: state op and threshold, which then are the entity's own word",
		}); err != nil {
			return err
		}
	}
	width := evidence.Instant(m.every.Microseconds())
	w := p.window
	w.From = (w.From + width - 1) / width * width // the same moments whenever the window begins
	return between(ctx, p.client, query, w, m.every, func(c chunk) error {
		if len(c.series) > 1 {
			return fmt.Errorf("%q gives %d series, want one: put sum, max or min around it", query, len(c.series))
		}
		for _, s := range c.series {
			for i, v := range s.Values {
				r := p.client.Row("monitor_run", c.answer, i+1)
				r.Put("run_id", m.id()+"@"+v.at.Time().Format(time.RFC3339))
				r.Put("component_id", m.Component)
				r.Put("metric", m.Metric)
				r.Put("finished_at", v.at)
				putNumber(r, "value", v.value)
				if op != "" {
					r.Put("op", op)
					r.Put("threshold", *threshold)
				}
				if err := p.out.Put(r.Record); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func putNumber(r *source.Row, column string, v float64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		r.Unknown(column, "it is no finite number")
		return
	}
	r.Put(column, v)
}
