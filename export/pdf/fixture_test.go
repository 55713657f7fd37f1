package pdf_test

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/export"
)

const digest = "3f2a91bc0d5e47a8b6c1e09f7d2843a5916cbe70f4d8a2351e6b9c0d7f84a213"

func date(s string) controls.Date {
	var d controls.Date
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

func instant(s string) evidence.Instant {
	i, err := evidence.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return i
}

// sha makes a digest that looks like one.
func sha(s string) string { return evidence.DigestOf([]byte(s)).String() }

// lender is a dossier of a fictional lender with four AI components, in which
// every state, section and oddity occurs.
func lender() *export.Dossier {
	d := &export.Dossier{
		Schema: "tieout/dossier/v1",
		Entity: export.Entity{Name: "Harrowgate Lending Cooperative", System: "Consumer credit decisioning"},
		Engagement: export.Engagement{Type: 2, From: date("2026-01-01"), To: date("2026-06-30"), Zone: "America/New_York",
			Window:     evidence.Window{From: instant("2026-01-01T05:00:00Z"), To: instant("2026-07-01T04:00:00Z")},
			Categories: []string{"security", "processing_integrity", "confidentiality"}},
		Stage: "interim",
		Incomplete: []string{
			"source vendor-portal: the pull of 2 July ended with 403 Forbidden; AI-VEN-02.T1 is not tested for two components",
			"gap in decision, 14 March 02:10 to 03:55 UTC: the log of component fraud-score is not intact there",
		},
		Run: export.Run{ID: "run-2026-07-02-0007", At: instant("2026-07-02T03:14:07Z"), Tool: "tieout v0.1.0", Engine: "SQLite 3.51.2",
			CatalogDigest: sha("catalogue"), ConfigDigest: sha("config"), DatabaseSHA: sha("db"),
			LedgerOrigin: "harrowgate.example/evidence", LedgerSize: 1482, LedgerRoot: "q0S0mVfYvK3sLZc1n2uH5rYt8wX4eJ6aB9dGqk7pTzM=", LedgerLevel: 1,
			LedgerBirth: instant("2025-11-03T09:00:00Z"), PreparedBy: "Marisol Okafor, Head of Model Risk"},
		Limits: []string{
			"Evidence shows what systems recorded. What no system records, such as a decision made by telephone, does not appear.",
			"An approval shows that somebody approved. It does not show that they read what they approved.",
			"Times are those of the source systems. Their clocks were not compared.",
		},
		NotIncluded: []export.NotIncluded{
			{What: "Decision logs (41 GB)", Why: "too big to travel; per-segment results and digests are included", How: "ask management for read access; compare SHA-256"},
			{What: "SOC 2 report of the model vendor", Why: "restricted use", How: "from the vendor, under its own terms"},
		},
		Excluded: []export.ExcludedComponent{{ID: "old-bot", Reason: "Switched off on 12 December 2025, before the period.", ApprovedBy: "Marisol Okafor"}},
	}
	d.Components = []controls.Component{
		{ID: "fraud-score", Name: "Fraud scoring", Kind: "ml_model", Function: "Scores applications for signs of identity fraud.", Owner: "Risk Engineering", Deployment: "private", Data: []string{"transaction", "pii"}, Effect: "automated", Since: date("2024-03-01")},
		{ID: "credit-limit", Name: "Credit limit assignment", Kind: "hybrid", Function: "Proposes a limit; rules cap it.", Owner: "Credit Policy", Deployment: "private", Data: []string{"bureau", "pii"}, Effect: "automated", Since: date("2025-01-15")},
		{ID: "dispute-assistant", Name: "Dispute assistant", Kind: "llm_agent", Function: "Drafts answers to disputes for a person to send.", Owner: "Customer Care", Deployment: "shared_api", Data: []string{"correspondence", "pii"}, Effect: "advisory", Vendors: []string{"Brightwater AI"}, Since: date("2025-09-08")},
		{ID: "doc-reader", Name: "Document reader «Läser» – Łódź", Kind: "llm_feature", Owner: "Onboarding", Deployment: "shared_api", Data: []string{"identity_document"}, Effect: "advisory", Vendors: []string{"Brightwater AI"}, Since: date("2026-02-02"), Retired: date("2026-06-20")},
	}
	for _, c := range []struct{ id, title, group, category string }{
		{"CC6.1", "Logical access is restricted", "Access", "security"}, {"CC6.2", "Access is granted and removed with authority", "Access", "security"},
		{"CC7.2", "Anomalies are watched for", "Operations", "security"}, {"CC8.1", "Changes are authorised, tested and approved", "Change management", "security"},
		{"CC9.2", "Vendors are assessed", "Risk mitigation", "security"}, {"PI1.1", "Processing is defined and its data described", "Processing", "processing_integrity"},
		{"PI1.4", "Output is complete and accurate", "Processing", "processing_integrity"}, {"C1.1", "Confidential data is protected", "Confidentiality", "confidentiality"},
		{"A1.2", "Recovery is provided for", "Availability", "availability"}, {"P4.1", "Personal data is used as stated", "Privacy", "privacy"},
	} {
		d.Criteria = append(d.Criteria, export.CriterionLine{Criterion: controls.Criterion{ID: c.id, Title: c.title, Category: c.category, Group: c.group, Words: "In our own words.", Limit: "Records show the act, not the judgement behind it."},
			InScope: c.category != "availability" && c.category != "privacy"})
	}
	addControls(d)
	addResults(d)
	addRegisters(d)
	return d
}

const approvalSQL = `SELECT c.change_id AS item, c.component_id AS component, c.environment, c.deployed_at_us,
       c.approved_at_us, c.author_persons, c.approver_persons
FROM change c
LEFT JOIN component k ON k.id = c.component_id`

func addControls(d *export.Dossier) {
	attr := func(words ...string) []controls.Attribute {
		var out []controls.Attribute
		for i, w := range words {
			out = append(out, controls.Attribute{Letter: string(rune('A' + i)), Words: w, SQL: "TRUE"})
		}
		return out
	}
	test := func(control string, n int, words, table string, params []string, of controls.Of, letters ...string) controls.Test {
		return controls.Test{ID: fmt.Sprintf("%s.T%d", control, n), Control: control, Words: words, Kind: controls.PerItem, Of: of, Base: table, Params: params,
			Population: strings.ReplaceAll(approvalSQL, "change", table), Scope: "x.environment = 'production'\nAND x.deployed_at_us >= p.start_us AND x.deployed_at_us < p.end_us",
			Reperform: "rows", Reads: []controls.Read{{Table: table, Column: "a"}, {Table: table, Column: "b"}, {Table: "component", Column: "id"}}, Attributes: attr(letters...)}
	}
	d.Controls = []controls.Control{
		{ID: "AI-CHG-02", Family: "change", Title: "Model changes are approved before they go live", Severity: "critical", Frequency: "event_driven", Nature: "hybrid", Source: "change.yaml",
			Statement: "Every change to a production model, its prompt or its retrieval corpus is approved before it goes live by a person who holds an approver role and is not among its authors.",
			Primary:   []string{"CC8.1"}, Supporting: []string{"PI1.1", "CC7.2"}, Limit: "A second account of the same person is found only if both accounts are joined to one person.",
			Manual: []controls.ManualPoint{{ID: "AI-CHG-02.M1", Words: "The change policy in force, with its dates and approver."}, {ID: "AI-CHG-02.M2", Words: "One change walked through with its author."}},
			Tests: []controls.Test{
				test("AI-CHG-02", 1, "Each production model change was approved before it went live, by someone who did not author it.", "change", []string{"approver_roles"}, controls.OfComponent,
					"approved before deployment", "approver is not an author", "deployed by the pipeline or by someone who is not an author", "every approver held an approver role at that time"),
				test("AI-CHG-02", 2, "Emergency changes were approved within the time that policy allows afterwards.", "change", []string{"emergency_max"}, controls.OfComponent, "approved within the time allowed"),
			}},
		{ID: "AI-IAM-05", Family: "access", Title: "Access ends when people leave", Severity: "high", Frequency: "event_driven", Nature: "automated", Source: "access.yaml",
			Statement: "All accounts and grants of a person who leaves are disabled within the time set by policy.", Primary: []string{"CC6.1", "CC6.2"},
			Tests: []controls.Test{test("AI-IAM-05", 1, "Accounts of people who left in the period were disabled in time, and nobody signed in afterwards.", "worker", []string{"leaver_max"}, controls.OfEntity,
				"every account disabled within policy", "every grant revoked within policy", "no successful sign-in after the last day")}},
		{ID: "AI-LOG-02", Family: "logging", Title: "Decision logs are tamper-evident", Severity: "critical", Frequency: "continuous", Nature: "automated", Source: "logging.yaml",
			Statement: "Decision logs are chained, and their ends are fixed by something that their writer does not control.", Primary: []string{"PI1.4", "CC7.2"}, Supporting: []string{"C1.1"},
			Tests: []controls.Test{test("AI-LOG-02", 1, "Every segment of the log is intact and follows the one before.", "log_segment", nil, controls.OfComponent, "recomputed head equals the stated one", "follows the segment before")}},
		{ID: "AI-PRC-02", Family: "review", Title: "Doubtful decisions are reviewed by a person", Severity: "high", Frequency: "continuous", Nature: "hybrid", Source: "review.yaml",
			Statement: "Decisions below the confidence threshold in force are reviewed by a trained person before the customer sees the outcome.", Primary: []string{"PI1.4"}, Supporting: []string{"PI1.1"},
			Applies: controls.Applies{Effects: []string{"automated"}, Because: "advisory output reaches no customer without a person"}, Manual: []controls.ManualPoint{{ID: "AI-PRC-02.M1", Words: "How the threshold was chosen."}},
			Tests: []controls.Test{test("AI-PRC-02", 1, "Each decision below the threshold in force was reviewed before it was delivered.", "decision", []string{"review_sla"}, controls.OfComponent, "a review exists", "done before delivery", "reviewer held the role")}},
		{ID: "AI-VEN-02", Family: "vendor", Title: "Vendors may not train on our data", Severity: "high", Frequency: "quarterly", Nature: "automated", Source: "vendor.yaml",
			Statement: "For shared APIs, training on submitted data is switched off and retention is within policy.", Primary: []string{"CC9.2", "C1.1"},
			Applies: controls.Applies{Deployments: []string{"shared_api"}},
			Tests:   []controls.Test{test("AI-VEN-02", 1, "Each provider project that was used has training off and retention within policy.", "vendor_setting", []string{"retention_max"}, controls.OfComponent, "training is off", "retention is within policy")}},
		{ID: "AI-GOV-01", Family: "governance", Title: "A person answers for each component", Severity: "medium", Frequency: "yearly", Nature: "manual", Source: "governance.yaml",
			Statement: "Each component has a named owner who confirms its purpose once a year.", Primary: []string{"PI1.1"}, Manual: []controls.ManualPoint{{ID: "AI-GOV-01.M1", Words: "The owners' confirmations of this year."}}},
	}
	d.Controls[0].Tests[0].Note = "It cannot show that an approver understood the change."
	d.Controls[2].Tests[0].Kind = controls.ConfigState
	d.Params = []controls.Param{{Name: "leaver_max", Type: "duration", Words: "Longest time to disable a leaver's access."}}
	d.Policies = []controls.Policy{
		{Param: "leaver_max", Value: "24h", From: instant("2025-10-01T04:00:00Z"), ApprovedBy: "Idris Vantongeren, CISO"},
		{Param: "leaver_max", Value: "12h", From: instant("2026-04-01T04:00:00Z"), ApprovedBy: "Idris Vantongeren, CISO"},
		{Param: "approver_roles", Value: []string{"model_approver", "release_manager"}, Default: true},
		{Param: "review_sla", Value: "4h", Default: true}, {Param: "retention_max", Value: int64(30), From: instant("2025-10-01T04:00:00Z")},
	}
}

func addResults(d *export.Dossier) {
	letters := func(n int64, f, null int64, l ...string) []controls.LetterCount {
		var out []controls.LetterCount
		for i, x := range l {
			c := controls.LetterCount{Letter: x, True: n}
			if i == 1 || len(l) == 1 {
				c.True, c.False, c.Null = n-f-null, f, null
			}
			out = append(out, c)
		}
		return out
	}
	add := func(test, component string, s controls.State, pop, dev, missing, due, excluded int64, l ...string) *controls.Result {
		r := controls.Result{Test: test, Control: test[:9], Component: component, State: s, Population: pop, Deviation: dev, Indeterminate: missing, NotDue: due,
			Pass: pop - dev - missing - due, Excluded: excluded, Letters: letters(pop-due, dev, missing, l...)}
		if excluded > 0 {
			r.ExcludedBy = []controls.ExcludedCount{{Reason: "other_environment", Rows: excluded - excluded/3}, {Reason: "outside_period", Rows: excluded / 3}}
		}
		d.Results = append(d.Results, r)
		return &d.Results[len(d.Results)-1]
	}
	add("AI-CHG-02.T1", "fraud-score", controls.Deviation, 412, 3, 0, 0, 121, "A", "B", "C", "D")
	add("AI-CHG-02.T1", "credit-limit", controls.Pass, 88, 0, 0, 0, 14, "A", "B", "C", "D")
	add("AI-CHG-02.T1", "dispute-assistant", controls.Indeterminate, 37, 0, 2, 0, 0, "A", "B", "C", "D")
	add("AI-CHG-02.T1", "doc-reader", controls.Pass, 9, 0, 0, 0, 3, "A", "B", "C", "D")
	add("AI-CHG-02.T2", "fraud-score", controls.NotOccurring, 0, 0, 0, 0, 412)
	add("AI-CHG-02.T2", "credit-limit", controls.NotDue, 1, 0, 0, 1, 88, "A")
	add("AI-CHG-02.T2", "dispute-assistant", controls.NotOccurring, 0, 0, 0, 0, 37)
	add("AI-IAM-05.T1", controls.EntityComponent, controls.Deviation, 23, 2, 1, 1, 640, "A", "B", "C")
	broken := add("AI-LOG-02.T1", "fraud-score", controls.NotTested, 0, 0, 0, 0, 0)
	broken.Reasons = []string{"the log of component fraud-score is not intact between record 41,213 and record 41,977"}
	broken.Gaps = []evidence.Gap{{Kind: "decision", Component: "fraud-score", From: instant("2026-03-14T02:10:00Z"), To: instant("2026-03-14T03:55:00Z"), Reason: evidence.GapLogBroken, Source: "decisions", Detail: "HASH_MISMATCH at record 41213"}}
	add("AI-LOG-02.T1", "credit-limit", controls.Pass, 181, 0, 0, 0, 0, "A", "B")
	add("AI-LOG-02.T1", "dispute-assistant", controls.Pass, 181, 0, 0, 0, 0, "A", "B")
	add("AI-LOG-02.T1", "doc-reader", controls.Pass, 138, 0, 0, 0, 0, "A", "B")
	add("AI-PRC-02.T1", "fraud-score", controls.Deviation, 1204318, 7, 0, 112, 9211, "A", "B", "C")
	add("AI-PRC-02.T1", "credit-limit", controls.Pass, 88213, 0, 0, 0, 120, "A", "B", "C")
	for _, c := range []string{"dispute-assistant", "doc-reader"} {
		r := add("AI-VEN-02.T1", c, controls.NotTested, 0, 0, 0, 0, 0)
		r.Reasons = []string{"source vendor-portal: pull ended with 403 Forbidden"}
	}
	for _, c := range []string{"dispute-assistant", "doc-reader"} {
		d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: "AI-PRC-02", Component: c, Reason: "advisory output reaches no customer without a person (decision effect of the component is advisory; the control is for automated)"})
	}
	for _, c := range []string{"fraud-score", "credit-limit"} {
		d.NotApplicable = append(d.NotApplicable, export.NotApplicable{Control: "AI-VEN-02", Component: c, Reason: "deployment of the component is private; the control is for shared_api"})
	}
	for i := range d.Criteria {
		c := &d.Criteria[i]
		for _, k := range d.Controls {
			for _, id := range k.Primary {
				if id == c.ID {
					c.Primary = append(c.Primary, k.ID)
					for _, r := range d.Results {
						if r.Control == k.ID {
							c.Counts.Add(r.State)
						}
					}
					c.ManualOpen += len(k.Manual)
				}
			}
			for _, id := range k.Supporting {
				if id == c.ID {
					c.Supporting = append(c.Supporting, k.ID)
				}
			}
		}
	}
}

