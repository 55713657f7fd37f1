package table

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

func TestEveryBuiltInMappingLoads(t *testing.T) {
	t.Parallel()
	for _, name := range Mappings() {
		if _, err := sourcetest.Parse(spec(t), "{id: x, type: table, files: x.csv, kind: grant, mapping: "+name+"}"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChildListsGiveRecordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"e.json": `[
		{"evaluation_id":"E1","suite":"s","metrics":[{"name":"recall","value":0.9,"op":">=","threshold":0.88},{"name":"fpr","value":1e-3,"op":"<=","threshold":0.01}]},
		{"evaluation_id":"E2","suite":"s","metrics":[]},
		{"evaluation_id":"E3","suite":"s","metrics":"none"}]`}, "{id: e, type: table, files: e.json, mapping: evaluations-json}")
	if p.count("evaluation").Put != 3 || p.count("evaluation_metric").Put != 2 || p.count("evaluation_metric").Rejected != 1 {
		t.Fatalf("%+v %+v", p.Kinds, p.Rejected)
	}
	for _, r := range p.records {
		if r.Schema.Kind == "evaluation_metric" && (r.Text("evaluation_id") != "E1" || r.NativeID != `["E1","`+r.Text("name")+`"]`) {
			t.Errorf("%+v", r)
		}
	}
	if len(p.Unread) > 0 {
		t.Errorf("unread: %v", p.Unread)
	}
}

func TestTheDecisionLogGivesDecisionsAndCountsTheRest(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"d.jsonl": `{"seq":0,"open":"log","writer":"w"}
{"seq":1,"decision_id":"D1","request_id":"R1","at":"2026-01-01T00:00:00Z","component_id":"c","confidence":0.5,"status":"ok","hash":"x"}
{"seq":2,"component_id":"c","status":"ok"}
{"seq":3,"checkpoint":"note"}
{"seq":4,"decision_id":
`}, "{id: d, type: table, files: d.jsonl, mapping: tieout-decision}")
	k := p.count("decision")
	if k.Put != 1 || k.Rejected != 2 || len(k.Dropped) != 1 || k.Dropped[0].Rows != 2 || k.Dropped[0].Rule != "not a decision" {
		t.Fatalf("%+v %+v", k, p.Rejected)
	}
	if len(p.gap(evidence.GapNotProvided)) > 0 {
		t.Errorf("the format leaves out what is not there: %+v", p.Gaps)
	}
}

func TestHRListsAreReadUnderTheirUsualNames(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"hr.csv": "Employee ID,Employment Type,Work Email,Job Title,Hire Date,Termination Date\n" +
		"7,Contingent,Ann@Example.com,Analyst,2025-03-01,\n8,Robot,,Analyst,2025-03-01,2026-05-08\n"},
		"{id: hr, type: table, files: hr.csv, mapping: hr-csv, zone: Europe/Berlin, as_of: 2026-06-28}")
	if len(p.records) != 2 || len(p.Gaps) > 0 {
		t.Fatalf("%+v %+v %s", p.Kinds, p.Gaps, p.Error)
	}
	want, _ := evidence.ParseInstant("2026-06-28T00:00:00+02:00")
	for _, r := range p.records {
		if r.ObservedAt != want || !r.AsOfStated {
			t.Errorf("as_of: %v", r.ObservedAt)
		}
		switch r.NativeID {
		case "7":
			start, _ := evidence.ParseInstant("2025-03-01T00:00:00+01:00")
			if r.Text("worker_kind") != "contractor" || r.Text("email") != "ann@example.com" || r.Value("started_at") != start || r.Value("ended_at") != nil || len(r.Missing) > 0 {
				t.Errorf("%+v", r)
			}
		case "8":
			if !slices.Equal(r.Missing, []string{"worker_kind"}) {
				t.Errorf("%+v", r)
			}
		}
	}
	if !slices.Equal(p.AsOf, []evidence.Instant{want}) {
		t.Errorf("the manifest's as_of: %v", p.AsOf)
	}
}

func TestOneLineOfAnAccessReviewGivesItemAndReview(t *testing.T) {
	t.Parallel()
	head := "access_review_id,resource_id,list_as_of,list_count,reviewer_id,performed_at,grant_id,principal_id,decision,decided_at,remediated_at\n"
	p := pull(t, map[string]string{"r.csv": head +
		"AR1,reg,2026-03-01T00:00:00Z,2,hana,2026-03-02T00:00:00Z,G1,ann,Keep,2026-03-02T00:00:00Z,\n" +
		"AR1,reg,2026-03-01T00:00:00Z,2,hana,2026-03-02T00:00:00Z,G2,bob,remove,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z\n"},
		"{id: r, type: table, files: r.csv, mapping: access-review-csv}")
	if p.count("access_review").Put != 1 || p.count("access_review").Duplicates != 1 || p.count("access_review_item").Put != 2 || len(p.Gaps) > 0 {
		t.Fatalf("%+v %+v", p.Kinds, p.Gaps)
	}
}

