package freeze

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// tail is how far a table's file is written, so that the database is built
// from it while it grows.
type tail struct {
	mu    sync.Mutex
	more  *sync.Cond
	bytes int64
	ended bool
	err   error // why there is no more, where it is not the file's end
}

func newTail() *tail {
	t := &tail{}
	t.more = sync.NewCond(&t.mu)
	return t
}

// Write implements io.Writer: it says that as many bytes more are in the file.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bytes += int64(len(p))
	t.more.Broadcast()
	return len(p), nil
}

// end says that the file is whole, or with an error that it never will be. The
// first end counts.
func (t *tail) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended {
		t.ended, t.err = true, err
		t.more.Broadcast()
	}
}

// beyond waits until more than so many bytes are written, or none will be. It
// returns how many are.
func (t *tail) beyond(bytes int64) (int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.bytes <= bytes && !t.ended {
		t.more.Wait()
	}
	return t.bytes, t.err
}

// tailReader reads a file that grows to its end.
type tailReader struct {
	tail *tail
	path string
	file *os.File // nil before the first byte
	at   int64
}

// Read implements io.Reader.
func (r *tailReader) Read(p []byte) (int, error) {
	written, err := r.tail.beyond(r.at)
	if err != nil {
		return 0, fmt.Errorf("%s was not written to its end: %w", r.path, err)
	}
	if written == r.at {
		return 0, io.EOF
	}
	if r.file == nil {
		if r.file, err = os.Open(r.path); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Read(p[:min(int64(len(p)), written-r.at)])
	r.at += int64(n)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("%s holds %d bytes where %d were written: %w", r.path, r.at, written, io.ErrUnexpectedEOF)
	}
	return n, err
}

// Close implements io.Closer.
func (r *tailReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}