func addRegisters(d *export.Dossier) {
	dev := func(test, component, item, at, facts, determination, response string, letters map[string]string) {
		d.Deviations = append(d.Deviations, export.DeviationLine{ID: fmt.Sprintf("DEV-%04d", len(d.Deviations)+1), Test: test, Control: test[:9], Criteria: []string{"CC8.1", "PI1.4"}[:1+len(d.Deviations)%2],
			Component: component, Item: item, At: at, Facts: facts, Letters: letters, Determination: determination, Response: response, Evidence: []string{"EV-000012", "EV-000031"}})
	}
	ab := map[string]string{"A": "true", "B": "false", "C": "true", "D": "null"}
	dev("AI-CHG-02.T1", "fraud-score", "CHG-20260211-004", "2026-02-11T16:40:12.000000Z", "B approver is not an author: approver ann.keller is among the authors [ann.keller, t.bright]", "confirmed", "Correct. The rule that blocks self-approval was off for two hours during a migration. It was switched back on the same day; the change was reviewed afterwards.", ab)
	dev("AI-CHG-02.T1", "fraud-score", "CHG-20260302-011", "2026-03-02T09:02:44.000000Z", "A approved before deployment: deployed 09:02:44, approved 09:31:10", "open", "", map[string]string{"A": "false", "B": "true", "C": "true", "D": "true"})
	dev("AI-CHG-02.T1", "fraud-score", "CHG \u202egnp.exe 🚀 名前 שלום e\u0301\x00\x1b[31m", "2026-05-19T22:15:00.000000Z", "B approver is not an author. Note of the author: “"+strings.Repeat("rolled back, then forward again; ", 1500)+"”", "rebutted", "The approver's second account belongs to a namesake; see MAN-003.", ab)
	dev("AI-IAM-05.T1", "entity", "worker 40177", "2026-01-30T17:00:00.000000Z", "A every account disabled within policy: last account disabled after 61 h, policy 24 h", "open", "", map[string]string{"A": "false", "B": "true", "C": "true"})
	dev("AI-IAM-05.T1", "entity", "worker 40391", "2026-05-04T17:00:00.000000Z", "C no successful sign-in after the last day: 1 sign-in at 2026-05-06T08:12:00Z", "open", "", map[string]string{"A": "true", "B": "true", "C": "false"})
	for i := range 7 {
		dev("AI-PRC-02.T1", "fraud-score", fmt.Sprintf("dec-%08x", 0x51a3c0+i*7717), fmt.Sprintf("2026-04-%02dT11:%02d:00.000000Z", i+3, i*7), "A a review exists: none was found for this decision, confidence 0.41, threshold 0.55", "open", "", map[string]string{"A": "false", "B": "false", "C": "null"})
	}
	first, last := int64(0), int64(999999)
	d.Logs = []export.Log{
		{Source: "decisions", Path: "logs/decisions/fraud-score-*.jsonl.zst", Profile: "tieout-decision/1", Verdict: "broken", Records: 1000000, Bytes: 728000000, SHA256: sha("log"), FirstSeq: &first, LastSeq: &last,
			FirstTime: "2026-01-01T05:00:00.113000Z", LastTime: "2026-07-01T03:59:58.871000Z", Head: sha("head"), Integrity: "broken", Continuity: "intact", Authenticity: "signed", Anchoring: "anchored", Coverage: "all of the period, but for 1 h 45 min on 14 March",
			Counts: map[string]int64{"HASH_MISMATCH": 764, "CLOCK_BACKWARDS": 2}, Findings: []export.LogFinding{{Code: "HASH_MISMATCH", File: "fraud-score-2026-03.jsonl.zst", Record: 41213, ByteOffset: 30002336, Note: "the record does not hash to what the next one states"}, {Code: "CLOCK_BACKWARDS", File: "fraud-score-2026-05.jsonl.zst", Record: 77120, ByteOffset: 56143360, Note: "time goes back by 0.4 s"}},
			NotShown: []string{"that every decision was written: compare with the gateway's count"}, Segments: make([]evidence.Segment, 181), ReportFile: "logs/decisions.json"},
		{Source: "gateway", Path: "logs/gateway/*.jsonl", Profile: "asqav/1", Verdict: "self_consistent", Records: 88213, Bytes: 51200000, SHA256: sha("gw"), Head: sha("gwhead"), Integrity: "intact", Continuity: "intact", Authenticity: "unsigned", Anchoring: "self_attested", Coverage: "whole period", ReportFile: "logs/gateway.json"},
	}
	for i, k := range []string{"change", "worker", "decision", "gateway_request", "vendor_setting"} {
		n := []int64{537, 663, 1292531, 1292540, 0}[i]
		d.Populations = append(d.Populations, export.Population{ID: fmt.Sprintf("POP-%03d", i+1), Kind: k, Title: strings.ReplaceAll(k, "_", " ") + "s of all components", Definition: "Every " + k + " that the source holds for the period, whatever its status.",
			Tests: []string{"AI-CHG-02.T1", "AI-CHG-02.T2"}, Sources: []string{"git", "mlflow"}, Systems: []string{"https://git.harrowgate.example", "mlflow.harrowgate.example, production"}, Principals: []string{"svc-auditor (read-only)"},
			Queries: []string{"GET /api/v1/repos/risk/models/changes?state=all&since=2026-01-01T05:00:00Z&until=2026-07-01T04:00:00Z"}, SourceCount: []int64{537, 663, 1292540, -1, -1}[i], CountBasis: "X-Total-Count", Extracted: n, Distinct: n, Rejected: int64(i), FirstKey: "CHG-20260101-001", LastKey: "CHG-20260630-009",
			FirstEvent: "2026-01-02T14:00:00Z", LastEvent: "2026-06-30T21:13:00Z", PulledFirst: instant("2026-07-02T02:00:00Z"), PulledLast: instant("2026-07-02T02:31:00Z"), AfterPeriodEnd: i != 1, Reperform: "rows", File: "data/tables/" + k + ".jsonl", SHA256: sha(k)})
	}
	d.Populations[0].SecondSource, d.Populations[0].Difference = "deployment history of the cluster", "none: 537 on both sides"
	d.Populations[4].Gaps, d.Populations[4].Zero = []string{"pull failed: 403 Forbidden"}, ""
	for i, p := range d.Populations {
		d.Tables = append(d.Tables, export.Table{Name: p.Kind, Rows: p.Distinct, File: p.File, SHA256: p.SHA256})
		d.Reliance = append(d.Reliance, export.RelianceLine{Population: p.ID + " " + p.Title, Tests: "AI-CHG-02.T1, AI-CHG-02.T2", Definition: p.Definition, System: "git.harrowgate.example (production), as svc-auditor", Counts: fmt.Sprintf("source %d = extracted %d = tested %d", p.SourceCount, p.Extracted, p.Extracted),
			Second: []string{"deployment history: no difference", "none", "gateway requests: 9 more there", "decisions", "none"}[i], Period: "America/New_York; pulled after the end", ConfigSince: "2026-01-04", Authenticity: "tool only", AnchorLevel: i % 3, Reperformable: "rows",
			Candidates: []string{"3 / 1 / 1", "2 / 0 / 0", "7 / 0 / 0", "", ""}[i], Excluded: int64(i * 121), OpenPoint: []string{"", "pulled before the period's end", "9 requests without a decision: explain", "", "source refused: population unknown"}[i]})
		d.Pulls = append(d.Pulls, export.Pull{Source: []string{"git", "hr", "decisions", "gateway", "vendor-portal"}[i], Type: "table", Started: p.PulledFirst, Finished: p.PulledLast, Status: []string{"done", "done", "gaps", "done", "failed"}[i], Principal: "svc-auditor", Records: p.Extracted, SourceCount: p.SourceCount, Files: 3, LedgerIndex: int64(1400 + i)})
	}
	d.Pulls[4].Error = "read project settings: 403 Forbidden"
	d.Gaps = d.Results[8].Gaps
	for i := range 48 {
		d.Evidence = append(d.Evidence, export.EvidenceItem{ID: fmt.Sprintf("EV-%06d", i+1), Title: "Changes, page " + fmt.Sprint(i+1), Source: "git", System: "git.harrowgate.example", CollectedAt: instant("2026-07-02T02:00:00Z"), CollectedBy: "svc-auditor", Method: "API",
			File: fmt.Sprintf("evidence/EV-%06d.json", i+1), Bytes: int64(18211 * (i + 1)), SHA256: sha(fmt.Sprint(i)), Kinds: []string{"change"}, LedgerIndex: int64(1300 + i)})
	}
	d.Evidence[7].File, d.Evidence[7].Withheld = "", "holds secrets that could not be removed"
	d.Manual = []export.ManualLine{
		{ID: "AI-CHG-02.M1", Control: "AI-CHG-02", Words: "The change policy in force, with its dates and approver.", Status: "provided"},
		{ID: "AI-CHG-02.M2", Control: "AI-CHG-02", Words: "One change walked through with its author.", Status: "open"},
		{ID: "AI-PRC-02.M1", Control: "AI-PRC-02", Words: "How the threshold was chosen.", Status: "open"},
		{ID: "AI-GOV-01.M1", Control: "AI-GOV-01", Words: "The owners' confirmations of this year.", Status: "open"},
	}
}

