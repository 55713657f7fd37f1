package store

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/ledger"
)

// Verify replays the ledger over the journal and reads every blob that an entry
// stands for. What does not fit is a problem in the report; an error means that
// Verify could not look, and then there is no report. Progress, if not nil, is
// told how many entries and blobs were done, of how many. Memory grows with the
// number of different blobs, by some 50 bytes for each.
//
// Open the store with Options.Examine: what Open would refuse is then named.
func Verify(ctx context.Context, s *Store, progress func(done, total int64)) (*Report, error) {
	if progress == nil {
		progress = func(int64, int64) {}
	}
	v := &verifier{
		store: s, progress: progress, checked: map[evidence.Digest]bool{},
		report: &Report{Schema: ReportSchema, Counts: map[string]int64{}, Problems: []Problem{}},
	}
	if err := v.run(ctx); err != nil {
		return nil, fmt.Errorf("verify the store: %w", err)
	}
	v.report.judge()
	return v.report, nil
}

type verifier struct {
	store    *Store
	report   *Report
	progress func(done, total int64)
	done     int64
	total    int64
	kept     int64                    // blobs
	found    int64                    // of the kept ones, those that an entry stands for
	checked  map[evidence.Digest]bool // blobs looked at, and whether they hold
	roots    []ledger.Hash            // of the perfect subtrees so far, as stored
}

func (v *verifier) run(ctx context.Context) error {
	head, err := v.store.Head(ctx)
	if err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	for _, err := range v.store.All(ctx) { // after the head, so that none is missing that an entry stands for
		if err != nil {
			return err
		}
		v.kept++
	}
	v.report.Head, v.total = head, head.Size+v.kept
	if c, ok := v.store.Journal.(Checker); ok {
		if err := c.Check(ctx, v.report.add); err != nil {
			return err
		}
	}
	if err != nil {
		v.report.add(Problem{Code: CodeJournalDamaged, Note: err.Error()})
	} else if err := v.replay(ctx, head); err != nil {
		return err
	}
	v.report.Unreferenced = v.kept - v.found
	v.progress(v.total, v.total)
	return nil
}

// replay goes through all entries, and names each that cannot be read.
func (v *verifier) replay(ctx context.Context, head ledger.Head) error {
	for next := int64(0); next < head.Size; {
		var failure error
		for s, err := range v.store.Entries(ctx, "", next) {
			if failure = err; err != nil {
				break
			}
			if s.Index > next {
				if err := v.skip(ctx, next, s.Index, CodeEntryMissing, "not there"); err != nil {
					return err
				}
			}
			if err := v.entry(ctx, s); err != nil {
				return err
			}
			next = s.Index + 1
		}
		if ctx.Err() != nil || failure != nil && !errors.Is(failure, ErrDamaged) {
			return errors.Join(failure, context.Cause(ctx))
		}
		if next == head.Size {
			break
		}
		upTo, code, note := head.Size, CodeEntryMissing, "not there"
		if failure != nil {
			upTo, code, note = next+1, CodeEntryUnreadable, failure.Error()
		}
		if err := v.skip(ctx, next, upTo, code, note); err != nil {
			return err
		}
		next = upTo
	}
	return v.heads(ctx, head)
}

// entry compares one entry with its stored hash and looks at its blobs.
func (v *verifier) entry(ctx context.Context, s Stored) error {
	leaf := tlog.RecordHash(Leaf(s.Entry))
	stored, err := v.hashes(ctx, s.Index, leaf)
	if err != nil {
		return err
	}
	v.step()
	if stored != leaf {
		v.report.add(Problem{Code: CodeEntryChanged, Index: &s.Index, Note: fmt.Sprintf("entry %.64s %.100q is not the one whose hash the ledger holds", s.Type, s.Key)})
		return nil // what it stood for is not known
	}
	v.report.Entries++
	return v.blobs(ctx, s)
}

// skip names entries from one index up to another that cannot be replayed, and
// goes on behind them with the hashes that the ledger holds.
func (v *verifier) skip(ctx context.Context, from, upTo int64, code, note string) error {
	if upTo-from > 1 {
		note = fmt.Sprintf("%s, and neither is any up to entry %d", note, upTo-1)
	}
	v.report.add(Problem{Code: code, Index: &from, Note: note})
	v.done += upTo - from - 1
	v.step()
	v.roots = v.roots[:0]
	for first, left := int64(0), upTo; left > 0; {
		level := bits.Len64(uint64(left)) - 1
		h, err := v.stored(ctx, from, tlog.StoredHashIndex(level, first>>level), ledger.Hash{})
		if err != nil {
			return err
		}
		v.roots = append(v.roots, h)
		first += int64(1) << level
		left -= int64(1) << level
	}
	return nil
}

// hashes checks the stored hashes that came with an entry, each against those
// below it, so that a change is named where it is and nowhere above. It
// returns the entry's own; where that is missing, leaf stands in.
func (v *verifier) hashes(ctx context.Context, index int64, leaf ledger.Hash) (ledger.Hash, error) {
	pos := tlog.StoredHashIndex(0, index)
	h, err := v.stored(ctx, index, pos, leaf)
	if err != nil {
		return h, err
	}
	own := h
	for n := index; n&1 == 1; n >>= 1 {
		last := len(v.roots) - 1
		made := tlog.NodeHash(v.roots[last], h)
		v.roots = v.roots[:last]
		pos++
		if h, err = v.stored(ctx, index, pos, made); err != nil {
			return h, err
		}
		if h != made {
			v.report.add(Problem{Code: CodeHashChanged, Index: &index, Note: fmt.Sprintf("stored hash %d is not that of the two below it", pos)})
		}
	}
	v.roots = append(v.roots, h)
	return own, nil
}

// stored reads one stored hash, and where it is missing names it and takes the
// other instead.
func (v *verifier) stored(ctx context.Context, index, pos int64, other ledger.Hash) (ledger.Hash, error) {
	got, err := v.store.Hashes(ctx).ReadHashes([]int64{pos})
	if err == nil {
		return got[0], nil
	}
	if !errors.Is(err, ErrDamaged) {
		return ledger.Hash{}, err
	}
	v.report.add(Problem{Code: CodeHashMissing, Index: &index, Note: err.Error()})
	return other, nil
}

// heads compares what the stored hashes make with the head, and that with the
// head that was remembered.
func (v *verifier) heads(ctx context.Context, head ledger.Head) error {
	got, err := ledger.HeadAt(0, nil)
	if err != nil {
		return err
	}
	if last := len(v.roots) - 1; last >= 0 {
		got = ledger.Head{Size: head.Size, Root: v.roots[last]}
		for i := last - 1; i >= 0; i-- {
			got.Root = tlog.NodeHash(v.roots[i], got.Root)
		}
	}
	if got != head {
		v.report.add(Problem{Code: CodeHeadMismatch, Note: fmt.Sprintf("the head is %s, and the stored hashes make %s", head.Root, got.Root)})
	}
	err = v.store.compare(ctx, head)
	var back *RollbackError
	if errors.As(err, &back) {
		v.report.add(Problem{Code: CodeRollback, Note: back.Error()})
		return nil
	}
	return err
}

func (v *verifier) step() {
	v.done++
	v.progress(v.done, v.total)
}
