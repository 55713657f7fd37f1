package bundle

import (
	"fmt"
	"slices"
	"strings"
)

// Role says what a file of a package is. It follows from the path.
type Role string

// The roles. Documents and the verifier are no content: they are rendered
// from it.
const (
	RoleDossier  Role = "dossier"
	RoleItems    Role = "items"
	RoleRows     Role = "rows"
	RoleCSV      Role = "csv"
	RoleTable    Role = "table"
	RoleDatabase Role = "database"
	RoleTests    Role = "tests"
	RoleEvidence Role = "evidence"
	RoleLedger   Role = "ledger"
	RoleLog      Role = "log"
	RoleCatalog  Role = "catalog"
	RoleManual   Role = "manual"
	RoleDocument Role = "document"
	RoleVerifier Role = "verifier"
)

// isContent reports whether files of the role are of the first layer.
func (r Role) isContent() bool { return r != RoleDocument && r != RoleVerifier }

// Fixed paths of a package.
const (
	DossierPath     = "data/dossier.json"
	ItemsPath       = "data/items.jsonl"
	DatabasePath    = "populations.sqlite"
	TestsPath       = "tests.sql"
	NotIncludedPath = "not_included.csv"
	ReadmePath      = "README.txt"
	VerifierPath    = "verify.py"
	ManifestPath    = "manifest.json"
	SignaturePath   = "manifest.sig"
	TimestampPath   = "timestamp.tsr"
	SumsPath        = "SHA256SUMS"
	CheckpointPath  = "logs/ledger/checkpoint"
	LeavesPath      = "logs/ledger/leaves"
	EntriesPath     = "logs/ledger/entries.jsonl"
	listsFolder     = "logs/ledger/lists/"
)

var rolesByPath = map[string]Role{
	DossierPath: RoleDossier, ItemsPath: RoleItems, DatabasePath: RoleDatabase, TestsPath: RoleTests, NotIncludedPath: RoleCSV,
	ReadmePath: RoleDocument, "report.pdf": RoleDocument, "workbook.xlsx": RoleDocument, "index.html": RoleDocument, VerifierPath: RoleVerifier,
	CheckpointPath: RoleLedger, LeavesPath: RoleLedger, EntriesPath: RoleLedger,
}

// rolesByFolder are the folders below which a package has files, and how the
// files' names end.
var rolesByFolder = []struct {
	folder, ending string
	deep           bool // folders may stand below it
	role           Role
}{
	{listsFolder, "", false, RoleLedger}, {"data/tables/", ".jsonl", false, RoleTable}, {"data/", ".jsonl", false, RoleRows}, {"csv/", ".csv", false, RoleCSV},
	{"evidence/", "", true, RoleEvidence}, {"logs/", "", true, RoleLog}, {"catalog/", "", true, RoleCatalog}, {"manual/", "", true, RoleManual}, {"oscal/", ".json", false, RoleDocument},
}

// roleOf returns the role of the file at a safe path. A path without one has
// no place in a package.
func roleOf(p string) (Role, bool) {
	if r, ok := rolesByPath[p]; ok {
		return r, true
	}
	for _, f := range rolesByFolder {
		rest, in := strings.CutPrefix(p, f.folder)
		if in && strings.HasSuffix(rest, f.ending) && rest != f.ending && (f.deep || !strings.Contains(rest, "/")) {
			if f.role == RoleLog && strings.HasPrefix(p, "logs/ledger/") {
				return "", false
			}
			return f.role, true
		}
	}
	return "", false
}

// Bounds of a path.
const (
	maxPath     = 120
	maxSegments = 8
)

// checkPath reports why a path is not safe to unpack on every system. Safe are
// short ASCII names that no system reads as anything but a file's place.
func checkPath(p string) error {
	if p == "" || len(p) > maxPath {
		return fmt.Errorf("a path has 1 to %d characters", maxPath)
	}
	segments := strings.Split(p, "/")
	if len(segments) > maxSegments {
		return fmt.Errorf("more than %d folders deep", maxSegments-1)
	}
	for _, s := range segments {
		if s == "" || s[0] == '.' || s[0] == '-' || s[len(s)-1] == '.' {
			return fmt.Errorf("a name is empty, begins with a dot or a hyphen, or ends with a dot")
		}
		for i := range len(s) {
			if c := s[i]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
				return fmt.Errorf("byte %#02x: names are letters, digits, '.', '_' and '-'", c)
			}
		}
		stem, _, _ := strings.Cut(strings.ToLower(s), ".")
		if slices.Contains(devices, stem) {
			return fmt.Errorf("%s is a device on some systems", s)
		}
	}
	return nil
}

var devices = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// checkTogether reports, by path, what keeps paths from standing beside each
// other: one name in two spellings of case, or a file where others have a
// folder.
func checkTogether(paths []string) map[string]string {
	out := map[string]string{}
	files, folders := map[string]string{}, map[string]string{}
	for _, p := range paths {
		fold := strings.ToLower(p)
		if other, twice := files[fold]; twice {
			out[p] = "the same as " + other + " where names differ by case only"
		}
		files[fold] = p
	}
	for _, p := range paths {
		for dir, deep := folderOf(p); deep; dir, deep = folderOf(dir) {
			fold := strings.ToLower(dir)
			if f, is := files[fold]; is {
				out[p] = f + " is a file, so nothing can stand below it"
			}
			if other, is := folders[fold]; is && other != dir {
				out[p] = "its folder is the same as " + other + " where names differ by case only"
			} else if !is {
				folders[fold] = dir
			}
		}
	}
	return out
}

// folderOf returns what stands before the last slash, if there is one. A path
// from a package may be any text, so the answer is always shorter.
func folderOf(p string) (string, bool) {
	i := strings.LastIndexByte(p, '/')
	return p[:max(i, 0)], i >= 0
}
