package evaluate

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// mains are what this binary can be besides a test.
var mains = map[string]func(args []string) int{
	"evaluate-child": func([]string) int { return Child(os.Stdin, os.Stdout) },
}

// TestMain lets the test binary be the child that it starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && mains[os.Args[1]] != nil {
		os.Exit(mains[os.Args[1]](os.Args[2:]))
	}
	os.Exit(m.Run())
}

// deployments is a world for the tests of the own controls.
func deployments() world {
	w := world{}
	add := func(id, component, environment string, more map[string]any) {
		values := map[string]any{"deployment_id": id, "component_id": component, "environment": environment, "started_at": "2026-02-01T00:00:00Z"}
		for name, v := range more {
			values[name] = v
		}
		w.add("deployment", values)
	}
	add("good", "fraud", "production", map[string]any{"model_version": "1", "deployed_by_kind": "pipeline", "ended_at": "2026-03-01T00:00:00Z"})
	add("bad", "fraud", "production", map[string]any{"deployed_by_kind": "human"})
	add("unsure", "fraud", "production", map[string]any{"model_version": "1"})
	add("where", "fraud", "", map[string]any{"model_version": "1", "deployed_by_kind": "pipeline"})
	add("staged", "fraud", "staging", nil)
	add("stray", "nobody", "production", map[string]any{"model_version": "1", "deployed_by_kind": "pipeline"})
	add("lost", "", "production", map[string]any{"model_version": "1", "deployed_by_kind": "pipeline"})
	add("chatty", "chat", "production", map[string]any{"model_version": "1", "deployed_by_kind": "pipeline"})
	return w
}

func only(in Input, tests ...string) Input {
	in.TestIDs = tests
	return in
}

