package evaluate

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Child is the whole of the process that RunSandboxed starts: it limits
// itself, reads one request from stdin, runs the statements, and writes what
// they give to stdout. It ends when stdin does, so that it never outlives who
// started it. The value is the exit code.
func Child(stdin io.Reader, stdout io.Writer) int {
	// What the statements use lies outside Go's heap, so that is small and mostly
	// rows on their way out: collecting it less often costs little memory.
	debug.SetGCPercent(400)
	s := &sender{out: bufio.NewWriterSize(stdout, 1<<18)}
	err := child(stdin, s)
	if err != nil {
		err = s.message(message{Error: err.Error()})
	} else {
		err = s.message(message{Done: true})
	}
	if errors.Join(err, s.out.Flush()) != nil {
		return 1
	}
	return 0
}

func child(stdin io.Reader, s *sender) error {
	if err := limitSelf(); err != nil {
		return fmt.Errorf("limit the process that runs the tests: %w", err)
	}
	in := bufio.NewReaderSize(stdin, 1<<16)
	line, err := in.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what to evaluate: %w", err)
	}
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("read what to evaluate: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		_, _ = io.Copy(io.Discard, in) // until whoever started this is gone
	}()
	input := Input{
		Database: r.Database, Catalog: &controls.Catalog{Controls: r.Controls, Params: r.Params},
		Window: evidence.Window{From: 0, To: 1}, TestIDs: r.TestIDs, TimeLimit: r.TimeLimit, located: slices.Clip(append([]evidence.Kind{}, r.Missing...)),
	}
	if r.CountOnly {
		return executeCounts(ctx, &input, s)
	}
	return execute(ctx, &input, s)
}
