package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tieout/tieout/cmd/tieout/internal/trust"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/store"
)

// States of a Finding of doctor.
const (
	StateOK        = "ok"
	StateNote      = "note"       // nothing is wrong, but something is to be done
	StateNotLooked = "not_looked" // it could not be looked at, or nobody looks
	StateWrong     = "wrong"
)

// Finding is one thing that doctor looked at.
type Finding struct {
	What   string `json:"what"` // configuration, source, secret, clock, key, store, trust
	Name   string `json:"name,omitempty"`
	State  string `json:"state"`
	Detail string `json:"detail"`
}

// Policy is the least that a source needs, as lines to hand to whoever gives rights.
type Policy struct {
	Source string   `json:"source"`
	Type   string   `json:"type"`
	Lines  []string `json:"lines"`
}

// Diagnosis is what doctor saw. It collects nothing.
type Diagnosis struct {
	Schema   string    `json:"schema"`
	Findings []Finding `json:"findings"`
	Policies []Policy  `json:"policies"`
	Basis    string    `json:"missing_basis"` // what Missing is counted over
	Missing  []Missing `json:"missing"`       // what to connect next
}

// Holds reports whether nothing is wrong.
func (d *Diagnosis) Holds() bool {
	for _, f := range d.Findings {
		if f.State == StateWrong {
			return false
		}
	}
	return true
}

func (d *Diagnosis) add(what, name, state, format string, args ...any) {
	d.Findings = append(d.Findings, Finding{what, name, state, fmt.Sprintf(format, args...)})
}

// oldest is a moment that lies behind us: a clock before it was never set.
var oldest, _ = evidence.ParseInstant("2026-01-01T00:00:00Z")

// checkTime bounds what one source is waited for.
const checkTime = 20 * time.Second

// Doctor looks at everything that a run needs.
func Doctor(ctx context.Context, w *workspace.Workspace, clock Clock, tool string) (*Diagnosis, error) {
	d := &Diagnosis{Schema: "tieout/doctor/v1", Findings: []Finding{}, Policies: []Policy{}, Missing: []Missing{}}
	cat, err := LoadCatalog(w)
	if err != nil {
		d.add("configuration", "catalog", StateWrong, "%v", err)
		return d, nil
	}
	if _, err := w.ResolvePolicies(cat.Params); err != nil {
		d.add("configuration", "policies", StateWrong, "%v", err)
		return d, nil
	}
	d.add("configuration", "", StateOK, "%s: %d components, %d sources, %d controls", workspace.FileName, len(w.File.Components), len(w.Sources), len(cat.Controls))
	if err := d.sources(ctx, w, clock); err != nil {
		return nil, err
	}
	d.key(w)
	a, err := Open(ctx, w, Options{Clock: clock, Tool: tool})
	switch {
	case errors.Is(err, store.ErrNoStore):
		d.clock(clock(), 0)
		d.add("store", "", StateNote, "nothing was collected yet: 'tieout run' begins")
		a = &App{WS: w, Catalog: cat, Clock: clock}
		return d, d.missing(ctx, a, nil)
	case err != nil:
		d.clock(clock(), 0)
		d.add("store", "", StateWrong, "%v", err)
		return d, nil
	}
	defer func() { _ = a.Close() }() // it was only read from
	return d, d.kept(ctx, a)
}

// kept looks at the store, and at what the last run leaves untested.
func (d *Diagnosis) kept(ctx context.Context, a *App) error {
	pulls, err := a.pulls(ctx)
	if err != nil {
		d.add("store", "", StateWrong, "%v", err)
		return nil
	}
	var last evidence.Instant
	for _, p := range pulls {
		last = max(last, p.Entry.Finished)
	}
	d.clock(a.Clock(), last)
	head, err := a.Store.Head(ctx)
	if err != nil {
		d.add("store", "", StateWrong, "%v", err)
		return nil
	}
	d.add("store", "", StateOK, "%d ledger entries, %d pulls; 'tieout verify store' replays them", head.Size, len(pulls))
	run, err := a.LastRun(ctx)
	if err != nil {
		d.add("store", "last run", StateWrong, "%v", err)
		return nil
	}
	return d.missing(ctx, a, run)
}

