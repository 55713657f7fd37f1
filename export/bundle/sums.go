package bundle

import (
	"cmp"
	"slices"
)

// sums returns SHA256SUMS in the form of sha256sum: every file of the manifest,
// and those beside it (the manifest itself, the signed note, a time-stamp), by
// path. It can always be made again, so nothing covers it.
func sums(files []FileEntry, beside ...FileEntry) []byte {
	all := append(slices.Clone(files), beside...)
	slices.SortFunc(all, func(a, b FileEntry) int { return cmp.Compare(a.Path, b.Path) })
	var out []byte
	for _, f := range all {
		out = append(out, f.SHA256.String()+"  "+f.Path+"\n"...)
	}
	return out
}
