package statement

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
)

func lintOf(population, attribute string) string {
	var out []string
	for _, p := range Lint(&controls.Test{Population: population, Attributes: []controls.Attribute{{Letter: "A", SQL: attribute}}}) {
		out = append(out, p.Part+": "+p.What)
	}
	return strings.Join(out, "\n")
}

func TestSoundFormsPass(t *testing.T) {
	t.Parallel()
	for _, population := range []string{
		"SELECT c.change_id AS item, c.n * 1.0 / c.m AS rate, count(*) OVER (PARTITION BY c.k ORDER BY c.at_us, c.change_id) AS n FROM change c",
		"SELECT g.provider || ' ' || g.project_id AS item, count(*) AS n, min(g.at) AS at FROM gateway_request AS g GROUP BY g.provider, g.project_id HAVING count(*) > 0",
		"WITH RECURSIVE s AS (SELECT c.n AS n FROM change c), r (n) AS (SELECT s.n FROM s UNION ALL SELECT r.n - 1 FROM r WHERE r.n > 0) SELECT r.n AS item FROM r LEFT JOIN s ON s.n = r.n AND s.n > 1",
		"SELECT q.item, q.n FROM (SELECT c.change_id AS item, row_number() OVER (ORDER BY c.change_id) AS n FROM change c) AS q CROSS JOIN period LEFT JOIN p ON in_force(period.end_at), json_each(p.names) j WHERE q.n > p.k",
		"SELECT c.change_id AS item, c.deployed_at AS at FROM change c CROSS JOIN period LEFT JOIN p ON in_force(CASE WHEN c.deployed_at < period.start_at THEN period.start_at ELSE c.deployed_at END)",
		"SELECT CASE WHEN a.x IS NULL THEN 'none' ELSE a.x END AS item, CAST(a.y AS INTEGER) AS y FROM t a",
	} {
		if got := lintOf(population, "TRUE"); got != "" {
			t.Errorf("%s\n%s", population, got)
		}
	}
	for _, attribute := range []string{
		"NOT x.kind IN ('a', 'b') AND x.n * 2 > (1) * 3",
		"(SELECT all3(CASE WHEN a.value IS NOT NULL THEN (SELECT any3(g.role = 'r' AND g.at_us <= x.at_us) FROM grant g WHERE g.principal_id = a.value) END) FROM json_each(coalesce(x.ids, '[null]')) a)",
		"(SELECT k.deployment FROM component k WHERE k.component_id = x.component_id) = 'private'",
		"(SELECT r.value FROM review r WHERE r.id = x.item ORDER BY r.at_us, r._id LIMIT 1) IS NOT NULL",
		"(SELECT count(*) FROM (SELECT d.n FROM decision d WHERE d.at_us > x.at_us) AS q WHERE q.n > 1) >= 1",
		"(SELECT any3(m.a = b.a) FROM t m JOIN u b ON b.k = m.k AND b.j = x.j) OR p.flag",
	} {
		if got := lintOf("SELECT c.a AS item FROM c", attribute); got != "" {
			t.Errorf("%s\n%s", attribute, got)
		}
	}
}

func TestUnsoundFormsAreNamed(t *testing.T) {
	t.Parallel()
	for attribute, says := range map[string]string{
		"y.a = 1":                         "nothing here is called y",
		"(SELECT any3(b.a = 1) FROM t a)": "nothing here is called b",
		"(SELECT any3(x.a = 1) FROM t x)": "alias x: that name is taken",
		"(SELECT any3(a.b = 1) FROM (SELECT c.b AS b FROM c))": "give the subquery a name",
		"(SELECT any3(a.b) FROM t a JOIN u b USING (k))":       "USING near",
		"x.a -> 'b'":                             "json_extract",
		"x.a == 1":                               "write = and <>",
		"(SELECT sum(a.b) FROM t a LIMIT 1) = 1": "without ORDER BY",
		"(SELECT sum(a.b) AS s, a.c AS c FROM t a)": "a.c beside an aggregate",
		"count(x.a) > 1":     "stands in none",
		"x.a = 'two\nlines'": "runs over the end of its line",
		"(VALUES (1))":       "VALUES near",
	} {
		if got := lintOf("SELECT c.a AS item FROM c", attribute); !strings.Contains(got, says) {
			t.Errorf("%s: want %q, got %q", attribute, says, got)
		}
	}
}

