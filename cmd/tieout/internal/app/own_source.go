package app

import (
	"bytes"
	"context"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
)

// ownSource makes records out of what tieout itself knows: what the verifier
// saw of a log, what the journal says of runs, bounds that are computed. They
// take the way of every other record, so they are kept, sealed and counted
// like them.
type ownSource struct {
	about string // what was asked, for the manifest
	body  any    // what the records are made from, kept as the raw response
	put   func(raw evidence.Digest, out source.Sink) error

	provides []evidence.Kind // of which every column is given, also where no row has a value
}

var _ source.Collector = (*ownSource)(nil)

// Collect implements source.Collector.
func (o *ownSource) Collect(_ context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	env.Query(o.about)
	env.Principal("tieout")
	body, err := canon.Marshal(o.body)
	if err != nil {
		return fmt.Errorf("%s: %w", o.about, err)
	}
	raw, err := out.Raw("tieout.json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	env.Page(source.Page{Name: "tieout.json", SHA256: raw, Bytes: int64(len(body)), Kept: true})
	for _, k := range o.provides {
		schema, _ := kinds.Of(k)
		for _, c := range schema.Columns {
			env.Provides(k, c.Name)
		}
	}
	return o.put(raw, out)
}

// pullOwn runs one of tieout's own sources and enters it into the journal.
func (a *App) pullOwn(ctx context.Context, id string, spec source.Spec, o *ownSource) (*engine.Result, error) {
	res, err := a.runPull(ctx, id, spec, o, nil, nil)
	if err != nil {
		return nil, err
	}
	_, err = a.keepPull(ctx, res)
	return res, err
}
