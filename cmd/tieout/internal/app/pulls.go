package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
)

// maxManifest bounds the manifest of one pull.
const maxManifest = 256 << 20

// kept is a pull as the journal holds it.
type kept struct {
	Index int64
	Entry engine.Entry
}

// pulls returns every pull in the order in which they were kept.
func (a *App) pulls(ctx context.Context) ([]kept, error) {
	var out []kept
	for s, err := range a.Store.Entries(ctx, entryPull, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the pulls: %w", err)
		}
		k := kept{Index: s.Index}
		if err := json.Unmarshal(s.JSON, &k.Entry); err != nil {
			return nil, fmt.Errorf("read the pull at ledger entry %d: %w", s.Index, err)
		}
		out = append(out, k)
	}
	return out, nil
}

// deciding returns for each source the pull whose account of what it could not
// see counts: the last one that ended well after the period's end, or where
// there is none, the last one.
func deciding(pulls []kept, end evidence.Instant) map[string]kept {
	out := map[string]kept{}
	whole := func(k kept) bool { return k.Entry.Error == "" && k.Entry.Finished >= end }
	for _, k := range pulls {
		if old, seen := out[k.Entry.Source]; seen && whole(old) && !whole(k) {
			continue
		}
		out[k.Entry.Source] = k
	}
	return out
}

// deciding is what the function of that name is for the engagement. Of one
// day, the last pull that ended well counts among those that saw things near
// enough to it, and where there is none, the last pull.
func (a *App) deciding(ctx context.Context, pulls []kept) (map[string]kept, error) {
	if !a.WS.OneDay() {
		return deciding(pulls, a.WS.Window.To), nil
	}
	out, near := map[string]kept{}, map[string]bool{}
	for _, k := range pulls {
		res, err := a.manifest(ctx, k)
		if err != nil {
			return nil, err
		}
		good := k.Entry.Error == "" && a.WS.Near().Contains(momentOf(res))
		if good || !near[k.Entry.Source] {
			out[k.Entry.Source], near[k.Entry.Source] = k, good
		}
	}
	return out, nil
}

// manifest reads the whole manifest of a pull.
func (a *App) manifest(ctx context.Context, k kept) (*engine.Result, error) {
	r, _, err := a.Store.Open(ctx, k.Entry.Manifest)
	if err != nil {
		return nil, fmt.Errorf("read the manifest of %s: %w", k.Entry.Source, err)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxManifest))
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, fmt.Errorf("read the manifest of %s: %w", k.Entry.Source, err)
	}
	res := &engine.Result{}
	if err := json.Unmarshal(body, res); err != nil {
		return nil, fmt.Errorf("read the manifest of %s: %w", k.Entry.Source, err)
	}
	res.Manifest = k.Entry.Manifest
	return res, nil
}

// manifests reads the manifests of the deciding pulls, by source.
func (a *App) manifests(ctx context.Context, pulls []kept) ([]*engine.Result, error) {
	chosen, err := a.deciding(ctx, pulls)
	if err != nil {
		return nil, err
	}
	var ids []string
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var out []*engine.Result
	for _, id := range ids {
		m, err := a.manifest(ctx, chosen[id])
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}
