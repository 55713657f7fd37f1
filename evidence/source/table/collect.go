// Package table reads tables of any system: files (CSV, JSON, JSONL, packed or
// not, and Parquet) inside the workspace, or the rows of one PostgreSQL query, and turns
// rows into records by a mapping, which is data.
//
// In JSON and JSONL a member that is left out of a row is NULL, as long as some
// row of the source has it; a column that no row has, or that a CSV file lacks,
// is a gap of that column.
//
// It guesses nothing: a time without a zone, a list without a divider, a value
// that an enum does not list are values that could not be read. It follows no
// link out of the workspace and changes nothing anywhere.
package table

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// Collect implements source.Collector. Files hold what they hold: rows outside
// of the window are shown too.
func (c *collector) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	t := newTally(c.mappings)
	var err error
	switch {
	case c.cfg.Postgres != nil:
		err = c.query(ctx, env, out, t)
	case c.cfg.S3 != nil:
		err = c.objects(ctx, env, w, out, t)
	default:
		err = c.files(ctx, env, out, t)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(err, t.report(env, out))
}

func (c *collector) files(ctx context.Context, env source.Env, out source.Sink, t *tally) error {
	if env.Files() == nil {
		return errors.New("there is no workspace directory to read files from")
	}
	names, err := list(ctx, env.Files(), c.patterns)
	problems := []error{err}
	for _, p := range c.patterns {
		env.Query("files " + p.text)
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := c.one(ctx, env, out, t, name, func(keep bool) (*opened, error) { return open(env, out, name, keep) }); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(problems...)
}

// one reads one file. A file that ends too early gives a gap and what it held
// before; any other problem is the pull's.
func (c *collector) one(ctx context.Context, env source.Env, out source.Sink, t *tally, name string, open func(keep bool) (*opened, error)) error {
	codec, err := codecOf(name, c.form.Codec)
	if err != nil {
		return err
	}
	kept := c.cfg.Keep != "path"
	o, err := open(kept)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return errors.Join(c.gaps(out, evidence.GapPermission, name+": "+err.Error()), err)
		}
		return err
	}
	f := &fileReader{c: c, env: env, out: out, tally: t, name: name, raw: o.digest}
	err = f.understand(o, codec)
	f.done()
	if f.sampled > 0 {
		err = errors.Join(err, c.gaps(out, evidence.GapSampling, fmt.Sprintf("%s: %d spans say that others like them were sampled away", name, f.sampled)))
	}
	changed := o.close()
	env.Page(o.page(f.rows, kept, errors.Join(err, changed)))
	if cut := (*cutError)(nil); errors.As(err, &cut) {
		err = c.gaps(out, evidence.GapTruncated, name+": "+cut.Error())
	}
	return errors.Join(err, changed)
}

// understand reads the rows of a file in its form.
func (f *fileReader) understand(o *opened, codec string) error {
	if codec == "parquet" { // read from its end, and packed inside
		return f.readParquet(o.file, o.size)
	}
	r, err := o.inflate()
	if err != nil {
		return &cutError{0, err.Error()}
	}
	switch codec {
	case "csv":
		return f.readCSV(r)
	case "json":
		return f.readJSON(r)
	case "otlp":
		return f.readOTLP(r)
	}
	return f.readJSONL(r)
}

// gaps says that rows of every kind of the source may be missing.
func (c *collector) gaps(out source.Sink, reason evidence.GapReason, detail string) error {
	for _, k := range c.Emits() {
		if err := out.Gap(evidence.Gap{Kind: k, Reason: reason, Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}

// fileReader turns the rows of one file, or of one query, into records.
type fileReader struct {
	c     *collector
	env   source.Env
	out   source.Sink
	tally *tally
	name  string
	raw   evidence.Digest
	rows  int64
	names []string // of a header
	seen  map[string]bool

	sampled int64 // spans that say that others like them were left out
}

// bindHeader checks that the header has what the kinds require, and notes
// which columns it has.
func (f *fileReader) bindHeader(header map[string]int, names []string) error {
	f.names = names
	used := map[string]bool{}
	var missing []string
	for _, m := range f.c.mappings {
		for _, r := range m.rules {
			for i := range r.columns {
				col := &r.columns[i]
				given := len(col.from) == 0
				for _, p := range col.paths() {
					if _, ok := header[p.text]; ok {
						used[p.text], given = true, true
					}
				}
				if !given && col.schema.Null == evidence.NullRequired {
					missing = append(missing, col.from[0].text)
				}
			}
			for _, w := range r.where {
				used[w.from.text] = true
				for _, p := range w.has {
					used[p.text] = true
				}
				if _, ok := header[w.from.text]; !ok && w.from.text != "" {
					missing = append(missing, w.from.text)
				}
			}
		}
	}
	for _, n := range names {
		if !used[n] {
			f.env.Unread(n)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return fmt.Errorf("it has no column %s, which the mapping needs: map it to the column that holds it", strings.Join(slices.Compact(missing), ", "))
	}
	return nil
}

// take makes the records of one row.
func (f *fileReader) take(r *row) error {
	f.rows++
	if len(f.c.form.Unpack) > 0 {
		f.c.form.unpack(r.tree)
	}
	f.noteMembers(r)
	for _, m := range f.c.mappings {
		for _, rule := range m.rules {
			if err := f.apply(m, rule, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteMembers notes the members of objects that no mapping reads; the first
// rows show them.
func (f *fileReader) noteMembers(r *row) {
	m, ok := r.tree.(map[string]any)
	if !ok || f.rows > 1000 {
		return
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
		for _, name := range f.c.firstSteps() {
			f.seen[name] = true
		}
	}
	for name := range m {
		if !f.seen[name] {
			f.seen[name] = true
			f.env.Unread(name)
		}
	}
}

// firstSteps returns the members of a row that the mappings read or look into.
func (c *collector) firstSteps() []string {
	var out []string
	add := func(p fieldPath) {
		out = append(out, p.text)
		if len(p.steps) > 0 {
			out = append(out, p.steps[0].name)
		}
	}
	for _, m := range c.mappings {
		for _, r := range m.rules {
			if r.each != nil {
				add(*r.each)
			}
			for _, w := range r.where {
				add(w.from)
				for _, p := range w.has {
					add(p)
				}
			}
			for _, col := range r.columns {
				if r.each != nil && !col.parent {
					continue
				}
				for _, p := range col.paths() {
					add(p)
				}
			}
		}
	}
	return out
}

// reject lists a row that no rule could read.
func (f *fileReader) reject(item int64, reason string) error {
	f.rows++
	for _, k := range f.c.Emits() {
		if err := f.out.Reject(source.Rejection{Kind: k, File: f.name, Item: item, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}
