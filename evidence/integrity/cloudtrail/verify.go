package cloudtrail

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/logfile"
)

// Profile is the name under which such logs stand in a report.
const Profile = "cloudtrail/1"

// Options say how a copy is checked.
type Options struct {
	Keys    Keys
	Period  *evidence.Window // asked for; nil: from the first to the last digest
	Workers int              // 0: one for each processor

	// Only, where it is given, are names of log files below the root. The accounts
	// and regions in whose folders they lie are checked, and nothing else is looked
	// at.
	Only []string

	// Progress is told now and then how far the check is, from one goroutine
	// at a time. nil is allowed.
	Progress func(integrity.Progress)
}

// Verify checks a copy of one or more buckets. label is what names in the report
// have in front, such as the folder as it was given. There is one log for each
// chain of digests: account, region, trail, and on its own what was delivered
// late; and one for each folder of log files that no digest vouches for. A chain
// that does not hold is a verdict; an error is a check that could not be made.
func Verify(ctx context.Context, root *os.Root, label string, o Options) (*integrity.Report, error) {
	t := &tree{root: root, label: label}
	var err error
	if o.Only == nil {
		err = t.find(ctx)
	} else {
		t.scopes, err = scopesOf(o.Only)
	}
	if err != nil {
		return nil, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	v := &verifier{t: t, o: o}
	r := &integrity.Report{Schema: integrity.ReportSchema, Period: o.Period}
	var verdicts []integrity.Verdict
	for _, s := range t.scopes {
		logs, err := v.scope(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, l := range logs {
			r.Logs = append(r.Logs, l)
			verdicts = append(verdicts, l.Verdict)
		}
	}
	if len(r.Logs) == 0 {
		return nil, fmt.Errorf("%w: %s has folders of CloudTrail and no file in them", integrity.ErrNothing, label)
	}
	r.Verdict, r.Skipped = integrity.Worst(verdicts...), t.skipped
	if t.left > 0 {
		r.Skipped = append(r.Skipped, logfile.Skipped{Name: label, Reason: fmt.Sprintf("%d more files and folders were not looked at", t.left)})
	}
	return r, nil
}

type verifier struct {
	t *tree
	o Options

	mu    sync.Mutex
	files int
	done  int
	bytes int64
}

func (v *verifier) progress(name string, files, bytes int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done += int(files)
	v.bytes += bytes
	if v.o.Progress != nil {
		v.o.Progress(integrity.Progress{File: v.t.named(name), Files: v.files, Done: v.done, Bytes: v.bytes})
	}
}

// share is how many files a worker takes at a time.
const share = 32

// parallel calls f for each of n things, on several cores, in shares of their
// order, with an opener of the worker's own.
func (v *verifier) parallel(ctx context.Context, n int, f func(*opener, int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(v.o.Workers, n/share+1) {
		wg.Go(func() {
			o := newOpener(v.t.root)
			defer o.close()
			for {
				from := int(next.Add(share)) - share
				for i := from; i < min(from+share, n); i++ {
					if ctx.Err() != nil {
						return
					}
					f(o, i)
				}
				if from+share >= n {
					return
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// scope checks what lies in the folders of one account and region.
func (v *verifier) scope(ctx context.Context, s scope) ([]*integrity.Log, error) {
	names, err := v.t.files(ctx, s.digests())
	if err != nil {
		return nil, err
	}
	disk, err := v.t.files(ctx, s.logs())
	if err != nil {
		return nil, err
	}
	v.files += len(names) + len(disk)
	chains, err := v.digests(ctx, s, names)
	if err != nil {
		return nil, err
	}
	for _, c := range chains {
		c.links()
		c.signatures()
	}
	f := &folder{v: v, s: s, names: disk, used: make([]uint8, len(disk))}
	if err := f.check(ctx, chains); err != nil {
		return nil, err
	}
	var out []*integrity.Log
	if l := f.extras(chains); l != nil {
		out = append(out, l)
	}
	for _, c := range chains {
		out = append(out, c.judge())
	}
	return out, nil
}

// digests reads the digests of a scope and sorts them into chains.
func (v *verifier) digests(ctx context.Context, s scope, names []string) ([]*chain, error) {
	var all []*digest
	sides := map[string]bool{}
	for _, n := range names {
		full := s.digests() + "/" + n
		if strings.HasSuffix(n, metaEnding) {
			sides[full] = true
			continue
		}
		name, ok := parseDigestName(n[strings.LastIndexByte(n, '/')+1:], s.account, s.region)
		if !ok {
			v.t.skip(full, "its name is not that of a digest")
			continue
		}
		all = append(all, &digest{path: full, name: name})
	}
	for _, d := range all {
		if side := d.path + metaEnding; sides[side] {
			d.hasSide = true
			delete(sides, side)
		}
	}
	for _, side := range slices.Sorted(maps.Keys(sides)) {
		v.t.skip(side, "it belongs to a digest that is not in the copy")
	}
	err := v.parallel(ctx, len(all), func(o *opener, i int) {
		all[i].read(o, s)
		v.progress(all[i].path, 1, all[i].bytes)
	})
	if err != nil {
		return nil, err
	}
	byName := map[digestName]*chain{}
	var out []*chain
	for _, d := range all {
		key := d.name
		key.end = 0
		c := byName[key]
		if c == nil {
			c = &chain{v: v, s: s, name: key, counts: map[integrity.Code]int64{}}
			byName[key] = c
			out = append(out, c)
		}
		c.digests = append(c.digests, d)
	}
	for _, c := range out {
		late := c.name
		late.backfill = true
		c.late = byName[late] != nil
		slices.SortStableFunc(c.digests, func(a, b *digest) int {
			if a.name.end != b.name.end {
				return int(a.name.end/1e6 - b.name.end/1e6)
			}
			return strings.Compare(a.path, b.path)
		})
	}
	slices.SortStableFunc(out, func(a, b *chain) int { return strings.Compare(a.id(), b.id()) })
	return out, nil
}