func TestItemsComeInOrderWithTheirReasons(t *testing.T) {
	t.Parallel()
	_, items := run(t, only(deployments().input(t), "OWN-01.T1"))
	var got []string
	for i, item := range items {
		if item.No != int64(i+1) {
			t.Errorf("item %s has number %d", item.Key, item.No)
		}
		got = append(got, strings.Join([]string{item.Component, item.Key, item.State.String(), item.Reason}, "|"))
	}
	want := []string{
		"fraud|bad|deviation|A does not hold: It names its version. B does not hold: A pipeline made it.",
		"fraud|good|pass|",
		"fraud|unsure|indeterminate|B cannot be told: A pipeline made it.",
		"fraud|where|indeterminate|Whether it belongs to this test cannot be told: a value that decides it is missing.",
		"unmatched|lost|pass|",
		"unmatched|stray|pass|",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	bad := items[0]
	if bad.At != "2026-02-01T00:00:00.000000Z" || len(bad.Record) != 40 || bad.Letters["A"] != controls.LetterFalse || bad.Facts["environment"] != "production" || len(bad.Facts) != 4 {
		t.Errorf("%+v", bad)
	}
	if items[5].Facts["component_id"] != "nobody" {
		t.Errorf("what a stray item states is gone: %+v", items[5])
	}
}

func TestResultsCountWhatTheItemsSay(t *testing.T) {
	t.Parallel()
	in := deployments().input(t)
	out, _ := run(t, only(in, "OWN-01.T1"))
	r := resultOf(t, out, "OWN-01.T1", "fraud")
	if r.State != controls.Deviation || r.Population != 4 || r.Pass != 1 || r.Deviation != 1 || r.Indeterminate != 2 || r.Excluded != 1 ||
		!slices.Equal(r.ExcludedBy, []controls.ExcludedCount{{Reason: "elsewhere", Rows: 1}}) ||
		!slices.Equal(r.Letters, []controls.LetterCount{{Letter: "A", True: 3, False: 1}, {Letter: "B", True: 2, False: 1, Null: 1}}) {
		t.Errorf("fraud: %+v", r)
	}
	if r := resultOf(t, out, "OWN-01.T1", Unmatched); r.State != controls.Pass || r.Population != 2 {
		t.Errorf("rows of unknown components: %+v", r)
	}
	want := []NotApplicable{{Control: "OWN-01", Component: "chat", Items: 1,
		Reason: "only a model of one's own has a version (kind of the component is llm_feature; the control is for ml_model)"}}
	if !slices.Equal(out.NotApplicable, want) || len(out.Results) != 2 {
		t.Errorf("not applicable: %+v\nresults: %+v", out.NotApplicable, out.Results)
	}
	test := in.Catalog.Controls[len(in.Catalog.Controls)-2].Tests[0]
	if want := []controls.Read{{Table: "component", Column: "component_id"}, {Table: "deployment", Column: "component_id"}, {Table: "deployment", Column: "deployed_by_kind"},
		{Table: "deployment", Column: "deployment_id"}, {Table: "deployment", Column: "environment"}, {Table: "deployment", Column: "model_version"}}; !slices.Equal(test.Reads, want) {
		t.Errorf("reads of %s: %v", test.ID, test.Reads)
	}
}

func TestNothingInScopeIsNoPass(t *testing.T) {
	t.Parallel()
	out, items := run(t, only(world{}.input(t), "OWN-01.T1", "OWN-02.T1"))
	if r := resultOf(t, out, "OWN-01.T1", "fraud"); r.State != controls.NotOccurring {
		t.Errorf("got %s", r.State)
	}
	if len(items) != 0 {
		t.Errorf("items of nothing: %v", items)
	}
}

func TestTestsComeByTheirNumbers(t *testing.T) {
	t.Parallel()
	out, _ := run(t, only(deployments().input(t), "OWN-02.T1", "OWN-01.T10", "OWN-01.T2"))
	var got []string
	for _, r := range out.Results {
		if len(got) == 0 || got[len(got)-1] != r.Test {
			got = append(got, r.Test)
		}
	}
	if !slices.Equal(got, []string{"OWN-01.T2", "OWN-01.T10", "OWN-02.T1"}) {
		t.Errorf("got %v", got)
	}
}

func TestAnIndicatorHasNoState(t *testing.T) {
	t.Parallel()
	out, _ := run(t, only(deployments().input(t), "OWN-01.T2"))
	if r := resultOf(t, out, "OWN-01.T2", "fraud"); r.State != controls.NoState || r.Population != 4 {
		t.Errorf("%+v", r)
	}
}

func TestNotDueIsNoPassAndHidesNone(t *testing.T) {
	t.Parallel()
	w := deployments()
	out, _ := run(t, only(w.input(t), "OWN-01.T10"))
	if r := resultOf(t, out, "OWN-01.T10", "fraud"); r.NotDue != 2 || r.Pass != 1 || r.Indeterminate != 1 || r.State != controls.Indeterminate {
		t.Errorf("%+v", r)
	}
	if r := resultOf(t, out, "OWN-01.T10", Unmatched); r.State != controls.NotDue {
		t.Errorf("two items that are not due came to %s", r.State)
	}
}

func TestAGapMakesExactlyItsTestsNotTested(t *testing.T) {
	t.Parallel()
	base := deployments().input(t)
	gap := evidence.Gap{Kind: "deployment", From: period.From, To: period.To, Reason: evidence.GapTruncated, Source: "src", Detail: "page 3 ended early"}
	for name, c := range map[string]struct {
		change func(*evidence.Gap)
		test   string
		hits   bool
	}{
		"the whole kind":               {func(*evidence.Gap) {}, "OWN-01.T1", true},
		"another kind":                 {func(g *evidence.Gap) { g.Kind = "change" }, "OWN-01.T1", false},
		"a column that it reads":       {func(g *evidence.Gap) { g.Columns = []string{"deployed_by_kind"} }, "OWN-01.T1", true},
		"a column that it shows only":  {func(g *evidence.Gap) { g.Columns = []string{"started_at"} }, "OWN-01.T1", false},
		"a column by its twin":         {func(g *evidence.Gap) { g.Columns = []string{"ended_at"} }, "OWN-01.T10", true},
		"another test's column":        {func(g *evidence.Gap) { g.Columns = []string{"ended_at"} }, "OWN-01.T1", false},
		"before the period":            {func(g *evidence.Gap) { g.From, g.To = period.From-2, period.From }, "OWN-01.T1", false},
		"at the period's first moment": {func(g *evidence.Gap) { g.From, g.To = period.From-2, period.From+1 }, "OWN-01.T1", true},
		"after the period":             {func(g *evidence.Gap) { g.From, g.To = period.To, period.To+1 }, "OWN-01.T1", false},
		"its component":                {func(g *evidence.Gap) { g.Component = "fraud" }, "OWN-01.T1", true},
		"another component":            {func(g *evidence.Gap) { g.Component = "chat" }, "OWN-01.T1", false},
		"no source":                    {func(g *evidence.Gap) { g.Reason = evidence.GapNoSource }, "OWN-01.T1", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := gap
			c.change(&g)
			in := only(base, c.test)
			in.Catalog, in.Gaps = ownCatalog(t), []evidence.Gap{g}
			out, _ := run(t, in)
			r := resultOf(t, out, c.test, "fraud")
			if hit := r.State == controls.NotTested; hit != c.hits || hit != (len(r.Gaps) == 1) || hit != (len(r.Reasons) == 1) {
				t.Errorf("%+v", r)
			}
			if r.Population != 4 {
				t.Errorf("what could be seen was not counted: %+v", r)
			}
		})
	}
}

