package bundle

import (
	"cmp"
	"errors"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/ledger"
)

// FileEntry is a file of a package as the manifest lists it.
type FileEntry struct {
	Bytes  int64           `json:"bytes"`
	Path   string          `json:"path"`
	Role   Role            `json:"role"`
	SHA256 evidence.Digest `json:"sha256"`
}

func comparePaths(a, b FileEntry) int { return cmp.Compare(a.Path, b.Path) }

// leafDomain begins the bytes of every leaf, so that no other text of ours can
// be taken for one.
const leafDomain = "tieout/content/v1\n"

// leaf is what is hashed for a file: the domain, and the canonical JSON of its
// line in the manifest.
func (f FileEntry) leaf() []byte {
	b := append([]byte(leafDomain), `{"bytes":`...)
	b, _ = canon.Append(b, f.Bytes) // an integer always has a spelling
	b = canon.AppendString(append(b, `,"path":`...), f.Path)
	b = canon.AppendString(append(b, `,"role":`...), string(f.Role))
	b = canon.AppendString(append(b, `,"sha256":`...), f.SHA256.String())
	return append(b, '}')
}

// Root returns the content digest: the Merkle root, as in RFC 6962 with
// SHA-256, over the files of the first layer in ascending order of their paths.
func Root(files []FileEntry) (evidence.Digest, error) {
	content := slices.DeleteFunc(slices.Clone(files), func(f FileEntry) bool { return !f.Role.isContent() })
	if len(content) == 0 {
		return evidence.Digest{}, errors.New("root of the content: there is none")
	}
	slices.SortFunc(content, comparePaths)
	tree := &ledger.Edge{}
	for _, f := range content {
		tree.Append(f.leaf())
	}
	return evidence.Digest(tree.Head().Root), nil
}
