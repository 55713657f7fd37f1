// Package app wires the parts together: a workspace, its store, its sources,
// the catalogue, the clock and the key. It decides nothing that a user could
// read in a package; the packages below do.
package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/store"
)

// App is one workspace, open for work.
type App struct {
	WS       *workspace.Workspace
	Catalog  *controls.Catalog
	Policies []controls.Policy
	ReliesOn []controls.ReliesOn
	Store    *store.Store
	Clock    Clock
	Tool     string                           // "tieout 0.1.0"
	Say      func(format string, args ...any) // the conversation; never nil
	Event    func(name string, fields any)    // NDJSON events; never nil

	release func()
}

// Options say how a workspace is opened.
type Options struct {
	Clock   Clock
	Tool    string
	Say     func(format string, args ...any)
	Event   func(name string, fields any)
	Doing   string // what the lock says; empty opens for reading only
	Examine bool   // read whatever is there, so that it can be checked
}

// Open opens a workspace for work, or with no Doing for reading. Close it.
func Open(ctx context.Context, w *workspace.Workspace, o Options) (_ *App, err error) {
	a := &App{WS: w, Clock: o.Clock, Tool: o.Tool, Say: o.Say, Event: o.Event}
	if a.Clock == nil {
		a.Clock = SystemClock
	}
	if a.Say == nil {
		a.Say = func(string, ...any) {}
	}
	if a.Event == nil {
		a.Event = func(string, any) {}
	}
	if a.Catalog, err = LoadCatalog(w); err != nil {
		return nil, err
	}
	if a.Policies, err = w.ResolvePolicies(a.Catalog.Params); err != nil {
		return nil, err
	}
	if a.ReliesOn, err = w.Reliances(a.Catalog); err != nil {
		return nil, err
	}
	head, err := headFile(w.Dir)
	if err != nil {
		return nil, err
	}
	reading := o.Doing == ""
	if !reading {
		if a.release, err = lock(w.StateDir(), o.Doing, a.Clock()); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				a.release()
			}
		}()
	}
	if a.Store, err = store.Open(ctx, filepath.Join(w.StateDir(), "store"), store.Options{HeadFile: head, ReadOnly: reading && !o.Examine, Examine: o.Examine}); err != nil {
		return nil, fmt.Errorf("open the store of %s: %w", w.Dir, err)
	}
	return a, nil
}

// Close gives the workspace back.
func (a *App) Close() error {
	err := a.Store.Close()
	if a.release != nil {
		a.release()
	}
	return err
}

// LoadCatalog loads the built-in catalogue and the workspace's own controls.
func LoadCatalog(w *workspace.Workspace) (*controls.Catalog, error) {
	if len(w.File.Catalog) == 0 {
		return catalog.Load()
	}
	root, err := os.OpenRoot(w.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the workspace's controls: %w", err)
	}
	defer func() { _ = root.Close() }() // only read from
	var own []catalog.File
	for _, pattern := range w.File.Catalog {
		files, err := readGlob(root, pattern)
		if err != nil {
			return nil, err
		}
		own = append(own, files...)
	}
	return catalog.LoadWith(own)
}

// headFile is where the store's last head is remembered, outside the store.
func headFile(dir string) (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder that remembers the ledger's head: %w", err)
	}
	return filepath.Join(config, "tieout", "heads", evidence.DigestOf([]byte(dir)).String()[:32]), nil
}

// ForgetHead removes the remembered head of a workspace that is made anew.
func ForgetHead(dir string) error {
	path, err := headFile(dir)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("forget the head of an earlier store: %w", err)
	}
	return nil
}