func TestAnEntitysTestIsTouchedByEveryComponentsGap(t *testing.T) {
	t.Parallel()
	in := only(deployments().input(t), "OWN-02.T1")
	in.Gaps = []evidence.Gap{{Kind: "gateway_request", Component: "chat", From: period.From, To: period.To, Reason: evidence.GapPermission, Detail: "403"}}
	out, _ := run(t, in)
	r := resultOf(t, out, "OWN-02.T1", controls.EntityComponent)
	if r.State != controls.NotTested || !slices.Contains(r.Reasons, "gateway_request: permission: 403") ||
		!slices.Contains(r.Reasons, "parameter approved_projects is not set: state it under policies in the workspace") {
		t.Errorf("%+v", r)
	}
}

func TestAValueThatCouldNotBeReadIsNotNone(t *testing.T) {
	t.Parallel()
	w := deployments()
	r := w.add("deployment", map[string]any{"deployment_id": "odd", "component_id": "fraud", "environment": "production", "model_version": "1", "deployed_by_kind": "pipeline", "started_at": "2026-02-01T00:00:00Z"})
	r.SetMissing("ended_at")
	in := w.input(t)
	if !slices.Equal(in.Missing, []freeze.Missing{{Kind: "deployment", Column: "ended_at", Record: r.ID}}) {
		t.Fatalf("missing: %v", in.Missing)
	}
	for name, run := range map[string]func() (*Outcome, error){
		"here":       func() (*Outcome, error) { return Run(t.Context(), in, nil) },
		"in a child": func() (*Outcome, error) { return RunSandboxed(t.Context(), childArgv, in, nil) },
	} {
		out, err := run()
		if err != nil {
			t.Fatal(err)
		}
		if r := resultOf(t, out, "OWN-01.T10", "fraud"); r.State != controls.NotTested || len(r.Reasons) != 1 || !strings.HasPrefix(r.Reasons[0], "deployment.ended_at: 1 values") {
			t.Errorf("%s: %+v", name, r)
		}
		if r := resultOf(t, out, "OWN-01.T1", "fraud"); r.State == controls.NotTested {
			t.Errorf("%s: a test that does not read the value: %+v", name, r)
		}
		if r := resultOf(t, out, "OWN-01.T10", Unmatched); r.State == controls.NotTested {
			t.Errorf("%s: the value is another component's: %+v", name, r)
		}
	}
}

