package tui

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// fake is a source without a store.
type fake struct {
	d     *export.Dossier
	items []controls.Item
	err   error // of the items, after the last one
}

func (f *fake) Glance(context.Context) (*export.Dossier, error) {
	d := *f.d
	d.Deviations, d.Earlier, d.Logs, d.Manual, d.Populations, d.Evidence = nil, nil, nil, nil, nil, nil
	return &d, nil
}

func (f *fake) Dossier(context.Context) (*export.Dossier, error) { return f.d, nil }

func (f *fake) where(is func(controls.Item) bool) iter.Seq2[controls.Item, error] {
	return func(yield func(controls.Item, error) bool) {
		for _, i := range f.items {
			if is(i) && !yield(i, nil) {
				return
			}
		}
		if f.err != nil {
			yield(controls.Item{}, f.err)
		}
	}
}

func (f *fake) Items(test string) iter.Seq2[controls.Item, error] {
	return f.where(func(i controls.Item) bool { return i.Test == test })
}

func (f *fake) Named(key string) iter.Seq2[controls.Item, error] {
	return f.where(func(i controls.Item) bool { return i.Key == key })
}

func (f *fake) Item(test string, no int64) (controls.Item, error) {
	for _, i := range f.items {
		if i.Test == test && i.No == no {
			return i, nil
		}
	}
	return controls.Item{}, evidence.ErrNotFound
}

func (f *fake) Explain(_ context.Context, test, item string) ([]evaluate.Explanation, error) {
	return []evaluate.Explanation{{Test: test, Item: item, Component: "scorer", Letters: []evaluate.LetterValue{
		{Letter: "A", Row: []evaluate.Field{{Column: "approved_at_us"}, {Column: "deployed_at_us"}}},
	}}}, nil
}

