package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/formats"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/store"
)

// logSource is the id under which the verifier of the log behind a source
// shows records of its own. No source of a workspace can have it.
func logSource(id string) string { return id + "/log" }

// logSpec describes the verifier of a log as a source of records.
var logSpec = source.Spec{
	Name: "log", Summary: "what the verifier saw of the log behind a source", Emits: []evidence.Kind{"log_gap", "log_head", "log_segment"},
}

// LogVerdict is the journal's line about one verified log.
type LogVerdict struct {
	Schema  string          `json:"schema"`
	Source  string          `json:"source"`
	Verdict string          `json:"verdict"`
	Profile string          `json:"profile"`
	Records int64           `json:"records"`
	Head    string          `json:"head"`
	Report  evidence.Digest `json:"report"` // the blob of the whole report
}

// logFile is where the report on a log stands in a package.
func logFile(id string) string { return "logs/" + id + ".json" }

// verifyLog checks the log behind a source in the files that its pull read,
// holds it against what earlier checks saw of it, and shows what it saw as
// records of its own.
func (a *App) verifyLog(ctx context.Context, id string, i workspace.Integrity, res *engine.Result, root *os.Root) (*LogVerdict, error) {
	var names []string
	for _, p := range res.Pages {
		names = append(names, p.Name)
	}
	if len(names) == 0 {
		return nil, a.noLog(ctx, id, "the source read no file, so there is no log to verify")
	}
	o, err := a.logOptions(i, root)
	if err != nil {
		return nil, fmt.Errorf("verify the log of source %s: %w", id, err)
	}
	heads, err := a.sealedHeads(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		o.Heads = append(o.Heads, h.EarlierHead)
	}
	if o.Seals, err = a.Seals(ctx); err != nil {
		return nil, fmt.Errorf("verify the log of source %s: %w", id, err)
	}
	report, err := formats.VerifyRead(ctx, root, names, *o)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, a.noLog(ctx, id, fmt.Sprintf("the log could not be verified: %v", err))
	}
	body, err := canon.Marshal(report)
	if err != nil {
		return nil, fmt.Errorf("verify the log of source %s: %w", id, err)
	}
	v := &LogVerdict{Schema: "tieout/log-entry/v1", Source: id, Verdict: string(report.Verdict), Report: evidence.DigestOf(body)}
	for _, l := range report.Logs {
		v.Profile, v.Head, v.Records = l.Profile, l.Head, v.Records+l.Records
	}
	o2 := &ownSource{about: "verify log " + strings.Join(names, " "), body: json.RawMessage(body), put: func(raw evidence.Digest, out source.Sink) error {
		if err := a.putLog(id, report, holdsDecisions(res), raw, out); err != nil {
			return err
		}
		return a.putHeads(id, heads, report, raw, out)
	}, provides: logSpec.Emits}
	if _, err := a.pullOwn(ctx, logSource(id), logSpec, o2); err != nil {
		return nil, err
	}
	entry, err := canon.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("keep the verdict on the log of source %s: %w", id, err)
	}
	if _, err := a.Store.Append(ctx, store.Entry{Type: entryLog, Key: id, At: a.Clock(), Blobs: []evidence.Digest{v.Report}, JSON: entry}); err != nil {
		return nil, fmt.Errorf("keep the verdict on the log of source %s: %w", id, err)
	}
	return v, nil
}

// holdsDecisions reports whether the source gives decisions.
func holdsDecisions(res *engine.Result) bool {
	return slices.ContainsFunc(res.Kinds, func(k engine.KindCount) bool { return k.Kind == "decision" })
}

// noLog records that a log could not be looked at.
func (a *App) noLog(ctx context.Context, id, why string) error {
	o := &ownSource{about: "verify log", body: map[string]any{"error": why}, put: func(evidence.Digest, source.Sink) error { return errors.New(why) }}
	_, err := a.pullOwn(ctx, logSource(id), logSpec, o)
	return err
}

// logOptions reads what the workspace says of a log: its profile, its keys,
// and how long it may be silent.
func (a *App) logOptions(i workspace.Integrity, root *os.Root) (*formats.Options, error) {
	now := a.Clock()
	period := a.WS.Window
	if now > period.From && now < period.To {
		period.To = now // what has not come yet is no silence
	}
	o := &formats.Options{Options: integrity.Options{Period: &period, Now: now, MaxGap: a.policyDuration("log_max_gap")}}
	var err error
	if formats.IsOwn(i.Profile) {
		o.Format = i.Profile
	} else if i.Profile != "" {
		if o.Profile, err = a.logProfile(i.Profile, root); err != nil {
			return nil, err
		}
	}
	for _, name := range i.Keys {
		label, path, named := strings.Cut(name, "=")
		if !named {
			label, path = "", name
		}
		content, err := readSmall(root, path)
		if err != nil {
			return nil, fmt.Errorf("read key %s: %w", path, err)
		}
		if err := o.AddKey(label, path, content); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// logProfile finds a profile by its id, or in a file of the workspace.
func (a *App) logProfile(name string, root *os.Root) (*integrity.Profile, error) {
	if !strings.HasSuffix(name, ".yaml") {
		return integrity.Preset(name)
	}
	src, err := readSmall(root, name)
	if err != nil {
		return nil, fmt.Errorf("read profile %s: %w", name, err)
	}
	return integrity.LoadProfile(name, src)
}

const maxSmall = 256 << 10

func readSmall(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	b, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxSmall {
		return nil, fmt.Errorf("it is longer than %d bytes", maxSmall)
	}
	return b, nil
}

// policyDuration returns the shortest value that a duration has in the period:
// what is shorter is nobody's business, and a test judges the rest.
func (a *App) policyDuration(param string) time.Duration {
	var least time.Duration
	for _, p := range a.Policies {
		if us, ok := p.Value.(int64); ok && p.Param == param && p.From < a.WS.Window.To {
			if d := time.Duration(us) * time.Microsecond; least == 0 || d < least {
				least = d
			}
		}
	}
	return least
}

// logVerdicts returns the last verdict on the log of each source, by source.
func (a *App) logVerdicts(ctx context.Context) ([]LogVerdict, error) {
	last := map[string]LogVerdict{}
	for s, err := range a.Store.Entries(ctx, entryLog, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the verdicts on logs: %w", err)
		}
		var v LogVerdict
		if err := json.Unmarshal(s.JSON, &v); err != nil {
			return nil, fmt.Errorf("read the verdict at ledger entry %d: %w", s.Index, err)
		}
		last[v.Source] = v
	}
	var out []LogVerdict
	for _, s := range a.WS.Sources {
		if v, ok := last[s.ID]; ok {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(x, y LogVerdict) int { return strings.Compare(x.Source, y.Source) })
	return out, nil
}
