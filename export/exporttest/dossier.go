package exporttest

import (
	"fmt"
	"iter"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

// Digest looks like a package's content digest.
const Digest = "3f2a91bc0d5e47a8b6c1e09f7d2843a5916cbe70f4d8a2351e6b9c0d7f84a213"

// Odd is text that has broken writers of documents before.
const Odd = "=cmd|' /C calc'!A0 🚀 \u202eevil 名前 שלום e\u0301 00123 12345678901234567890 _x0041_ <b>&amp;</b> \x00\x1b[31m\r\n\ttail "

// Dossier returns a new dossier of the lender. Its items come from Items.
func Dossier() *export.Dossier {
	d := &export.Dossier{
		Schema: "tieout/dossier/v1",
		Entity: export.Entity{Name: "Pemberwick Mutual Credit", System: "Loan decisioning"},
		Engagement: export.Engagement{Type: 2, From: date("2026-01-01"), To: date("2026-06-30"), Zone: "Europe/Dublin",
			Window:     evidence.Window{From: moment("2026-01-01T00:00:00Z"), To: moment("2026-06-30T23:00:00Z")},
			Categories: []string{"security", "processing_integrity"}},
		Stage:      "interim",
		Incomplete: []string{"source vendor-desk: the pull of 1 July ended with 403 Forbidden; AI-VEN-01.T1 is not tested", "the log of loan-limit is not intact on 9 April"},
		Run: export.Run{ID: "run-2026-07-01-0003", At: moment("2026-07-01T04:05:06.789012Z"), Tool: "tieout v0.1.0", Engine: "SQLite 3.51.2",
			CatalogDigest: sha("catalogue"), ConfigDigest: sha("configuration"), DatabaseSHA: sha("database"),
			LedgerOrigin: "pemberwick.example/evidence", LedgerSize: 912, LedgerRoot: "v0mJpY4y1l1CqkqH8sYFJ1dGJ0m5S7b6m5w3pZQ2x9A=", LedgerLevel: 1,
			LedgerBirth: moment("2025-11-12T08:30:00Z"), PreparedBy: "Odalys Brennecke, Model Risk"},
		Components: []controls.Component{
			{ID: "loan-limit", Name: "Loan limit model", Kind: "ml_model", Function: "Sets the limit of a new loan.", Owner: "Credit Policy", Deployment: "private", Data: []string{"bureau", "pii"}, Effect: "automated", Since: date("2024-05-02")},
			{ID: "claims-helper", Name: "Claims helper «Łucja»", Kind: "llm_agent", Function: "Drafts answers for a person to send.", Owner: "Customer Care", Deployment: "shared_api", Data: []string{"correspondence"}, Effect: "advisory", Vendors: []string{"Stillwater Models"}, Since: date("2025-10-20"), Retired: date("2026-06-20")},
		},
		Excluded: []export.ExcludedComponent{{ID: "old-bot", Reason: "Switched off before the period.", ApprovedBy: "Odalys Brennecke"}},
		Limits: []string{
			"Evidence shows what systems recorded. What no system records does not appear.",
			"An approval shows that somebody approved. It does not show that they read what they approved.",
		},
		NotIncluded: []export.NotIncluded{{What: "Decision logs (41 GB)", Why: "too big to travel; per-segment results and digests are included", How: "ask management for read access, then compare the SHA-256"}},
		Params: []controls.Param{
			{Name: "leaver_max", Type: "duration", Words: "Longest time to disable the access of a person who left."},
			{Name: "review_confidence", Type: "real", Words: "Confidence below which a person reviews.", Default: 0.75},
			{Name: "approved_regions", Type: "list", Words: "Regions in which data may be processed."},
		},
		Policies: []controls.Policy{
			{Param: "leaver_max", Value: "24h", From: moment("2025-10-01T00:00:00Z"), ApprovedBy: "Tobias Quillfeather, CISO"},
			{Param: "leaver_max", Value: "12h", From: moment("2026-04-01T00:00:00Z"), ApprovedBy: "Tobias Quillfeather, CISO"},
			{Param: "review_confidence", Value: 0.75, Default: true},
		},
	}
	addControls(d)
	addResults(d)
	addRegisters(d)
	addHistory(d)
	addSamples(d)
	d.TakeStatements(people())
	d.Items = func() iter.Seq2[controls.Item, error] { return Items(d, 1) }
	return d
}

func addControls(d *export.Dossier) {
	test := func(control string, n int, words string, of controls.Of, letters ...string) controls.Test {
		t := controls.Test{ID: fmt.Sprintf("%s.T%d", control, n), Control: control, Words: words, Kind: controls.PerItem, Of: of, Base: "change", Reperform: "rows",
			Population: "SELECT c.change_id AS item, c.component_id AS component,\n       c.deployed_at_us, c.approved_at_us\nFROM change c",
			Scope:      "x.environment = 'production'\nAND x.deployed_at_us >= p.start_us AND x.deployed_at_us < p.end_us"}
		for i, w := range letters {
			t.Attributes = append(t.Attributes, controls.Attribute{Letter: string(rune('A' + i)), Words: w, SQL: "x.approved_at_us <= x.deployed_at_us"})
		}
		return t
	}
	d.Controls = []controls.Control{
		{ID: "AI-CHG-02", Family: "change", Title: "Model changes are approved before they go live", Severity: "critical", Frequency: "event_driven", Nature: "hybrid", Source: "change.yaml",
			Statement: "Every change to a production model or its prompt is approved before it goes live, by a person who is not among its authors.",
			Primary:   []string{"CC8.1"}, Supporting: []string{"PI1.1"}, Limit: "A second account of one person is found only if both accounts are joined to that person.",
			Manual: []controls.ManualPoint{{ID: "AI-CHG-02.M1", Words: "The change policy in force, with its dates and approver."}, {ID: "AI-CHG-02.M2", Words: "One change walked through with its author."}},
			Tests: []controls.Test{
				test("AI-CHG-02", 1, "Each production model change was approved before it went live, by someone who did not author it.", controls.OfComponent, "approved before deployment", "approver is not an author", "deployed by the pipeline"),
				test("AI-CHG-02", 2, "Emergency changes were approved afterwards within the time that policy allows.", controls.OfComponent, "approved within the time allowed"),
			}},
		{ID: "AI-IAM-05", Family: "access", Title: "Access ends when people leave", Severity: "high", Frequency: "event_driven", Nature: "automated", Source: "access.yaml",
			Statement: "All accounts of a person who leaves are disabled within the time set by policy.", Primary: []string{"CC6.2"},
			Tests: []controls.Test{test("AI-IAM-05", 1, "Accounts of people who left in the period were disabled in time.", controls.OfEntity, "every account disabled within policy", "no sign-in after the last day")}},
		{ID: "AI-VEN-01", Family: "vendor", Title: "Vendors may not train on our data", Severity: "high", Frequency: "quarterly", Nature: "automated", Source: "vendor.yaml",
			Statement: "For shared APIs, training on submitted data is switched off.", Primary: []string{"CC9.2"}, Applies: controls.Applies{Deployments: []string{"shared_api"}},
			Tests: []controls.Test{test("AI-VEN-01", 1, "Each provider project in use has training off.", controls.OfComponent, "training is off")}},
		{ID: "AI-GOV-01", Family: "governance", Title: "A person answers for each component", Severity: "medium", Frequency: "yearly", Nature: "manual", Source: "governance.yaml",
			Statement: "Each component has a named owner who confirms its purpose once a year.", Primary: []string{"PI1.1"}, Manual: []controls.ManualPoint{{ID: "AI-GOV-01.M1", Words: "The owners' confirmations of this year."}}},
	}
	d.Controls[0].Tests[0].Excluded = []controls.Exclusion{{Reason: "other_environment", SQL: "x.environment <> 'production'"}, {Reason: "outside_period", SQL: "x.deployed_at_us < p.start_us OR x.deployed_at_us >= p.end_us"}}
	d.Controls[0].Tests[0].NotDue = "x.due_us >= p.end_us"
	d.Controls[0].Tests[0].Reads = []controls.Read{{Table: "change", Column: "approved_at_us"}, {Table: "change", Column: "deployed_at_us"}, {Table: "component", Column: "id"}}
	d.Controls[0].Tests[0].Params = []string{"approved_regions"}
	d.Controls[0].Tests[0].Note = "It cannot show that an approver understood the change."
	d.NotApplicable = []export.NotApplicable{{Control: "AI-VEN-01", Component: "loan-limit", Reason: "deployment of the component is private; the control is for shared_api"}}
	d.Manual = []export.ManualLine{
		{ID: "AI-CHG-02.M1", Control: "AI-CHG-02", Words: "The change policy in force, with its dates and approver.", Status: "provided"},
		{ID: "AI-CHG-02.M2", Control: "AI-CHG-02", Words: "One change walked through with its author.", Status: "open"},
		{ID: "AI-XXX-09.M1", Control: "AI-XXX-09", Words: "A point that no control of the catalogue names.", Status: "open"},
	}
}

func addResults(d *export.Dossier) {
	broken := evidence.Gap{Kind: "decision", Component: "loan-limit", From: moment("2026-04-09T02:10:00Z"), To: moment("2026-04-09T03:55:00Z"), Reason: evidence.GapLogBroken, Source: "decisions", Detail: "HASH_MISMATCH at record 41213"}
	refused := evidence.Gap{Kind: "vendor_setting", Columns: []string{"training"}, From: d.Engagement.Window.From, To: d.Engagement.Window.To, Reason: evidence.GapPermission, Source: "vendor-desk", Detail: "GET /settings: 403 Forbidden", Rows: 4}
	d.Gaps = []evidence.Gap{broken, refused}
	d.Results = []controls.Result{
		{Test: "AI-CHG-02.T1", Control: "AI-CHG-02", Component: "claims-helper", State: controls.Pass, Population: 3, Pass: 3, Excluded: 2, ExcludedBy: []controls.ExcludedCount{{Reason: "outside_period", Rows: 2}},
			Letters: []controls.LetterCount{{Letter: "A", True: 3}, {Letter: "B", True: 3}, {Letter: "C", True: 3}}},
		{Test: "AI-CHG-02.T1", Control: "AI-CHG-02", Component: "loan-limit", State: controls.Deviation, Population: 5, Pass: 2, Deviation: 2, Indeterminate: 1, Excluded: 7,
			ExcludedBy: []controls.ExcludedCount{{Reason: "other_environment", Rows: 6}, {Reason: "outside_period", Rows: 1}},
			Letters:    []controls.LetterCount{{Letter: "A", True: 3, False: 1, Null: 1}, {Letter: "B", True: 4, False: 1}, {Letter: "C", True: 5}}},
		{Test: "AI-CHG-02.T2", Control: "AI-CHG-02", Component: "loan-limit", State: controls.NotOccurring, Excluded: 12},
		{Test: "AI-IAM-05.T1", Control: "AI-IAM-05", Component: controls.EntityComponent, State: controls.Indeterminate, Population: 4, Pass: 2, Indeterminate: 1, NotDue: 1, Excluded: 640, Letters: []controls.LetterCount{{Letter: "A", True: 2, Null: 1}, {Letter: "B", True: 3}}},
		{Test: "AI-VEN-01.T1", Control: "AI-VEN-01", Component: "claims-helper", State: controls.NotTested, Reasons: []string{"source vendor-desk: the pull ended with 403 Forbidden"}, Gaps: []evidence.Gap{refused}},
	} // AI-CHG-02.T2 has no result for claims-helper, on purpose
	for _, c := range []struct{ id, title, group, category string }{
		{"CC6.2", "Access is granted and removed with authority", "Access", "security"}, {"CC8.1", "Changes are authorised, tested and approved", "Change management", "security"},
		{"CC9.2", "Vendors are assessed", "Risk mitigation", "security"}, {"PI1.1", "Processing is defined and its data described", "Processing", "processing_integrity"},
		{"P4.1", "Personal data is used as stated", "Privacy", "privacy"},
	} {
		line := export.CriterionLine{Criterion: controls.Criterion{ID: c.id, Title: c.title, Category: c.category, Group: c.group, Limit: "Records show the act, not the judgement behind it."}, InScope: c.category != "privacy"}
		for _, k := range d.Controls {
			if len(k.Primary) > 0 && k.Primary[0] == c.id {
				line.Primary = append(line.Primary, k.ID)
				line.ManualOpen += len(k.Manual)
				for _, r := range d.Results {
					if r.Control == k.ID {
						line.Counts.Add(r.State)
					}
				}
			}
		}
		d.Criteria = append(d.Criteria, line)
	}
}

func addRegisters(d *export.Dossier) {
	d.Deviations = []export.DeviationLine{
		{ID: "DEV-0001", Test: "AI-CHG-02.T1", Control: "AI-CHG-02", Criteria: []string{"CC8.1"}, Item: "CHG-0004", Component: "loan-limit", At: "2026-03-02T09:02:44.250000Z", Facts: "A approved before deployment: deployed 09:02:44, approved 09:31:10", Letters: map[string]string{"A": "false", "B": "true", "C": "true"}, Record: "rec-4", Evidence: []string{"EV-000001"}, Determination: "open"},
		{ID: "DEV-0002", Test: "AI-CHG-02.T1", Control: "AI-CHG-02", Criteria: []string{"CC8.1"}, Item: "CHG-0005", Component: "loan-limit", At: "2026-05-19T22:15:00.000000Z", Facts: "B approver is not an author: ann.keller is among the authors", Letters: map[string]string{"A": "true", "B": "false", "C": "true"}, Record: "rec-5"},
	}
	d.Earlier = []export.DeviationLine{
		{ID: "DEV-0003", Test: "AI-CHG-02.T1", Control: "AI-CHG-02", Criteria: []string{"CC8.1"}, Item: "CHG-0009", Component: "loan-limit", Letters: map[string]string{}, Now: "no longer among the items of the test"},
	}
	first, last := int64(0), int64(1_999)
	segment := func(no int, head, recomputed string) evidence.Segment {
		return evidence.Segment{Log: "decisions", No: no, File: fmt.Sprintf("loan-limit-%d.jsonl", no), Bytes: 728_000, SHA256: evidence.DigestOf([]byte(head)), Records: 1000, FirstSeq: int64(no-1) * 1000, LastSeq: int64(no)*1000 - 1,
			FirstTime: moment("2026-01-01T00:00:00.113Z"), LastTime: moment("2026-06-30T22:59:58.871Z"), PrevHash: sha("before"), HeadHash: head, Recomputed: recomputed}
	}
	d.Logs = []export.Log{{Source: "decisions", Path: "logs/loan-limit-*.jsonl", Profile: "tieout-decision/1", Verdict: "broken", Records: 2000, Bytes: 1_456_000, SHA256: sha("log"), FirstSeq: &first, LastSeq: &last,
		FirstTime: "2026-01-01T00:00:00.113000Z", LastTime: "2026-06-30T22:59:58.871000Z", Head: sha("head"), Integrity: "broken", Continuity: "intact", Authenticity: "signed", Anchoring: "self_attested", Coverage: "all of the period but for 1 h 45 min",
		Counts: map[string]int64{"HASH_MISMATCH": 1, "CLOCK_BACKWARDS": 2}, NotShown: []string{"that every decision was written: compare with the gateway's count"},
		Segments: []evidence.Segment{segment(1, sha("one"), sha("one")), segment(2, sha("two"), sha("other"))}, ReportFile: "logs/decisions.json"}}
	d.Populations = []export.Population{
		{ID: "POP-001", Kind: "change", Title: "Changes of all components", Definition: "Every change that the source holds for the period, whatever its status.", Tests: []string{"AI-CHG-02.T1", "AI-CHG-02.T2"}, Sources: []string{"git"}, Systems: []string{"https://git.pemberwick.example"}, Principals: []string{"svc-auditor (read only)"},
			Queries: []string{"GET /api/v1/changes?state=all&since=2026-01-01T00:00:00Z"}, SourceCount: 17, CountBasis: "X-Total-Count", Extracted: 17, Distinct: 17, FirstKey: "CHG-0001", LastKey: "CHG-0017", FirstEvent: "2026-01-02T14:00:00Z", LastEvent: "2026-06-30T21:13:00Z",
			PulledFirst: moment("2026-07-01T02:00:00Z"), PulledLast: moment("2026-07-01T02:31:00Z"), AfterPeriodEnd: true, SecondSource: "deployment history", Difference: "none: 17 on both sides", Reperform: "rows", File: "data/tables/change.jsonl", SHA256: sha("change")},
		{ID: "POP-002", Kind: "vendor_setting", Title: "Settings at vendors", SourceCount: -1, Gaps: []string{"permission: 403 Forbidden"}, Reperform: "rows", AsOf: "2026-06-28"},
	}
	d.Reliance = []export.RelianceLine{
		{Population: "POP-001 Changes of all components", Tests: "AI-CHG-02.T1, AI-CHG-02.T2", Definition: d.Populations[0].Definition, System: "git.pemberwick.example (production), as svc-auditor", Counts: "17 = 17 = 17", Second: "deployment history: no difference", Period: "Europe/Dublin; pulled after the end", ConfigSince: "2026-01-04", Authenticity: "tool only", AnchorLevel: 1, Reperformable: "rows", Candidates: "2 / 0 / 1", Excluded: 9},
		{Population: "POP-002 Settings at vendors", Tests: "AI-VEN-01.T1", System: "desk.stillwater.example", AnchorLevel: 0, OpenPoint: "the source refused: the population is unknown"},
	}
	d.Tables = []export.Table{{Name: "change", Rows: 17, File: "data/tables/change.jsonl", SHA256: sha("change")}}
	d.Evidence = []export.EvidenceItem{
		{ID: "EV-000001", Title: "Changes, page 1", Source: "git", System: "git.pemberwick.example", CollectedAt: moment("2026-07-01T02:00:00Z"), CollectedBy: "svc-auditor", Method: "API", File: "evidence/EV-000001.json", Bytes: 18_211, SHA256: sha("page"), Kinds: []string{"change"}, Tests: []string{"AI-CHG-02.T1"}, LedgerIndex: 871},
		{ID: "EV-000002", Title: "Settings of the provider", Source: "vendor-desk", Withheld: "holds secrets that could not be removed"},
	}
	d.Pulls = []export.Pull{
		{Source: "git", Type: "git", Started: moment("2026-07-01T02:00:00Z"), Finished: moment("2026-07-01T02:31:00.5Z"), Status: "done", Principal: "svc-auditor", Records: 17, SourceCount: 17, Files: 1, LedgerIndex: 870},
		{Source: "vendor-desk", Type: "table", Started: moment("2026-07-01T02:32:00Z"), Finished: moment("2026-07-01T02:32:04Z"), Status: "failed", SourceCount: -1, LedgerIndex: 872, Error: "read project settings: 403 Forbidden"},
	}
}

// Items yields the items of the dossier's results, each one as often as times
// says. Their counts by state are those of the results, times times.
func Items(d *export.Dossier, times int64) iter.Seq2[controls.Item, error] {
	return func(yield func(controls.Item, error) bool) {
		no := map[string]int64{}
		for _, r := range d.Results {
			for _, part := range []struct {
				state  controls.State
				n      int64
				letter string
			}{{controls.Pass, r.Pass, controls.LetterTrue}, {controls.Deviation, r.Deviation, controls.LetterFalse}, {controls.Indeterminate, r.Indeterminate, controls.LetterNull}, {controls.NotDue, r.NotDue, controls.LetterTrue}} {
				for range part.n * times {
					no[r.Test]++
					if !yield(item(r, part.state, part.letter, no[r.Test]), nil) {
						return
					}
				}
			}
		}
	}
}

func item(r controls.Result, state controls.State, letter string, no int64) controls.Item {
	it := controls.Item{Test: r.Test, No: no, Key: fmt.Sprintf("CHG-%04d", no), Component: r.Component, Record: fmt.Sprintf("rec-%d", no), At: (moment("2026-02-11T16:40:12.004005Z") + evidence.Instant(no*61_000_003)).String(), State: state,
		Letters: map[string]string{"A": letter, "B": controls.LetterTrue},
		Facts:   map[string]any{"environment": "production", "deployed_at_us": int64(1_770_828_012_004_005), "approver_persons": []any{"p-17", "p-3"}, "approved_at_us": nil}}
	if state == controls.Deviation {
		it.Reason = "A approved before deployment is not true"
	}
	return it
}

// Strange returns the dossier with the text in every place that takes free
// text.
func Strange(s string) *export.Dossier {
	d := Dossier()
	d.Entity.Name, d.Entity.System, d.Engagement.Zone, d.Stage = s, s, s, s
	d.Run.ID, d.Run.Tool, d.Run.PreparedBy, d.Run.LedgerRoot, d.Supersedes = s, s, s, s, s
	d.Incomplete = append(d.Incomplete, s)
	d.Limits = append(d.Limits, s)
	d.Components[0].Name, d.Components[0].Owner, d.Components[0].Function, d.Components[0].Vendors = s, s, s, []string{s}
	d.Components = append(d.Components, controls.Component{ID: s})
	c := &d.Controls[0]
	c.Title, c.Statement, c.Limit, c.Family, c.Manual[0].Words = s, s, s, s, s
	t := &c.Tests[0]
	t.Words, t.Population, t.Scope, t.Note, t.Attributes[0].Words, t.Attributes[0].SQL = s, s, s, s, s, s
	d.Policies[0].Value = s
	x := &d.Deviations[0]
	x.Item, x.Facts, x.Response, x.Determination, x.At, x.Letters = s, s, s, s, s, map[string]string{s: s, "A": "false"}
	x.Reasons, x.DeterminedBy, x.ReviewedBy, x.Documents, d.Earlier[0].Item, d.Earlier[0].Now = s, s, s, []string{s}, s, s
	doc := &d.Documents[0]
	doc.Title, doc.Name, doc.Version, doc.Text, doc.ApprovedBy, doc.CoverWords, doc.AddedBy, doc.ReviewedBy = s, s, s, s, s, s, s, s
	d.Attestations[0].Text, d.Attestations[0].By, d.Attestations[0].Role = s, s, s
	weak := &d.Deficiencies[0]
	weak.Text, weak.Owner, weak.Action, weak.Verified, weak.ClosedBy, weak.Status = s, s, s, s, s, s
	d.Statements[0].Text, d.Statements[0].Role, d.Statements[0].Key = s, s, s
	d.Results[4].Reasons = []string{s}
	rely, walk := &d.ReliesOn[0], &d.Walkthroughs[0]
	rely.Organisation, rely.OurControl, rely.CSOC, d.Dispositions[0].Reason = s, s, []string{s}, s
	walk.Item, walk.At, walk.Letters[0].Words, walk.Facts = s, s, s, map[string]any{s: s}
	d.Freezes.Why, d.Freezes.Previous, d.Freezes.List[0].Tool, d.Freezes.Tables[0].Examples = s, s, s, []string{s}
	d.ScopeHistory[1].Component, d.ScopeHistory[1].Reason, d.ToolFacts[0].Value, d.ToolFacts[0].ApprovedBy = s, s, s, s
	d.Populations[1].Interim, d.Populations[1].Carried = s, s
	d.Results = append(d.Results, controls.Result{Test: s, Control: s, Component: s, State: controls.State(99), Population: 1})
	d.Logs[0].Path, d.Logs[0].Verdict, d.Logs[0].Coverage, d.Logs[0].Counts = s, s, s, map[string]int64{s: 3}
	d.Populations[0].Queries, d.Populations[0].Definition = []string{s, s, s}, s
	d.Reliance[0].OpenPoint, d.Reliance[0].Counts = s, s
	d.Pulls[1].Error, d.Evidence[0].Title, d.Evidence[0].File, d.NotIncluded[0].Why, d.Manual[0].Status = s, s, s, s, s
	d.Items = func() iter.Seq2[controls.Item, error] {
		return func(yield func(controls.Item, error) bool) {
			for it, err := range Items(d, 1) {
				it.Key, it.Reason, it.At, it.Record = s, s, s, s
				it.Letters = map[string]string{"A": s, "Z": s, s: s}
				it.Facts = map[string]any{s: s, "list": []any{s, nil}, "map": map[string]any{s: s}}
				if !yield(it, err) {
					return
				}
			}
		}
	}
	return d
}

func date(s string) controls.Date {
	var d controls.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func moment(s string) evidence.Instant {
	i, err := evidence.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return i
}

func sha(s string) string { return evidence.DigestOf([]byte(strings.ToLower(s))).String() }
