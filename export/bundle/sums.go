package bundle

import (
	"cmp"
	"slices"

	"github.com/tieout/tieout/evidence"
)

// sums returns SHA256SUMS in the form of sha256sum: every file of the manifest,
// the manifest and the signed note, by path. It can always be made again, so
// nothing covers it.
func sums(files []FileEntry, manifest, signature evidence.Digest) []byte {
	all := append(slices.Clone(files), FileEntry{Path: ManifestPath, SHA256: manifest}, FileEntry{Path: SignaturePath, SHA256: signature})
	slices.SortFunc(all, func(a, b FileEntry) int { return cmp.Compare(a.Path, b.Path) })
	var out []byte
	for _, f := range all {
		out = append(out, f.SHA256.String()+"  "+f.Path+"\n"...)
	}
	return out
}