func TestARowThatNoReasonExplainsIsNoPass(t *testing.T) {
	t.Parallel()
	w := world{}
	w.add("deployment", map[string]any{"deployment_id": "good", "component_id": "fraud", "environment": "production", "model_version": "1", "deployed_by_kind": "pipeline"})
	w.add("deployment", map[string]any{"deployment_id": "qa", "component_id": "fraud", "environment": "qa"})
	out, _ := run(t, only(w.input(t), "OWN-01.T1"))
	r := resultOf(t, out, "OWN-01.T1", "fraud")
	if r.State != controls.NotTested || len(r.Gaps) != 1 || r.Gaps[0].Rows != 1 || r.Pass != 1 || r.Excluded != 1 {
		t.Errorf("%+v", r)
	}
}

func TestTwoSourcesWithOneKeyAreTwoItems(t *testing.T) {
	t.Parallel()
	w := world{}
	for range 3 {
		r := w.add("deployment", map[string]any{"deployment_id": "d1", "component_id": "fraud", "environment": "production", "model_version": "1", "deployed_by_kind": "pipeline"})
		r.ID = evidence.RecordID("deployment", "src", r.NativeID, "", string(rune('a'+len(w["deployment"]))))
	}
	in := only(w.input(t), "OWN-01.T1")
	_, items := run(t, in)
	var keys []string
	for _, i := range items {
		keys = append(keys, i.Key)
	}
	if !slices.Equal(keys, []string{"d1", "d1 #2", "d1 #3"}) {
		t.Errorf("keys %v", keys)
	}
	if all, err := Explain(t.Context(), in, "OWN-01.T1", "d1 #2"); err != nil || len(all) != 3 {
		t.Errorf("explained %d of them: %v", len(all), err)
	}
}