func TestNumbersKeepEveryDigit(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"g.jsonl": `{"grant_id":9007199254740993,"principal_id":"a","resource_id":123456789012345678901234567890}` + "\n"},
		"{id: g, type: table, files: g.jsonl, mapping: native, kind: grant, absent: none}")
	if len(p.records) != 1 || p.records[0].NativeID != "9007199254740993" || p.records[0].Text("resource_id") != "123456789012345678901234567890" {
		t.Fatalf("%+v", p.records)
	}
}

const inline = `
id: x
type: table
files: x.jsonl
zone: America/New_York
component: fraud
mapping:
  schema: tieout/mapping/v1
  id: own
  kind: change
  where:
    - {words: other systems, from: meta.system, in: [ci]}
    - {from: state, not_in: [draft]}
  columns:
    change_id: {first: [meta.id, id]}
    change_kind: {const: model}
    environment: '"env.name"'
    author_ids: {from: authors, lower: true}
    approver_ids: {from: approvers, split: ","}
    requested_at: {from: t.ms, unit: epoch_ms}
    approved_at: {from: t.local}
    deployed_at: {from: 't.list[1]', layout: 02/01/2006 15:04}
    deployed_by_kind: {from: who, enum: {bot: pipeline, person: human}}
    incident_id: {none: true}
    ticket: {from: ticket, sha256: true}
`

func TestAMappingWrittenInTheWorkspace(t *testing.T) {
	t.Parallel()
	p := pull(t, map[string]string{"x.jsonl": `{"meta":{"system":"ci","id":"C1"},"env.name":"production","authors":["Ann@X"],"approvers":"bo, cy","t":{"ms":1767225600123,"local":"2026-03-08 03:30:00","list":["",  "31/12/2025 23:59"]},"who":"bot","ticket":"T-1"}
{"meta":{"system":"ci"},"id":"C2","state":"done","env.name":"","authors":[],"approvers":null,"t":"never","who":"cat","ticket":null}
{"meta":{"system":"ci"},"id":"C3","state":"draft"}
{"meta":{"system":"mail"},"id":"C4"}
`}, inline)
	if k := p.count("change"); k.Put != 2 || len(k.Dropped) != 2 || k.Dropped[0].Rule != "other systems" || k.Dropped[1].Rule != "state is one of draft" {
		t.Fatalf("%+v %+v", k, p.Rejected)
	}
	for _, r := range p.records {
		if r.Text("component_id") != "fraud" || r.Text("change_kind") != "model" {
			t.Errorf("constants: %+v", r)
		}
		if r.NativeID == "C1" {
			if !slices.Equal(r.Value("author_ids").([]string), []string{"ann@x"}) || !slices.Equal(r.Value("approver_ids").([]string), []string{"bo", "cy"}) {
				t.Errorf("lists: %+v", r.Values)
			}
			for col, want := range map[string]string{"requested_at": "2026-01-01T00:00:00.123Z", "approved_at": "2026-03-08T03:30:00-04:00", "deployed_at": "2025-12-31T23:59:00-05:00"} {
				if at, _ := evidence.ParseInstant(want); r.Value(col) != at {
					t.Errorf("%s is %v, want %v", col, r.Value(col), at)
				}
			}
			if len(r.Text("ticket")) != 64 || r.Text("deployed_by_kind") != "pipeline" || r.Text("environment") != "production" {
				t.Errorf("%+v", r.Values)
			}
			continue
		}
		if !slices.Equal(r.Missing, []string{"approved_at", "deployed_at", "deployed_by_kind", "requested_at"}) || len(r.Value("author_ids").([]string)) != 0 || r.Value("approver_ids") != nil {
			t.Errorf("C2: missing %v, %+v", r.Missing, r.Values)
		}
	}
	if g := p.gap(evidence.GapNotProvided); len(g) != 1 || slices.Contains(g[0].Columns, "incident_id") || !slices.Contains(g[0].Columns, "emergency") {
		t.Errorf("%+v", p.Gaps)
	}
}

