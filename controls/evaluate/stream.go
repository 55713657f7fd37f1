package evaluate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tieout/tieout/controls"
)

// parcel is a part of what one test gave, on its way from the worker that runs
// it to the receiver. Exactly one member is set.
type parcel struct {
	begun    *begun
	rows     []any // many rows, one after the other
	width    int   // of a row
	excluded *controls.ExcludedCount
	of       string // the component whose rows were excluded
	err      error
	done     bool
}

// rowsPerParcel is how many rows travel together.
const rowsPerParcel = 256

// stream is where a worker puts what its test gives. It cancels the statement
// that takes longer than its time; waiting for the receiver does not count.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	to     chan<- parcel
	parent context.Context
	limit  time.Duration
	timer  *time.Timer
	rows   []any
	width  int
}

func newStream(ctx context.Context, to chan<- parcel, limit time.Duration) *stream {
	s := &stream{to: to, parent: ctx, limit: limit}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.timer = time.AfterFunc(limit, s.cancel)
	return s
}

func (s *stream) send(p parcel) error {
	select {
	case s.to <- p:
		return nil
	default:
	}
	s.timer.Stop()
	defer s.timer.Reset(s.limit)
	select {
	case s.to <- p:
		return nil
	case <-s.parent.Done():
		return s.parent.Err()
	}
}

func (s *stream) begin(b begun) error {
	s.width = len(b.Columns)
	return s.send(parcel{begun: &b})
}

func (s *stream) row(values []any) error {
	if s.rows == nil {
		s.rows = make([]any, 0, rowsPerParcel*s.width)
	}
	if s.rows = append(s.rows, values...); len(s.rows) == cap(s.rows) {
		return s.flush()
	}
	return nil
}

func (s *stream) flush() error {
	if len(s.rows) == 0 {
		return nil
	}
	p := parcel{rows: s.rows, width: s.width}
	s.rows = nil
	return s.send(p)
}

func (s *stream) excluded(component, reason string, rows int64) error {
	if err := s.flush(); err != nil {
		return err
	}
	return s.send(parcel{excluded: &controls.ExcludedCount{Reason: reason, Rows: rows}, of: component})
}

// finish ends the stream with the test's end, or with what went wrong.
func (s *stream) finish(err error) {
	if err == nil {
		err = s.flush()
	}
	timedOut := !s.timer.Stop() && s.parent.Err() == nil && s.ctx.Err() != nil
	s.cancel()
	if err != nil && timedOut {
		err = fmt.Errorf("stopped after %s, the longest that one test may take: %w", s.limit, err)
	}
	select {
	case s.to <- parcel{err: err, done: err == nil}:
	case <-s.parent.Done():
	}
	close(s.to)
}

// deliver hands the parcels of one test to the receiver.
func deliver(ctx context.Context, from <-chan parcel, to receiver) error {
	for p := range from {
		var err error
		switch {
		case p.err != nil:
			return p.err
		case p.done:
			return to.end()
		case p.begun != nil:
			err = to.begin(*p.begun)
		case p.excluded != nil:
			err = to.excluded(p.of, p.excluded.Reason, p.excluded.Rows)
		}
		for i := 0; i < len(p.rows) && err == nil; i += p.width {
			err = to.row(p.rows[i : i+p.width])
		}
		if err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errors.New("its statements ended without an end")
}
