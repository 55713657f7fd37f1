package cloudtrail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/logfile"
)

// Bounds on a tree.
const (
	maxDepth   = 32
	maxObjects = 4_000_000 // log files of one account in one region
	maxSkipped = 1000
)

// scope is one region of one account below one AWSLogs: the log files of all its
// trails lie in one folder.
type scope struct {
	base    string // in front of AWSLogs, ends in a slash or is empty
	area    string // AWSLogs/[o-…/]ACCOUNT
	account string
	region  string
}

func (s scope) digests() string { return s.base + s.area + "/" + digestFolder + "/" + s.region }
func (s scope) logs() string    { return s.base + s.area + "/" + logFolder + "/" + s.region }

// tree is what lies in a copy of one or more buckets.
type tree struct {
	root    *os.Root
	label   string // of the root, in front of names in the report
	scopes  []scope
	skipped []logfile.Skipped
	left    int // skipped files beyond those that are listed
	inside  bool
}

// named returns a name below the root as the report has it.
func (t *tree) named(name string) string {
	if t.label == "" {
		return name
	}
	return strings.TrimSuffix(t.label, "/") + "/" + name
}

func (t *tree) skip(name, why string) {
	if len(t.skipped) >= maxSkipped {
		t.left++
		return
	}
	t.skipped = append(t.skipped, logfile.Skipped{Name: t.named(name), Reason: why})
}

// look finds the folders of accounts and regions below every AWSLogs.
func (t *tree) look(ctx context.Context, dir string, depth int) error {
	return t.each(ctx, dir, depth, func(name string, d fs.DirEntry) error {
		full := join(dir, name)
		switch {
		case !d.IsDir():
			t.skip(full, "no part of what CloudTrail delivers: name it to have it checked")
			return nil
		case strings.HasPrefix(name, "."):
			t.skip(full, "hidden")
			return nil
		case name == logsFolder:
			return t.accounts(ctx, full, depth+1)
		case name == digestFolder:
			t.inside = true
		}
		return t.look(ctx, full, depth+1)
	})
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// each calls f for what lies in a folder, in the order of the names.
func (t *tree) each(ctx context.Context, dir string, depth int, f func(string, fs.DirEntry) error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if depth > maxDepth {
		return fmt.Errorf("look into %s: folders lie more than %d deep", t.named(dir), maxDepth)
	}
	entries, err := fs.ReadDir(t.root.FS(), dir)
	if err != nil {
		return fmt.Errorf("look into %s: %w", t.named(dir), plain(err))
	}
	for _, e := range entries {
		if e.Type()&fs.ModeSymlink != 0 {
			t.skip(join(dir, e.Name()), "a link, which is not followed")
			continue
		}
		if err := f(e.Name(), e); err != nil {
			return err
		}
	}
	return nil
}

// accounts looks below AWSLogs, or below an organisation's folder in it.
func (t *tree) accounts(ctx context.Context, dir string, depth int) error {
	return t.each(ctx, dir, depth, func(name string, d fs.DirEntry) error {
		full := join(dir, name)
		switch {
		case d.IsDir() && isAccount(name):
			return t.regions(ctx, full, name, depth+1)
		case d.IsDir() && isOrganization(name):
			return t.accounts(ctx, full, depth+1)
		}
		t.skip(full, "neither an account nor an organisation")
		return nil
	})
}

func (t *tree) regions(ctx context.Context, dir, account string, depth int) error {
	var names []string
	err := t.each(ctx, dir, depth, func(name string, d fs.DirEntry) error {
		if !d.IsDir() || name != digestFolder && name != logFolder {
			t.skip(join(dir, name), "neither log files nor digests of CloudTrail")
			return nil
		}
		return t.each(ctx, join(dir, name), depth+1, func(region string, d fs.DirEntry) error {
			if !d.IsDir() {
				t.skip(join(join(dir, name), region), "it lies in no region's folder")
				return nil
			}
			if !slices.Contains(names, region) {
				names = append(names, region)
			}
			return nil
		})
	})
	slices.Sort(names)
	at := strings.LastIndex("/"+dir, "/"+logsFolder+"/")
	for _, r := range names {
		t.scopes = append(t.scopes, scope{base: dir[:at], area: dir[at:], account: account, region: r})
	}
	return err
}

// files returns the ordinary files below a folder, sorted, by their names below
// it; a folder that is not there has none.
func (t *tree) files(ctx context.Context, dir string) ([]string, error) {
	if _, err := t.root.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	var walk func(string, int) error
	walk = func(below string, depth int) error {
		return t.each(ctx, path.Join(dir, below), depth, func(name string, d fs.DirEntry) error {
			full := path.Join(below, name)
			switch {
			case strings.HasPrefix(name, "."):
				t.skip(path.Join(dir, full), "hidden")
			case d.IsDir():
				return walk(full, depth+1)
			case !d.Type().IsRegular():
				t.skip(path.Join(dir, full), "no ordinary file")
			case len(out) >= maxObjects:
				return fmt.Errorf("look into %s: more than %d files: check it in parts", t.named(dir), maxObjects)
			default:
				out = append(out, full)
			}
			return nil
		})
	}
	err := walk("", strings.Count(dir, "/"))
	slices.Sort(out)
	return out, err
}

// find looks through a whole copy. That the folder given lies inside of one, so
// that names cannot be compared, is an error.
func (t *tree) find(ctx context.Context) error {
	err := t.look(ctx, ".", 0)
	switch {
	case err != nil || len(t.scopes) > 0:
		return err
	case t.inside:
		return fmt.Errorf("check CloudTrail's files in %s: name the folder in which %s lies, so that each file's whole name can be compared with what was signed", t.label, logsFolder)
	}
	return fmt.Errorf("%w: no folder of an account with log files or digests of CloudTrail lies in %s", integrity.ErrNothing, t.label)
}

// IsLogName reports whether a name with slashes is that of a log file in a copy
// of a bucket, by the folders in which it lies.
func IsLogName(name string) bool {
	_, ok := scopeOf(name)
	return ok
}

// scopeOf returns the account and region in whose folder a log file lies.
func scopeOf(name string) (scope, bool) {
	base, rest, ok := splitObject(name)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) < 5 {
		return scope{}, false
	}
	n := 1
	if isOrganization(parts[1]) {
		n = 2
	}
	if len(parts) < n+4 || !isAccount(parts[n]) || parts[n+1] != logFolder {
		return scope{}, false
	}
	return scope{base: base, area: strings.Join(parts[:n+1], "/"), account: parts[n], region: parts[n+2]}, true
}

// scopesOf returns the accounts and regions in whose folders the files lie.
func scopesOf(names []string) ([]scope, error) {
	var out []scope
	for _, n := range names {
		s, ok := scopeOf(n)
		if !ok {
			return nil, fmt.Errorf("%s lies in no folder of CloudTrail's log files, such as %s/ACCOUNT/%s/REGION", n, logsFolder, logFolder)
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out, nil
}

// Found reports whether what CloudTrail delivers lies in or below a folder.
func Found(ctx context.Context, root *os.Root) (bool, error) {
	found := errors.New("found")
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return fs.SkipDir // whoever reads the folder says so
		case !d.IsDir():
			return nil
		case d.Name() == digestFolder:
			return found
		case d.Name() == logFolder && isAccount(path.Base(path.Dir(name))):
			return found
		case strings.Count(name, "/") >= maxDepth:
			return fs.SkipDir
		}
		return nil
	})
	if errors.Is(err, found) {
		return true, nil
	}
	return false, err
}
