package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/export"
)

// maxScope bounds the blob of one workspace's components.
const maxScope = 8 << 20

// scope is the components of a workspace when a run was made.
type scope struct {
	Components []string        `json:"components"`
	Excluded   []scopeExcluded `json:"excluded"`
}

type scopeExcluded struct {
	Component string `json:"component"`
	Reason    string `json:"reason"`
}

func scopeOf(w *workspace.Workspace) scope {
	s := scope{Components: []string{}, Excluded: []scopeExcluded{}}
	for _, c := range w.PlainComponents() {
		s.Components = append(s.Components, c.ID)
	}
	for _, x := range w.File.Exclude {
		s.Excluded = append(s.Excluded, scopeExcluded{x.Component, x.Reason})
	}
	return s
}

// keepScope keeps the components of the workspace. Equal ones are one blob.
func (a *App) keepScope(ctx context.Context) (evidence.Digest, error) {
	body, err := canon.Marshal(scopeOf(a.WS))
	if err != nil {
		return evidence.Digest{}, fmt.Errorf("keep the components of the workspace: %w", err)
	}
	d, _, err := a.Store.Put(ctx, bytes.NewReader(body))
	return d, err
}

// scopeHistory says of every component that some run's configuration listed,
// since when and until when, up to the run.
func (m *dossierMaker) scopeHistory(ctx context.Context, entries []runEntry, book *statement.Book) ([]export.ScopeLine, error) {
	var out []export.ScopeLine
	current := map[string]int{} // component → its line
	read := map[evidence.Digest]*scope{}
	for _, e := range entries {
		s, err := m.app.readScope(ctx, e.Scope, read)
		if err != nil {
			return nil, fmt.Errorf("read the components of run %s: %w", e.ID, err)
		}
		if s == nil {
			continue
		}
		for _, id := range s.Components {
			i, open := current[id]
			if !open {
				i = len(out)
				current[id] = i
				out = append(out, export.ScopeLine{Component: id, FirstRun: e.ID, First: e.At})
			}
			out[i].LastRun, out[i].Last = e.ID, e.At
		}
		for id, i := range current {
			if slices.Contains(s.Components, id) {
				continue
			}
			delete(current, id)
			out[i].RemovedRun, out[i].Removed = e.ID, e.At
			if x := slices.IndexFunc(s.Excluded, func(x scopeExcluded) bool { return x.Component == id }); x >= 0 {
				out[i].Reason = s.Excluded[x].Reason
			}
			if out[i].OpenDeviations, err = m.app.openDeviations(ctx, id, e.At, book); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(out, func(a, b export.ScopeLine) int {
		if a.Component != b.Component {
			return strings.Compare(a.Component, b.Component)
		}
		return strings.Compare(a.FirstRun, b.FirstRun)
	})
	return out, nil
}

func (a *App) readScope(ctx context.Context, d evidence.Digest, read map[evidence.Digest]*scope) (*scope, error) {
	if d.IsZero() {
		return nil, nil
	}
	if s, ok := read[d]; ok {
		return s, nil
	}
	body, err := a.readBlob(ctx, d, maxScope)
	if err != nil {
		return nil, err
	}
	s := &scope{}
	if err := json.Unmarshal(body, s); err != nil {
		return nil, err
	}
	read[d] = s
	return s, nil
}

// openDeviations counts the deviations of a component of which management had
// not said by a moment that they are ones, or are none.
func (a *App) openDeviations(ctx context.Context, component string, by evidence.Instant, book *statement.Book) (int64, error) {
	reg := &register{ids: map[statement.Item]string{}, at: map[string]int{}}
	for s, err := range a.Store.Entries(ctx, entryDeviations, 0) {
		if err == nil && s.At <= by {
			err = a.readNumbers(ctx, s, reg)
		}
		if err != nil {
			return 0, fmt.Errorf("read the register of deviations: %w", err)
		}
	}
	decided := map[string]bool{}
	for _, s := range book.All() {
		if s.Kind == statement.Determination && s.At <= by {
			decided[s.Subject] = true
		}
	}
	n := int64(0)
	for _, x := range reg.list {
		if x.Component == component && !decided[x.ID] {
			n++
		}
	}
	return n, nil
}