func (d *Diagnosis) clock(now, last evidence.Instant) {
	switch {
	case now < oldest:
		d.add("clock", "", StateWrong, "it says %s, which is long past: set it", now)
	case now < last:
		d.add("clock", "", StateWrong, "it says %s, but the last pull ended at %s: one of them is wrong", now, last)
	default:
		d.add("clock", "", StateOK, "it says %s", now)
	}
}

func (d *Diagnosis) key(w *workspace.Workspace) {
	path, err := KeyPath(w)
	if err != nil {
		d.add("key", "", StateWrong, "%v", err)
		return
	}
	k, err := LoadKey(w)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add("key", "", StateNote, "there is none yet: 'tieout key new' makes %s", path)
	case err != nil:
		d.add("key", "", StateWrong, "%v", err)
	default:
		d.add("key", "", StateOK, "%s (%s); 'tieout key show' prints what the auditor pins", path, k.Name())
	}
}

// sources looks at each source: an untrusted workspace is only parsed.
func (d *Diagnosis) sources(ctx context.Context, w *workspace.Workspace, clock Clock) error {
	items, err := Asks(w)
	if err != nil {
		d.add("configuration", "sources", StateWrong, "%v", err)
		return nil
	}
	trusted := trust.Check(w.Dir, items) == nil
	if len(items) > 0 && !trusted {
		d.add("trust", "", StateNote, "%d things outside the folder were not allowed yet: look at them with 'tieout trust'; until then no secret is read and nothing is connected to", len(items))
	}
	root, err := os.OpenRoot(w.Dir)
	if err != nil {
		return fmt.Errorf("open the workspace's folder: %w", err)
	}
	defer func() { _ = root.Close() }() // only read from
	env := source.CheckEnv{
		Now: clock(), Files: root,
		Secret: func(ref string) (secret.Value, error) { return resolveSecret(ctx, w.Dir, ref) },
	}
	seen := map[string]bool{}
	for _, s := range w.Sources {
		spec, c, err := collectorOf(s)
		if err != nil { // Asks made it a moment ago
			return err
		}
		d.source(ctx, s.ID, c, env, trusted)
		if !seen[spec.Name] {
			seen[spec.Name] = true
			d.Policies = append(d.Policies, Policy{s.ID, spec.Name, spec.Access})
		}
	}
	return nil
}

func (d *Diagnosis) source(ctx context.Context, id string, c source.Collector, env source.CheckEnv, trusted bool) {
	var uses []source.Use
	if u, ok := c.(source.User); ok {
		uses = u.Uses()
	}
	if len(uses) == 0 {
		d.add("source", id, StateOK, "it reads files of the workspace only")
		return
	}
	if !trusted {
		d.add("source", id, StateNotLooked, "it was not allowed yet: 'tieout trust'")
		return
	}
	for _, u := range uses {
		if u.Secret == "" {
			continue
		}
		if _, err := env.Secret(u.Secret); err != nil {
			d.add("secret", id, StateWrong, "%v", err)
			return
		}
		d.add("secret", id, StateOK, "%s can be read; it goes to %s", u.Secret, u.Place)
	}
	checker, ok := c.(source.Checker)
	if !ok {
		d.add("source", id, StateNotLooked, "%s: nothing is asked of it before it is collected", uses[0].Place)
		return
	}
	ctx, stop := context.WithTimeout(ctx, checkTime)
	defer stop()
	if err := checker.Check(ctx, env); err != nil {
		d.add("source", id, StateWrong, "%v", err)
		return
	}
	d.add("source", id, StateOK, "%s answers and lets this user look", uses[0].Place)
}
