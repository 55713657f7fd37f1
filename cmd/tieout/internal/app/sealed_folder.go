package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
)

// SealedPlaces says of the names that seals give files whether they lie in or
// below a folder that was named, and whether nothing is there any more. A folder
// counts by the way it was named and by where that leads, so that a link put in
// its place hides nothing.
func SealedPlaces(w *workspace.Workspace, paths []string) (within, gone func(name string) bool) {
	var folders []string
	for _, p := range paths {
		full, err := filepath.Abs(p)
		if err != nil {
			continue
		}
		if info, err := os.Stat(full); err != nil || !info.IsDir() {
			continue
		}
		folders = append(folders, full)
		if real, err := filepath.EvalSymlinks(full); err == nil && real != full {
			folders = append(folders, real)
		}
	}
	within = func(name string) bool {
		for _, file := range sealedPaths(w, name) {
			for _, dir := range folders {
				if below, err := filepath.Rel(dir, file); err == nil && filepath.IsLocal(below) {
					return true
				}
			}
		}
		return false
	}
	return within, func(name string) bool {
		for _, file := range sealedPaths(w, name) {
			if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
				return false
			}
		}
		return true
	}
}

// AsNamed is SealName by the path alone: what a file was called before a link
// was put in the place of one of its folders.
func AsNamed(w *workspace.Workspace, name string) string {
	full, err := filepath.Abs(filepath.FromSlash(name))
	if err != nil {
		return name
	}
	if dir, err := filepath.Abs(w.Dir); err == nil {
		if below, err := filepath.Rel(dir, full); err == nil && filepath.IsLocal(below) {
			full = below
		}
	}
	return filepath.ToSlash(full)
}

// sealedPaths returns where a file lies that a seal names: by the workspace's
// path, and by where that leads.
func sealedPaths(w *workspace.Workspace, name string) []string {
	file := filepath.FromSlash(name)
	if filepath.IsAbs(file) {
		return []string{file}
	}
	full, err := filepath.Abs(w.Dir)
	if err != nil {
		full = w.Dir
	}
	out := []string{filepath.Join(full, file)}
	if real, err := filepath.EvalSymlinks(full); err == nil && real != full {
		out = append(out, filepath.Join(real, file))
	}
	return out
}
