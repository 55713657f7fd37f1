package freeze

import (
	"errors"
	"io"
	"iter"
	"slices"
	"testing"

	"github.com/tieout/tieout/evidence"
)

func TestMergeKeepsOneOrderWhateverThePulls(t *testing.T) {
	t.Parallel()
	w := variety()
	all := slices.Collect(keys(w.records("worker")))
	pulls := make([][]*evidence.Record, 3)
	for i, r := range all {
		pulls[i*i%3] = append(pulls[i*i%3], r)
	}
	seq := func(list []*evidence.Record) iter.Seq2[*evidence.Record, error] {
		return func(yield func(*evidence.Record, error) bool) {
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}} {
		merged := Merge(seq(pulls[order[0]]), seq(nil), seq(pulls[order[1]]), seq(pulls[order[2]]))
		if !slices.Equal(slices.Collect(keys(merged)), all) {
			t.Errorf("order %v: another sequence", order)
		}
		for range merged {
			break
		}
	}
	broken := func(yield func(*evidence.Record, error) bool) {
		_ = yield(all[0], nil) && yield(nil, io.ErrUnexpectedEOF)
	}
	var last error
	for _, err := range Merge(seq(all[1:]), broken) {
		last = err
	}
	if !errors.Is(last, io.ErrUnexpectedEOF) {
		t.Errorf("the error of one pull was lost: %v", last)
	}
}

func keys(s iter.Seq2[*evidence.Record, error]) iter.Seq[*evidence.Record] {
	return func(yield func(*evidence.Record) bool) {
		for r, err := range s {
			if err != nil || !yield(r) {
				return
			}
		}
	}
}
