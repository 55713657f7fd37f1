package prove

import (
	"context"
	"database/sql"
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

// bench is a database in memory with the tables of one test, on which its
// statements are ready to run again and again.
type bench struct {
	schema *Schema
	test   *controls.Test
	tables []*freeze.Table
	db     *readonly.DB
	probe  *sql.Stmt
	reads  []controls.Read // what decides about its items
	texts  []string        // that stand in its SQL
	rows   []*row          // of the example that is in, without tables p and period
	ids    []int64         // their rowids
	policy []*row          // of tables p and period
}

func newBench(ctx context.Context, s *Schema, t *controls.Test) (_ *bench, err error) {
	b := &bench{schema: s, test: t}
	if b.tables, err = s.tablesOf(t); err != nil {
		return nil, err
	}
	made := map[string]string{}
	for _, t := range b.tables {
		made[t.Name] = t.SQL
	}
	if b.db, err = readonly.Memory(ctx, made); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	if b.texts, err = textsOf(t); err != nil {
		return nil, err
	}
	probe, err := statement.Probe(t)
	if err != nil {
		return nil, err
	}
	if b.reads, err = b.db.Reads(ctx, probe); err != nil {
		return nil, err
	}
	b.probe, err = b.db.Prepare(ctx, probe)
	return b, err
}

func (b *bench) close() error {
	var err error
	if b.probe != nil {
		err = b.probe.Close()
	}
	return errors.Join(err, b.db.Close())
}

// load puts an example in place of what was there.
func (b *bench) load(ctx context.Context, e *controls.Example) error {
	for _, t := range b.tables {
		if err := b.db.Write(ctx, "DELETE FROM "+kinds.Quote(t.Name)); err != nil {
			return err
		}
	}
	b.rows, b.ids = nil, nil
	policy, err := b.schema.policyRows(e)
	if err != nil {
		return err
	}
	b.policy = policy
	for i, r := range policy {
		if err := b.insert(ctx, r, int64(i+1)); err != nil {
			return err
		}
	}
	for name := range e.Rows {
		if b.schema.tables[name] == nil || name == "p" || name == "period" {
			return fmt.Errorf("there is no table %q for rows of an example", name)
		}
	}
	for _, t := range b.tables {
		given := e.Rows[t.Name]
		if _, stated := e.Rows["component"]; t.Name == "component" && !stated {
			given = standInComponents(e)
		}
		for i, given := range given {
			r, err := newRow(t, i+1, given)
			if err != nil {
				return err
			}
			id := r.id(i + 1)
			if err := b.insert(ctx, r, id); err != nil {
				return fmt.Errorf("table %s, row %d: %w", t.Name, i+1, err)
			}
			b.rows, b.ids = append(b.rows, r), append(b.ids, id)
		}
	}
	return nil
}

func (b *bench) insert(ctx context.Context, r *row, id int64) error {
	args := append([]any{id}, r.arguments()...)
	return b.db.Write(ctx, "INSERT INTO "+kinds.Quote(r.table.Name)+" (rowid, "+strings.Join(sqlColumns(r.table), ", ")+
		") VALUES (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// set puts a value into one column of a loaded row, with the twin of a time
// and the persons behind identities, each of whom is a person of their own.
func (b *bench) set(ctx context.Context, row, column int, v any) error {
	t := b.rows[row].table
	c := &t.Columns[column]
	query, args := "UPDATE "+kinds.Quote(t.Name)+" SET "+kinds.Quote(c.Name)+" = ?", []any{sqlValue(v)}
	if c.Twin != "" {
		query, args = query+", "+kinds.Quote(c.Twin)+" = ?", append(args, twinValue(v))
	}
	for i := range t.Columns {
		if t.Columns[i].PersonOf == c.Name {
			query, args = query+", "+kinds.Quote(t.Columns[i].Name)+" = ?", append(args, sqlValue(v))
		}
	}
	return b.db.Write(ctx, query+" WHERE rowid = ?", append(args, b.ids[row])...)
}

// restore puts back what an example has in the row.
func (b *bench) restore(ctx context.Context, row, column int) error {
	r := b.rows[row]
	if err := b.set(ctx, row, column, r.values[column]); err != nil {
		return err
	}
	for i := range r.table.Columns {
		if r.table.Columns[i].PersonOf == r.table.Columns[column].Name {
			if err := b.set(ctx, row, i, r.values[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// seen is what a test says of one row of its population.
type seen struct {
	place   string // the component whose result it belongs to
	state   string
	scope   any // int64 0 or 1, or nil; like the letters
	notDue  any
	letters []any
}

// errTwice is the error of an item whose key is not its own.
var errTwice = errors.New("is in the population twice")

// look runs the probe: every row of the population by its key, also those
// that are out of scope.
func (b *bench) look(ctx context.Context) (_ map[string]seen, err error) {
	rows, err := b.probe.QueryContext(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	at := func(name string) int { return slices.Index(columns, name) }
	place, item, scope, notDue, state, first := at(statement.ComponentColumn), at("item"), at(statement.ScopeColumn), at(statement.NotDueColumn), at(statement.StateColumn), at("A")
	date := at(statement.PolicyColumn) // there only where it chooses the policy
	if date < 0 {
		date = at("at")
	}
	out := map[string]seen{}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		if values[item] == nil {
			return nil, errors.New("a row of the population has no item: its key is NULL")
		}
		key := fmt.Sprint(values[item])
		if date >= 0 && !isMoment(values[date]) {
			return nil, fmt.Errorf("item %s: %s is %v, want a time as text, as columns that end in _at hold it", key, columns[date], values[date])
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("item %s %w", key, errTwice)
		}
		s := seen{place: values[place].(string), state: values[state].(string), scope: values[scope], notDue: values[notDue], letters: slices.Clone(values[first : first+len(b.test.Attributes)])}
		for i, v := range append([]any{s.scope, s.notDue}, s.letters...) {
			if n, ok := v.(int64); v != nil && (!ok || n != 0 && n != 1) {
				return nil, fmt.Errorf("item %s: %s is %v, want true, false or NULL", key, append([]string{"scope", "not_due"}, b.letterNames()...)[i], v)
			}
		}
		out[key] = s
	}
	return out, rows.Err()
}

// isMoment reports whether a value is none, or text in the one form of times.
func isMoment(v any) bool {
	if v == nil {
		return true
	}
	text, _ := v.(string)
	i, err := evidence.ParseInstant(text)
	return err == nil && i.String() == text
}

func (b *bench) letterNames() []string {
	var out []string
	for _, a := range b.test.Attributes {
		out = append(out, a.Letter)
	}
	return out
}
