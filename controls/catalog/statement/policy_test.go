package statement

import (
	"database/sql"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/tieout/tieout/controls"
)

// TestEachMomentHasOneRowOfPolicy joins table p for moments at, beside and
// between its rows, and for those that no calendar has.
func TestEachMomentHasOneRowOfPolicy(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	spring := "2026-04-01T00:00:00.000000Z"
	_, err = db.ExecContext(t.Context(), "CREATE TABLE p (from_at TEXT PRIMARY KEY, to_at TEXT, v TEXT) STRICT; INSERT INTO p VALUES "+
		"('"+controls.Ever.From.String()+"', '"+spring+"', 'before'), ('"+spring+"', '"+controls.Ever.To.String()+"', 'after')")
	if err != nil {
		t.Fatal(err)
	}
	for moment, want := range map[string]string{
		"'" + controls.Ever.From.String() + "'": "before",
		"'2026-03-31T23:59:59.999999Z'":         "before",
		"'" + spring + "'":                      "after",
		"'9999-12-31T23:59:59.999998Z'":         "after",
		"NULL":                                  "after",
		"'" + controls.Ever.To.String() + "'":   "none",
		"'0000-01-01'":                          "none",
	} {
		query, err := Expand("SELECT count(*) AS n, coalesce(max(p.v), 'none') AS v FROM (SELECT " + moment + " AS at) AS x LEFT JOIN p ON in_force(x.at)")
		if err != nil {
			t.Fatal(err)
		}
		n, got := 0, ""
		if err := db.QueryRowContext(t.Context(), query).Scan(&n, &got); err != nil || n != 1 || got != want {
			t.Errorf("%s: %d rows, %s (%v), want one, %s", moment, n, got, err, want)
		}
	}
}

func TestPolicyIsReadForOneMoment(t *testing.T) {
	t.Parallel()
	const known = "nothing here"
	for population, says := range map[string]string{
		"SELECT c.a AS item, p.k AS k FROM change c CROSS JOIN p":                          "table p near",
		"SELECT c.a AS item, p.k AS k FROM change c LEFT JOIN p ON p.from_at <= c.at":      "table p near",
		"SELECT c.a AS item, p.k AS k FROM change c LEFT JOIN p ON in_force(c.at) OR TRUE": "table p near",
		"SELECT c.a AS item, p.k AS k FROM change c JOIN p ON in_force(c.at)":              "table p near",
		"SELECT c.a AS item, q.k AS k FROM change c LEFT JOIN p AS q ON in_force(c.at)":    "table p near",
		"SELECT p.k AS item FROM p":        "table p near",
		"SELECT p.a AS item FROM change p": "alias p",
		"SELECT c.a AS item, p.start_us AS s FROM change c LEFT JOIN p ON in_force(c.at)":             "p.start_us: a population takes the period from table period",
		"SELECT c.a AS item FROM change c LEFT JOIN t ON in_force(c.at)":                              "in_force near",
		"SELECT c.a AS item, in_force(c.at) AS b FROM change c":                                       "in_force near",
		"SELECT c.a AS item, p.k AS k FROM change c":                                                  known + " is called p",
		"SELECT c.a AS item, (SELECT q.k FROM q LEFT JOIN p ON in_force(c.at) WHERE p.k) AS k FROM c": "any of them is taken",
	} {
		if got := lintOf(population, "TRUE"); !strings.Contains(got, says) {
			t.Errorf("%s: want %q, got %q", population, says, got)
		}
	}
	for attribute, says := range map[string]string{
		"(SELECT any3(p.k > 1) FROM p)":                 "stand beside it already",
		"(SELECT any3(q.start_us > 1) FROM period q)":   "stand beside it already",
		"(SELECT any3(c.a) FROM c WHERE in_force(c.b))": "in_force near",
	} {
		if got := lintOf("SELECT c.a AS item FROM change c", attribute); !strings.Contains(got, says) {
			t.Errorf("%s: want %q, got %q", attribute, says, got)
		}
	}
}

// TestOnlyWhatReadsPolicyIsJoinedByDate looks at what stands beside the items:
// a date decides nothing about a test that reads no policy, so it is not read.
func TestOnlyWhatReadsPolicyIsJoinedByDate(t *testing.T) {
	t.Parallel()
	const population = "SELECT c.a AS item, c._id AS record, c.at AS at FROM change c"
	for name, c := range map[string]struct {
		population, scope, letter, beside string
		met                               bool
	}{
		"no policy":         {population, "x.a >= p.start_us", "x.item > 1", besidePeriod, false},
		"policy by at":      {population, "TRUE", "x.item > p.k", "LEFT JOIN p ON " + inForce("x.at"), true},
		"in the scope":      {population, "x.item > p.k", "x.item > 1", "LEFT JOIN p ON " + inForce("x.at"), true},
		"by its own moment": {"SELECT c.a AS item, c.at AS at, c.b AS policy_at FROM change c", "TRUE", "x.item > p.k", "LEFT JOIN p ON " + inForce("x.policy_at"), true},
		"without a date":    {"SELECT c.a AS item FROM change c", "TRUE", "x.item > p.k", "LEFT JOIN p ON p.to_at = '9999-12-31T23:59:59.999999Z'", false},
	} {
		test := &controls.Test{ID: "T", Of: controls.OfEntity, Population: c.population, Scope: c.scope, Attributes: []controls.Attribute{{Letter: "A", SQL: c.letter}}}
		if err := Compose(test); err != nil {
			t.Fatal(err)
		}
		met, err := Met(test)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(test.ItemSQL, c.beside) || !strings.Contains(test.CountSQL, c.beside) || (met != "") != c.met {
			t.Errorf("%s:\n%s\n%s", name, test.CountSQL, met)
		}
		if strings.Contains(test.CountSQL, "c.at") != strings.Contains(c.beside, "x.at") {
			t.Errorf("%s: the date is read for nothing, or not read:\n%s", name, test.CountSQL)
		}
	}
}
