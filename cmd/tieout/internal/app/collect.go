package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	_ "github.com/tieout/tieout/evidence/source/aws/bedrock"   // registers itself
	_ "github.com/tieout/tieout/evidence/source/aws/bedrock"   // registers itself
	_ "github.com/tieout/tieout/evidence/source/aws/iam"       // registers itself
	_ "github.com/tieout/tieout/evidence/source/aws/iam"       // registers itself
	_ "github.com/tieout/tieout/evidence/source/aws/iam"       // registers itself
	_ "github.com/tieout/tieout/evidence/source/aws/sagemaker" // registers itself
	_ "github.com/tieout/tieout/evidence/source/keycloak"      // registers itself
	_ "github.com/tieout/tieout/evidence/source/keycloak"      // registers itself
	_ "github.com/tieout/tieout/evidence/source/ldap"          // registers itself
	_ "github.com/tieout/tieout/evidence/source/ldap"          // registers itself
	_ "github.com/tieout/tieout/evidence/source/litellm"       // registers itself
	_ "github.com/tieout/tieout/evidence/source/mlflow"        // registers itself
	_ "github.com/tieout/tieout/evidence/source/mlflow"        // registers itself
	_ "github.com/tieout/tieout/evidence/source/mlflow"        // registers itself
	_ "github.com/tieout/tieout/evidence/source/mlflow"        // registers itself
	_ "github.com/tieout/tieout/evidence/source/mlflow"        // registers itself
	_ "github.com/tieout/tieout/evidence/source/otel"          // registers itself
	_ "github.com/tieout/tieout/evidence/source/otel"          // registers itself
	_ "github.com/tieout/tieout/evidence/source/postgres"      // registers itself
	_ "github.com/tieout/tieout/evidence/source/postgres"      // registers itself
	_ "github.com/tieout/tieout/evidence/source/prometheus"    // registers itself
	_ "github.com/tieout/tieout/evidence/source/prometheus"    // registers itself
	_ "github.com/tieout/tieout/evidence/source/prometheus"    // registers itself
	_ "github.com/tieout/tieout/evidence/source/prometheus"    // registers itself
	_ "github.com/tieout/tieout/evidence/source/prometheus"    // registers itself
	_ "github.com/tieout/tieout/evidence/source/table"         // registers itself
	_ "github.com/tieout/tieout/evidence/source/table"         // registers itself
	_ "github.com/tieout/tieout/evidence/source/table"         // registers itself
	_ "github.com/tieout/tieout/evidence/source/table"         // registers itself
	_ "github.com/tieout/tieout/evidence/source/table"         // registers itself
	_ "github.com/tieout/tieout/evidence/source/tls"           // registers itself

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/store"
)

// Types of journal entries.
const (
	entryPull    = "pull"
	entryLog     = "log"
	entryRun     = "run"
	entryPackage = "package"
)

// Pulled is what became of one source.
type Pulled struct {
	Source string         `json:"source"`
	Result *engine.Result `json:"-"`
	Entry  engine.Entry   `json:"pull"`
	Log    *LogVerdict    `json:"log,omitempty"`
	Index  int64          `json:"ledger_index"`
}

// Collect pulls every source named, or all of them, one after the other. A
// source that fails leaves gaps and does not stop the others.
func (a *App) Collect(ctx context.Context, only []string) ([]Pulled, error) {
	refs, err := a.trusted()
	if err != nil {
		return nil, err
	}
	for _, id := range only {
		if !slices.ContainsFunc(a.WS.Sources, func(s workspace.Source) bool { return s.ID == id }) {
			return nil, fmt.Errorf("collect: there is no source %q in %s", id, workspace.FileName)
		}
	}
	root, err := os.OpenRoot(a.WS.Dir)
	if err != nil {
		return nil, fmt.Errorf("open the workspace's folder: %w", err)
	}
	defer func() { _ = root.Close() }() // only read from
	var out []Pulled
	for _, s := range a.WS.Sources {
		if len(only) > 0 && !slices.Contains(only, s.ID) {
			continue
		}
		p, err := a.pull(ctx, s, root, refs)
		if err != nil {
			return out, err
		}
		out = append(out, *p)
	}
	if len(out) == 0 {
		return nil, errors.New("collect: the workspace names no source: add one under sources: in " + workspace.FileName)
	}
	return out, nil
}

