package freeze

import (
	"cmp"
	"database/sql"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// newYork's first half of 2026: clocks change on 8 March.
var newYork = mustZone("America/New_York")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func date(s string) (d controls.Date) {
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func at(s string) evidence.Instant {
	i, err := evidence.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return i
}

func halfYear() evidence.Window {
	w, err := controls.Period(date("2026-01-01"), date("2026-06-30"), newYork)
	if err != nil {
		panic(err)
	}
	return w
}

// world is the observations of a test, by kind.
type world map[evidence.Kind][]*evidence.Record

// add makes one observation. The object's native id is the text of its key.
func (w world) add(kind evidence.Kind, observed string, values map[string]any) *evidence.Record {
	r := kinds.New(kind)
	r.Source, r.ObservedAt, r.Item = "src", at(observed), int64(len(w[kind])+1)
	r.Raw = evidence.DigestOf([]byte(observed))
	for _, name := range slices.Sorted(mapKeys(values)) {
		if err := r.Set(name, values[name]); err != nil {
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

func mapKeys(m map[string]any) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (w world) records(kind evidence.Kind) iter.Seq2[*evidence.Record, error] {
	sorted := slices.SortedFunc(slices.Values(w[kind]), compareObservations)
	return func(yield func(*evidence.Record, error) bool) {
		for _, r := range sorted {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (w world) input() Input {
	return Input{
		Window: halfYear(), Zone: newYork, Records: w.records,
		Components: []controls.Component{{ID: "fraud", Name: "Fraud scoring", Kind: "ml_model", Deployment: "private", Effect: "automated"}},
	}
}

func freezeOf(t *testing.T, in Input) (*Frozen, *sql.DB) {
	t.Helper()
	f, err := Freeze(t.Context(), filepath.Join(t.TempDir(), "a b%?#ä"), in)
	if err != nil {
		t.Fatal(err)
	}
	dsn, err := dataSource(f.Database)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return f, db
}

// query returns the rows of a query as text, NULL as -, columns joined by |.
func query(t *testing.T, db *sql.DB, q string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for rows.Next() {
		cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		parts := make([]string, len(cells))
		for i, c := range cells {
			parts[i] = cmp.Or(c.String, "-")
		}
		out = append(out, strings.Join(parts, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t *testing.T, what string, got []string, wanted ...string) {
	t.Helper()
	if !slices.Equal(got, wanted) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, wanted)
	}
}

func (f *Frozen) table(t *testing.T, name string) TableReport {
	t.Helper()
	for _, r := range f.Tables {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no table %s", name)
	return TableReport{}
}

func TestAnEmptyWorkspaceGivesEveryTableEmpty(t *testing.T) {
	t.Parallel()
	in := world{}.input()
	in.Components = nil
	f, db := freezeOf(t, in)
	for _, r := range f.Tables {
		rows := int64(0)
		if r.Name == "p" || r.Name == "period" {
			rows = 1
		}
		if r.Rows != rows || r.AllAfterEnd {
			t.Errorf("table %s: %+v", r.Name, r)
		}
		want(t, r.Name, query(t, db, "SELECT count(*) FROM "+kinds.Quote(r.Name)), fmt.Sprint(rows))
	}
	if len(f.Tables) != len(kinds.All())+6 {
		t.Errorf("%d tables", len(f.Tables))
	}
	want(t, "other than tables and plain indexes", query(t, db, "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE '%VIRTUAL%'"))
}

func TestThePeriodIsHalfOpenInItsZone(t *testing.T) {
	t.Parallel()
	w := world{}
	for id, deployed := range map[string]string{
		"before": "2026-01-01T04:59:59.999999Z", "first": "2026-01-01T05:00:00Z",
		"spring": "2026-03-08T07:00:00Z", "last": "2026-07-01T03:59:59.999999Z", "after": "2026-07-01T04:00:00Z",
	} {
		w.add("change", "2026-07-02T00:00:00Z", map[string]any{"change_id": id, "deployed_at": at(deployed)})
	}
	f, db := freezeOf(t, w.input())
	want(t, "inside", query(t, db, "SELECT c.change_id FROM change c, period p WHERE c.deployed_at_us >= p.start_us AND c.deployed_at_us < p.end_us ORDER BY c.deployed_at"), "first", "spring", "last")
	want(t, "inside, by text", query(t, db, "SELECT count(*) FROM change c, period p WHERE c.deployed_at >= p.start_at AND c.deployed_at < p.end_at"), "3")
	want(t, "period", query(t, db, "SELECT start_at, end_at, end_us - start_us FROM period"),
		"2026-01-01T05:00:00.000000Z|2026-07-01T04:00:00.000000Z|"+fmt.Sprint((181*24-1)*3600*int64(1e6)))
	r := f.table(t, "change")
	if r.Rows != 5 || r.FirstKey != "after" || r.LastKey != "spring" || *r.FirstAt != at("2026-01-01T04:59:59.999999Z") || *r.LastAt != at("2026-07-01T04:00:00Z") || !r.AllAfterEnd {
		t.Errorf("report: %+v", r)
	}
	if f.table(t, "grant").AllAfterEnd {
		t.Error("a table without observations claims that they are late")
	}
}

func TestOneRowPerObjectByShape(t *testing.T) {
	t.Parallel()
	w := world{}
	// An event: the first observation.
	w.add("evaluation", "2026-02-01T00:00:00Z", map[string]any{"evaluation_id": "e1", "component_id": "fraud", "executed_by": "ann"})
	w.add("evaluation", "2026-03-01T00:00:00Z", map[string]any{"evaluation_id": "e1", "component_id": "fraud", "executed_by": "bo"})
	w.add("evaluation", "2026-04-01T00:00:00Z", map[string]any{"evaluation_id": "e2", "component_id": "fraud", "executed_by": "bo"})
	w.add("evaluation", "2026-05-01T00:00:00Z", map[string]any{"evaluation_id": "e2", "component_id": "fraud", "executed_by": "bo"})
	// Dated: the latest, after the end too.
	w.add("grant", "2026-02-01T00:00:00Z", map[string]any{"grant_id": "g1", "principal_id": "a", "resource_id": "r"})
	w.add("grant", "2026-08-01T00:00:00Z", map[string]any{"grant_id": "g1", "principal_id": "a", "resource_id": "r", "revoked_at": at("2026-06-01T00:00:00Z")})
	// A state: the last before the end; only where there is none the first after it.
	for _, o := range []struct{ day, id, owner string }{
		{"2025-12-01", "r1", "old"}, {"2026-07-01", "r1", "kept"}, {"2026-07-02", "r1", "late"},
		{"2026-07-05", "r2", "late"}, {"2026-07-03", "r2", "nearest"},
	} {
		w.add("resource", o.day+"T03:59:59.999999Z", map[string]any{"resource_id": o.id, "owner_id": o.owner})
	}
	in := w.input()
	in.ObsKinds = []evidence.Kind{"resource", "grant"}
	f, db := freezeOf(t, in)
	want(t, "event", query(t, db, "SELECT evaluation_id, executed_by FROM evaluation ORDER BY 1"), "e1|ann", "e2|bo")
	want(t, "dated", query(t, db, "SELECT revoked_at FROM \"grant\""), "2026-06-01T00:00:00.000000Z")
	want(t, "snapshot", query(t, db, "SELECT resource_id, owner_id FROM resource ORDER BY 1"), "r1|kept", "r2|nearest")
	want(t, "observations", query(t, db, "SELECT resource_id, owner_id FROM resource_obs ORDER BY 1, _observed_at"), "r1|kept", "r1|late", "r2|nearest", "r2|late")
	if len(f.Conflicts) != 1 || f.Conflicts[0].Kind != "evaluation" || f.Conflicts[0].Objects != 1 || !slices.Equal(f.Conflicts[0].Examples[0].Columns, []string{"executed_by"}) {
		t.Errorf("conflicts: %+v", f.Conflicts)
	}
	if r := f.table(t, "resource"); r.RowsAfterEnd != 1 || len(r.AfterEnd) != 1 || r.Observations != 5 || r.AllAfterEnd {
		t.Errorf("resource: %+v", r)
	}
	if r := f.table(t, "resource_obs"); r.Rows != 4 || r.BeforePeriod != 1 {
		t.Errorf("resource_obs: %+v", r)
	}
}

func TestObservationsOfOneMomentThatDifferAreListed(t *testing.T) {
	t.Parallel()
	w := world{}
	w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "w1", "role": "x"})
	w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "w1", "role": "y"})
	w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "w2", "role": "x"}).Item = 9
	w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "w2", "role": "y"}).Item = 9
	w.add("worker", "2026-03-01T00:00:00Z", map[string]any{"worker_id": "w2", "role": "z"})
	in := w.input()
	in.ObsKinds = []evidence.Kind{"worker"}
	f, db := freezeOf(t, in)
	want(t, "rows", query(t, db, "SELECT worker_id, role FROM worker ORDER BY 1"), "w1|y", "w2|z")
	if len(f.Conflicts) != 1 || f.Conflicts[0].Objects != 1 || f.Conflicts[0].Examples[0].NativeID != "w1" {
		t.Errorf("conflicts: %+v", f.Conflicts)
	}
	if r := f.table(t, "worker_obs"); r.Rows != 4 || r.Twins != 1 {
		t.Errorf("worker_obs: %+v", r)
	}
}

func TestAReadErrorIsNeverAnEmptyTable(t *testing.T) {
	t.Parallel()
	w := world{}
	r := w.add("worker", "2026-02-01T00:00:00Z", map[string]any{"worker_id": "w1"})
	for name, records := range map[string]func(evidence.Kind) iter.Seq2[*evidence.Record, error]{
		"error": func(evidence.Kind) iter.Seq2[*evidence.Record, error] {
			return func(yield func(*evidence.Record, error) bool) { yield(nil, os.ErrPermission) }
		},
		"order": func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
			return func(yield func(*evidence.Record, error) bool) {
				other := *r
				other.ID = "~"
				_ = k == "worker" && yield(&other, nil) && yield(r, nil)
			}
		},
		"no id": func(k evidence.Kind) iter.Seq2[*evidence.Record, error] {
			return func(yield func(*evidence.Record, error) bool) {
				other := *r
				other.ID = ""
				_ = k == "worker" && yield(&other, nil)
			}
		},
	} {
		in := w.input()
		in.Records = records
		dir := t.TempDir()
		if _, err := Freeze(t.Context(), dir, in); err == nil {
			t.Errorf("%s: frozen all the same", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left behind %v, %v", name, left, err)
		}
	}
}

func TestUnreadableValuesOfNoneColumnsAreHandedOn(t *testing.T) {
	t.Parallel()
	w := world{}
	r := w.add("change", "2026-02-01T00:00:00Z", map[string]any{"change_id": "c1"})
	r.SetMissing("deployed_at") // none: NULL would say that it never went live
	r.SetMissing("environment") // unknown: NULL says so already
	f, db := freezeOf(t, w.input())
	want(t, "row", query(t, db, "SELECT _missing, deployed_at, deployed_at_us FROM change"), `["deployed_at","environment"]|-|-`)
	if !slices.Equal(f.Missing, []Missing{{"change", "deployed_at", r.ID}}) {
		t.Errorf("missing: %+v", f.Missing)
	}
}

func TestRecordsFindTheirComponent(t *testing.T) {
	t.Parallel()
	w := world{}
	for id, stated := range map[string]string{"c1": "fraud", "c2": "fraud-v2", "c3": "bot", "c4": "", "c5": ""} {
		r := w.add("change", "2026-02-01T00:00:00Z", map[string]any{"change_id": id, "component_id": stated, "environment": "prod-" + id})
		if id == "c5" {
			r.Source = "elsewhere"
		}
	}
	in := w.input()
	in.Match = []Match{
		{Component: "fraud", Source: "src", Where: map[string]string{"component_id": "fraud-*"}},
		{Component: "fraud", Source: "src", Where: map[string]string{"environment": "prod-*"}},
	}
	f, db := freezeOf(t, in)
	want(t, "components", query(t, db, "SELECT change_id, component_id FROM change ORDER BY 1"), "c1|fraud", "c2|fraud", "c3|bot", "c4|fraud", "c5|-")
	if len(f.Unmatched) != 2 || f.Unmatched[0].Source != "elsewhere" || f.Unmatched[0].None != 1 || f.Unmatched[1].Unknown != 1 || f.Unmatched[1].Examples[0].Component != "bot" {
		t.Errorf("unmatched: %+v", f.Unmatched)
	}
	in.Match = []Match{{Component: "nobody", Source: "src"}}
	if _, err := Freeze(t.Context(), t.TempDir(), in); err == nil {
		t.Error("a rule for a component that does not exist was taken")
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text string
		fits          bool
	}{
		{"a", "a", true}, {"a", "A", false}, {"*", "", true}, {"a*", "abc", true}, {"*c", "abc", true}, {"a*a", "a", false},
		{"a*b*c", "axxbyyc", true}, {"a*b*c", "acb", false}, {"*b*b*", "ab", false}, {"?", "a", false}, {"**", "x", true}, {"", "", true},
	} {
		if glob(c.pattern, c.text) != c.fits {
			t.Errorf("glob(%q, %q) = %v", c.pattern, c.text, !c.fits)
		}
	}
}
