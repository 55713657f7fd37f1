package catalog

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// own is a user's file with one test, whose parts a case replaces.
type own struct {
	id, base, population, scope, excluded, attribute, extra, examples string
}

const ownPopulation = `SELECT c.change_id AS item, c.component_id, c._id AS record, c.environment, c.emergency, c.approved_at_us, c.deployed_at_us, c.deployed_by_kind,
            c.approver_ids, c.author_ids FROM change c`

func (o own) file() File {
	def := func(s, otherwise string) string {
		if s == "" {
			return otherwise
		}
		return s
	}
	return File{Name: "own.yaml", Src: fmt.Appendf(nil, `schema: tieout/controls/v1
family: own
controls:
  - id: %[1]s
    title: Own
    statement: Changes are approved.
    severity: high
    frequency: event_driven
    nature: automated
    primary: [CC8.1]
    tests:
      - id: %[1]s.T1
        words: Approved in time.
        kind: per_item
        of: component
        base: %[8]s
        population: |
          %[2]s
        scope: %[3]s
        excluded: {%[4]s}
        attributes:
          A: {words: it holds, sql: "%[5]s"}
%[6]s        examples:
%[7]s`, def(o.id, "OWN-01"), def(o.population, ownPopulation), def(o.scope, "x.environment = 'production'"),
		def(o.excluded, "elsewhere: x.environment <> 'production'"),
		def(o.attribute, "x.approved_at_us IS NOT NULL AND x.approved_at_us <= x.deployed_at_us"), o.extra, def(o.examples, ownExamples), def(o.base, "change"))}
}

const ownExamples = `          - name: all three
            rows:
              change:
                - {change_id: ok, component_id: m1, environment: production, approved_at: 2026-02-01T00:00:00Z, deployed_at: 2026-02-01T00:00:00Z}
                - {change_id: late, component_id: m1, environment: production, approved_at: 2026-02-01T00:00:00.000001Z, deployed_at: 2026-02-01T00:00:00Z}
                - {change_id: where, component_id: m1, approved_at: 2026-02-01T00:00:00Z, deployed_at: 2026-02-01T00:00:00Z}
                - {change_id: there, component_id: m1, environment: staging}
            want: {ok: pass, late: deviation A, where: indeterminate scope, there: excluded}
`

func joined(errs []error) string {
	var lines []string
	for _, err := range errs {
		lines = append(lines, err.Error())
	}
	return strings.Join(lines, "\n")
}

func TestAUsersSoundTestIsTaken(t *testing.T) {
	t.Parallel()
	if errs := Check(own{}.file()); errs != nil {
		t.Fatal(joined(errs))
	}
	c, err := LoadWith([]File{own{}.file()})
	if err != nil {
		t.Fatal(err)
	}
	base, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Controls) != len(base.Controls)+1 || c.Digest == base.Digest {
		t.Error("the user's control is not in the catalogue, or its digest does not tell")
	}
}

func TestAUsersFileReplacesNothing(t *testing.T) {
	t.Parallel()
	_, err := LoadWith([]File{own{id: "AI-CHG-02"}.file()})
	if err == nil || !strings.Contains(err.Error(), "taken by change.yaml") || !strings.Contains(err.Error(), "own.yaml:4:") {
		t.Errorf("got %v", err)
	}
	if _, err := LoadWith([]File{own{}.file(), own{}.file()}); err == nil {
		t.Error("the same id in two own files is taken")
	}
}

