package app

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/tieout/tieout/controls/catalog"
)

// maxOwn bounds one file of a workspace's own controls.
const maxOwn = 4 << 20

// readGlob reads the workspace's own control files that fit a pattern.
func readGlob(root *os.Root, pattern string) ([]catalog.File, error) {
	names, err := fs.Glob(root.FS(), pattern)
	if err != nil {
		return nil, fmt.Errorf("catalog: %q is no pattern: %w", pattern, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("catalog: no file fits %q: correct it in tieout.yaml or remove it", pattern)
	}
	slices.Sort(names)
	var out []catalog.File
	for _, name := range names {
		src, err := readOwn(root, name)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		out = append(out, catalog.File{Name: name, Src: src})
	}
	return out, nil
}

func readOwn(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read from
	src, err := io.ReadAll(io.LimitReader(f, maxOwn+1))
	if err != nil {
		return nil, err
	}
	if len(src) > maxOwn {
		return nil, fmt.Errorf("%s is longer than %d bytes", name, maxOwn)
	}
	return src, nil
}
