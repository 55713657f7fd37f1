package tlog

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/ledger"
)

// Format is the name under which reports list directories of tiles.
const Format = "tlog-tiles/1"

// Options say what a log is checked against.
type Options struct {
	Keys     []integrity.Key // pinned: of the log, and of witnesses
	Anchors  []Anchor        // checkpoints that were kept; those of other logs are passed over
	Period   *evidence.Window
	Now      evidence.Instant  // for times that have not come yet; 0: none is looked for
	Progress func(bytes int64) // nil is allowed
}

// IsDirectory reports whether a directory holds a log of tiles.
func IsDirectory(fsys fs.FS) bool {
	c, err := fs.Lstat(fsys, "checkpoint")
	if err != nil || c.IsDir() {
		return false
	}
	t, err := fs.Stat(fsys, "tile")
	return err == nil && t.IsDir()
}

// CheckDirectory checks a directory of tiles. A log that does not hold is a
// verdict; an error is a check that could not be made. A log without an entry
// is integrity.ErrNothing.
func CheckDirectory(ctx context.Context, name string, fsys fs.FS, o Options) (*integrity.Log, error) {
	l := integrity.NewLog(name, Format)
	text, err := readFile(fsys, "checkpoint", ledger.MaxNote)
	if err != nil {
		return nil, fmt.Errorf("read checkpoint of %s: %w", name, plain(err))
	}
	d := &directory{fsys: fsys, log: l, sums: sha256.New()}
	d.keep("checkpoint", text, 0)
	c, err := open(text, o.Keys)
	if err != nil {
		l.Axes.Authenticity, l.Axes.Anchoring = "unsigned", "none"
		l.SHA256 = evidence.Digest(d.sums.Sum(nil))
		l.Found(integrity.Finding{Code: integrity.FieldMissing, File: "checkpoint", Note: err.Error() + ": without it nothing says what the entries should be"})
		l.Judge(false)
		words(l, c, false)
		return l, nil //nolint:nilerr // a checkpoint that cannot be read is a finding
	}
	if c.Head.Size == 0 {
		return nil, fmt.Errorf("%w: the log in %s has no entry", integrity.ErrNothing, name)
	}
	l.Name, d.size = c.Origin, c.Head.Size
	for _, a := range o.Anchors {
		if a.Origin == c.Origin {
			d.anchors = append(d.anchors, a)
		}
	}
	d.met = make([]bool, len(d.anchors))
	witnessed := c.signatures(l, "checkpoint", o.Now)
	if err := d.walk(ctx, o.Progress); err != nil {
		return nil, err
	}
	if err := d.sweep(ctx); err != nil {
		return nil, err
	}
	l.SHA256 = evidence.Digest(d.sums.Sum(nil))
	first, last := int64(0), d.size-1
	l.FirstSeq, l.LastSeq = &first, &last
	d.conclude(c)
	fixed := d.anchoring(c, witnessed)
	if o.Period != nil {
		l.Found(integrity.Finding{Code: integrity.TimeGap, File: "checkpoint", Note: "entries of this format state no time that is read here, so nothing shows that they cover the period"})
	}
	var blocking []integrity.Code
	if c.unsigned() {
		blocking = append(blocking, integrity.KeyUnknown) // the log was asked for under a key, and this is not it
	}
	l.Judge(fixed, blocking...)
	words(l, c, !d.extra && l.Verdict != integrity.Broken)
	return l, nil
}

// conclude compares the roots and says what was changed.
func (d *directory) conclude(c *opened) {
	l := d.log
	actual, claimed := d.actual.root(), d.claimedRoot()
	if !d.lost {
		l.Head = fmt.Sprintf("%x", actual[:])
	}
	switch {
	case d.lost:
		l.Notes = append(l.Notes, "hashes of some entries are known from nowhere, so the root could not be computed")
	case actual == c.Head.Root && d.bad > 0 && !d.gone:
		d.extent("the entries lead to the root of the checkpoint, so they are as they were: it is the tiles that were damaged")
	case actual == c.Head.Root && d.bad == 0:
	case claimed == c.Head.Root:
		d.extent("the tiles lead to the root of the checkpoint, so they are as they were: it is the entries that were changed")
	default:
		l.Found(integrity.Finding{
			Code: integrity.HashMismatch, File: "checkpoint", Expected: c.Head.Root.String(), Actual: actual.String(),
			Note: fmt.Sprintf("the root over %d entries is not the one that the checkpoint names", d.size),
		})
		d.extent("neither the entries nor the tiles lead to the root of the checkpoint")
	}
}

func (d *directory) extent(text string) {
	d.log.Extent = &integrity.Extent{BadRecords: d.bad, Islands: []integrity.Island{}, Words: text}
}

// anchoring finds out up to where something outside the log fixes it.
func (d *directory) anchoring(c *opened, witnessed []signature) bool {
	l := d.log
	through := int64(0)
	for _, s := range witnessed {
		through = d.size
		l.Anchors = append(l.Anchors, integrity.Anchor{Kind: "cosignature", By: s.key.Name, Role: integrity.RoleOther, At: s.at, Records: d.size, Head: fmt.Sprintf("%x", c.Head.Root[:]), File: "checkpoint"})
	}
	for i, a := range d.anchors {
		f := integrity.Finding{Code: integrity.HeadMismatch, File: "checkpoint", Expected: a.Head.Root.String(), Note: fmt.Sprintf("the log does not begin with the %d entries of the checkpoint that was kept in %s: it was written anew", a.Head.Size, a.Name)}
		switch {
		case a.Head.Size > d.size:
			f.Code = integrity.TailShorter
			f.Note = fmt.Sprintf("the checkpoint that was kept in %s covers %d entries, the log has %d: its end was cut off", a.Name, a.Head.Size, d.size)
			l.Found(f)
		case d.met[i] || a.Head.Size == 0:
			through = max(through, a.Head.Size)
			l.Anchors = append(l.Anchors, integrity.Anchor{Kind: "checkpoint kept in " + a.Name, By: a.By, Role: integrity.RoleOther, At: a.At, Records: a.Head.Size, Head: fmt.Sprintf("%x", a.Head.Root[:])})
		case d.lost:
			l.Notes = append(l.Notes, fmt.Sprintf("the checkpoint kept in %s could not be compared", a.Name))
		default:
			l.Found(f)
		}
	}
	l.AnchorCount = int64(len(l.Anchors))
	switch tail := d.size - through; {
	case through == 0:
		l.Axes.Anchoring = "self_attested"
	case tail == 0:
		l.Axes.Anchoring = "anchored"
	default:
		l.Axes.Anchoring = "anchored_in_part"
		l.Found(integrity.Finding{Code: integrity.TailUnanchored, File: "checkpoint", Actual: fmt.Sprint(tail), Note: fmt.Sprintf("nothing outside the log's control fixes the last %d entries", tail)})
		l.Counts[integrity.TailUnanchored] = tail
	}
	return through > 0
}

// plain takes the path off an error of the file system.
func plain(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
