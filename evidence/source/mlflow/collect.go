package mlflow

import (
	"context"
	"fmt"
	"slices"

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

// refused is web.Lost for those of the kinds that this configuration shows.
func (p *pull) refused(err error, lost ...evidence.Kind) error {
	emitted := p.Emits()
	lost = slices.DeleteFunc(slices.Clone(lost), func(k evidence.Kind) bool { return !slices.Contains(emitted, k) })
	return web.Lost(p.out, err, lost...)
}

// gap says a gap of a kind that this configuration shows.
func (p *pull) gap(g evidence.Gap) error {
	if !slices.Contains(p.Emits(), g.Kind) {
		return nil
	}
	return p.out.Gap(g)
}

// putTag puts a tag in. Where the object has no such tag nothing is known: its
// absence must not be read as the column's "there is none".
func putTag(r *source.Row, column, tag string, tags ...map[string]string) {
	for _, t := range tags {
		if v := t[tag]; v != "" {
			r.Put(column, v)
			return
		}
	}
	if c, _, _ := r.Schema.Column(column); c.Null == evidence.NullNone {
		r.Unknown(column, fmt.Sprintf("there is no tag %s", tag))
	}
}
