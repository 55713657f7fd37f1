// Package engine runs a collector: it gives records their ids, checks them
// against their kinds, sorts them, keeps raw bytes and records through a
// Keeper, turns whatever went wrong into gaps, and writes the manifest of the
// pull.
//
// It knows no store, no control and no network. What a collector could not
// show is never left out in silence: it is a gap, a count or a line of a list
// in the manifest.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
)

// Keeper keeps the bytes of a pull. Package store fits it.
type Keeper interface {
	// PutRaw keeps everything that r gives, and returns its digest and size.
	PutRaw(r io.Reader) (evidence.Digest, int64, error)
	// Records opens a place for canonical record lines.
	Records() (RecordWriter, error)
}

// RecordWriter takes the record lines of one pull, in their order.
type RecordWriter interface {
	// Line takes one line without its line end. The caller may use the slice again.
	Line(line []byte) error
	// Commit ends the lines and returns the digest of the blob that holds them.
	Commit() (evidence.Digest, error)
	// Abort throws the lines away. After Commit it does nothing.
	Abort() error
}

// Pull is one run of one collector.
type Pull struct {
	Source    string // id of the source in the workspace
	Type      source.Spec
	Collector source.Collector
	Window    evidence.Window
	Clock     func() evidence.Instant // called when the pull starts and when it ends
	Keeper    Keeper
	Files     *os.Root                                     // the workspace's directory
	Secrets   func(ref string) (secret.Value, error)       // nil: no secret can be had
	Schemas   func(evidence.Kind) (*evidence.Schema, bool) // package kinds' Of
	TempDir   string                                       // for sorting; "" is the system's
}

// Run runs the pull. What goes wrong at the source is in the Result, as gaps
// and as Error, with everything read before; the pull is worth keeping. An
// error of Run itself means that the pull could not be kept, or that ctx
// ended: then there is no Result.
func Run(ctx context.Context, p Pull) (*Result, error) {
	s, err := newSink(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", p.Source, err)
	}
	res := s.res
	res.Started = p.Clock()
	s.now = res.Started
	failure := collect(ctx, p, s)
	closed := false
	defer func() {
		if !closed {
			_ = s.lines.close() // the pull has failed already, and says why
		}
	}()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("source %s: %w", p.Source, context.Cause(ctx))
	case s.broken != nil:
		return nil, fmt.Errorf("source %s: %w", p.Source, s.broken)
	case failure != nil:
		res.Error = failure.Error()
		for _, k := range s.order {
			s.gap(evidence.Gap{Kind: k, Reason: evidence.GapPullFailed, Detail: res.Error})
		}
	}
	if err := s.write(); err != nil {
		return nil, fmt.Errorf("source %s: %w", p.Source, err)
	}
	closed = true
	if err := s.lines.close(); err != nil {
		return nil, fmt.Errorf("source %s: %w", p.Source, err)
	}
	s.finish()
	res.Finished = p.Clock()
	if err := s.keepManifest(); err != nil {
		return nil, fmt.Errorf("source %s: %w", p.Source, err)
	}
	return res, nil
}

// collect runs the collector and turns its panic into an error, so that one
// source's mistake costs one source.
func collect(ctx context.Context, p Pull, s *sink) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("the collector stopped with a mistake of its own: %v", v)
		}
	}()
	return p.Collector.Collect(ctx, s, p.Window, s)
}

// kindsOf returns the kinds of the pull, sorted, with their schemas.
func kindsOf(p Pull) ([]evidence.Kind, map[evidence.Kind]*evidence.Schema, error) {
	kinds := source.Kinds(p.Type, p.Collector)
	if len(kinds) == 0 {
		return nil, nil, errors.New("the collector declares no kind")
	}
	schemas := map[evidence.Kind]*evidence.Schema{}
	for _, k := range kinds {
		s, ok := p.Schemas(k)
		if !ok {
			return nil, nil, fmt.Errorf("the collector declares kind %q, which there is not", k)
		}
		schemas[k] = s
	}
	slices.Sort(kinds)
	return kinds, schemas, nil
}
