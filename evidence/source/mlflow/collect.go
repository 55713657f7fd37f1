package mlflow

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env    source.Env
	out    source.Sink
	client *web.Client
}

// Collect implements source.Collector. The registry is shown whole: a version
// that runs in the window may be older than the window.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	client, err := c.site.Open(env, out)
	if err != nil {
		return err
	}
	defer client.Close()
	p := &pull{c, env, out, client}
	if err := p.refused(p.checkSight(ctx), c.Emits()...); err != nil {
		return err
	}
	registry, err := p.registry(ctx)
	if err := p.refused(err, "model_version", "deployment", "dataset_use"); err != nil {
		return err
	}
	if err == nil {
		if err := p.uses(ctx, registry); err != nil {
			return err
		}
	}
	for _, e := range c.cfg.Evaluations {
		if err := p.refused(p.evaluations(ctx, e), "evaluation", "evaluation_metric"); err != nil {
			return err
		}
	}
	return nil
}

// refused turns a server that does not let us look, or whose answer is not
// whole, into gaps of the kinds, so that the rest can still be seen. Any other
// error stays one.
func (p *pull) refused(err error, lost ...evidence.Kind) error {
	if err == nil {
		return nil
	}
	reason := web.Reason(err)
	if reason == evidence.GapPullFailed {
		return err
	}
	for _, k := range lost {
		if err := p.gap(evidence.Gap{Kind: k, Reason: reason, Detail: err.Error()}); err != nil {
			return err
		}
	}
	return nil
}

// gap says a gap of a kind that this configuration shows.
func (p *pull) gap(g evidence.Gap) error {
	for _, k := range p.Emits() {
		if k == g.Kind {
			return p.out.Gap(g)
		}
	}
	return nil
}

// row is a record that is being filled.
type row struct {
	*evidence.Record
	p    *pull
	name string // of the answer
}

func (p *pull) row(kind evidence.Kind, a *web.Answer, item int) *row {
	r := kinds.New(kind)
	r.Raw, r.Item, r.Instance = a.Raw, int64(item), p.site.Host()
	return &row{r, p, a.Name}
}

// set puts a value in. What the kind does not take is missing, and counted.
func (r *row) set(column string, v any) {
	if err := r.Set(column, v); err != nil {
		r.missing(column, "it is no value of the column")
	}
}

// missing says that the column's value cannot be known, so that no test takes
// its NULL for a fact.
func (r *row) missing(column, why string) {
	r.SetMissing(column)
	r.p.env.Unparsable(r.Schema.Kind, column, why, source.Rejection{File: r.name, Item: r.Item})
}

// millis puts a time in. MLflow writes 0 or nothing for one that is not there.
func (r *row) millis(column string, ms int64) {
	switch {
	case ms == 0:
	case ms < 0 || ms > maxMillis:
		r.missing(column, "it is no time")
	default:
		r.set(column, evidence.Instant(ms*1000))
	}
}

const maxMillis = 253402300799999 // the end of year 9999

// tag puts a tag in. Where the object has no such tag nothing is known: its
// absence must not be read as the column's "there is none".
func (r *row) tag(column, tag string, tags ...map[string]string) {
	for _, t := range tags {
		if v := t[tag]; v != "" {
			r.set(column, v)
			return
		}
	}
	if c, _, _ := r.Schema.Column(column); c.Null == evidence.NullNone {
		r.missing(column, fmt.Sprintf("there is no tag %s", tag))
	}
}
