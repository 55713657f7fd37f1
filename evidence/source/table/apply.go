package table

import (
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
)

// apply makes the records that one rule takes from a row: one, or one for each
// element of a list.
func (f *fileReader) apply(m *mapping, r *rule, in *row) error {
	for i := range r.where {
		if !r.where[i].keeps(in) {
			f.out.Drop(r.schema.Kind, r.where[i].words, 1)
			return nil
		}
	}
	if r.each == nil {
		return f.record(m, r, in)
	}
	v, found, odd := in.at(*r.each)
	elements, isList := v.([]any)
	switch {
	case !found && m.absentNone:
		return nil
	case !isList || odd: // no list is not an empty list
		return f.out.Reject(source.Rejection{Kind: r.schema.Kind, File: f.name, Item: in.item, Reason: r.each.text + " is no list"})
	}
	for _, e := range elements {
		if _, ok := e.(map[string]any); !ok {
			if err := f.out.Reject(source.Rejection{Kind: r.schema.Kind, File: f.name, Item: in.item, Reason: "an element of " + r.each.text + " is no object"}); err != nil {
				return err
			}
			continue
		}
		if err := f.record(m, r, &row{item: in.item, tree: e, parent: in}); err != nil {
			return err
		}
	}
	return nil
}

// record makes one record. A value that cannot be read is missing, and rejects
// the row where the column is required.
func (f *fileReader) record(m *mapping, r *rule, in *row) error {
	rec := evidence.NewRecord(r.schema)
	rec.Raw, rec.Item = f.raw, in.item
	if at := f.c.asOf; at != nil {
		rec.ObservedAt, rec.AsOfStated = *at, true
		f.env.AsOf(*at)
	}
	counts := f.tally.of(r)
	counts.rows++
	for i := range r.columns {
		col := &r.columns[i]
		v, present, err := col.read(in)
		c := &counts.columns[i]
		c.present = c.present || present || m.absentNone
		if v == nil && err == nil {
			continue
		}
		c.values++
		at := source.Rejection{Kind: r.schema.Kind, File: f.name, Item: in.item}
		if err == nil {
			if col.schema.Check(v) == nil {
				rec.Values[col.index] = v
				continue
			}
			err = errNotTaken
		}
		c.failed++
		c.reason = err.Error()
		if col.schema.Null == evidence.NullRequired {
			at.Reason = col.schema.Name + ": " + err.Error()
			return f.out.Reject(at)
		}
		f.env.Unparsable(r.schema.Kind, col.schema.Name, err.Error(), at)
		rec.SetMissing(col.schema.Name)
	}
	for i := range r.columns { // a row without its keys, said with the file's name
		if col := &r.columns[i]; col.schema.Null == evidence.NullRequired && rec.Values[col.index] == nil {
			return f.out.Reject(source.Rejection{Kind: r.schema.Kind, File: f.name, Item: in.item, Reason: col.schema.Name + " is required and empty"})
		}
	}
	return f.out.Put(rec)
}

// read returns the column's value in the row. present says that the row has a
// place for it, even an empty one.
func (c *column) read(in *row) (v any, present bool, err error) {
	if len(c.cases) > 0 {
		return c.chosen(in)
	}
	if len(c.from) == 0 {
		return c.fixed, true, nil
	}
	if c.parent {
		in = in.parent
	}
	if c.join {
		return c.joined(in)
	}
	for _, p := range c.from {
		raw, found, odd := in.at(p)
		if !found {
			continue
		}
		present = true
		if odd {
			return nil, true, errOdd
		}
		if v, err = c.convert(raw); v != nil || err != nil {
			return v, true, err
		}
	}
	if present && c.empty {
		return []string{}, true, nil
	}
	return nil, present, nil
}

// chosen returns the value of the first case that fits.
func (c *column) chosen(in *row) (any, bool, error) {
	for i := range c.cases {
		if c.cases[i].when.keeps(in) {
			return c.cases[i].then, true, nil
		}
	}
	if c.fixed == nil && c.schema.Null != evidence.NullUnknown {
		return nil, true, errNoCase
	}
	return c.fixed, true, nil
}

// joined returns the values of all places that have one, joined.
func (c *column) joined(in *row) (any, bool, error) {
	var parts []string
	present := false
	for _, p := range c.from {
		raw, found, odd := in.at(p)
		present = present || found
		if odd {
			return nil, true, errOdd
		}
		if !found || raw == nil {
			continue
		}
		s, err := scalar(raw)
		if err != nil {
			return nil, true, err
		}
		if s != "" && !slices.Contains(c.blank, s) {
			parts = append(parts, s)
		}
	}
	if c.schema.Null == evidence.NullRequired && len(parts) < len(c.from) {
		return nil, present, nil // half a key is none
	}
	v, err := c.convert(strings.Join(parts, c.by))
	return v, present, err
}
