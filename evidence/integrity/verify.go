package integrity

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"runtime"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/logfile"
)

// Options say how logs are checked.
type Options struct {
	Profile *Profile         // nil: found by the first record
	Keys    []Key            // those that were pinned
	Anchors []Anchor         // what is known from outside: see ReadAnchor
	Heads   []EarlierHead    // that earlier checks of the logs saw
	Seals   []Seal           // of earlier times, oldest first; each is held against the log whose files it names
	Period  *evidence.Window // asked for; nil: from the first to the last record
	MaxGap  time.Duration    // silences longer than that are reported; 0: what the profile says
	Now     evidence.Instant // for times that have not come yet; 0: none is looked for
	Workers int              // 0: one for each processor

	// Seal has every log's seal made: Log.Sealed.
	Seal bool

	// SealName is what seals call a file, such as its path below a workspace;
	// nil: as it is named.
	SealName func(name string) string

	// AsNamed is what seals would call a file that is reached without a link, where
	// one leads to it now; nil: as SealName says.
	AsNamed func(name string) string

	// Beside reports whether files of the same log lie beside one that was
	// named and were not named themselves; nil: none do.
	Beside func(name string) bool

	// Within reports whether a sealed file, by the name that its seal has, lay in
	// or below a folder that was named: it must be there. nil: no folder was.
	Within func(name string) bool

	// Gone reports whether a sealed file is not where it was sealed any more;
	// nil: nobody looked.
	Gone func(name string) bool

	// Progress is told now and then how far the check is, from one goroutine
	// at a time. nil is allowed.
	Progress func(Progress)

	chunk int // bytes of a chunk; tests vary it
	ids   int // kept in memory; tests make it few
}

// Progress says how far a check is.
type Progress struct {
	File  string `json:"file"`
	Files int    `json:"files"`
	Done  int    `json:"done"`  // files that were read whole
	Bytes int64  `json:"bytes"` // unpacked, of all files so far

	Records int64   `json:"records"` // of all files so far
	Share   float64 `json:"share"`   // of all files as they are stored; a packed file counts once it was read whole
}

// Interrupted is the error of a check that was given up. What it holds is what
// had been seen by then: it is no verdict, and says nothing of the rest.
type Interrupted struct {
	Files   int            `json:"files"`
	Done    int            `json:"done"` // files that were read whole
	Records int64          `json:"records"`
	Bytes   int64          `json:"bytes"` // unpacked
	Counts  map[Code]int64 `json:"counts"`
	why     error
}

// Error implements error.
func (i *Interrupted) Error() string {
	return fmt.Sprintf("given up after %s in %d of %s: no verdict", plural(i.Records, "record", "records"), i.Done, plural(int64(i.Files), "file", "files"))
}

// Unwrap returns why it was given up.
func (i *Interrupted) Unwrap() error { return i.why }

// ErrNothing is the error of a check that found no record to check. It is never
// a pass.
var ErrNothing = errors.New("nothing found to check")

const chunkSize = 256 << 10

