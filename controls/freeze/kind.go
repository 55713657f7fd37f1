package freeze

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
)

// kindWriter writes one kind's table, and the table of its observations where
// that is asked for.
type kindWriter struct {
	f       *freezer
	schema  *evidence.Schema
	rows    *tableWriter
	all     *tableWriter // nil where nobody asked
	report  TableReport
	sources map[string]bool
	before  bool  // some observation was made before the period's end
	early   int64 // observations from before the period, which k.all leaves out
	twins   int64 // observations that k.all leaves out because one like them is in
}

func (f *freezer) writeKind(ctx context.Context, s *evidence.Schema) (err error) {
	k := &kindWriter{f: f, schema: s, sources: map[string]bool{}}
	if k.rows, err = f.newTableWriter(f.tables[string(s.Kind)]); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.rows.close()) }()
	if t, asked := f.tables[string(s.Kind)+ObsSuffix]; asked {
		if k.all, err = f.newTableWriter(t); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, k.all.close()) }()
	}
	if err := k.readAll(ctx); err != nil {
		return fmt.Errorf("kind %s: %w", s.Kind, err)
	}
	if err := k.rows.close(); err != nil {
		return err
	}
	k.finish()
	if k.all == nil {
		return nil
	}
	if err := k.all.close(); err != nil {
		return err
	}
	rep := k.all.report()
	rep.Observations, rep.BeforePeriod, rep.Twins = k.report.Observations, k.early, k.twins
	f.reports = append(f.reports, rep)
	return nil
}

// readAll goes through the observations once, object by object.
func (k *kindWriter) readAll(ctx context.Context) error {
	object := chooser{shape: k.schema.Shape, end: k.f.in.Window.To}
	var previous *evidence.Record
	for r, err := range k.f.in.Records(k.schema.Kind) {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case r.Schema != k.schema:
			return fmt.Errorf("record %s is of kind %s", r.ID, r.Schema.Kind)
		case r.ID == "":
			return errors.New("a record without an id")
		case previous != nil && compareObservations(previous, r) > 0:
			return fmt.Errorf("record %s stands after %s: observations come in order of id, moment and item", r.ID, previous.ID)
		}
		if previous != nil && previous.ID != r.ID {
			if err := k.choose(&object); err != nil {
				return err
			}
		}
		twin := previous != nil && previous.ID == r.ID && previous.ObservedAt == r.ObservedAt && previous.Item == r.Item
		if err := k.observe(r, twin); err != nil {
			return err
		}
		object.add(r)
		previous = r
	}
	if previous == nil {
		return nil
	}
	return k.choose(&object)
}

// observe counts one observation and writes it where all are asked for. A twin
// has the same id, moment and item as the one before: the same line seen
// again, or a contradiction that the chooser reports.
func (k *kindWriter) observe(r *evidence.Record, twin bool) error {
	rep, at := &k.report, r.ObservedAt
	rep.Observations++
	if rep.FirstObserved == nil || at < *rep.FirstObserved {
		rep.FirstObserved = &at
	}
	if rep.LastObserved == nil || at > *rep.LastObserved {
		rep.LastObserved = &at
	}
	k.before = k.before || at < k.f.in.Window.To
	k.sources[r.Source] = true
	switch {
	case k.all == nil:
		return nil
	case at < k.f.in.Window.From:
		k.early++
		return nil
	case twin:
		k.twins++
		return nil
	}
	component, _ := k.component(r)
	return k.write(k.all, r, component, false)
}

// choose writes the row of the object whose observations are complete.
func (k *kindWriter) choose(c *chooser) error {
	r, conflicts := c.row, c.conflicts
	c.row, c.conflicts = nil, nil
	n := k.f.notes
	if len(conflicts) > 0 {
		n.addConflict(r, conflicts)
	}
	n.addMissing(r)
	component, known := k.component(r)
	if !known && k.schema.HasComponent() && (component != "" || !k.mayLack()) {
		n.addUnmatched(r, component, slices.Contains(k.f.in.Outside, component))
	}
	if slices.Contains(peopleKinds, k.schema.Kind) {
		k.f.people.add(r)
	}
	k.count(r)
	return k.write(k.rows, r, component, true)
}