func TestAChildSaysTheSame(t *testing.T) {
	t.Parallel()
	w := deployments()
	w.add("evaluation", map[string]any{"evaluation_id": "e1", "component_id": "fraud"})
	w.add("evaluation_metric", map[string]any{"evaluation_id": "e1", "name": "ä\u2028 \"b\"", "value": 2.0, "op": ">=", "threshold": 0.1})
	in := w.input(t)
	out, items := run(t, in)
	var again []controls.Item
	outAgain, err := RunSandboxed(t.Context(), childArgv, in, func(i controls.Item) error {
		again = append(again, i)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(out, outAgain) || !reflect.DeepEqual(items, again) {
		t.Errorf("in this process:\n%+v\n%+v\nin a child:\n%+v\n%+v", out, items, outAgain, again)
	}
	here, err := Recount(t.Context(), in.Database, in.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	there, err := RecountSandboxed(t.Context(), childArgv, in.Database, in.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(here, there) {
		t.Errorf("recounts differ: %v, %v", here, there)
	}
	for _, r := range out.Results {
		c := here[r.Test][r.Component]
		if r.State == controls.NotTested { // its items are counted and not judged
			c = Counts{Population: c.Population, Excluded: c.Excluded}
		}
		if c != (Counts{r.Population, r.Pass, r.Deviation, r.Indeterminate, r.NotDue, r.Excluded}) {
			t.Errorf("%s, %s: result %+v, recounted %+v", r.Test, r.Component, r, c)
		}
	}
}

func TestAnExplanationShowsWhatEachLetterSaw(t *testing.T) {
	t.Parallel()
	in := releases().input(t)
	all, err := Explain(t.Context(), in, "AI-CHG-01.T1", "floating")
	if err != nil || len(all) != 1 {
		t.Fatalf("%v: %+v", err, all)
	}
	x := all[0]
	if x.State != "deviation" || x.Component != "fraud" || x.Scope.Value != controls.LetterTrue || len(x.Letters) != 4 || x.Letters[3].Value != controls.LetterFalse {
		t.Errorf("%+v", x)
	}
	var reads []string
	for _, r := range x.Letters[3].Reads {
		reads = append(reads, r.Table+"."+r.Column)
	}
	if want := []string{"model_version.artifact_sha256", "model_version.component_id", "model_version.version"}; !slices.Equal(reads, want) {
		t.Errorf("D read %v", reads)
	}
	if !slices.Contains(x.Letters[0].Row, Field{"model_version", "latest"}) || len(x.Letters[0].Reads) != 1 || x.Letters[0].Reads[0] != (controls.Read{Table: "p", Column: "floating_names"}) {
		t.Errorf("A: %+v", x.Letters[0])
	}
	if all, err = Explain(t.Context(), in, "AI-CHG-01.T1", "later"); err != nil || all[0].State != "excluded" || all[0].Reason != "outside_period" {
		t.Errorf("%v: %+v", err, all)
	}
	if _, err = Explain(t.Context(), in, "AI-CHG-01.T1", "nothing ' OR TRUE"); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("an item that is not there: %v", err)
	}
}

// TestItemsOfATestThatCouldNotLookAreNotJudged takes a linked kind away: what
// the statement then says of every item is no finding. Rows missing from the
// population itself leave what is said of those that are there.
func TestItemsOfATestThatCouldNotLookAreNotJudged(t *testing.T) {
	t.Parallel()
	for kind, judged := range map[evidence.Kind]bool{"model_version": false, "deployment": true} {
		in := releases().input(t)
		in.TestIDs = []string{"AI-CHG-01.T1"}
		in.Gaps = []evidence.Gap{{Kind: kind, From: in.Window.From, To: in.Window.To, Reason: evidence.GapTruncated}}
		deviating := 0
		out, err := Run(t.Context(), in, func(i controls.Item) error {
			if i.State == controls.Deviation {
				deviating++
			}
			if (i.State == controls.NotTested) == judged {
				t.Errorf("gap in %s: item %s is %s", kind, i.Key, i.State)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if (deviating > 0) != judged {
			t.Errorf("gap in %s: %d items deviate", kind, deviating)
		}
		for _, r := range out.Results {
			if r.State != controls.NotTested || (r.Deviation > 0) && !judged {
				t.Errorf("gap in %s: %+v", kind, r)
			}
		}
	}
}

func TestReadsAreTheSameWithoutADatabase(t *testing.T) {
	t.Parallel()
	in := deployments().input(t)
	run(t, in)
	empty := ownCatalog(t)
	if err := FillReads(t.Context(), empty); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(in.Catalog, empty) {
		t.Error("what tests read depends on the rows")
	}
}

// BenchmarkFillReads compiles every test of the catalogue on empty tables.
func BenchmarkFillReads(b *testing.B) {
	cat := ownCatalog(b)
	for b.Loop() {
		if err := FillReads(b.Context(), cat); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOutsideTheCategoriesNothingIsAsked limits the engagement to categories
// that leave out what OWN-01 and OWN-02 are primary for.
func TestOutsideTheCategoriesNothingIsAsked(t *testing.T) {
	t.Parallel()
	in := deployments().input(t)
	in.Categories = []string{"availability"}
	out, items := run(t, in)
	for _, r := range out.Results {
		if strings.HasPrefix(r.Control, "OWN-") {
			t.Errorf("%s has a result for %s", r.Test, r.Component)
		}
	}
	for _, i := range items {
		if strings.HasPrefix(i.Test, "OWN-") {
			t.Errorf("%s has item %s", i.Test, i.Key)
		}
	}
	reasons := map[string]string{}
	for _, n := range out.NotApplicable {
		reasons[n.Control+" "+n.Component] = n.Reason
	}
	for _, of := range []string{"OWN-01 fraud", "OWN-01 chat", "OWN-01 " + Unmatched, "OWN-02 " + controls.EntityComponent} {
		if want := "its primary criteria belong to security, which the engagement leaves out: it covers availability"; reasons[of] != want {
			t.Errorf("%s: %q", of, reasons[of])
		}
	}
	if resultOf(t, out, "AI-AVL-01.T1", "fraud").State == controls.NoState {
		t.Error("a control of the category has no result")
	}
}
