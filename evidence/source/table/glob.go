package table

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/strictyaml"
)

// maxFiles is how many files one source may name.
const maxFiles = 100_000

// pattern is a path with *, ? and [] within a name, and ** for any directories.
type pattern struct {
	text  string
	parts []string
}

func parsePatterns(raw strictyaml.Raw) ([]pattern, error) {
	var what any
	if err := raw.Decode(&what); err != nil {
		return nil, err
	}
	var texts []string
	switch v := what.(type) {
	case nil:
		return nil, nil
	case string:
		texts = []string{v}
	default:
		if err := raw.Decode(&texts); err != nil {
			return nil, err
		}
	}
	var out []pattern
	for _, t := range texts {
		p := pattern{text: t, parts: strings.Split(t, "/")}
		for _, part := range p.parts {
			_, err := path.Match(part, "x")
			if part == "" || part == "." || part == ".." || strings.Contains(part, `\`) || err != nil {
				return nil, raw.Problem("files: %q is no pattern: write a path below the workspace with / between names, such as logs/**/*.jsonl", t)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// match reports whether the whole name fits, and whether something below it could.
func (p pattern) match(name string) (whole, below bool) {
	return matchParts(p.parts, strings.Split(name, "/"))
}

func matchParts(parts, names []string) (whole, below bool) {
	switch {
	case len(parts) == 0:
		return len(names) == 0, false
	case len(names) == 0:
		return false, true
	case parts[0] == "**":
		whole, below = matchParts(parts[1:], names)
		whole = whole || len(parts) == 1 && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, ".") })
		if strings.HasPrefix(names[0], ".") {
			return whole, below // what is hidden must be named
		}
		w, b := matchParts(parts, names[1:])
		return whole || w, below || b
	}
	if strings.HasPrefix(names[0], ".") && !strings.HasPrefix(parts[0], ".") {
		return false, false
	}
	if ok, err := path.Match(parts[0], names[0]); !ok || err != nil {
		return false, false
	}
	return matchParts(parts[1:], names[1:])
}

// list returns the files that the patterns name, sorted, each once. A pattern
// that names none is an error: it is a mistake more often than a month without
// a file, and nobody would notice the mistake.
func list(ctx context.Context, root *os.Root, patterns []pattern) ([]string, error) {
	var names []string
	var problems []error
	matched := make([]bool, len(patterns))
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if name == "." {
			return err
		}
		whole, below := false, false
		for i, p := range patterns {
			w, b := p.match(name)
			matched[i] = matched[i] || w
			whole, below = whole || w, below || b
		}
		linked := d != nil && d.Type()&fs.ModeSymlink != 0
		switch {
		case err != nil:
			if whole || below {
				problems = append(problems, fmt.Errorf("look into %s: %w", name, plain(err)))
			}
			return fs.SkipDir
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() && !below:
			return fs.SkipDir
		case d.IsDir():
			return nil
		case linked && (whole || below):
			info, err := root.Stat(name)
			if err == nil && info.IsDir() {
				err = errors.New("it is a link to a directory, which is not followed: name the directory itself")
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("%s: %w", name, plain(err)))
				return nil
			}
		}
		if whole {
			names = append(names, name)
		}
		if len(names) > maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for files: %w", plain(err))
	}
	for i, p := range patterns {
		if !matched[i] {
			problems = append(problems, fmt.Errorf("nothing matches %q in the workspace: correct 'files:', or put the file there", p.text))
		}
	}
	slices.Sort(names)
	return names, errors.Join(problems...)
}

// plain takes the operation and the path off an error of the file system: the
// caller says both in words.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
