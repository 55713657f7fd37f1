package bundle

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tieout/tieout/evidence/canon"
)

func TestOnlyPathsThatEverySystemReadsAlikeAreSafe(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"README.txt", "data/tables/change.jsonl", "evidence/EV-000001.json.gz", "a_b/c-d.e", strings.Repeat("a", maxPath), "a/b/c/d/e/f/g/h", "console.txt", "x/_y"} {
		if err := checkPath(p); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	for _, p := range []string{
		"", "/", "/etc/x", "a/", "a//b", ".", "..", "../x", "a/../b", "a/./b", ".hidden", "a/.git/x", "a.", "-rf", "a/-x", "con", "CON.txt", "a/aux.json", "Lpt1",
		`a\b`, "a:b", "c:/x", "a b", "a\x00b", "a\nb", "ä", "a\u202eb", "a%2fb", "a*", "a?b", "~", strings.Repeat("a", maxPath+1), "a/b/c/d/e/f/g/h/i",
	} {
		if checkPath(p) == nil {
			t.Errorf("%q is called safe", p)
		}
	}
	for _, c := range []struct {
		paths []string
		bad   int
	}{{[]string{"a/b", "a/c", "d"}, 0}, {[]string{"a", "A"}, 1}, {[]string{"a", "a/b"}, 1}, {[]string{"a", "A/b"}, 1}, {[]string{"a/x", "A/y"}, 1}, {[]string{"//", "/"}, 1}} {
		if got := checkTogether(c.paths); len(got) != c.bad {
			t.Errorf("%v: %v", c.paths, got)
		}
	}
}

func TestEveryPathHasOneRole(t *testing.T) {
	t.Parallel()
	for p, want := range map[string]Role{
		DossierPath: RoleDossier, ItemsPath: RoleItems, "data/deviations.jsonl": RoleRows, "data/tables/p.jsonl": RoleTable, "csv/x.csv": RoleCSV, NotIncludedPath: RoleCSV,
		DatabasePath: RoleDatabase, TestsPath: RoleTests, "evidence/a/b.bin": RoleEvidence, "logs/decisions.json": RoleLog, LeavesPath: RoleLedger, listsFolder + "ab": RoleLedger,
		"catalog/controls.yaml": RoleCatalog, "manual/MAN-001.pdf": RoleManual, ReadmePath: RoleDocument, "report.pdf": RoleDocument, "oscal/results.json": RoleDocument, VerifierPath: RoleVerifier,
		"data/x.csv": "", "data/a/b.jsonl": "", "data/.jsonl": "", "csv/a/b.csv": "", "logs/ledger/other": "", "x": "", ManifestPath: "", SignaturePath: "", SumsPath: "", "evidence/": "", "oscal/a/b.json": "",
	} {
		if got, ok := roleOf(p); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v, want %q", p, got, ok, want)
		}
	}
}

func FuzzAManifestHasOneSpelling(f *testing.F) {
	whole := unpacked(f, written(f, theWorld().input(f)))
	f.Add(whole[ManifestPath])
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b)
		if err != nil {
			return
		}
		if again, err := canon.Marshal(m); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%q is read as %q, %v", b, again, err)
		}
		if _, err := Root(m.Files); err != nil && len(m.Files) > 0 && m.Files[0].Role.isContent() {
			t.Fatal(err)
		}
	})
}

func FuzzAnItemHasOneSpelling(f *testing.F) {
	f.Add([]byte(`{"component":"c","facts":{"a":1.5,"b":[null,9007199254740993]},"item":"i","letters":{"A":"true"},"no":1,"state":"pass","test":"t"}`))
	f.Add([]byte(`{"facts":{"x":1e400},"no":1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		it, err := parseItem(b)
		if err != nil {
			return
		}
		if again, err := appendItem(nil, it); err != nil || !bytes.Equal(again, append(bytes.Clone(b), '\n')) {
			t.Fatalf("%q is read as %q, %v", b, again, err)
		}
	})
}
