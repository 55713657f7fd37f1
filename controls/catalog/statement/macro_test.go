package statement

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// possible returns every way to fill in the unknown ones of a set of truths.
func possible(set []any) [][]bool {
	out := [][]bool{{}}
	for _, v := range set {
		var next [][]bool
		for _, one := range out {
			if v != int64(0) {
				next = append(next, append(slices.Clone(one), true))
			}
			if v != int64(1) {
				next = append(next, append(slices.Clone(one), false))
			}
		}
		out = next
	}
	return out
}

// certain is what all ways agree on, nil where they do not.
func agreed(set []any, holds func(count, all int) bool) any {
	var got []any
	for _, one := range possible(set) {
		n := 0
		for _, b := range one {
			if b {
				n++
			}
		}
		v := any(int64(0))
		if holds(n, len(one)) {
			v = int64(1)
		}
		if !slices.Contains(got, v) {
			got = append(got, v)
		}
	}
	if len(got) == 1 {
		return got[0]
	}
	return nil
}

// TestMacrosSayWhatIsCertain compares the macros, on every set of up to four
// truths, with trying all values of those that are not known.
func TestMacrosSayWhatIsCertain(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	truths := []any{int64(1), int64(0), nil}
	sets := [][]any{{}}
	for at := 0; len(sets[at]) < 4; at++ {
		for _, v := range truths {
			sets = append(sets, append(slices.Clone(sets[at]), v))
		}
	}
	for _, set := range sets {
		rows := "SELECT NULL AS v WHERE FALSE"
		for _, v := range set {
			rows += fmt.Sprintf(" UNION ALL SELECT %v", strings.Replace(fmt.Sprint(v), "<nil>", "NULL", 1))
		}
		for macro, holds := range map[string]func(n, all int) bool{
			"any3(t.v)":         func(n, _ int) bool { return n > 0 },
			"all3(t.v)":         func(n, all int) bool { return n == all },
			"ATMOST3(t.v, 1)":   func(n, _ int) bool { return n <= 1 },
			"atleast3(t.v, 2)":  func(n, _ int) bool { return n >= 2 },
			"atleast3(t.v , 0)": func(n, _ int) bool { return n >= 0 },
			"all3(NOT (t.v))":   func(n, _ int) bool { return n == 0 },
		} {
			query, err := Expand("SELECT " + macro + " FROM (" + rows + ") t")
			if err != nil {
				t.Fatal(err)
			}
			var got any
			if err := db.QueryRowContext(t.Context(), query).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if want := agreed(set, holds); got != want {
				t.Errorf("%s of %v: got %v, want %v", macro, set, got, want)
			}
		}
	}
}

func TestMacrosAreFoundWhereTheyStandOnly(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"'any3(x)' = x.any3":                    "'any3(x)' = x.any3",
		"x.a = 'it''s all3('":                   "x.a = 'it''s all3('",
		"  x.a\n  AND  x.b ":                    "x.a\n  AND  x.b",
		"all3 (x.a)":                            "CASE min(CASE (x.a) WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END) WHEN 0 THEN FALSE WHEN 1 THEN NULL ELSE TRUE END",
		"f.x(any3(a.b)) OR atmost3 = 1":         "f.x(CASE max(CASE (a.b) WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END) WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END) OR atmost3 = 1",
		"any3(a.b = ',' AND c.d IN (1, 2)) + 1": "CASE max(CASE (a.b = ',' AND c.d IN (1, 2)) WHEN TRUE THEN 2 WHEN FALSE THEN 0 ELSE 1 END) WHEN 2 THEN TRUE WHEN 1 THEN NULL ELSE FALSE END + 1",
	} {
		if got, err := Expand(sql); err != nil || got != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", sql, got, err, want)
		}
	}
	for sql, says := range map[string]string{
		"any3(a.b":               "parentheses are not closed",
		"a.b)":                   "a closing parenthesis too many",
		"any3()":                 "any3 takes 1 arguments, not 0",
		"any3(a.b, 1)":           "any3 takes 1 arguments, not 2",
		"atmost3(a.b)":           "atmost3 takes 2 arguments, not 1",
		"atmost3(a.b,)":          "atmost3 has an empty argument",
		"x.a = 'open":            "no closing quotation mark",
		"1.2.3":                  "one point at most",
		"0x10":                   "one point at most",
		"x.a = ä":                "has no meaning here",
		"x.a = \x00":             "has no meaning here",
		strings.Repeat("(", 200): "nested deeper",
		strings.Repeat("atmost3(", 30) + "a.b" + strings.Repeat(", 1)", 30): "expand to more than",
	} {
		if _, err := Expand(sql); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.40s: want an error that says %q, got %v", sql, says, err)
		}
	}
}

// FuzzExpand looks for text that the expander takes in another way than it
// was written: what it gives can be read again, and holds no macro.
func FuzzExpand(f *testing.F) {
	f.Add("(SELECT any3(all3(a.value <> b.value) AND 'x''y' = ',') FROM json_each(x.a) a)")
	f.Add("atmost3((SELECT count(*) FROM t) > 1, p.n) OR x.y IN (1, 2.5)")
	f.Fuzz(func(t *testing.T, sql string) {
		out, err := Expand(sql)
		if err != nil {
			return
		}
		again, err := Expand(out)
		if err != nil || again != out {
			t.Errorf("%q becomes %q, and that %q (%v)", sql, out, again, err)
		}
	})
}