// mayLack reports whether a row of the kind may belong to no one component.
func (k *kindWriter) mayLack() bool {
	c, _, ok := k.schema.Column("component_id")
	return ok && c.Null == evidence.NullNone
}

func (k *kindWriter) component(r *evidence.Record) (string, bool) {
	if !k.schema.HasComponent() {
		return "", false
	}
	return k.f.assign.component(r)
}

// write writes a record's row. Identities that lead to nobody are noted where
// note says so: once, with the row that counts.
func (k *kindWriter) write(w *tableWriter, r *evidence.Record, component string, note bool) error {
	for i := range w.table.Columns {
		c := &w.table.Columns[i]
		switch c.Name {
		case "_id":
			w.row[i] = r.ID
		case "_source":
			w.row[i] = r.Source
		case "_observed_at":
			w.row[i] = r.ObservedAt
		case "_raw":
			w.row[i] = r.Raw.String()
		case "_item":
			w.row[i] = r.Item
		case "_missing":
			if len(r.Missing) > 0 {
				w.row[i] = r.Missing
			}
		case "component_id":
			w.row[i] = orNull(component)
		default:
			if c.PersonOf != "" {
				w.row[i] = k.persons(c.PersonOf, r.Values[c.value], note)
			} else {
				w.row[i] = r.Values[c.value]
			}
		}
	}
	if err := w.write(); err != nil {
		return fmt.Errorf("record %s of source %s: %w", r.ID, r.Source, err)
	}
	return nil
}

// persons returns the workers behind a column's value: NULL for a text that
// nobody was found for, null in its place in a list.
func (k *kindWriter) persons(column string, v any, note bool) any {
	find := func(identity string) string {
		worker, candidates := k.f.people.Worker(identity)
		if worker == "" && note {
			k.f.notes.addPerson(k.schema.Kind, column, identity, candidates)
		}
		return worker
	}
	switch v := v.(type) {
	case string:
		return orNull(find(v))
	case []string:
		out := make([]string, len(v))
		for i, identity := range v {
			out[i] = find(identity)
		}
		return out
	}
	return nil
}

// count keeps what the report says of the rows.
func (k *kindWriter) count(r *evidence.Record) {
	rep := &k.report
	parts := make([]string, len(k.schema.Key))
	for i, name := range k.schema.Key {
		parts[i], _ = asText(r.Value(name))
		if at, ok := r.Value(name).(evidence.Instant); ok {
			parts[i] = at.String()
		}
	}
	key := strings.Join(parts, " / ")
	if rep.FirstKey == "" || key < rep.FirstKey {
		rep.FirstKey = key
	}
	if key > rep.LastKey {
		rep.LastKey = key
	}
	if at, ok := r.At(); ok {
		if rep.FirstAt == nil || at < *rep.FirstAt {
			rep.FirstAt = &at
		}
		if rep.LastAt == nil || at > *rep.LastAt {
			rep.LastAt = &at
		}
	}
	if r.AsOfStated {
		rep.AsOfStated++
	}
	if k.schema.Shape == evidence.Snapshot && r.ObservedAt >= k.f.in.Window.To {
		rep.RowsAfterEnd++
		if len(rep.AfterEnd) < maxExamples {
			rep.AfterEnd = append(rep.AfterEnd, r.ID)
		}
	}
}

func (k *kindWriter) finish() {
	written := k.rows.report()
	rep := k.report
	rep.Name, rep.Kind, rep.Rows, rep.Path, rep.Bytes, rep.SHA256 = written.Name, written.Kind, written.Rows, written.Path, written.Bytes, written.SHA256
	rep.AllAfterEnd = rep.Observations > 0 && !k.before
	for s := range k.sources {
		rep.Sources = append(rep.Sources, s)
	}
	slices.Sort(rep.Sources)
	k.f.reports = append(k.f.reports, rep)
}
