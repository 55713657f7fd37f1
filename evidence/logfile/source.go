package logfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// MaxFiles is how many files one check may name.
const MaxFiles = 100_000

// Source says where log files come from.
type Source struct {
	root  *os.Root
	names []string
}

// Paths are files and directories as given on a command line. A directory
// stands for the log files in and below it.
func Paths(paths ...string) Source { return Source{names: paths} }

// In are names of files and directories under a root, with slashes; nothing
// outside of the root is ever opened.
func In(root *os.Root, names ...string) Source { return Source{root: root, names: names} }

// Ref is a file that was found and not yet opened.
type Ref struct {
	Name string // as given, or below the directory given; with slashes

	root *os.Root
	base string // under root; without a root, the last element of Name, whose directory is opened on its own
}

// Skipped is a file of a directory that was not looked at, and why.
type Skipped struct {
	Name   string `json:"path"`
	Reason string `json:"reason"`
}

// List returns the files that the source names, each once, in the order given,
// those of a directory sorted by name. A name that is not there is an error.
func (s Source) List(ctx context.Context) ([]Ref, []Skipped, error) {
	l := lister{seen: map[string]bool{}}
	for _, n := range s.names {
		if err := l.add(ctx, s.root, n); err != nil {
			return nil, nil, err
		}
	}
	return l.refs, l.skipped, nil
}

type lister struct {
	refs    []Ref
	skipped []Skipped
	seen    map[string]bool
}

func (l *lister) add(ctx context.Context, root *os.Root, name string) error {
	var info fs.FileInfo
	var err error
	if root != nil {
		info, err = root.Lstat(name)
	} else {
		info, err = os.Lstat(name)
	}
	switch {
	case err != nil:
		return fmt.Errorf("open %s: %w", name, plain(err))
	case info.IsDir() && root != nil:
		return l.walk(ctx, root.FS(), root, path.Clean(name), "")
	case info.IsDir():
		return l.walk(ctx, os.DirFS(name), nil, ".", filepath.ToSlash(name))
	}
	return l.one(root, filepath.ToSlash(name))
}

func (l *lister) one(root *os.Root, name string) error {
	if l.seen[path.Clean(name)] {
		return nil
	}
	l.seen[path.Clean(name)] = true
	if len(l.refs) >= MaxFiles {
		return fmt.Errorf("more than %d files: check them in parts", MaxFiles)
	}
	r := Ref{Name: name, root: root, base: name}
	if root == nil {
		r.base = path.Base(name)
	}
	l.refs = append(l.refs, r)
	return nil
}

// walk takes the log files below a directory. Hidden files, links and files
// that are no logs by name are skipped, and named.
func (l *lister) walk(ctx context.Context, files fs.FS, root *os.Root, dir, prefix string) error {
	return fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		full := name
		if prefix != "" {
			full = path.Join(prefix, name)
		}
		switch {
		case err != nil:
			return fmt.Errorf("look into %s: %w", full, plain(err))
		case ctx.Err() != nil:
			return ctx.Err()
		case name == dir:
			return nil
		case strings.HasPrefix(path.Base(name), "."):
			l.skipped = append(l.skipped, Skipped{full, "hidden"})
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			l.skipped = append(l.skipped, Skipped{full, "a link: name the file itself"})
			return nil
		case !d.Type().IsRegular():
			l.skipped = append(l.skipped, Skipped{full, "no ordinary file"})
			return nil
		case !LooksLikeLog(name):
			l.skipped = append(l.skipped, Skipped{full, "its name is not that of a log: name it to have it checked"})
			return nil
		}
		return l.one(root, full)
	})
}

var logEndings = []string{".jsonl", ".ndjson", ".json", ".log"}

// LooksLikeLog reports whether a file of a directory is taken for a log by its
// name: .jsonl, .ndjson, .json or .log, packed or not, with the suffixes that
// rotation adds.
func LooksLikeLog(name string) bool {
	base := strings.ToLower(unpackedName(path.Base(name)))
	if cut, _ := suffix(base); cut != "" {
		base = cut
	}
	return slices.ContainsFunc(logEndings, func(e string) bool { return strings.HasSuffix(base, e) })
}

// plain takes the operation and the path off an error of the file system: the
// caller says both in words.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Stored returns the file's size as stored, or 0 where it cannot be told: it is
// only said how far a check is by it.
func (r Ref) Stored() int64 {
	var info fs.FileInfo
	var err error
	if r.root != nil {
		info, err = r.root.Lstat(r.base)
	} else {
		info, err = os.Lstat(filepath.FromSlash(r.Name))
	}
	if err != nil {
		return 0
	}
	return info.Size()
}