// Verify checks the logs that the source names. A log that does not hold is a
// verdict; an error is a check that could not be made.
func Verify(ctx context.Context, src logfile.Source, o Options) (*Report, error) {
	heads := make([]EarlierHead, len(o.Heads))
	for i, s := range o.Heads {
		var err error
		if heads[i], err = s.parse(); err != nil {
			return nil, fmt.Errorf("read the head that the check of %s saw: %w", s.At, err)
		}
	}
	o.Heads = heads
	refs, skipped, err := src.List(ctx)
	if err != nil {
		return nil, err
	}
	if lost := lostLogs(o, make([]bool, len(o.Seals))); len(refs) == 0 && len(lost) > 0 {
		return &Report{Schema: ReportSchema, Period: o.Period, Skipped: skipped, Verdict: Broken, Logs: lost}, nil
	}
	if len(refs) == 0 {
		return nil, fmt.Errorf("%w: no log file is named, or none is in the directory", ErrNothing)
	}
	v := &verifier{o: o, seed: maphash.MakeSeed(), files: len(refs), seen: map[Code]int64{}}
	if o.Progress != nil {
		for _, r := range refs {
			v.total += r.Stored()
		}
	}
	if v.o.Workers <= 0 {
		v.o.Workers = runtime.GOMAXPROCS(0)
	}
	if v.o.chunk == 0 {
		v.o.chunk = chunkSize
	}
	groups, err := v.groups(refs)
	if err != nil {
		return nil, err
	}
	if len(groups) > 1 && len(o.Anchors) > 0 {
		return nil, fmt.Errorf("an anchor belongs to one log, and %d were named: check that log alone", len(groups))
	}
	v.answer(groups)
	r := &Report{Schema: ReportSchema, Period: o.Period, Skipped: skipped}
	var verdicts []Verdict
	records := int64(0)
	for _, g := range groups {
		log, err := v.log(ctx, g)
		if ctx.Err() != nil {
			return nil, &Interrupted{Files: v.files, Done: v.done, Records: v.records, Bytes: v.bytes, Counts: v.seen, why: ctx.Err()}
		}
		if err != nil {
			return nil, err
		}
		r.Logs = append(r.Logs, log)
		verdicts = append(verdicts, log.Verdict)
		records += log.Records + log.Counts[Unreadable]
	}
	lost := lostLogs(o, v.answered)
	for _, l := range lost {
		r.Logs, verdicts = append(r.Logs, l), append(verdicts, l.Verdict)
	}
	if records == 0 && len(lost) == 0 {
		return nil, fmt.Errorf("%w: %s has no record in it", ErrNothing, refs[0].Name)
	}
	r.Verdict = Worst(verdicts...)
	return r, nil
}

type verifier struct {
	o Options

	byName   []bool // by seal: a log has its name
	answered []bool // by seal: a log answers for it

	seed  maphash.Seed
	files int
	done  int
	bytes int64

	records int64
	seen    map[Code]int64 // findings in single files so far
	stored  int64          // bytes as stored of the files that were read whole
	total   int64          // of all files
}

// progress tells how far the check is, with so many bytes of the file at hand.
func (v *verifier) progress(file string, within int64) {
	if v.o.Progress != nil {
		share := 0.0
		if v.total > 0 {
			share = min(1, float64(v.stored+within)/float64(v.total))
		}
		v.o.Progress(Progress{File: file, Files: v.files, Done: v.done, Bytes: v.bytes, Records: v.records, Share: share})
	}
}

// log checks the files of one log, one after the other, and joins them.
func (v *verifier) log(ctx context.Context, g group) (*Log, error) {
	r := &run{keys: newKeyring(v.o.Keys), now: v.o.Now, seed: v.seed, maxGap: v.o.MaxGap.Microseconds()}
	if r.maxGap == 0 {
		r.maxGap = g.profile.plan.maxGap
	}
	j := &joiner{v: v, group: g, run: r, ids: newIDSet()}
	j.sealed, j.foreign = v.sealsOf(g)
	if v.o.ids > 0 {
		j.ids.max = v.o.ids
	}
	defer func() { _ = j.ids.close() }() // nothing rests on it any more
	j.known = append(slices.Clone(v.o.Anchors), sealedHeads(g.profile.plan, j.sealed)...)
	for i, a := range j.known {
		r.want(a.head, i)
	}
	for i, h := range v.o.Heads {
		r.want(h.head, len(j.known)+i)
	}
	j.wantFirsts()
	for _, ref := range g.files {
		f, err := v.file(ctx, ref, j)
		if err != nil {
			return nil, err
		}
		j.files = append(j.files, f)
		v.done++
		v.stored += f.stored
		v.progress(ref.Name, 0)
	}
	log := j.join()
	if v.o.Seal {
		var err error
		if log.Sealed, err = j.sealing(); err != nil {
			return nil, err
		}
	}
	return log, nil
}