func TestLocalTimesThatCameTwiceOrNeverAreNotGuessed(t *testing.T) {
	t.Parallel()
	zone, err := loadZone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	lord, err := loadZone("Australia/Lord_Howe") // half an hour
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		zone *time.Location
		want string
		err  error
	}{
		{"2026-11-01 01:30:00", zone, "", errTwice},
		{"2026-11-01 00:59:59", zone, "2026-11-01T04:59:59Z", nil},
		{"2026-11-01 02:00:00", zone, "2026-11-01T07:00:00Z", nil},
		{"2026-03-08 02:30:00", zone, "", errNever},
		{"2026-03-08T01:59:59.5", zone, "2026-03-08T06:59:59.5Z", nil},
		{"2026-04-05 01:45:00", lord, "", errTwice},
		{"2026-04-05 01:15:00", lord, "2026-04-04T14:15:00Z", nil},
		{"2026-06-28", zone, "2026-06-28T04:00:00Z", nil},
		{"2026-06-28", nil, "", errNoZone},
		{"2026-06-28 10:00:00+00", nil, "2026-06-28T10:00:00Z", nil},
		{"28.06.2026", zone, "", errNoTime},
	} {
		got, err := parseTime(c.text, c.zone)
		if !errors.Is(err, c.err) || err == nil && got.Time().Format(time.RFC3339Nano) != c.want {
			t.Errorf("%s: %v %v", c.text, got, err)
		}
	}
}

func TestEpochsAreExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ unit, text, want string }{
		{"epoch_s", "1767225600", "2026-01-01T00:00:00.000000Z"},
		{"epoch_s", "1767225600.1234567", "2026-01-01T00:00:00.123456Z"},
		{"epoch_us", "1767225600000001", "2026-01-01T00:00:00.000001Z"},
		{"epoch_ns", "1767225600000001999", "2026-01-01T00:00:00.000001Z"},
		{"epoch_ms", "-1", "1969-12-31T23:59:59.999000Z"},
		{"epoch_s", "1e9", ""}, {"epoch_s", "99999999999999", ""}, {"epoch_s", "now", ""},
	} {
		v, err := epoch(c.text, epochUnits[c.unit])
		if (err != nil) != (c.want == "") || err == nil && v.(evidence.Instant).String() != c.want {
			t.Errorf("%s %s: %v %v", c.unit, c.text, v, err)
		}
	}
}

func TestListsInOneTextNeedADivider(t *testing.T) {
	t.Parallel()
	head := "change_id,author_ids\n"
	config := "{id: c, type: table, files: c.csv, mapping: native, kind: change}"
	p := pull(t, map[string]string{"c.csv": head + "C1,\"ann,bob\"\nC2,\"[\"\"ann\"\",\"\"bob\"\"]\"\nC3,[]\nC4,\nC5,\"[null]\"\n"}, config)
	got := map[string]any{}
	for _, r := range p.records {
		got[r.NativeID] = r.Value("author_ids")
		if missing := slices.Contains(r.Missing, "author_ids"); missing != (r.NativeID == "C1" || r.NativeID == "C5") {
			t.Errorf("%s: missing %v", r.NativeID, r.Missing)
		}
	}
	if two, _ := got["C2"].([]string); !slices.Equal(two, []string{"ann", "bob"}) || got["C4"] != nil || got["C3"] == nil {
		t.Errorf("%v", got)
	}
}

func TestConfigurationsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	base := "id: x\ntype: table\nfiles: x.csv\n"
	own := base + "mapping:\n  schema: tieout/mapping/v1\n  id: own\n  kind: grant\n  native: true\n"
	for name, c := range map[string]struct{ config, says string }{
		"no mapping":        {base, "mapping is missing"},
		"unknown mapping":   {base + "mapping: hr-cvs", `did you mean "hr-csv"`},
		"native alone":      {base + "mapping: native", "needs 'kind:'"},
		"unknown kind":      {base + "mapping: native\nkind: grnat", `did you mean "grant"`},
		"unknown key":       {base + "mapping: hr-csv\nfile: y", `did you mean "files"`},
		"both transports":   {base + "mapping: hr-csv\npostgres: {dsn: env:X, query: SELECT 1}", "either files or postgres"},
		"out of workspace":  {"id: x\ntype: table\nfiles: ../x.csv\nmapping: hr-csv", "no pattern"},
		"absolute":          {"id: x\ntype: table\nfiles: /etc/*\nmapping: hr-csv", "no pattern"},
		"machine's zone":    {base + "mapping: hr-csv\nzone: Local", "depends on the machine"},
		"no such zone":      {base + "mapping: hr-csv\nzone: Europe/Bonn", "not known"},
		"as_of":             {base + "mapping: hr-csv\nas_of: June", "as_of"},
		"join of one":       {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: {join: [a]}}}", "two values or more"},
		"match not closed":  {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: {from: a, match: '('}}}", "match"},
		"match of nothing":  {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: {from: a, match: 'a'}}}", "one group"},
		"case of no value":  {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: a, worker_kind: {cases: [{has: [a], then: robot}]}}}", "not one of"},
		"else of no cases":  {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: {from: a, else: b}}}", "else is for cases"},
		"keep any":          {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: a, worker_kind: {from: b, keep: true, enum: {x: employee}}}}", "takes any text"},
		"every in a column": {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: worker, columns: {worker_id: 'a[*]'}}", "conditions"},
		"forms unlike":      {base + "mappings: [{schema: tieout/mapping/v1, id: x, codec: csv, kind: worker, columns: {worker_id: a}}, {schema: tieout/mapping/v1, id: y, codec: json, kind: worker, columns: {worker_id: a}}]", "unlike forms"},
		"codec":             {base + "mapping: hr-csv\ncodec: xml", "csv, json, jsonl, parquet, otlp"},
		"keep":              {base + "mapping: hr-csv\nkeep: no", "copy or path"},
		"delimiter":         {base + "mapping: hr-csv\ndelimiter: ', '", "one character"},
		"schema":            {base + "mapping: {schema: v2, id: x, kind: grant}", "tieout/mapping/v1"},
		"unknown column":    {own + "  columns: {rol: role}", `did you mean "role"`},
		"required unmapped": {base + "mapping: {schema: tieout/mapping/v1, id: x, kind: grant, columns: {grant_id: id}}", "required and not mapped"},
		"two ways":          {own + "  columns: {role: {from: a, const: b}}", "exactly one of"},
		"no way":            {own + "  columns: {role: {lower: true}}", "exactly one of"},
		"parent":            {own + "  columns: {role: {parent: a}}", "each:"},
		"none of unknown":   {own + "  columns: {role: {none: true}}", "NULL in this column is unknown"},
		"unit":              {own + "  columns: {approved_at: {from: a, unit: days}}", "unit"},
		"unit of text":      {own + "  columns: {role: {from: a, unit: epoch_s}}", "for times"},
		"split of text":     {own + "  columns: {role: {from: a, split: ','}}", "for lists"},
		"enum to nothing":   {own + "  columns: {privileged: {from: a, enum: {y: yes}}}", "does not take"},
		"path":              {own + "  columns: {role: 'a..b'}", "no path"},
		"where":             {own + "  where: [{from: a}]", "where"},
		"absent":            {base + "mapping: hr-csv\nabsent: maybe", "absent"},
		"dsn in the open":   {"id: x\ntype: table\nmapping: hr-csv\npostgres: {dsn: 'postgres://u:p@h/d', query: SELECT 1}", "reference"},
		"two statements":    {"id: x\ntype: table\nmapping: hr-csv\npostgres: {dsn: env:X, query: 'SELECT 1; DELETE FROM a'}", "semicolon"},
		"not a question":    {"id: x\ntype: table\nmapping: hr-csv\npostgres: {dsn: env:X, query: DELETE FROM a}", "SELECT or WITH"},
		"timeout":           {"id: x\ntype: table\nmapping: hr-csv\npostgres: {dsn: env:X, query: SELECT 1, timeout: 1us}", "timeout"},
	} {
		if _, err := sourcetest.Parse(spec(t), c.config); err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), ":") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		whole, below  bool
	}{
		{"a/*.csv", "a/x.csv", true, false}, {"a/*.csv", "a", false, true}, {"a/*.csv", "a/b/x.csv", false, false}, {"a/*.csv", "b", false, false},
		{"**/*.csv", "x.csv", true, true}, {"**/*.csv", "a/b/c.csv", true, true}, {"**/*.csv", ".git", false, true}, {"**/*.csv", ".git/x.csv", false, false},
		{"a/**/b/*.csv", "a/b/x.csv", true, true}, {"a/**/b/*.csv", "a/c/d/b/x.csv", true, true}, {"a/**", "a/b/c", true, true}, {".x/*.csv", ".x/a.csv", true, false},
	} {
		p := pattern{parts: strings.Split(c.pattern, "/")}
		if w, b := p.match(c.name); w != c.whole || c.name != ".git" && b != c.below {
			t.Errorf("%s against %s: %v %v", c.name, c.pattern, w, b)
		}
	}
}

func TestTheContractOfSources(t *testing.T) {
	t.Parallel()
	dir := workspace(t, map[string]string{"g/a.csv": grants + "G1,ann,registry,r,,,,,,,\nG2,ann,registry,r,,,,,,,\n", "g/b.csv": grants + "G3,ann,registry,r,,,,,,,\n", "empty.csv": grants})
	fixtures := map[string]sourcetest.Fixture{"table": {
		Config: "{id: g, type: table, files: g/*.csv, mapping: native, kind: grant}",
		Empty:  "{id: g, type: table, files: empty.csv, mapping: native, kind: grant}",
		Dir:    dir, Rows: 3,
	}}
	for _, s := range source.All() {
		f, ok := fixtures[s.Name]
		if !ok {
			t.Fatalf("source %s has no fixture", s.Name)
		}
		t.Run(s.Name, func(t *testing.T) { sourcetest.Run(t, s, f) })
	}
}
