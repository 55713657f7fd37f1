package evaluate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate/readonly"
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
)

// begun is what is known of a test before its first row.
type begun struct {
	Test    string          `json:"test"`
	Reads   []controls.Read `json:"reads"`   // what decides about its items
	Unset   []unset         `json:"unset"`   // parameters that it needs and that had no value
	Columns []string        `json:"columns"` // of every row
}

// receiver takes what the statements gave, test after test. Values are nil,
// int64, float64 or string; a row is valid until the call returns.
type receiver interface {
	located(record, component string) error // before all tests
	begin(begun) error
	row(values []any) error
	excluded(component, reason string, rows int64) error
	end() error
}

// workers is how many tests run at once. Most of a statement's time passes
// before its first row, so the next test is under way while the rows of one
// are handed over; each worker holds a sorter of its own in memory.
const workers = 2

// parcelsAhead is how far a test may be ahead of what is handed over. It is
// enough for a test with few items to make room for the next.
const parcelsAhead = 64

// execute runs the statements of the tests and hands over what they give, in
// the order of the tests.
func execute(ctx context.Context, in *Input, to receiver) (err error) {
	jobs, err := in.tests()
	if err != nil {
		return err
	}
	db, err := open(ctx, in)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	policies, err := readPolicies(ctx, db)
	if err != nil {
		return fmt.Errorf("read the parameters: %w", err)
	}
	for _, k := range in.missingKinds() {
		if err := locate(ctx, db, k, to); err != nil {
			return fmt.Errorf("find the records of %s with values that could not be read: %w", k, err)
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	streams := make([]chan parcel, len(jobs))
	for i := range streams {
		streams[i] = make(chan parcel, parcelsAhead)
	}
	var taken atomic.Int64
	for range min(workers, len(jobs)) {
		wait.Go(func() { work(ctx, in, jobs, streams, &taken, policies) })
	}
	for i, j := range jobs {
		if err := deliver(ctx, streams[i], to); err != nil {
			return fmt.Errorf("test %s: %w", j.test.ID, err)
		}
	}
	return nil
}

// work runs the tests that no other worker has taken, in their order, on a
// connection of its own.
func work(ctx context.Context, in *Input, jobs []job, streams []chan parcel, taken *atomic.Int64, p *policies) {
	db, err := open(ctx, in)
	for i := int(taken.Add(1)) - 1; i < len(jobs); i = int(taken.Add(1)) - 1 {
		s := newStream(ctx, streams[i], in.limit())
		if err == nil {
			s.finish(runTest(s.ctx, in, db, jobs[i].test, p, s))
		} else {
			s.finish(err)
		}
	}
	if err == nil {
		_ = db.Close() // it was only read
	}
}

func runTest(ctx context.Context, in *Input, db *readonly.DB, t *controls.Test, p *policies, to *stream) error {
	reads, err := decisiveReads(ctx, db, t)
	if err != nil {
		return err
	}
	b := begun{Test: t.ID, Reads: reads}
	if b.Unset, err = p.unset(ctx, db, t, reads); err != nil {
		return fmt.Errorf("parameters in force: %w", err)
	}
	query := t.ItemSQL
	if in.counts {
		query = t.CountSQL
	}
	err = each(ctx, db, query, func(columns []string) error {
		b.Columns = columns
		return to.begin(b)
	}, to.row)
	if err != nil {
		return fmt.Errorf("items: %w", err)
	}
	err = each(ctx, db, t.ExcludedSQL, nil, func(v []any) error {
		component, _ := v[0].(string)
		reason, _ := v[1].(string)
		rows, _ := v[2].(int64)
		return to.excluded(component, reason, rows)
	})
	if err != nil {
		return fmt.Errorf("excluded rows: %w", err)
	}
	return nil
}

// locate says which component the records belong to of which a value could not
// be read.
func locate(ctx context.Context, db *readonly.DB, kind evidence.Kind, to receiver) error {
	s, ok := kinds.Of(kind)
	if !ok || !s.HasComponent() {
		return nil
	}
	query := "SELECT t._id, t.component_id FROM " + kinds.Quote(string(kind)) + " AS t WHERE t._missing IS NOT NULL ORDER BY t._id"
	return each(ctx, db, query, nil, func(v []any) error {
		record, _ := v[0].(string)
		component, _ := v[1].(string)
		return to.located(record, component)
	})
}

func open(ctx context.Context, in *Input) (*readonly.DB, error) {
	made, err := tablesOf(in.Catalog)
	if err != nil {
		return nil, err
	}
	return readonly.Open(ctx, in.Database, made)
}

// tablesOf returns the statements that make every table of a frozen database.
func tablesOf(c *controls.Catalog) (map[string]string, error) {
	var observed []evidence.Kind
	for _, s := range kinds.All() {
		observed = append(observed, s.Kind)
	}
	tables, err := freeze.Tables(c.Params, observed)
	if err != nil {
		return nil, fmt.Errorf("tables of the frozen database: %w", err)
	}
	made := map[string]string{}
	for _, t := range tables {
		made[t.Name] = t.SQL
	}
	return made, nil
}

// each runs a statement and hands over its columns and then row after row.
func each(ctx context.Context, db *readonly.DB, query string, columns func([]string) error, row func([]any) error) (err error) {
	rows, err := db.Query(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	if columns != nil {
		if err := columns(names); err != nil {
			return err
		}
	}
	values, into := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
