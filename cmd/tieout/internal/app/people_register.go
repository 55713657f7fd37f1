package app

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/statement"
	"github.com/tieout/tieout/evidence/store"
	"github.com/tieout/tieout/export"
)

// entryDeviations is the type of journal entries that give numbers to items
// that deviate. Each number is given once, whatever later runs show.
const entryDeviations = "deviations"

const deviationsSchema = "tieout/deviations/v1"

// register is every item that ever deviated, with its number.
type register struct {
	list []numbered
	ids  map[statement.Item]string
	at   map[string]int // by id
}

// numbered is a line of a register's blob.
type numbered struct {
	Component string `json:"component"`
	ID        string `json:"id"`
	Item      string `json:"item"`
	Test      string `json:"test"`
}

func (n numbered) item() statement.Item {
	return statement.Item{Test: n.Test, Component: n.Component, Item: n.Item}
}

// add takes the next number, or refuses one that is not the next.
func (r *register) add(n numbered) error {
	if want := statement.ID(statement.PrefixDeviation, len(r.list)+1); n.ID != want {
		return fmt.Errorf("%w: number %.40q stands where %s should", store.ErrDamaged, n.ID, want)
	}
	if old, twice := r.ids[n.item()]; twice {
		return fmt.Errorf("%w: %s is item %q of %s for %s, which is %s already", store.ErrDamaged, n.ID, n.Item, n.Test, n.Component, old)
	}
	r.ids[n.item()], r.at[n.ID] = n.ID, len(r.list)
	r.list = append(r.list, n)
	return nil
}

// find returns what a number stands for.
func (r *register) find(id string) (statement.Item, error) {
	i, ok := r.at[id]
	if !ok {
		return statement.Item{}, fmt.Errorf("there is no deviation %q; 'tieout deviation list' names them", id)
	}
	return r.list[i].item(), nil
}

// sort puts lines into the order of their numbers.
func (r *register) sort(lines []export.DeviationLine) {
	slices.SortFunc(lines, func(a, b export.DeviationLine) int { return cmp.Compare(r.at[a.ID], r.at[b.ID]) })
}

// register reads the numbers that were given so far.
func (a *App) register(ctx context.Context) (*register, error) {
	r := &register{ids: map[statement.Item]string{}, at: map[string]int{}}
	for s, err := range a.Store.Entries(ctx, entryDeviations, 0) {
		if err == nil {
			err = a.readNumbers(ctx, s, r)
		}
		if err != nil {
			return nil, fmt.Errorf("read the register of deviations: %w", err)
		}
	}
	return r, nil
}

func (a *App) readNumbers(ctx context.Context, s store.Stored, r *register) (err error) {
	if len(s.Blobs) != 1 {
		return fmt.Errorf("%w: ledger entry %d names %d blobs, want one", store.ErrDamaged, s.Index, len(s.Blobs))
	}
	in, _, err := a.Store.Open(ctx, s.Blobs[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	dec := json.NewDecoder(bufio.NewReaderSize(in, 256<<10))
	for {
		var n numbered
		switch err := dec.Decode(&n); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("ledger entry %d: %w", s.Index, err)
		}
		if err := r.add(n); err != nil {
			return fmt.Errorf("ledger entry %d: %w", s.Index, err)
		}
	}
}

// numberDeviations gives the next numbers to the items of the run that deviate
// and have none, and returns the entry to append: none where all have one. An
// item of an indicator is a signal and no deviation.
func (a *App) numberDeviations(ctx context.Context, run *Run) ([]store.Entry, error) {
	reg, err := a.register(ctx)
	if err != nil {
		return nil, err
	}
	signal := a.indicators()
	var lines bytes.Buffer
	from := len(reg.list)
	for item, err := range run.deviating() {
		if err != nil {
			return nil, err
		}
		n := numbered{Component: item.Component, ID: statement.ID(statement.PrefixDeviation, len(reg.list)+1), Item: item.Key, Test: item.Test}
		if _, has := reg.ids[n.item()]; has || signal[item.Test] {
			continue
		}
		if err := reg.add(n); err != nil {
			return nil, err
		}
		line, err := canon.Append(lines.AvailableBuffer(), map[string]any{"component": n.Component, "id": n.ID, "item": n.Item, "test": n.Test})
		if err != nil {
			return nil, fmt.Errorf("number the deviations: %w", err)
		}
		lines.Write(append(line, '\n'))
	}
	if len(reg.list) == from {
		return nil, nil
	}
	blob, _, err := a.Store.Put(ctx, &lines)
	if err != nil {
		return nil, fmt.Errorf("number the deviations: %w", err)
	}
	body, err := canon.Marshal(map[string]any{
		"count": len(reg.list) - from, "first": reg.list[from].ID, "last": reg.list[len(reg.list)-1].ID, "run": run.ID, "schema": deviationsSchema,
	})
	if err != nil {
		return nil, fmt.Errorf("number the deviations: %w", err)
	}
	return []store.Entry{{Type: entryDeviations, Key: run.ID, At: run.At, Blobs: []evidence.Digest{blob}, JSON: body}}, nil
}

// indicators names the tests that give signals and no state.
func (a *App) indicators() map[string]bool {
	out := map[string]bool{}
	for _, c := range a.Catalog.Controls {
		for _, t := range c.Tests {
			if t.Kind == controls.Indicator {
				out[t.ID] = true
			}
		}
	}
	return out
}