// TestWhatExamplesShowIsToldWithItsPlace asks for line and column of a test
// without examples, and of an example that comes out otherwise.
func TestWhatExamplesShowIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ examples, says string }{
		"another outcome":   {strings.Replace(ownExamples, "ok: pass", "ok: deviation A", 1), `example "`},
		"none of the three": {strings.Replace(ownExamples, "where: indeterminate scope", "where: pass", 1), `example "`},
	} {
		problems := Check(own{examples: c.examples}.file())
		if len(problems) == 0 {
			t.Errorf("%s: nothing is wrong with it", name)
		}
		for _, err := range problems {
			if !regexp.MustCompile(`^own\.yaml:[0-9]+:[0-9]+: test `).MatchString(err.Error()) || !strings.Contains(err.Error(), c.says) && !strings.Contains(err.Error(), "no example comes out") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// lists is an example for tests of approvers and authors.
const lists = `          - name: all three
            rows:
              change:
                - {change_id: ok, component_id: m1, environment: production, author_ids: [ann], approver_ids: [bo]}
                - {change_id: self, component_id: m1, environment: production, author_ids: [ann], approver_ids: [ann]}
                - {change_id: where, component_id: m1, author_ids: [ann], approver_ids: [bo]}
                - {change_id: there, component_id: m1, environment: staging}
            want: {ok: pass, self: deviation A, where: indeterminate scope, there: excluded}
`

// TestUnsoundTestsAreRefused shows each attack of a test that passes what it
// must not, or loses it, and what is said about it.
func TestUnsoundTestsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		own  own
		says string
	}{
		"absence shown by NOT EXISTS": {own{examples: lists, attribute: "NOT EXISTS (SELECT a.value FROM json_each(x.approver_ids) a, json_each(x.author_ids) b WHERE a.value = b.value)"},
			"EXISTS near"},
		"nobody approved, or nobody knows who": {own{examples: lists, attribute: "(SELECT all3(a.value <> b.value) FROM json_each(x.approver_ids) a, json_each(x.author_ids) b)"},
			"change.approver_ids: with NULL, A of item"},
		"an empty list of approvers passes": {own{examples: lists,
			attribute: "(SELECT all3(a.value <> b.value) FROM json_each(coalesce(x.approver_ids, '[null]')) a, json_each(coalesce(x.author_ids, '[null]')) b)"},
			"change.approver_ids: with an empty list"},
		"a missing value taken for a fact": {own{scope: "x.environment = 'production' AND NOT coalesce(x.emergency, FALSE)", excluded: "urgent: x.emergency, elsewhere: x.environment <> 'production'"},
			"change.emergency: with NULL, the scope"},
		"unknown taken for absent": {own{attribute: "x.deployed_by_kind IS NOT NULL AND x.approved_at_us <= x.deployed_at_us",
			examples: strings.ReplaceAll(strings.Replace(ownExamples, "{change_id: late,", "{change_id: late, deployed_by_kind: human,", 1), "{change_id: ok,", "{change_id: ok, deployed_by_kind: human,")},
			"change.deployed_by_kind: with NULL, A of item"},
		"rows dropped before they are seen": {own{population: ownPopulation + " WHERE c.environment = 'production' OR c.environment = 'staging'", examples: strings.Replace(strings.Replace(ownExamples, "                - {change_id: where, component_id: m1, approved_at: 2026-02-01T00:00:00Z, deployed_at: 2026-02-01T00:00:00Z}\n", "                - {change_id: when, component_id: m1, environment: production, approved_at: 2026-02-01T00:00:00Z, emergency: false}\n", 1), "where: indeterminate scope", "when: indeterminate A", 1)},
			"is gone from the population without a value"},
		"a date that is no moment": {own{population: strings.Replace(ownPopulation, "c.environment,", "c.deployed_at_us AS at, c.environment,", 1),
			attribute: "x.approved_at_us IS NOT NULL AND x.approved_at_us <= x.deployed_at_us + p.emergency_retro_max_us"}, "want a time as text"},
		"a base that there is not":         {own{base: "chance"}, `there is no table "chance"`},
		"rows left out without any reason": {own{excluded: " "}, "is counted under no reason: name one"},
		"a row that no reason explains":    {own{excluded: "urgent: x.emergency"}, "1 rows are no items, and no reason"},
		"a value that decides nothing": {own{attribute: "x.approved_at_us IS NOT NULL AND x.approved_at_us <= x.deployed_at_us AND (x.emergency OR TRUE)"},
			"change.emergency: it is read, and no value of it changes anything"},
		"a link that drops the unknown": {own{attribute: "(SELECT any3(d.environment = 'production') FROM deployment d WHERE d.component_id = x.component_id)",
			examples: `          - name: all three
            rows:
              change:
                - {change_id: ok, component_id: m1, environment: production}
                - {change_id: no, component_id: m2, environment: production}
                - {change_id: where, component_id: m1}
                - {change_id: there, component_id: m1, environment: staging}
              deployment: [{deployment_id: d1, component_id: m1, environment: production}, {deployment_id: d2, component_id: m2, environment: staging}]
            want: {ok: pass, no: deviation A, where: indeterminate scope, there: excluded}
`}, "deployment.component_id: with NULL, A of item"},
		"an aggregate of the outer rows": {own{attribute: "(SELECT any3(x.emergency) FROM deployment d WHERE d.component_id = x.component_id)"},
			"its condition names no column of the rows that it counts"},
		"an aggregate of all items":        {own{attribute: "any3(x.emergency)"}, "stands in none"},
		"any row of several":               {own{attribute: "(SELECT d.environment FROM deployment d WHERE d.component_id = x.component_id) = 'production'"}, "any of them is taken"},
		"a name of the outer query":        {own{attribute: "(SELECT any3(environment = 'production') FROM deployment d WHERE d.component_id = x.component_id)"}, "environment near"},
		"a set that hides a NULL":          {own{attribute: "x.environment NOT IN ('a', 'b')"}, "NOT IN near"},
		"a set from a table":               {own{attribute: "x.environment IN (SELECT d.environment FROM deployment d)"}, "IN (SELECT …) near"},
		"a period that includes its end":   {own{scope: "x.deployed_at_us BETWEEN p.start_us AND p.end_us"}, "BETWEEN near"},
		"a comparison that ignores case":   {own{attribute: "x.environment LIKE 'prod'"}, "LIKE near"},
		"the larger of two":                {own{attribute: "max(x.approved_at_us, 1) > 1"}, "max with several arguments"},
		"the clock":                        {own{attribute: "x.approved_at_us < unixepoch('now')"}, "unixepoch near"},
		"chance":                           {own{attribute: "random() > 0"}, "function random is not allowed"},
		"a file":                           {own{attribute: "readfile('/etc/passwd') IS NULL"}, "no such function: readfile"},
		"the engine":                       {own{attribute: "sqlite_version() > 'a'"}, "function sqlite_version is not allowed"},
		"the engine's own tables":          {own{attribute: "(SELECT count(s.name) FROM sqlite_schema s) > 0"}, "is not one of the frozen tables"},
		"all columns":                      {own{population: "SELECT c.* FROM change c"}, "list the columns"},
		"quoted names":                     {own{attribute: `x.environment = \"nosuch\"`}, "no quoted names"},
		"a second statement":               {own{attribute: "TRUE; DROP TABLE change"}, "no semicolons"},
		"a comment":                        {own{attribute: "TRUE -- or not"}, "no comments"},
		"a parameter":                      {own{attribute: "x.approved_at_us < :limit"}, "no parameters"},
		"a mistyped policy":                {own{attribute: "x.approved_at_us < p.no_such_us"}, "no such column: p.no_such_us"},
		"a bare column beside a count":     {own{population: "SELECT c.component_id AS item, c.component_id, c._id AS record, count(c.change_id) AS n, c.environment FROM change c GROUP BY c.component_id"}, "put it into GROUP BY"},
		"chance in what is kept":           {own{population: ownPopulation + " LIMIT 5"}, "without ORDER BY"},
		"an item without a component":      {own{population: "SELECT c.change_id AS item, c._id AS record FROM change c"}, "needs the column component_id"},
		"a population without records":     {own{population: "SELECT c.change_id AS item, c.component_id FROM change c"}, "give the base table's _id as the column record"},
		"letters with a hole":              {own{extra: "          C: {words: c, sql: 'TRUE'}\n"}, "none left out"},
		"no example that deviates":         {own{examples: "          - {name: nothing, rows: {change: []}, want: {}}\n"}, "no example comes out as deviation"},
		"an example that expects too much": {own{examples: strings.Replace(ownExamples, "late: deviation A", "late: pass", 1)}, "item late: want pass, got deviation A"},
		"an item that nobody expects":      {own{examples: strings.Replace(ownExamples, "late: deviation A, ", "", 1)}, "item late is in the population and in no expectation"},
		"a column that there is not":       {own{examples: strings.Replace(ownExamples, "environment: staging", "environmant: staging", 1)}, `there is no column "environmant" (did you mean "environment"?)`},
		"a table that there is not":        {own{examples: strings.Replace(ownExamples, "              change:", "              chance:", 1)}, `there is no table "chance"`},
		"a value of another type":          {own{examples: strings.Replace(ownExamples, "approved_at: 2026-02-01T00:00:00Z", "approved_at: yesterday", 1)}, `time "yesterday"`},
		"a value outside a closed list":    {own{attribute: "x.environment"}, "want true, false or NULL"},
		"a waiver that nobody needs":       {own{extra: "        waived: [{column: change.emergency, because: it was needed once}]\n"}, "change.emergency needs no waiver"},
		"an unknown key":                   {own{extra: "        exampels: []\n"}, `unknown key "exampels" (did you mean "examples"?)`},
		"no such criterion":                {own{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := c.own.file()
			if c.says == "" {
				f.Src = []byte(strings.Replace(string(f.Src), "CC8.1", "CC8.2", 1))
				c.says = `"CC8.2" is none of the 61 criteria`
			}
			if got := joined(Check(f)); !strings.Contains(got, c.says) {
				t.Errorf("want it to say %q, got:\n%s", c.says, got)
			}
		})
	}
}

// TestADurationNeverTurnsNegative states more days than a duration can hold.
func TestADurationNeverTurnsNegative(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"24h": true, "30d": true, "0s": true, "106751d": true, "106752d": false, "2000000000d": false, "-1h": false, "1.5h": false, "h": false} {
		if d, err := ParseDuration(text); (err == nil) != ok || d < 0 {
			t.Errorf("%q: %v, %v", text, d, err)
		}
	}
}
