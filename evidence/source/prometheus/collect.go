package prometheus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env    source.Env
	out    source.Sink
	client *web.Client
	window evidence.Window // up to now
	rules  *ruleSet
}

// Collect implements source.Collector.
func (c *collector) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	client, err := c.site.Open(env, out)
	if err != nil {
		return err
	}
	defer client.Close()
	p := &pull{collector: c, env: env, out: out, client: client, window: evidence.Window{From: w.From, To: min(w.To, env.Now())}}
	return web.Lost(out, p.all(ctx), p.Emits()...)
}

func (p *pull) all(ctx context.Context) error {
	if err := p.blind(ctx); err != nil {
		return err
	}
	if err := p.readRules(ctx); err != nil {
		return err
	}
	for _, m := range p.cfg.Monitors {
		if err := p.monitor(ctx, m); err != nil {
			return fmt.Errorf("monitor %s: %w", m.id(), err)
		}
	}
	for _, a := range p.cfg.Availability {
		if err := p.availability(ctx, a); err != nil {
			return fmt.Errorf("availability of %s, %s: %w", a.Component, a.SLI, err)
		}
	}
	if !p.cfg.Alerts {
		return nil
	}
	return errors.Join(p.showRules(), p.alerts(ctx))
}

// hole says a stretch in which nothing was recorded. A month counts its own
// samples, and rules are a state of now. A hole between two looks at a figure
// hides none of them.
func (p *pull) hole(g evidence.Gap) error {
	if p.cfg.Alerts {
		g.Kind = "alert"
		if err := p.out.Gap(g); err != nil {
			return err
		}
	}
	for _, m := range p.cfg.Monitors {
		if g.To-g.From < evidence.Instant(m.every.Microseconds()) {
			continue
		}
		g.Kind, g.Component = "monitor_run", m.Component
		if err := p.out.Gap(g); err != nil {
			return err
		}
	}
	return nil
}

// lookback is how long the server takes an old sample for the present one.
const lookback = 5 * time.Minute

// blind finds the stretches in which the server has nothing of anybody: it was
// down, it is new, or it has deleted them.
func (p *pull) blind(ctx context.Context) error {
	flags, a, err := get[map[string]string](ctx, p.client, apiFlags, nil)
	if err != nil {
		return err
	}
	p.client.Page(a, 1)
	keep, known := retention(flags["storage.tsdb.retention.time"])
	oldest := p.env.Now() - evidence.Instant(keep.Microseconds())
	reason := func(w evidence.Window) error {
		g := evidence.Gap{From: w.From, To: w.To, Reason: evidence.GapDisabled, Detail: "the server has no sample of anything: it recorded nothing then, or has lost it"}
		if known && w.From < oldest {
			g.Reason, g.Detail = evidence.GapRetention, fmt.Sprintf("the server keeps %s: what is older is deleted", keep)
		}
		return p.hole(g)
	}
	width := evidence.Instant(lookback.Microseconds())
	seen := p.window.From // everything before is accounted for
	err = between(ctx, p.client, "count(up)", p.window, lookback, func(c chunk) error {
		for _, s := range c.series {
			for _, v := range s.Values {
				if v.at > seen {
					if err := reason(evidence.Window{From: seen, To: v.at}); err != nil {
						return err
					}
				}
				seen = v.at + width
			}
		}
		return nil
	})
	if err != nil || seen >= p.window.To {
		return err
	}
	return reason(evidence.Window{From: seen, To: p.window.To})
}

// retention reads a duration as Prometheus writes it, such as 15d or 1w3d.
func retention(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	if text == "0s" {
		return 15 * 24 * time.Hour, true // its default
	}
	units := []struct {
		name string
		is   time.Duration
	}{
		{"ms", time.Millisecond}, {"y", 365 * 24 * time.Hour}, {"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour},
		{"h", time.Hour}, {"m", time.Minute}, {"s", time.Second},
	}
	var sum time.Duration
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		n, err := strconv.Atoi(text[:digits])
		if err != nil {
			return 0, false
		}
		rest, found := text[digits:], false
		for _, u := range units {
			if text, found = strings.CutPrefix(rest, u.name); found {
				if n > int(100*365*24*time.Hour/u.is) {
					return 0, false
				}
				sum += time.Duration(n) * u.is
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return sum, true
}
