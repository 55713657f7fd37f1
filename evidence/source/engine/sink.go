package engine

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
)

// sink is what the collector sees: the Sink that takes its records and the Env
// that takes its notes.
type sink struct {
	ctx     context.Context // of this one pull; checked where records pass
	pull    Pull
	res     *Result
	now     evidence.Instant
	order   []evidence.Kind
	schemas map[evidence.Kind]*evidence.Schema
	counts  map[evidence.Kind]*count
	lines   sorter
	unread  map[string]bool
	broken  error // why nothing more can be kept

	scratch, hashed []byte
}

// count is what is known of one kind while the pull runs.
type count struct {
	KindCount
	no         uint16
	dropped    map[string]int64
	seen       []bool // columns that had a value, or are said to be provided
	unparsable map[string]*Unparsable
}

var (
	_ source.Sink = (*sink)(nil)
	_ source.Env  = (*sink)(nil)
)

func newSink(ctx context.Context, p Pull) (*sink, error) {
	kinds, schemas, err := kindsOf(p)
	if err != nil {
		return nil, err
	}
	s := &sink{
		ctx: ctx, pull: p, order: kinds, schemas: schemas, counts: map[evidence.Kind]*count{}, unread: map[string]bool{},
		lines: sorter{dir: p.TempDir, limit: arenaSize},
		res:   &Result{Schema: SchemaID, Source: p.Source, Type: p.Type.Name, Window: p.Window, gapSeen: map[string]struct{}{}},
	}
	for i, k := range kinds {
		s.counts[k] = &count{
			KindCount: KindCount{Kind: k}, no: uint16(i), dropped: map[string]int64{}, seen: make([]bool, len(schemas[k].Columns)),
			unparsable: map[string]*Unparsable{},
		}
	}
	return s, nil
}

// of returns the counts of a kind. A kind that was not declared is a mistake
// of the collector: it would be missing from the gaps of a pull that fails.
func (s *sink) of(k evidence.Kind) *count {
	c, ok := s.counts[k]
	if !ok {
		panic(fmt.Sprintf("it shows kind %q, which it did not declare", k))
	}
	return c
}

func (s *sink) alive() error {
	if s.broken != nil {
		return s.broken
	}
	return s.ctx.Err()
}

// Put implements source.Sink.
func (s *sink) Put(r *evidence.Record) error {
	if err := s.alive(); err != nil {
		return err
	}
	c := s.of(r.Schema.Kind)
	r.Source = s.pull.Source
	if r.NativeID == "" {
		r.NativeID = nativeID(r)
	}
	if r.ObservedAt == 0 {
		r.ObservedAt = s.now
	}
	if err := check(r); err != nil {
		return s.Reject(source.Rejection{Kind: r.Schema.Kind, File: r.Raw.String(), Item: r.Item, Reason: err.Error()})
	}
	r.ID = evidence.RecordID(r.Schema.Kind, r.Source, r.Instance, r.Scope, r.NativeID)
	line, err := r.AppendJSON(s.scratch[:0])
	if err != nil || len(line) > maxLine {
		return s.Reject(source.Rejection{Kind: r.Schema.Kind, File: r.Raw.String(), Item: r.Item, Reason: "the record is too long, or has no JSON"})
	}
	s.scratch = line
	e := entry{kind: c.no, at: r.ObservedAt, item: r.Item, raw: r.Raw, line: line}
	if _, err := hex.Decode(e.id[:], []byte(r.ID)); err != nil {
		return fmt.Errorf("record id %s: %w", r.ID, err)
	}
	e.sum, s.hashed = content(s.hashed, r)
	for i, v := range r.Values {
		if v != nil {
			c.seen[i] = true
		}
	}
	for _, m := range r.Missing {
		if _, i, ok := r.Schema.Column(m); ok {
			c.seen[i] = true
		}
	}
	if s.broken = s.lines.add(e); s.broken != nil {
		return s.broken
	}
	return nil
}

// check is Record.Check without values in the error: what a manifest says is
// read by more people than the record.
func check(r *evidence.Record) error {
	if r.NativeID == "" {
		return errors.New("there is no id: a key column is empty")
	}
	for i, c := range r.Schema.Columns {
		if c.Check(r.Values[i]) == nil {
			continue
		}
		if r.Values[i] == nil {
			return fmt.Errorf("%s is required and empty", c.Name)
		}
		return fmt.Errorf("%s has a value that kind %s does not take", c.Name, r.Schema.Kind)
	}
	for _, m := range r.Missing {
		c, i, ok := r.Schema.Column(m)
		if !ok || c.Null == evidence.NullRequired || r.Values[i] != nil {
			return fmt.Errorf("%s cannot be a column that could not be read", m)
		}
	}
	return nil
}

