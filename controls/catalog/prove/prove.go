package prove

import (
	"context"
	"errors"
	"fmt"

	"github.com/tieout/tieout/controls"
)

// ExampleError is something wrong with one example of a test.
type ExampleError struct {
	Name string
	Err  error
}

func (e *ExampleError) Error() string { return fmt.Sprintf("example %q: %v", e.Name, e.Err) }

// Unwrap returns what is wrong.
func (e *ExampleError) Unwrap() error { return e.Err }

// Test reports everything that is wrong with one test and its examples.
func (s *Schema) Test(ctx context.Context, t *controls.Test) (problems []error) {
	defer func() {
		for i, err := range problems {
			problems[i] = fmt.Errorf("test %s: %w", t.ID, err)
		}
	}()
	b, err := newBench(ctx, s, t)
	if err != nil {
		return []error{err}
	}
	defer func() {
		if err := b.close(); err != nil {
			problems = append(problems, err)
		}
	}()
	found := map[controls.State]bool{}
	for i := range t.Examples {
		e := &t.Examples[i]
		for _, w := range e.Want {
			found[w.State] = true
		}
		_, wrong := b.example(ctx, e)
		for _, err := range wrong {
			problems = append(problems, &ExampleError{e.Name, err})
		}
	}
	if t.Kind != controls.Indicator {
		for _, state := range []controls.State{controls.Pass, controls.Deviation, controls.Indeterminate} {
			if !found[state] {
				problems = append(problems, fmt.Errorf("no example comes out as %s", state))
			}
		}
	} else if len(t.Examples) == 0 {
		problems = append(problems, errors.New("it has no example"))
	}
	if len(problems) > 0 {
		return problems // first the examples, then what they show
	}
	wrong, err := b.mutate(ctx)
	if err != nil {
		return []error{err}
	}
	return wrong
}
