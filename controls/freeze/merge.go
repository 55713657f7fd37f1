package freeze

import (
	"cmp"
	"container/heap"
	"iter"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// compareObservations is the order of observations: by object, then by the
// moment they were made. The rest makes the order total, so that it never
// depends on which pull is read first.
func compareObservations(a, b *evidence.Record) int {
	return cmp.Or(
		strings.Compare(a.ID, b.ID),
		cmp.Compare(a.ObservedAt, b.ObservedAt),
		cmp.Compare(a.Item, b.Item),
		strings.Compare(string(a.Raw[:]), string(b.Raw[:])),
	)
}

// Merge joins sequences that are each in ascending order of _id, moment and
// item into one such sequence: the pulls of a kind into what Input.Records
// wants. It holds one record of each sequence at a time. An error of one ends
// the whole, after being handed on.
func Merge(seqs ...iter.Seq2[*evidence.Record, error]) iter.Seq2[*evidence.Record, error] {
	return func(yield func(*evidence.Record, error) bool) {
		var h heads
		for no, s := range seqs {
			next, stop := iter.Pull2(s)
			defer stop()
			r, err, ok := next()
			if err != nil {
				yield(nil, err)
				return
			}
			if ok {
				h = append(h, head{r, no, next})
			}
		}
		heap.Init(&h)
		for len(h) > 0 {
			if !yield(h[0].record, nil) {
				return
			}
			r, err, ok := h[0].next()
			switch {
			case err != nil:
				yield(nil, err)
				return
			case ok:
				h[0].record = r
				heap.Fix(&h, 0)
			default:
				heap.Pop(&h)
			}
		}
	}
}

// head is the next record of one sequence.
type head struct {
	record *evidence.Record
	no     int
	next   func() (*evidence.Record, error, bool)
}

type heads []head

func (h heads) Len() int { return len(h) }

func (h heads) Less(i, j int) bool {
	return cmp.Or(compareObservations(h[i].record, h[j].record), cmp.Compare(h[i].no, h[j].no)) < 0
}

func (h heads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

func (h *heads) Push(x any) { *h = append(*h, x.(head)) }

func (h *heads) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
