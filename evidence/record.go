package evidence

import (
	"fmt"
	"slices"
)

// Record is one fact as a source showed it. It judges nothing.
type Record struct {
	Schema     *Schema
	ID         string   // RecordID; set by the engine
	Source     string   // id of the source in the workspace
	Instance   string   // which installation: account, host, database
	Scope      string   // which part of it: region, project
	NativeID   string   // the source's own id of the object
	ObservedAt Instant  // when the source showed it, or the date a file states
	AsOfStated bool     // ObservedAt was stated by the file, not seen by us
	Raw        Digest   // the raw response or file it was read from
	Item       int64    // its place in that: line or element, counted from 1
	Values     []any    // one per column of the schema, nil = NULL
	Missing    []string // columns that were there but could not be read; sorted
}

// NewRecord returns an empty record of the kind.
func NewRecord(s *Schema) *Record {
	return &Record{Schema: s, Values: make([]any, len(s.Columns))}
}

// Set puts a value into the named column. Text that is empty is NULL.
func (r *Record) Set(column string, v any) error {
	c, i, ok := r.Schema.Column(column)
	if !ok {
		return fmt.Errorf("kind %s has no column %q", r.Schema.Kind, column)
	}
	if s, is := v.(string); is && s == "" {
		v = nil
	}
	if v != nil {
		if err := c.Check(v); err != nil {
			return fmt.Errorf("kind %s: %w", r.Schema.Kind, err)
		}
	}
	r.Values[i] = v
	return nil
}

// SetMissing says that the column's value was there but could not be read. It
// stays NULL, and no test takes that NULL for a fact.
func (r *Record) SetMissing(column string) {
	if i, found := slices.BinarySearch(r.Missing, column); !found {
		r.Missing = slices.Insert(r.Missing, i, column)
	}
}

// Value returns the named column's value, nil where it is NULL or unknown.
func (r *Record) Value(column string) any {
	if _, i, ok := r.Schema.Column(column); ok {
		return r.Values[i]
	}
	return nil
}

// Text returns the named column's text, or "".
func (r *Record) Text(column string) string {
	s, _ := r.Value(column).(string)
	return s
}

// At returns the moment that places the record in a period.
func (r *Record) At() (Instant, bool) {
	if r.Schema.At == "" {
		return 0, false
	}
	i, ok := r.Value(r.Schema.At).(Instant)
	return i, ok
}

// Check reports the first value that the schema refuses.
func (r *Record) Check() error {
	if r.NativeID == "" {
		return fmt.Errorf("kind %s: record without an id of its source", r.Schema.Kind)
	}
	for i, c := range r.Schema.Columns {
		if err := c.Check(r.Values[i]); err != nil {
			return fmt.Errorf("kind %s, %s: %w", r.Schema.Kind, r.NativeID, err)
		}
	}
	return nil
}