// Reject implements source.Sink.
func (s *sink) Reject(r source.Rejection) error {
	s.of(r.Kind).Rejected++
	if len(s.res.Rejected) < MaxRejected {
		s.res.Rejected = append(s.res.Rejected, r)
	}
	return s.alive()
}

// Drop implements source.Sink.
func (s *sink) Drop(kind evidence.Kind, rule string, rows int64) { s.of(kind).dropped[rule] += rows }

// Gap implements source.Sink.
func (s *sink) Gap(g evidence.Gap) error {
	s.of(g.Kind)
	s.gap(g)
	return s.alive()
}

// gap adds a gap once, with what the collector need not know.
func (s *sink) gap(g evidence.Gap) {
	if g.From == 0 && g.To == 0 {
		g.From, g.To = s.pull.Window.From, s.pull.Window.To
	}
	g.Source = s.pull.Source
	g.Columns = slices.Clone(g.Columns)
	slices.Sort(g.Columns)
	key := fmt.Sprintf("%q", []any{g.Kind, g.Columns, g.Component, g.From, g.To, g.Reason, g.Detail})
	if _, twice := s.res.gapSeen[key]; !twice {
		s.res.gapSeen[key] = struct{}{}
		s.res.Gaps = append(s.res.Gaps, g)
	}
}

// Total implements source.Sink.
func (s *sink) Total(t evidence.Total) error {
	c := s.of(t.Kind)
	n := t.Count
	if c.Total != nil {
		n += *c.Total
	}
	c.Total = &n
	c.Basis = t.Basis
	return s.alive()
}

// Raw implements source.Sink.
func (s *sink) Raw(name string, r io.Reader) (evidence.Digest, error) {
	if err := s.alive(); err != nil {
		return evidence.Digest{}, err
	}
	in := &reader{ctx: s.ctx, r: r}
	d, _, err := s.pull.Keeper.PutRaw(in)
	switch {
	case in.err != nil: // the source's fault: the pull is kept, with a gap
		return evidence.Digest{}, fmt.Errorf("read %s: %w", name, in.err)
	case err != nil:
		s.broken = fmt.Errorf("keep %s: %w", name, err)
		return evidence.Digest{}, s.broken
	}
	s.res.kept = append(s.res.kept, d)
	return d, nil
}

// reader tells an error of the source from one of the store.
type reader struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return 0, err
	}
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// Source implements source.Env.
func (s *sink) Source() string { return s.pull.Source }

// Now implements source.Env.
func (s *sink) Now() evidence.Instant { return s.now }

// Secret implements source.Env.
func (s *sink) Secret(ref string) (secret.Value, error) {
	if s.pull.Secrets == nil {
		return secret.Value{}, fmt.Errorf("secret %s: this run resolves no secrets", ref)
	}
	return s.pull.Secrets(ref)
}

// Files implements source.Env.
func (s *sink) Files() *os.Root { return s.pull.Files }

// Query implements source.Env.
func (s *sink) Query(text string) { s.res.Queries = append(s.res.Queries, text) }

// Principal implements source.Env.
func (s *sink) Principal(name string) { s.res.Principal = name }

// Page implements source.Env.
func (s *sink) Page(p source.Page) { s.res.Pages = append(s.res.Pages, p) }

// AsOf implements source.Env.
func (s *sink) AsOf(t evidence.Instant) {
	if !slices.Contains(s.res.AsOf, t) {
		s.res.AsOf = append(s.res.AsOf, t)
	}
}

// Provides implements source.Env.
func (s *sink) Provides(kind evidence.Kind, columns ...string) {
	c := s.of(kind)
	for _, name := range columns {
		if _, i, ok := s.schemas[kind].Column(name); ok {
			c.seen[i] = true
		}
	}
}

// Unread implements source.Env.
func (s *sink) Unread(names ...string) {
	for _, n := range names {
		if len(s.unread) < maxUnread {
			s.unread[n] = true
		}
	}
}

// Unparsable implements source.Env.
func (s *sink) Unparsable(kind evidence.Kind, column, reason string, at source.Rejection) {
	c := s.of(kind)
	u := c.unparsable[column]
	if u == nil {
		u = &Unparsable{Kind: kind, Column: column}
		c.unparsable[column] = u
	}
	u.Rows++
	if len(u.Examples) < maxUnparsable {
		u.Examples = append(u.Examples, source.Rejection{Kind: kind, File: at.File, Item: at.Item, Reason: reason})
	}
}

func (s *sink) keepManifest() error {
	b, err := s.res.JSON()
	if err != nil {
		return err
	}
	s.res.Manifest, _, err = s.pull.Keeper.PutRaw(bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("keep the manifest: %w", err)
	}
	return nil
}
