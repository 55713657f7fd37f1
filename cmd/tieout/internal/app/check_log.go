package app

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/cloudtrail"
	"github.com/tieout/tieout/evidence/logfile"
)

// LogCheck says how logs are checked, also those of formats that no profile
// can describe.
type LogCheck struct {
	integrity.Options
	CloudTrail cloudtrail.Keys
	Format     string // one for which IsOwnFormat holds; "" where it is found
}

// IsOwnFormat reports whether a name, asked for as a profile, is that of a
// format with a verifier of its own.
func IsOwnFormat(name string) bool { return name == cloudtrail.Profile || name == "cloudtrail" }

// AddKey reads the content of a file of keys: one key, or CloudTrail's list of
// them. name is what the user calls the key; it may be empty.
func (o *LogCheck) AddKey(name, path string, content []byte) error {
	if cloudtrail.IsKeys(content) {
		if o.CloudTrail == nil {
			o.CloudTrail = cloudtrail.Keys{}
		}
		return o.CloudTrail.Read(path, content)
	}
	k, err := integrity.ParseKey(name, content)
	if err == nil {
		o.Keys = append(o.Keys, k)
	}
	return err
}

func (o *LogCheck) trail() cloudtrail.Options {
	return cloudtrail.Options{Keys: o.CloudTrail, Period: o.Period, Workers: o.Workers, Progress: o.Progress}
}

// CheckLogs checks files and folders as they stand on a command line. Folders
// with a copy of a bucket of CloudTrail are checked as such.
func CheckLogs(ctx context.Context, paths []string, o *LogCheck) (*integrity.Report, error) {
	var out *integrity.Report
	var others []string
	for _, p := range paths {
		r, err := o.folder(ctx, p)
		if err != nil {
			return nil, err
		}
		if r == nil {
			others = append(others, p)
			continue
		}
		out = joined(out, r)
	}
	if len(others) == 0 {
		return out, nil
	}
	r, err := integrity.Verify(ctx, logfile.Paths(others...), o.Options)
	if err != nil {
		return nil, err
	}
	return joined(out, r), nil
}

// folder checks a copy of a bucket; it returns nil for anything else.
func (o *LogCheck) folder(ctx context.Context, name string) (*integrity.Report, error) {
	if o.Profile != nil {
		return nil, nil
	}
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		if o.Format != "" && err == nil {
			err = fmt.Errorf("check %s as %s: name the folder with the copy of the bucket", name, o.Format)
		}
		if o.Format != "" {
			return nil, err
		}
		return nil, nil // whoever opens it says what is wrong with it
	}
	root, err := os.OpenRoot(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = root.Close() }() // only read from
	if o.Format == "" {
		if ok, err := cloudtrail.Found(ctx, root); err != nil || !ok {
			return nil, err
		}
	}
	return cloudtrail.Verify(ctx, root, name, o.trail())
}

func joined(a, b *integrity.Report) *integrity.Report {
	if a == nil {
		return b
	}
	a.Logs, a.Skipped = append(a.Logs, b.Logs...), append(a.Skipped, b.Skipped...)
	a.Verdict = integrity.Worst(a.Verdict, b.Verdict)
	return a
}

// in checks the log whose files a source read.
func (o *LogCheck) in(ctx context.Context, root *os.Root, names []string) (*integrity.Report, error) {
	stray := slices.ContainsFunc(names, func(n string) bool { return !cloudtrail.IsLogName(n) })
	if o.Format == "" && (o.Profile != nil || stray) {
		return integrity.Verify(ctx, logfile.In(root, names...), o.Options)
	}
	t := o.trail()
	t.Only = names
	return cloudtrail.Verify(ctx, root, "", t)
}
