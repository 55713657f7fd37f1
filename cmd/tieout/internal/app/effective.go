package app

import (
	"slices"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence/source"
)

// Configuration is a workspace with defaults filled in.
type Configuration struct {
	Params   []controls.Param
	Policies []controls.Policy
	Formats  []string
	KeyFile  string
	Sources  []ConfiguredSource
}

// ConfiguredSource is one source as it will be used.
type ConfiguredSource struct {
	ID, Type, Integrity string
	Kinds               []string
}

// Effective returns the configuration that commands work with.
func Effective(w *workspace.Workspace) (*Configuration, error) {
	cat, err := LoadCatalog(w)
	if err != nil {
		return nil, err
	}
	c := &Configuration{Params: cat.Params, Formats: formatsOf(w, nil)}
	if c.Policies, err = w.ResolvePolicies(cat.Params); err != nil {
		return nil, err
	}
	if _, err := w.Reliances(cat); err != nil {
		return nil, err
	}
	if c.KeyFile, err = KeyPath(w); err != nil {
		return nil, err
	}
	for _, s := range w.Sources {
		spec, col, err := collectorOf(s)
		if err != nil {
			return nil, err
		}
		integrity, err := s.IntegrityOf()
		if err != nil {
			return nil, err
		}
		out := ConfiguredSource{ID: s.ID, Type: s.Type}
		for _, k := range source.Kinds(spec, col) {
			out.Kinds = append(out.Kinds, string(k))
		}
		if integrity != nil {
			out.Integrity = integrity.Profile
		}
		c.Sources = append(c.Sources, out)
	}
	return c, nil
}

// formatsOf returns the document formats asked for, the workspace's or all.
func formatsOf(w *workspace.Workspace, asked []string) []string {
	switch {
	case len(asked) > 0:
		return asked
	case len(w.File.Export.Formats) > 0:
		return w.File.Export.Formats
	}
	return slices.Clone(workspace.Formats)
}
