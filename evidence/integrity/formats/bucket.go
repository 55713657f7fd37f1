package formats

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/cloudtrail"
	"github.com/tieout/tieout/evidence/logfile"
)

// AddKey reads the content of a file of keys: one key, or CloudTrail's list of
// them. name is what the user calls the key; it may be empty.
func (o *Options) AddKey(name, path string, content []byte) error {
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

func (o *Options) trail() cloudtrail.Options {
	return cloudtrail.Options{Keys: o.CloudTrail, Period: o.Period, Workers: o.Workers, Progress: o.Progress}
}

// bucket checks a copy of a bucket of CloudTrail, and reports whether it is one.
func (v *verifier) bucket(ctx context.Context, name string) (bool, error) {
	if v.o.Format != "" && v.o.Format != cloudtrail.Profile {
		return false, nil
	}
	root, err := os.OpenRoot(filepath.FromSlash(name))
	if err != nil {
		return false, fmt.Errorf("open %s: %w", name, plain(err))
	}
	defer func() { _ = root.Close() }() // only read from
	if v.o.Format == "" {
		if ok, err := cloudtrail.Found(ctx, root); err != nil || !ok {
			return false, err
		}
	}
	r, err := cloudtrail.Verify(ctx, root, name, v.o.trail())
	if err != nil {
		return true, err
	}
	v.report.Logs = append(v.report.Logs, r.Logs...)
	v.report.Skipped = append(v.report.Skipped, r.Skipped...)
	return true, nil
}

// VerifyRead checks the log whose files a source read below a folder: one that
// a profile describes, or the log files of CloudTrail with the digests beside
// them.
func VerifyRead(ctx context.Context, root *os.Root, names []string, o Options) (*integrity.Report, error) {
	stray := slices.ContainsFunc(names, func(n string) bool { return !cloudtrail.IsLogName(n) })
	if o.Format == "" && (o.Profile != nil || stray) {
		return integrity.Verify(ctx, logfile.In(root, names...), o.Options)
	}
	if o.Format != "" && o.Format != cloudtrail.Profile {
		return nil, fmt.Errorf("%s is no format of a log that a source reads: 'tieout verify log' checks it", o.Format)
	}
	t := o.trail()
	t.Only = names
	return cloudtrail.Verify(ctx, root, "", t)
}
