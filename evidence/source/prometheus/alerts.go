package prometheus

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// maxSteps bounds the number of points that a history of alerts is asked for.
const maxSteps = 200 * maxPoints

const firing = `ALERTS{alertstate="firing"}`

// alerts shows each unbroken stretch in which an alert called.
func (p *pull) alerts(ctx context.Context) error {
	every, err := p.resolution()
	if err != nil {
		return err
	}
	width := evidence.Instant(every.Microseconds())
	w := p.window
	w.From = (w.From + width - 1) / width * width
	last := map[string]evidence.Instant{}
	return between(ctx, p.client, firing, w, every, func(c chunk) error {
		for i, s := range c.series {
			key, err := canon.Marshal(s.Metric)
			if err != nil {
				return fmt.Errorf("an alert's labels: %w", err)
			}
			for _, v := range s.Values {
				before, seen := last[string(key)]
				last[string(key)] = v.at
				if seen && v.at-before == width {
					continue
				}
				if err := p.alert(c.answer, i+1, s.Metric, key, v.at, v.at == w.From); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// resolution is how finely the history is looked at: as often as the server
// itself looks. Where that would be too much, what is short is not seen.
func (p *pull) resolution() (time.Duration, error) {
	every := max(time.Second, time.Duration(p.rules.interval)*time.Second)
	if p.rules.interval == 0 {
		every = time.Minute
	}
	span := time.Duration(p.window.To-p.window.From) * time.Microsecond
	least := (span/maxSteps + time.Second).Truncate(time.Second)
	if every >= least {
		return every, nil
	}
	return least, p.out.Gap(evidence.Gap{
		Kind: "alert", Reason: evidence.GapSampling,
		Detail: fmt.Sprintf("rules are evaluated every %s and their history was looked at every %s: shorter alerts are not seen", every, least),
	})
}

func (p *pull) alert(a *web.Answer, item int, labels map[string]string, key []byte, at evidence.Instant, cut bool) error {
	r := p.client.Row("alert", a, item)
	r.Put("alert_id", evidence.DigestOf(key).String()[:16]+"@"+at.Time().Format(time.RFC3339))
	if rules := p.rules.byName[labels["alertname"]]; len(rules) == 1 {
		r.Put("rule_id", rules[0].id)
	} else {
		r.Unknown("rule_id", fmt.Sprintf("the server has %d rules of the alert's name now", len(rules)))
	}
	r.Put("component_id", labels[p.cfg.Labels["component_id"]])
	if label := p.cfg.Labels["severity"]; label != "" {
		p.severity(r, labels[label])
	}
	if cut {
		r.Unknown("fired_at", "it called already when the window began")
	} else {
		r.Put("fired_at", at)
	}
	return p.out.Put(r.Record)
}

func (p *pull) severity(r *source.Row, value string) {
	if mapped, ok := p.cfg.Severity[value]; ok {
		value = mapped
	}
	if !slices.Contains(severities, value) {
		r.Unknown("severity", fmt.Sprintf("the label's value is none of %v and not among %v", severities, slices.Sorted(maps.Keys(p.cfg.Severity))))
		return
	}
	r.Put("severity", value)
}
