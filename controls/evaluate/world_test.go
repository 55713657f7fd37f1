package evaluate

import (
	"cmp"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// world is the observations of a test, by kind.
type world map[evidence.Kind][]*evidence.Record

func at(s string) evidence.Instant {
	i, err := evidence.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return i
}

var period = evidence.Window{From: at("2026-01-01T00:00:00Z"), To: at("2026-07-01T00:00:00Z")}

// add makes one record. Texts of time columns are read as times.
func (w world) add(kind evidence.Kind, values map[string]any) *evidence.Record {
	r := kinds.New(kind)
	r.Source, r.ObservedAt, r.Item = "src", period.To-1, int64(len(w[kind])+1)
	r.Raw = evidence.DigestOf([]byte(kind))
	for name, v := range values {
		c, _, ok := r.Schema.Column(name)
		if s, isText := v.(string); ok && isText && c.Type == evidence.Time {
			v = at(s)
		}
		if err := r.Set(name, v); err != nil {
			panic(err)
		}
	}
	var key []string
	for _, name := range r.Schema.Key {
		key = append(key, fmt.Sprint(r.Value(name)))
	}
	r.NativeID = strings.Join(key, "/")
	r.ID = evidence.RecordID(kind, r.Source, "", "", r.NativeID)
	w[kind] = append(w[kind], r)
	return r
}

func (w world) records(kind evidence.Kind) iter.Seq2[*evidence.Record, error] {
	sorted := slices.SortedFunc(slices.Values(w[kind]), func(a, b *evidence.Record) int { return cmp.Compare(a.ID, b.ID) })
	return func(yield func(*evidence.Record, error) bool) {
		for _, r := range sorted {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// parts are the components of the workspace.
var parts = []controls.Component{
	{ID: "fraud", Name: "Fraud scoring", Kind: "ml_model", Deployment: "private", Effect: "automated"},
	{ID: "chat", Name: "Chat", Kind: "llm_feature", Deployment: "shared_api", Effect: "advisory"},
}

// defaults are the catalogue's own values, as a workspace without policies has
// them.
func defaults(t testing.TB, cat *controls.Catalog) []controls.Policy {
	t.Helper()
	var out []controls.Policy
	for _, p := range cat.Params {
		if p.Default == nil {
			continue
		}
		v, err := catalog.ParamValue(p, p.Default)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, controls.Policy{Param: p.Name, Value: v, Default: true})
	}
	return out
}

// input freezes the world and returns what an evaluation of it needs. Policies
// given take the place of the catalogue's values for their parameters.
func (w world) input(t testing.TB, stated ...controls.Policy) Input {
	t.Helper()
	cat := ownCatalog(t)
	policies := slices.DeleteFunc(defaults(t, cat), func(d controls.Policy) bool {
		return slices.ContainsFunc(stated, func(p controls.Policy) bool { return p.Param == d.Param })
	})
	f, err := freeze.Freeze(t.Context(), filepath.Join(t.TempDir(), "frozen"), freeze.Input{
		Window: period, Zone: time.UTC, Components: parts, Params: cat.Params, Policies: append(policies, stated...), Records: w.records, ObsKinds: catalog.Observed(cat),
	})
	if err != nil {
		t.Fatal(err)
	}
	return Input{Database: f.Database, Catalog: cat, Components: parts, Window: period, Missing: f.Missing}
}

// run evaluates and returns the items too.
func run(t testing.TB, in Input) (*Outcome, []controls.Item) {
	t.Helper()
	var items []controls.Item
	out, err := Run(t.Context(), in, func(i controls.Item) error {
		items = append(items, i)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, items
}

// resultOf returns the result of a test for a component.
func resultOf(t testing.TB, out *Outcome, test, component string) controls.Result {
	t.Helper()
	for _, r := range out.Results {
		if r.Test == test && r.Component == component {
			return r
		}
	}
	t.Fatalf("no result of %s for %s", test, component)
	return controls.Result{}
}

// releases is a world in which one deployment is right, one names a name that
// can change, one is of a component that nobody knows, and one is not of the period.
func releases() world {
	w := world{}
	w.add("model_version", map[string]any{"model": "m", "version": "1", "component_id": "fraud", "artifact_sha256": "aa", "created_at": "2025-12-01T00:00:00Z"})
	w.add("deployment", map[string]any{"deployment_id": "good", "component_id": "fraud", "environment": "production", "model_version": "1", "artifact_sha256": "aa", "started_at": "2026-02-01T00:00:00Z"})
	w.add("deployment", map[string]any{"deployment_id": "floating", "component_id": "fraud", "environment": "production", "model_version": "latest", "artifact_sha256": "aa", "started_at": "2026-03-01T00:00:00Z"})
	w.add("deployment", map[string]any{"deployment_id": "stray", "component_id": "nobody", "environment": "production", "model_version": "1", "artifact_sha256": "aa", "started_at": "2026-03-01T00:00:00Z"})
	w.add("deployment", map[string]any{"deployment_id": "later", "component_id": "fraud", "environment": "production", "model_version": "1", "artifact_sha256": "aa", "started_at": "2026-07-01T00:00:00Z"})
	return w
}

// childArgv starts this test binary as a child.
var childArgv = []string{os.Args[0], "evaluate-child"}