// crowd is the lender with many controls and many deviations.
func crowd(controlCount, deviationCount int) *export.Dossier {
	d := lender()
	base := d.Controls[0]
	for i := len(d.Controls); i < controlCount; i++ {
		c := base
		c.ID = fmt.Sprintf("AI-XXX-%03d", i)
		c.Tests = nil
		for _, t := range base.Tests {
			t.ID = strings.Replace(t.ID, base.ID, c.ID, 1)
			t.Control = c.ID
			c.Tests = append(c.Tests, t)
		}
		d.Controls = append(d.Controls, c)
	}
	for i := len(d.Deviations); i < deviationCount; i++ {
		x := d.Deviations[i%2]
		x.ID = fmt.Sprintf("DEV-%04d", i+1)
		x.Item = fmt.Sprintf("CHG-%08d", i*7919)
		d.Deviations = append(d.Deviations, x)
		d.Results[0].Deviation++
		d.Results[0].Population++
	}
	return d
}

// strange puts the text into every place of the lender that takes free text.
func strange(s string) *export.Dossier {
	d := lender()
	d.Entity.Name, d.Entity.System, d.Engagement.Zone, d.Stage = s, s, s, s
	d.Run.ID, d.Run.Tool, d.Run.PreparedBy, d.Run.LedgerRoot, d.Supersedes = s, s, s, s, s
	d.Incomplete = append(d.Incomplete, s)
	d.Limits = append(d.Limits, s)
	d.Components[0].Name, d.Components[0].Owner, d.Components[0].Function, d.Components[0].Vendors = s, s, s, []string{s}
	d.Components = append(d.Components, controls.Component{ID: s})
	c := &d.Controls[0]
	c.Title, c.Statement, c.Limit, c.Family = s, s, s, s
	c.Manual[0].Words = s
	t := &c.Tests[0]
	t.Words, t.Population, t.Scope, t.Note, t.Attributes[0].Words = s, s, s, s, s
	t.Params = append(t.Params, s)
	d.Policies[0].Value = s
	x := &d.Deviations[0]
	x.Item, x.Facts, x.Response, x.Determination, x.At = s, s, s, s, s
	x.Letters = map[string]string{s: s, "A": "false"}
	d.Deviations = append(d.Deviations, export.DeviationLine{ID: s, Control: s, Test: s, Item: s})
	d.Results[8].Reasons = []string{s}
	d.Results = append(d.Results, controls.Result{Test: s, Control: s, Component: s, State: controls.State(99)})
	d.Logs[0].Path, d.Logs[0].Counts[s], d.Logs[0].Verdict, d.Logs[0].Coverage = s, 3, s, s
	d.Populations[0].Queries = []string{s, s, s, s, s, s, s}
	d.Populations[0].Definition = s
	d.Reliance[0].OpenPoint, d.Reliance[0].Counts = s, s
	d.Pulls[4].Error = s
	d.Evidence[0].Title, d.Evidence[0].File = s, s
	d.NotIncluded[0].Why = s
	d.Manual[0].Status = s
	return d
}
