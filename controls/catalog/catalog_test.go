package catalog

import (
	"bytes"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/prove"
)

// families reads every family's file with its examples.
func families(t *testing.T) (map[string]*loader, *prove.Schema) {
	t.Helper()
	base, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := base.schema()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*loader{}
	for _, e := range entries {
		if e.Name() == "criteria.yaml" || e.Name() == "params.yaml" {
			continue
		}
		src, err := files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		l := &loader{criteria: base.criteria, params: base.params, owner: map[string]string{}}
		l.add(File{Name: e.Name(), Src: src}, proven)
		out[e.Name()] = l
	}
	return out, schema
}

// TestEveryTestOfTheCatalogueIsSound loops over what lands in this folder: its
// examples come out as they say, and no missing value passes for a fact. With
// the race detector one family stands for all, as they run the same code.
func TestEveryTestOfTheCatalogueIsSound(t *testing.T) {
	t.Parallel()
	all, schema := families(t)
	for name, l := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if raceEnabled && name != "change.yaml" {
				t.Skip("checked without the race detector")
			}
			for _, err := range l.problems {
				t.Error(err)
			}
			for _, c := range l.controls {
				for i := range c.Tests {
					t.Run(c.Tests[i].ID, func(t *testing.T) {
						t.Parallel()
						for _, err := range schema.Test(t.Context(), &c.Tests[i]) {
							t.Error(err)
						}
					})
				}
			}
		})
	}
}

// TestEveryTestOfTheCatalogueSaysWhatItDoes holds our own files to more than a
// user's: nothing of ours runs that does not say in words what it asks, of
// which rows, which it leaves out and why, and that no example shows.
func TestEveryTestOfTheCatalogueSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	all, _ := families(t)
	for name, l := range all {
		for _, c := range l.controls {
			if c.Statement == "" || c.Limit == "" || len(c.Tests) == 0 {
				t.Errorf("%s, %s: it has no statement, no limit or no test", name, c.ID)
			}
			for _, test := range c.Tests {
				words := []string{test.Words}
				for _, a := range test.Attributes {
					words = append(words, a.Words)
				}
				for _, w := range words {
					if !strings.HasSuffix(w, ".") || strings.ToUpper(w[:1]) != w[:1] {
						t.Errorf("%s: %q is no sentence", test.ID, w)
					}
				}
				if test.Population == "" || len(test.Examples) == 0 || test.Base != "" && len(test.Excluded) == 0 {
					t.Errorf("%s: it has no population, no examples, or rows of %s that are no items without a reason", test.ID, test.Base)
				}
			}
		}
	}
}

// TestSqlite3SaysTheSame runs every example in the program that auditors have.
func TestSqlite3SaysTheSame(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("NOT CHECKED: there is no sqlite3 here, so nothing compares its answers with ours")
	}
	version, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("compared with sqlite3 %s", bytes.TrimSpace(version))
	all, schema := families(t)
	for name, l := range all {
		for _, c := range l.controls {
			for i := range c.Tests {
				t.Run(name+" "+c.Tests[i].ID, func(t *testing.T) {
					t.Parallel()
					script, ours, err := schema.Script(t.Context(), &c.Tests[i])
					if err != nil {
						t.Skipf("the examples do not load: %v", err)
					}
					cmd := exec.CommandContext(t.Context(), program, "-safe", "-batch", "-bail", ":memory:")
					cmd.Stdin = strings.NewReader(script)
					theirs, err := cmd.CombinedOutput()
					if err != nil {
						t.Fatalf("%v: %s", err, theirs)
					}
					if string(theirs) != ours {
						t.Errorf("sqlite3 says\n%s\nand our engine\n%s", theirs, ours)
					}
				})
			}
		}
	}
}

func TestTheCriteriaAreThePublicOnes(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	perGroup := map[string]int{}
	pattern := regexp.MustCompile(`^(CC|A|C|PI|P)([1-9])\.[1-9]$`)
	for _, k := range c.Criteria {
		m := pattern.FindStringSubmatch(k.ID)
		if m == nil {
			t.Errorf("%q is no id of a criterion", k.ID)
			continue
		}
		perGroup[m[1]+m[2]]++
	}
	want := map[string]int{
		"CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2,
		"A1": 3, "C1": 2, "PI1": 5, "P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1, "P8": 1,
	}
	total := 0
	for group, n := range want {
		if total += n; perGroup[group] != n {
			t.Errorf("%s: %d criteria, want %d", group, perGroup[group], n)
		}
	}
	if total != CriteriaCount || len(c.Criteria) != CriteriaCount {
		t.Errorf("%d criteria, want %d", len(c.Criteria), CriteriaCount)
	}
}

func TestACatalogueIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest != b.Digest || len(a.Digest) != 64 || !bytes.Equal(TestsSQL(a), TestsSQL(b)) {
		t.Error("two loads differ")
	}
	a.Controls[0].Tests[0].Reads = []controls.Read{{Table: "t"}}
	if len(b.Controls[0].Tests[0].Reads) != 0 {
		t.Error("two catalogues share their tests")
	}
	for line := range bytes.Lines(TestsSQL(a)) {
		if line[0] == '.' {
			t.Errorf("a line of tests.sql is a command to sqlite3: %s", line)
		}
	}
	if !slices.IsSortedFunc(a.Controls, func(x, y controls.Control) int { return strings.Compare(x.ID, y.ID) }) {
		t.Error("controls are not in the order of their ids")
	}
}

func TestLeavingOutTheExamplesLeavesTheRest(t *testing.T) {
	t.Parallel()
	base, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	all, _ := families(t)
	var whole []controls.Control
	for _, l := range all {
		for _, c := range l.controls {
			for i := range c.Tests {
				c.Tests[i].Examples = nil
			}
			whole = append(whole, c)
		}
	}
	byID := func(a, b controls.Control) int { return strings.Compare(a.ID, b.ID) }
	quick := base.clone().controls
	slices.SortFunc(whole, byID)
	slices.SortFunc(quick, byID)
	if !reflect.DeepEqual(whole, quick) {
		t.Error("the catalogue that is loaded differs from the one that is proven")
	}
}

// BenchmarkLoad reads the whole catalogue anew, as a command does once.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		l, err := readBuiltin()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.clone().catalog(); err != nil {
			b.Fatal(err)
		}
	}
}
