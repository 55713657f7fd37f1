package evaluate

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/controls"
)

// Run evaluates the tests on the frozen database, in this process. Items come
// in the order of test, component and item, numbered from 1 in each test; item
// may be nil. It sets Reads and Params of the tests in the catalogue given.
//
// A statement that fails, or takes longer than the limit, is an error of the
// whole run: half a population is no result.
func Run(ctx context.Context, in Input, item func(controls.Item) error) (*Outcome, error) {
	j, err := newJudge(&in, item)
	if err != nil {
		return nil, err
	}
	if err := execute(ctx, &in, j); err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return j.outcome, j.complete()
}

// complete reports whether every test was judged to its end.
func (j *judge) complete() error {
	if j.next != len(j.jobs) {
		return fmt.Errorf("evaluate: %d of %d tests were judged", j.next, len(j.jobs))
	}
	return nil
}