func TestAPopulationThatTakesAllIsKnownByItsForm(t *testing.T) {
	t.Parallel()
	for population, want := range map[string]bool{
		"SELECT c.a AS item FROM change c": true,
		"SELECT c.a AS item, (SELECT count(*) FROM x WHERE x.a = c.a) AS n FROM change c LEFT JOIN t ON t.a = c.a": true,
		"SELECT c.a AS item FROM change AS c LEFT OUTER JOIN (SELECT b.a AS a FROM b WHERE b.c) AS q ON q.a = c.a": true,
		"SELECT c.a AS item FROM change c WHERE c.b":                                                               false,
		"SELECT c.a AS item FROM change c JOIN t ON t.a = c.a":                                                     false,
		"SELECT c.a AS item FROM change c, t":                                                                      false,
		"SELECT t.a AS item FROM t LEFT JOIN change c ON t.a = c.a":                                                false,
		"SELECT DISTINCT c.a AS item FROM change c":                                                                false,
		"SELECT c.a AS item FROM change c GROUP BY c.a":                                                            false,
		"SELECT max(c.a) AS item FROM change c":                                                                    false,
		"SELECT c.a AS item FROM change c UNION SELECT c.b FROM change c":                                          false,
		"WITH change AS (SELECT 1 AS a) SELECT c.a AS item FROM change c":                                          false,
		"SELECT c.a AS item FROM change c LEFT JOIN t ON t.a = c.a CROSS JOIN u":                                   false,
		"SELECT c.a AS item FROM change c CROSS JOIN period LEFT JOIN p ON in_force(c.a)":                          true,
	} {
		if got := takesAll(population, "change"); got != want {
			t.Errorf("%s: got %v", population, got)
		}
	}
}

// FuzzLint feeds both with any text: neither may fail on it, and what is
// composed from text that passes can be read again.
func FuzzLint(f *testing.F) {
	f.Add("SELECT c.a AS item, c.b AS component_id FROM change c LEFT JOIN t ON t.a = c.a WHERE c.b", "(SELECT any3(d.a = x.a) FROM d WHERE d.b = x.b)")
	f.Add("WITH a AS (SELECT 1 AS n) SELECT a.n AS item FROM a UNION ALL SELECT b.n FROM b", "x.a IN (SELECT 1) OR NOT x.b")
	f.Fuzz(func(t *testing.T, population, attribute string) {
		test := &controls.Test{ID: "T", Of: controls.OfEntity, Population: population, Scope: attribute, Attributes: []controls.Attribute{{Letter: "A", SQL: attribute}}}
		problems := Lint(test)
		if Compose(test) != nil || len(problems) > 0 {
			return
		}
		if _, err := tokens(test.ItemSQL); err != nil {
			t.Errorf("population %q, attribute %q compose what cannot be read: %v", population, attribute, err)
		}
	})
}

func TestLeavingOutColumnsLeavesTheRows(t *testing.T) {
	t.Parallel()
	keep := func(name string) bool { return name == "item" }
	for population, want := range map[string]string{
		"SELECT c.a AS item, c.b, (SELECT count(d.a) FROM d) AS n FROM change c WHERE c.b": "SELECT c.a AS item FROM change c WHERE c.b",
		"SELECT c.b, c.a AS item, count(c.d) AS n FROM change c GROUP BY c.a, c.b":         "SELECT c.a AS item FROM change c GROUP BY c.a, c.b",
		"SELECT 'all' AS item, count(c.d) AS n FROM change c":                              "SELECT 'all' AS item, count(c.d) AS n FROM change c",
		"SELECT DISTINCT c.a AS item, c.b FROM change c":                                   "SELECT DISTINCT c.a AS item, c.b FROM change c",
		"SELECT c.a AS item, c.b FROM change c UNION SELECT d.a, d.b FROM d":               "SELECT c.a AS item, c.b FROM change c UNION SELECT d.a, d.b FROM d",
	} {
		if got, err := prune(population, keep); err != nil || got != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", population, got, err, want)
		}
	}
}
