package integrity

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/tieout/tieout/evidence/integrity/twosum"
	"github.com/tieout/tieout/evidence/logfile"
)

// file checks one file. A file that cannot be opened is an error; one that
// cannot be read to its end is a finding.
func (v *verifier) file(ctx context.Context, ref logfile.Ref, j *joiner) (*fileResult, error) {
	f, err := ref.Open()
	if err != nil {
		return nil, err
	}
	p := j.group.profile.plan
	cut, err := logfile.NewCutter(f, v.o.chunk, p.framing, p.at)
	if err != nil {
		return nil, err
	}
	out := newFileResult(ref.Name, p)
	out.report.Packing, out.ref = f.Packing, ref
	start, before := v.bytes, v.records
	out.stored = f.Stored
	c := &collector{fileResult: out, plan: p, run: j.run, ids: j.ids, no: uint32(len(j.files)), each: func() {
		v.bytes, v.records = start+out.report.Bytes, before+out.report.Records
		within := out.report.Bytes
		if f.Packing != "" {
			within = 0
		}
		v.progress(ref.Name, within)
	}}
	defer func() {
		for code, n := range out.counts {
			v.seen[code] += n
		}
	}()
	if v.o.Workers == 1 {
		err = v.alone(ctx, cut, j, c)
	} else {
		err = v.together(ctx, cut, j, c)
	}
	if err != nil && ctx.Err() != nil {
		_, _ = f.Close() // the check is given up
		return nil, ctx.Err()
	}
	out.report.SHA256, out.report.Bytes = cut.SHA256(), cut.Bytes()
	v.bytes = start + cut.Bytes()
	if err != nil {
		c.unreadable(err)
	}
	out.bom = cut.BOM
	closed, err := f.Close()
	if err != nil {
		return nil, err
	}
	if f.Packing != "" {
		out.report.StoredBytes, out.report.StoredSHA256 = f.Stored, closed.StoredSHA256
	}
	c.closed(closed)
	return out, nil
}

// alone checks chunk by chunk on this goroutine.
func (v *verifier) alone(ctx context.Context, cut *logfile.Cutter, j *joiner, c *collector) error {
	w := newWorker(c.plan, j.run, make(pieces, 1))
	w.beside = twosum.NewStream()
	cut.SumWith(w.beside)
	before := front{carried: j.carried()}
	var buf []byte
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		chunk, err := cut.Next(buf)
		if err != nil {
			return notEOF(err)
		}
		p := w.check(chunk, before)
		c.add(p)
		w.pieces.back(p)
		before = before.behind(chunk, c.plan)
		buf = chunk.Data
	}
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// job is one chunk on its way through a worker.
type job struct {
	chunk  logfile.Chunk
	before front
	done   chan *piece
}

// together lets one goroutine cut, several check, and this one join in order.
func (v *verifier) together(ctx context.Context, cut *logfile.Cutter, j *joiner, c *collector) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	jobs := make(chan *job, v.o.Workers)
	order := make(chan *job, 2*v.o.Workers)
	free := make(chan []byte, 4*v.o.Workers+4)
	used := make(pieces, 3*v.o.Workers)
	var wg sync.WaitGroup
	var cutErr error
	wg.Go(func() {
		defer close(order)
		defer close(jobs)
		cutErr = feed(ctx, cut, jobs, order, free, c.plan, front{carried: j.carried()})
	})
	for range v.o.Workers {
		wg.Go(func() {
			w := newWorker(c.plan, j.run, used)
			for k := range jobs {
				k.done <- w.check(k.chunk, k.before)
			}
		})
	}
	for k := range order {
		select {
		case p := <-k.done:
			c.add(p)
			used.back(p)
			select {
			case free <- k.chunk.Data:
			default:
			}
		case <-ctx.Done():
		}
	}
	wg.Wait()
	return errors.Join(cutErr, ctx.Err())
}

// feed cuts the file and hands the chunks to the workers and, in order, to
// whoever joins.
func feed(ctx context.Context, cut *logfile.Cutter, jobs, order chan<- *job, free <-chan []byte, p *plan, before front) error {
	for {
		var buf []byte
		select {
		case buf = <-free:
		default:
		}
		chunk, err := cut.Next(buf)
		if err != nil {
			return notEOF(err)
		}
		k := &job{chunk: chunk, before: before, done: make(chan *piece, 1)}
		before = before.behind(chunk, p)
		for _, to := range []chan<- *job{order, jobs} {
			select {
			case to <- k:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}