func (a *App) pull(ctx context.Context, s workspace.Source, root *os.Root, refs map[string]bool) (*Pulled, error) {
	spec, c, err := collectorOf(s)
	if err != nil {
		return nil, err
	}
	a.Event("source_started", map[string]any{"source": s.ID})
	res, err := a.runPull(ctx, s.ID, spec, c, root, refs)
	if err != nil {
		return nil, err
	}
	p := &Pulled{Source: s.ID, Result: res, Entry: res.Entry()}
	if p.Index, err = a.keepPull(ctx, res); err != nil {
		return nil, err
	}
	if integrity, err := s.IntegrityOf(); err != nil {
		return nil, err
	} else if integrity != nil {
		if p.Log, err = a.verifyLog(ctx, s.ID, *integrity, res, root); err != nil {
			return nil, err
		}
	}
	a.Event("source_finished", p.Entry)
	a.Say("%s", pulledLine(p))
	return p, nil
}

func (a *App) runPull(ctx context.Context, id string, spec source.Spec, c source.Collector, root *os.Root, refs map[string]bool) (*engine.Result, error) {
	return engine.Run(ctx, engine.Pull{
		Source: id, Type: spec, Collector: c, Window: a.WS.Window, Clock: a.Clock, Keeper: keeper{ctx, a.Store}, Files: root,
		Schemas: kinds.Of, TempDir: a.WS.StateDir(),
		Secrets: func(ref string) (secret.Value, error) {
			if !refs[ref] {
				return secret.Value{}, errors.New("the reference is not among those that were allowed: look at them with 'tieout trust'")
			}
			return resolveSecret(ctx, a.WS.Dir, ref)
		},
	})
}

// maxWithheld bounds the digests in one journal entry, which has to stay small.
const maxWithheld = 400

// pullEntry is a pull in the journal, with the digests of files that stay
// where they are: the ledger then holds what they were.
type pullEntry struct {
	engine.Entry
	Withheld []evidence.Digest `json:"withheld,omitempty"`
}

// keepPull puts a pull into the journal.
func (a *App) keepPull(ctx context.Context, res *engine.Result) (int64, error) {
	entry := pullEntry{Entry: res.Entry()}
	for _, p := range res.Pages {
		if !p.Kept && len(entry.Withheld) < maxWithheld {
			entry.Withheld = append(entry.Withheld, p.SHA256)
		}
	}
	body, err := canon.Marshal(entry)
	if err != nil {
		return 0, fmt.Errorf("keep the pull of %s: %w", res.Source, err)
	}
	list, err := a.Store.PutList(ctx, res.Blobs())
	if err != nil {
		return 0, fmt.Errorf("keep the pull of %s: %w", res.Source, err)
	}
	index, err := a.Store.Append(ctx, store.Entry{
		Type: entryPull, Key: res.Source, At: res.Started, Lists: []evidence.Digest{list}, JSON: body,
	})
	if err != nil {
		return 0, fmt.Errorf("keep the pull of %s: %w", res.Source, err)
	}
	return index, nil
}

// pulledLine says in one line what a source gave.
func pulledLine(p *Pulled) string {
	var parts []string
	for _, k := range p.Entry.Kinds {
		text := fmt.Sprintf("%d %s", k.Put, k.Kind)
		if k.Rejected > 0 {
			text += fmt.Sprintf(" (%d rejected)", k.Rejected)
		}
		parts = append(parts, text)
	}
	line := fmt.Sprintf("collected %-22s %s", p.Source, strings.Join(parts, ", "))
	if n := p.Entry.GapCount; n > 0 {
		line += fmt.Sprintf("; %d gaps", n)
	}
	if p.Entry.Error != "" {
		line += "; it did not end well: " + p.Entry.Error
	}
	if p.Log != nil {
		line += "; log " + p.Log.Verdict
	}
	return line
}
