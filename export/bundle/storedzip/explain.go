package storedzip

import (
	"archive/zip"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxViews bounds the differences that Explain tells.
const maxViews = 8

// Explain says in sentences what a program that goes by the directory at the
// file's end, as unzip and most libraries do, would see other than what stands
// in the file from its front. It opens nothing of it.
func Explain(file io.ReaderAt, size int64, c *Contents) []string {
	z, err := zip.NewReader(&bounded{file, maxDirectory}, size)
	if err != nil {
		return []string{"a program that goes by the directory at the end finds none that it can read: " + err.Error()}
	}
	front := map[string][]Found{}
	for _, f := range c.Entries {
		front[f.Name] = append(front[f.Name], f)
	}
	var out []string
	found := 0
	add := func(format string, args ...any) {
		if found++; found <= maxViews {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	seen, folded := map[string]bool{}, map[string]string{}
	for _, f := range z.File {
		offset, err := f.DataOffset()
		switch at := front[f.Name]; {
		case seen[f.Name]:
			add("the directory lists %q more than once: programs keep the first, the last or both", f.Name)
		case err != nil:
			add("the directory lists %q where no entry can be read", f.Name)
		case len(at) == 0:
			add("by the directory there is a file %q with %d bytes, which stands nowhere before it", f.Name, f.UncompressedSize64)
		case !slices.ContainsFunc(at, func(x Found) bool { return x.Offset == offset && uint64(x.Size) == f.UncompressedSize64 }):
			add("by the directory %q is %d bytes at byte %d; from the front it is %d bytes at byte %d", f.Name, f.UncompressedSize64, offset, at[0].Size, at[0].Offset)
		}
		if other, ok := folded[strings.ToLower(f.Name)]; ok && other != f.Name {
			add("%q and %q are one file where names differ by case only", other, f.Name)
		}
		seen[f.Name], folded[strings.ToLower(f.Name)] = true, f.Name
	}
	for _, f := range c.Entries {
		if !seen[f.Name] {
			add("%q stands in the file but not in the directory: most programs do not show it", f.Name)
		}
	}
	if z.Comment != "" {
		add("there is a comment of %d bytes", len(z.Comment))
	}
	if found > maxViews {
		out = append(out, fmt.Sprintf("and %d more differences", found-maxViews))
	}
	return out
}

// IsZip reports whether some program could read the file as a zip file.
func IsZip(file io.ReaderAt, size int64) bool {
	var head [4]byte
	if n, _ := file.ReadAt(head[:], 0); n == len(head) && le.Uint32(head[:]) == localSignature {
		return true
	}
	_, err := zip.NewReader(&bounded{file, maxDirectory}, size)
	return err == nil
}

// maxDirectory bounds what is read of a directory that is not the canonical
// one, in bytes: another reader would take memory for each entry of it.
const maxDirectory = 32 << 20

// bounded gives no more than so many bytes.
type bounded struct {
	io.ReaderAt
	left int64
}

func (b *bounded) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, fmt.Errorf("the directory is longer than %d bytes", maxDirectory)
	}
	return b.ReaderAt.ReadAt(p, at)
}
