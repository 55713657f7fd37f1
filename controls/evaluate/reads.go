package evaluate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/catalog/statement"
	"github.com/tieout/tieout/controls/evaluate/readonly"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// FillReads sets Reads and Params of every test of a catalogue without a frozen
// database, by compiling each on empty tables: what doctor needs to say which
// source is missing. A hundred tests take a tenth of a second.
func FillReads(ctx context.Context, c *controls.Catalog) (err error) {
	made, err := tablesOf(c)
	if err != nil {
		return err
	}
	db, err := readonly.Memory(ctx, made)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for i := range c.Controls {
		for j := range c.Controls[i].Tests {
			t := &c.Controls[i].Tests[j]
			if t.Reads, err = decisiveReads(ctx, db, t); err != nil {
				return fmt.Errorf("test %s: %w", t.ID, err)
			}
			t.Params = paramNames(c.Params, t.Reads)
		}
	}
	return nil
}

// decisiveReads returns the columns that decide about a test's items. A table
// that stands beside every row is no read by itself.
func decisiveReads(ctx context.Context, db *readonly.DB, t *controls.Test) ([]controls.Read, error) {
	decisive, err := statement.Decisive(t)
	if err != nil {
		return nil, err
	}
	reads, err := db.Reads(ctx, decisive)
	return slices.DeleteFunc(reads, func(r controls.Read) bool { return (r.Table == "p" || r.Table == "period") && r.Column == "" }), err
}

const obsSuffix = freeze.ObsSuffix

// readSet is what a test reads of the evidence, by kind: the columns as the
// kind's file names them. System tables are no evidence and have no gaps.
type readSet struct {
	kinds   []evidence.Kind
	columns map[evidence.Kind][]string
}

func readSetOf(reads []controls.Read) *readSet {
	s := &readSet{columns: map[evidence.Kind][]string{}}
	for _, r := range reads {
		kind := evidence.Kind(strings.TrimSuffix(r.Table, obsSuffix))
		schema, ok := kinds.Of(kind)
		if !ok {
			continue
		}
		if !slices.Contains(s.kinds, kind) {
			s.kinds = append(s.kinds, kind)
		}
		for _, c := range kinds.TableColumns(schema) {
			if c.Name == r.Column && c.Of != "" && !slices.Contains(s.columns[kind], c.Of) {
				s.columns[kind] = append(s.columns[kind], c.Of)
			}
		}
	}
	return s
}

func (s *readSet) hit(g evidence.Gap, w evidence.Window) bool {
	for _, k := range s.kinds {
		if g.Hits(k, s.columns[k], w) {
			return true
		}
	}
	return false
}

// missing says which values that the current test needs for a component were
// there and could not be read. Their NULL would say that there is none.
func (j *judge) missing(component string) []string {
	type place struct {
		kind   evidence.Kind
		column string
	}
	counts, first := map[place]int{}, map[place]string{}
	var order []place
	for _, m := range j.in.Missing {
		if !slices.Contains(j.reads.columns[m.Kind], m.Column) || !concerns(j.owner(m.Record), component) {
			continue
		}
		p := place{m.Kind, m.Column}
		if counts[p] == 0 {
			order, first[p] = append(order, p), m.Record
		}
		counts[p]++
	}
	var out []string
	for _, p := range order {
		out = append(out, fmt.Sprintf("%s.%s: %d values were there and could not be read, first in record %s", p.kind, p.column, counts[p], first[p]))
	}
	return out
}

// owner returns the component that a record belongs to, none where it could
// be any.
func (j *judge) owner(record string) string {
	if name := j.owners[record]; j.known[name] != nil {
		return name
	}
	return ""
}
