package app

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tieout/tieout/cmd/tieout/internal/trust"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/source"
)

// Asks returns everything that the workspace asks for beyond its own folder:
// programs, secrets and where they go, places it writes to.
func Asks(w *workspace.Workspace) ([]trust.Item, error) {
	var items []trust.Item
	for _, s := range w.Sources {
		spec, c, err := collectorOf(s)
		if err != nil {
			return nil, err
		}
		u, ok := c.(source.User)
		if !ok {
			continue
		}
		for _, use := range u.Uses() {
			if use.Secret != "" {
				items = append(items, trust.Secret(s.ID, use.Secret, use.Place)...)
			}
			if use.Place != "" {
				items = append(items, trust.Item{Source: s.ID, What: "connect", Detail: spec.Name + ": " + use.Place})
			}
		}
	}
	if out := w.OutDir(); !inside(w.Dir, out) {
		items = append(items, trust.Item{Source: "export", What: "write", Detail: out})
	}
	if path, ok := strings.CutPrefix(w.File.Signing.Key, "file:"); ok && filepath.IsAbs(path) && !inside(w.Dir, path) {
		items = append(items, trust.Item{Source: "signing", What: "read", Detail: path})
	}
	site, err := w.TimestampSite()
	if err != nil {
		return nil, err
	}
	if site != nil {
		items = append(items, trust.Item{Source: "signing", What: "send", Detail: "SHA-256 of what was signed → " + w.File.Signing.Timestamp + " (" + site.Uses()[0].Place + ")"})
	}
	return items, nil
}

func inside(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// collectorOf makes the collector of a source's entry.
func collectorOf(s workspace.Source) (source.Spec, source.Collector, error) {
	spec, ok := source.Of(s.Type)
	if !ok {
		var known []string
		for _, t := range source.All() {
			known = append(known, t.Name)
		}
		return spec, nil, s.Raw.Problem("source %s: there is no type %q (known: %s)", s.ID, s.Type, strings.Join(known, ", "))
	}
	c, err := spec.New(s.Raw)
	if err != nil {
		return spec, nil, err
	}
	return spec, c, nil
}

// trusted refuses a workspace whose wishes were not pinned.
func (a *App) trusted() (map[string]bool, error) {
	items, err := Asks(a.WS)
	if err != nil {
		return nil, err
	}
	if err := trust.Check(a.WS.Dir, items); err != nil {
		return nil, fmt.Errorf("%s: %w", a.WS.Dir, err)
	}
	refs := map[string]bool{}
	for _, i := range items {
		if ref, _, ok := strings.Cut(i.Detail, " → "); ok && i.What == "secret" {
			refs[ref] = true
		}
	}
	return refs, nil
}
