package catalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/tieout/tieout/controls/catalog/prove"
)

// Check reports everything that is wrong with one file of controls: its form,
// ids that the catalogue has already, and for each test what its examples and
// the taking away of values show. A file that is fine gives nil.
func Check(file File) []error { return check(context.Background(), file) }

func check(ctx context.Context, file File) []error {
	base, err := builtin()
	if err != nil {
		return []error{err}
	}
	l := base.clone()
	before := len(l.controls)
	l.add(file, proven)
	problems := l.problems
	schema, err := l.schema()
	if err != nil {
		return append(problems, err)
	}
	for i := range l.controls[before:] {
		tests := l.controls[before+i].Tests
		for j := range tests {
			for _, err := range schema.Test(ctx, &tests[j]) {
				problems = append(problems, l.at(tests[j].ID, err))
			}
		}
	}
	return problems
}

// at says where the test stands of which the error is, or its example.
func (l *loader) at(test string, err error) error {
	var of *prove.ExampleError
	if errors.As(err, &of) {
		if raw, ok := l.places[[2]string{test, of.Name}]; ok {
			return raw.Problem("%v", err)
		}
	}
	return l.places[[2]string{test, ""}].Problem("%v", err)
}

func (l *loader) schema() (*prove.Schema, error) {
	defaults := map[string]any{}
	for _, p := range l.params {
		if p.Default == nil {
			continue
		}
		v, err := ParamValue(p, p.Default)
		if err != nil {
			return nil, err
		}
		defaults[p.Name] = v
	}
	s, err := prove.NewSchema(l.params, defaults)
	if err != nil {
		return nil, fmt.Errorf("tables of the catalogue: %w", err)
	}
	return s, nil
}
