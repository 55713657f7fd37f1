package app

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
)

// lateRow is a record that a source showed only after a pull that had looked
// at it later than the record says it happened.
type lateRow struct {
	Source   string           `json:"source_id"`
	Kind     evidence.Kind    `json:"kind"`
	Record   string           `json:"record_id"`
	Key      string           `json:"native_key"`
	At       evidence.Instant `json:"happened_at"`
	MissedBy int64            `json:"missed_run"`
	MissedAt evidence.Instant `json:"missed_at"`
	ShownBy  int64            `json:"shown_run"`
	ShownAt  evidence.Instant `json:"shown_at"`
}

// lateRows returns the records that came late, of every source that was pulled
// more than once, in order of source, kind and record. Of a source that was
// pulled once nothing is read.
//
// A pull that did not end well, or asked something else than the one before it,
// is no witness that a record was not there.
func (a *App) lateRows(ctx context.Context, pulls []kept) ([]lateRow, error) {
	var out []lateRow
	for _, s := range a.WS.Sources {
		looks, err := a.looks(ctx, ofSource(pulls, s.ID))
		if err != nil {
			return nil, err
		}
		for _, schema := range kinds.All() {
			if schema.Shape == evidence.Snapshot || schema.At == "" {
				continue
			}
			if out, err = a.lateOf(ctx, out, s.ID, schema, looks); err != nil {
				return nil, fmt.Errorf("look for records of %s that source %s showed late: %w", schema.Kind, s.ID, err)
			}
		}
	}
	return out, nil
}

// look is a pull that ended well, with its manifest.
type look struct {
	kept
	res  *engine.Result
	seen evidence.Instant // moment whose state it shows
}

func (a *App) looks(ctx context.Context, pulls []kept) ([]look, error) {
	var out []look
	for _, k := range pulls {
		if k.Entry.Error != "" {
			continue
		}
		res, err := a.manifest(ctx, k)
		if err != nil {
			return nil, err
		}
		out = append(out, look{k, res, momentOf(res)})
	}
	slices.SortStableFunc(out, func(x, y look) int { return int(x.seen - y.seen) })
	return out, nil
}

// saw reports whether the pull looked for such a record and would have shown it.
func (l look) saw(kind evidence.Kind, at evidence.Instant) bool {
	if at >= l.seen || !slices.ContainsFunc(l.res.Kinds, func(k engine.KindCount) bool { return k.Kind == kind }) {
		return false
	}
	return !slices.ContainsFunc(l.res.Gaps, func(g evidence.Gap) bool {
		return g.Kind == kind && len(g.Columns) == 0 && evidence.Window{From: g.From, To: g.To}.Contains(at)
	})
}

// lateOf walks through the records of all pulls of one source side by side, in
// order of their ids.
func (a *App) lateOf(ctx context.Context, out []lateRow, id string, schema *evidence.Schema, looks []look) ([]lateRow, error) {
	looks = slices.DeleteFunc(slices.Clone(looks), func(l look) bool {
		return !slices.ContainsFunc(l.res.Kinds, func(k engine.KindCount) bool { return k.Kind == schema.Kind })
	})
	if len(looks) < 2 {
		return out, nil
	}
	rows := make([]*cursor, len(looks))
	for i, l := range looks {
		rows[i] = newCursor(a.recordsOf(ctx, l.kept, schema.Kind))
		defer rows[i].stop()
		if err := rows[i].next(""); err != nil {
			return nil, err
		}
	}
	for {
		first := -1 // pull that shows the smallest id first
		for i, c := range rows {
			if c.row != nil && (first < 0 || c.row.ID < rows[first].row.ID) {
				first = i
			}
		}
		if first < 0 {
			return out, ctx.Err()
		}
		r := rows[first].row
		if at, dated := r.Value(schema.At).(evidence.Instant); dated && first > 0 {
			before := looks[first-1]
			if slices.Equal(before.res.Queries, looks[first].res.Queries) && before.saw(schema.Kind, at) {
				out = append(out, lateRow{id, schema.Kind, r.ID, keyOf(r), at, before.Index, before.seen, looks[first].Index, looks[first].seen})
			}
		}
		for _, c := range rows {
			if c.row != nil && c.row.ID == r.ID {
				if err := c.next(r.ID); err != nil {
					return nil, err
				}
			}
		}
	}
}

func keyOf(r *evidence.Record) string {
	var parts []string
	for _, name := range r.Schema.Key {
		if v := r.Value(name); v != nil {
			parts = append(parts, fmt.Sprint(v))
		}
	}
	return strings.Join(parts, " ")
}

// cursor stands on one record of a pull.
type cursor struct {
	pull func() (*evidence.Record, error, bool)
	stop func()
	row  *evidence.Record // nil behind the last
}

func newCursor(all iter.Seq2[*evidence.Record, error]) *cursor {
	c := &cursor{}
	c.pull, c.stop = iter.Pull2(all)
	return c
}

// next goes to the next record with another id.
func (c *cursor) next(id string) error {
	for {
		r, err, ok := c.pull()
		if !ok {
			c.row = nil
			return nil
		}
		if err != nil {
			return err
		}
		if r.ID != id {
			c.row = r
			return nil
		}
	}
}
