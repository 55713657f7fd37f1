package bundle

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
	"github.com/tieout/tieout/export/csv"
)

// TestTheVectorsOfTheDocumentHold makes everything that the page on the format
// shows again.
func TestTheVectorsOfTheDocumentHold(t *testing.T) {
	t.Parallel()
	page := string(must(os.ReadFile("../../docs/package-format.md")))
	shows := func(lines ...string) {
		t.Helper()
		text := ""
		for _, l := range lines {
			text += strings.TrimRight("    "+l, " ") + "\n"
		}
		if !strings.Contains(page, "\n"+text) {
			t.Errorf("docs/package-format.md does not show\n%s", text)
		}
	}
	file := func(path string, role Role, text string) FileEntry {
		return FileEntry{Path: path, Role: role, Bytes: int64(len(text)), SHA256: evidence.DigestOf([]byte(text))}
	}
	files := []FileEntry{file("README.txt", RoleDocument, "hello\n"), file(DossierPath, RoleDossier, "{}"), file("evidence/EV-000001.json", RoleEvidence, "[]\n"), file(TestsPath, RoleTests, "SELECT 1;\n")}
	leaf := files[1].leaf()
	shows(strings.TrimPrefix(string(leaf), leafDomain), evidence.Digest(tlog.RecordHash(leaf)).String())
	root := must(Root(files))
	shows(root.String())

	k := keyring(t, 7)
	sig := must(sign(k.Signer(ledger.RoleManifest), "pemberwick", evidence.DigestOf([]byte("{}")), root))
	shows(append(strings.Split(strings.TrimSuffix(string(sig), "\n"), "\n"), "", k.VerifierKey(ledger.RoleManifest))...)
	if _, err := note.Open(sig, note.VerifierList(k.Verifier(ledger.RoleManifest))); err != nil {
		t.Error(err)
	}

	i := strings.Index(page, "    504b0304")
	shown := strings.Join(strings.Fields(page[i:i+strings.Index(page[i:], "\n\n")]), "")
	if got := hex.EncodeToString(parcel{"a": []byte("x")}.zip(t)); got != shown {
		t.Errorf("the container is\n%s\nand the page shows\n%s", got, shown)
	}

	row := must(csv.AppendRow(nil, []any{"=1+1", nil, "", int64(1), "1", true}))
	shows(string(bytes.TrimSuffix(row, []byte("\r\n"))))

	grown := &tree{}
	var leaves, roots []string
	for _, l := range []string{"a", "b", "c"} {
		h := tlog.RecordHash([]byte(l))
		grown.add(h)
		leaves, roots = append(leaves, h.String()), append(roots, must(grown.head()).Root.String())
	}
	shows(append(append(leaves, ""), roots[1:]...)...)
}

func TestTheDocumentNamesEveryMemberAndRole(t *testing.T) {
	t.Parallel()
	page := string(must(os.ReadFile("../../docs/package-format.md")))
	for k := range must(members(&Manifest{})) {
		if !strings.Contains(page, "`"+k+"`") {
			t.Errorf("docs/package-format.md does not name the member %s", k)
		}
		if !strings.Contains(string(Verifier), k) {
			t.Errorf("verify.py does not know the member %s", k)
		}
	}
	for _, f := range rolesByFolder {
		if !strings.Contains(page, "`"+string(f.role)+"`") {
			t.Errorf("docs/package-format.md does not name the role %s", f.role)
		}
	}
	for p, r := range rolesByPath {
		if !strings.Contains(page, "`"+p+"`") || !strings.Contains(page, "`"+string(r)+"`") {
			t.Errorf("docs/package-format.md does not name %s with role %s", p, r)
		}
	}
}