func moment(t testing.TB, s string) evidence.Instant {
	t.Helper()
	i, err := evidence.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func day(t testing.TB, s string) controls.Date {
	t.Helper()
	var d controls.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return d
}

// example is a small run with one of everything.
func example(t testing.TB) *fake {
	t.Helper()
	change := controls.Test{ID: "AI-CHG-02.T1", Control: "AI-CHG-02", Words: "Each production change was approved before it went live.", Kind: controls.PerItem, Of: controls.OfComponent,
		Attributes: []controls.Attribute{{Letter: "A", Words: "It was approved before it was deployed."}, {Letter: "B", Words: "The approver is not an author."}}}
	leaver := controls.Test{ID: "AI-IAM-05.T1", Control: "AI-IAM-05", Words: "Accounts of people who left were closed in time.", Kind: controls.PerItem, Of: controls.OfEntity,
		Attributes: []controls.Attribute{{Letter: "A", Words: "Every account was closed within the policy's time."}}}
	d := &export.Dossier{
		Entity: export.Entity{Name: "Fennimore Savings", System: "Lending"},
		Engagement: export.Engagement{Type: 2, From: day(t, "2026-01-01"), To: day(t, "2026-06-30"), Zone: "Europe/Lisbon",
			Categories: []string{"security"}},
		Run:        export.Run{ID: "20260706T090000Z-0a1b2c3d", At: moment(t, "2026-07-06T09:00:00Z")},
		Incomplete: []string{"test AI-IAM-05.T1 is not tested"},
		Components: []controls.Component{
			{ID: "scorer", Name: "Loan scoring", Kind: "ml_model", Function: "Scores applications.", Owner: "Ilse Marchetti", Deployment: "private", Effect: "automated", Since: day(t, "2025-02-01")},
			{ID: "chat", Name: "Chat assistant", Kind: "llm_feature", Owner: "Bram Okonjo", Deployment: "shared_api", Effect: "advisory"},
		},
		Criteria: []export.CriterionLine{
			{Criterion: controls.Criterion{ID: "CC6.2", Title: "Accounts given and taken", Words: "Accounts end when they should.", Category: "security", Group: "Access"}, InScope: true, Primary: []string{"AI-IAM-05"}, Counts: export.StateCounts{NotTested: 1}},
			{Criterion: controls.Criterion{ID: "CC8.1", Title: "Changes under control", Words: "Changes are approved.", Category: "security", Group: "Change", Limit: "An approval does not show that somebody read."}, InScope: true, Primary: []string{"AI-CHG-02"}, Supporting: []string{"AI-IAM-05"}, Counts: export.StateCounts{Deviation: 1, Pass: 1}, ManualOpen: 1},
			{Criterion: controls.Criterion{ID: "CC1.1", Title: "Integrity", Category: "security"}, InScope: true},
		},
		Controls: []controls.Control{
			{ID: "AI-CHG-02", Family: "change", Title: "Approval of changes", Statement: "Every change to a production model is approved before it goes live, by somebody who is not among its authors.", Severity: "critical", Frequency: "event_driven", Nature: "hybrid",
				Primary: []string{"CC8.1"}, Tests: []controls.Test{change}, Manual: []controls.ManualPoint{{ID: "AI-CHG-02.M1", Words: "The change policy in force."}}, Limit: "A second account counts as a second person unless both are joined."},
			{ID: "AI-IAM-05", Family: "access", Title: "Access ends when people leave", Statement: "Accounts of leavers are closed.", Severity: "high", Frequency: "event_driven", Nature: "automated", Primary: []string{"CC6.2"}, Supporting: []string{"CC8.1"}, Tests: []controls.Test{leaver}},
		},
		NotApplicable: []export.NotApplicable{{Control: "AI-IAM-05", Component: "chat", Reason: "it has no accounts"}},
		Results: []controls.Result{
			{Test: change.ID, Control: change.Control, Component: "chat", State: controls.Pass, Population: 2, Pass: 2},
			{Test: change.ID, Control: change.Control, Component: "scorer", State: controls.Deviation, Population: 40, Pass: 38, Deviation: 1, Indeterminate: 1, Excluded: 3, ExcludedBy: []controls.ExcludedCount{{Reason: "other_environment", Rows: 3}}},
			{Test: leaver.ID, Control: leaver.Control, Component: controls.EntityComponent, State: controls.NotTested, Reasons: []string{"source hr: the pull ended with 403 Forbidden"}},
		},
		Gaps:        []evidence.Gap{{Kind: "worker", Reason: evidence.GapPermission, Source: "hr", Detail: "GET /workers: 403 Forbidden"}},
		Populations: []export.Population{{ID: "POP-001", Kind: "change", Tests: []string{change.ID}, Sources: []string{"git"}, SourceCount: 45, Extracted: 45, Distinct: 45}},
		Deviations: []export.DeviationLine{{ID: "DEV-0001", Test: change.ID, Control: change.Control, Criteria: []string{"CC8.1"}, Item: "CHG-0007", Component: "scorer", At: "2026-02-10T19:20:00.000000Z",
			Facts: "A does not hold: It was approved before it was deployed.", Record: "rec-7", Evidence: []string{"EV-000001"}, Determination: "open"}},
		Earlier: []export.DeviationLine{{ID: "DEV-0000", Test: change.ID, Control: change.Control, Item: "CHG-0001", Component: "scorer", Determination: "rebutted", Reasons: "The approval was on paper.", DeterminedBy: "Ilse Marchetti", Now: "no deviation found by this test"}},
		Logs: []export.Log{{Source: "decisions", Path: "logs/decisions.jsonl", Profile: "tieout-decision/1", Verdict: "verified_with_gaps", Records: 8503, Bytes: 4_000_123, Integrity: "intact", Continuity: "gaps", Authenticity: "signed", Anchoring: "anchored", Coverage: "180 of 181 days",
			Counts: map[string]int64{"SEQ_GAP": 1}, Findings: []export.LogFinding{{Code: "SEQ_GAP", File: "logs/decisions.jsonl", Record: 412, ByteOffset: 81_000, Note: "413 is missing"}},
			Segments: []evidence.Segment{{No: 1, File: "logs/decisions.jsonl", Records: 8503, FirstTime: moment(t, "2026-01-01T00:00:00Z"), LastTime: moment(t, "2026-06-30T00:00:00Z"), Findings: 1}}}},
		Documents: []export.DocumentLine{
			{ID: "DOC-0001", Title: "Change policy", Name: "policy.pdf", Concerns: []string{"AI-CHG-02.M1"}, From: "2026-01-01", DateSource: "typed", Coverage: export.CoversWhole, CoverWords: "in force over the whole period", File: "manual/DOC-0001.pdf", SHA256: "5f…", AddedBy: "Ilse Marchetti", AddedAt: moment(t, "2026-07-01T09:00:00Z"), LedgerIndex: 40},
			{ID: "DOC-0002", Title: "Draft of the change policy", Name: "draft.pdf", Concerns: []string{"AI-CHG-02"}, DateSource: "typed", Coverage: export.CoverWithdrawn, CoverWords: "withdrawn by Ilse Marchetti on 2026-07-02: it was a draft", File: "manual/DOC-0002.pdf", AddedBy: "Ilse Marchetti", AddedAt: moment(t, "2026-07-01T08:00:00Z"), Withdrawn: "it was a draft", WithdrawnBy: "Ilse Marchetti", WithdrawnAt: moment(t, "2026-07-02T08:00:00Z"), LedgerIndex: 39},
		},
		Attestations: []export.AttestationLine{{ID: "ATT-0001", Concerns: []string{"AI-IAM-05"}, Text: "Leavers are listed on Mondays.", By: "Bram Okonjo", At: moment(t, "2026-07-01T09:30:00Z")}},
		Evidence:     []export.EvidenceItem{{ID: "EV-000001", Source: "git", Tests: []string{change.ID}}},
		Manual:       []export.ManualLine{{ID: "AI-CHG-02.M1", Control: "AI-CHG-02", Words: "The change policy in force.", Status: "open"}},
	}
	f := &fake{d: d}
	for n := range int64(42) {
		i := controls.Item{Test: change.ID, No: n + 1, Key: fmt.Sprintf("CHG-%04d", n+1), Component: "scorer", Record: fmt.Sprintf("rec-%d", n+1), At: fmt.Sprintf("2026-02-%02dT19:20:00.000000Z", n%28+1), State: controls.Pass,
			Letters: map[string]string{"A": controls.LetterTrue, "B": controls.LetterTrue}, Facts: map[string]any{"environment": "production", "approver": nil, "deployed_at_us": int64(1_770_751_200_000_000)}}
		switch n {
		case 6:
			i.State, i.Letters["A"], i.Reason = controls.Deviation, controls.LetterFalse, "A does not hold: It was approved before it was deployed."
		case 7:
			i.State, i.Letters["B"], i.Reason = controls.Indeterminate, controls.LetterNull, "B has a field missing"
		case 40, 41:
			i.Component = "chat"
		}
		f.items = append(f.items, i)
	}
	return f
}

// drive is a model under test, with the answers of its commands.
type drive struct {
	t *testing.T
	m *model
}

func open(t *testing.T, f Source, w, h int) *drive {
	t.Helper()
	first, err := f.Glance(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t, newModel(t.Context(), f, []string{"/no/such/tieout", "-C", "/ws"}, first)}
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(d.m.Init())
	return d
}

func (d *drive) send(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// run does what a command asks, and everything that follows from it.
func (d *drive) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil, tea.QuitMsg:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	default:
		d.send(msg)
	}
}

func (d *drive) press(names ...string) {
	for _, n := range names {
		d.send(keyOf(n))
	}
}

// visit opens a place from where the model stands.
func (d *drive) visit(to target) {
	d.run(d.m.push(to))
	d.send(nil)
}

// say types text.
func (d *drive) say(s string) {
	for _, r := range s {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

var named = map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "end": tea.KeyEnd, "home": tea.KeyHome, "backspace": tea.KeyBackspace, "left": tea.KeyLeft, "right": tea.KeyRight}

func keyOf(name string) tea.KeyPressMsg {
	if c, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: c}
	}
	if name == "ctrl+c" {
		return tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// path is where the model stands.
func (d *drive) path() []string {
	var out []string
	for _, s := range d.m.stack {
		out = append(out, s.base().title)
	}
	return out
}

func (d *drive) at(want ...string) {
	d.t.Helper()
	if got := d.path(); !slices.Equal(got, want) {
		d.t.Fatalf("at %q, want %q", got, want)
	}
}
