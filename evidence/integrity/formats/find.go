package formats

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/integrity/cloudtrail"
	"github.com/tieout/tieout/evidence/integrity/dsse"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/integrity/tlog"
	"github.com/tieout/tieout/evidence/logfile"
)

const proofEnding = ".tlog-proof"

var tokenEndings = []string{".tsr", ".tst"}

// path checks what is of a format of its own under one path, and returns what
// is not.
func (v *verifier) path(ctx context.Context, name string) ([]string, error) {
	if v.o.Profile != nil {
		return []string{name}, nil
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return []string{name}, nil //nolint:nilerr // whoever opens it says what is wrong with it
	case info.IsDir():
		return v.directory(ctx, name)
	}
	format, err := v.format(ctx, name)
	if err != nil {
		return nil, err
	}
	if format == "" {
		return []string{name}, nil
	}
	return nil, v.file(ctx, format, name)
}

// format finds the format of a file, "" where it has no verifier of its own.
func (v *verifier) format(ctx context.Context, name string) (string, error) {
	switch {
	case v.o.Format == tlog.Format:
		return "", fmt.Errorf("check %s as %s: name the folder with the checkpoint and the tiles", name, v.o.Format)
	case v.o.Format == cloudtrail.Profile:
		return "", fmt.Errorf("check %s as %s: name the folder with the copy of the bucket", name, v.o.Format)
	case v.o.Format != "":
		return v.o.Format, nil
	}
	return v.sniff(ctx, name)
}

func (v *verifier) sniff(ctx context.Context, name string) (string, error) {
	switch {
	case strings.HasSuffix(name, proofEnding):
		return tlog.ProofFormat, nil
	case slices.Contains(tokenEndings, path.Ext(name)):
		return rfc3161.Format, nil
	}
	refs, _, err := logfile.Paths(name).List(ctx)
	if err != nil || len(refs) != 1 {
		return "", nil //nolint:nilerr // whoever checks it says what is wrong with it
	}
	f, err := refs[0].Open()
	if err != nil {
		return "", nil //nolint:nilerr // the same
	}
	ok, err := dsse.Is(f)
	_, closed := f.Close()
	if err != nil || closed != nil || !ok {
		return "", nil //nolint:nilerr // the same
	}
	return dsse.Format, nil
}

// directory checks a directory of tiles, a copy of a bucket, or what is of a format of its own in
// and below any other.
func (v *verifier) directory(ctx context.Context, name string) ([]string, error) {
	if done, err := v.tiles(ctx, name); done || err != nil {
		return nil, err
	}
	if done, err := v.bucket(ctx, name); done || err != nil {
		return nil, err
	}
	if v.o.Format == tlog.Format {
		return nil, fmt.Errorf("check %s as %s: it has no checkpoint and no tiles", name, v.o.Format)
	}
	refs, skipped, err := logfile.Paths(name).List(ctx)
	if err != nil {
		return nil, err
	}
	before := len(v.report.Logs)
	proved := map[string]bool{}
	for _, s := range skipped {
		if entry, ok := strings.CutSuffix(s.Name, proofEnding); ok {
			proved[entry] = true
		}
	}
	var rest []string
	for _, r := range refs {
		format, err := v.format(ctx, r.Name)
		if err != nil {
			return nil, err
		}
		switch {
		case format == "" && proved[r.Name]: // it is checked with its proof
			continue
		case format == "":
			rest = append(rest, r.Name)
			continue
		}
		if err := v.file(ctx, format, r.Name); err != nil {
			return nil, err
		}
	}
	left, err := v.skipped(ctx, skipped)
	if err != nil {
		return nil, err
	}
	if len(v.report.Logs) == before {
		return []string{name}, nil
	}
	v.report.Skipped = append(v.report.Skipped, left...)
	return rest, nil
}

// skipped checks what was passed over because its name is no log's, and returns
// what remains.
func (v *verifier) skipped(ctx context.Context, skipped []logfile.Skipped) ([]logfile.Skipped, error) {
	var left []logfile.Skipped
	logs := map[string]bool{} // directories of tiles
	for _, s := range skipped {
		if path.Base(s.Name) == "checkpoint" {
			done, err := v.tiles(ctx, path.Dir(s.Name))
			if err != nil {
				return nil, err
			}
			if done {
				logs[path.Dir(s.Name)] = true
				continue
			}
		}
		switch format := byName(s.Name); {
		case inside(logs, s.Name):
		case format == "" || v.o.Format != "" && v.o.Format != format:
			left = append(left, s)
		default:
			if err := v.file(ctx, format, s.Name); err != nil {
				return nil, err
			}
		}
	}
	return left, nil
}

func byName(name string) string {
	switch {
	case strings.HasPrefix(path.Base(name), "."):
		return ""
	case strings.HasSuffix(name, proofEnding):
		return tlog.ProofFormat
	case slices.Contains(tokenEndings, path.Ext(name)):
		return rfc3161.Format
	}
	return ""
}

// inside reports whether a file is one of the tiles of a log.
func inside(logs map[string]bool, name string) bool {
	dir, _, found := strings.Cut(name, "/tile/")
	return found && logs[dir]
}

// tiles checks a directory of tiles, and reports whether it is one.
func (v *verifier) tiles(ctx context.Context, name string) (bool, error) {
	if v.o.Format != "" && v.o.Format != tlog.Format {
		return false, nil
	}
	root, err := os.OpenRoot(filepath.FromSlash(name))
	if err != nil {
		return false, fmt.Errorf("open %s: %w", name, plain(err))
	}
	defer func() { _ = root.Close() }() // only read from
	if !tlog.IsDirectory(root.FS()) {
		return false, nil
	}
	l, err := tlog.CheckDirectory(ctx, filepath.ToSlash(name), root.FS(), v.tlogOptions(name))
	if err != nil {
		return true, err
	}
	v.add(l)
	return true, nil
}

func plain(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
