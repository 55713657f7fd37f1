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
)

// Walkthrough is one item that shows how a control works: the last one before
// the end of the window. It is no result, and no rate follows from it.
type Walkthrough struct {
	Control   string        `json:"control"`
	Test      string        `json:"test"`
	Component string        `json:"component"`
	Item      string        `json:"item"`
	At        string        `json:"at"`
	Letters   []LetterValue `json:"letters"`
	Row       []Field       `json:"row"`
}

// Walkthroughs returns one item for each control that has tests of events
// with times, and any such event: the last in the scope of one of those tests,
// of whatever time before the end.
func Walkthroughs(ctx context.Context, in Input) (_ []Walkthrough, err error) {
	jobs, err := in.tests()
	if err != nil {
		return nil, err
	}
	db, err := open(ctx, &in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w := walker{in: &in, db: db}
	if w.ever, err = everSince(ctx, db); err != nil {
		return nil, fmt.Errorf("find walkthrough items: %w", err)
	}
	last := map[string]*Walkthrough{}
	for _, j := range jobs {
		if j.test.Kind != controls.PerItem {
			continue
		}
		found, err := w.last(ctx, j)
		if err != nil {
			return nil, fmt.Errorf("find a walkthrough item of %s: %w", j.test.ID, err)
		}
		if old := last[j.control.ID]; found != nil && (old == nil || found.At > old.At) {
			last[j.control.ID] = found
		}
	}
	var out []Walkthrough
	for _, j := range jobs {
		if found := last[j.control.ID]; found != nil && found.Test == j.test.ID {
			if err := w.fill(ctx, j, found); err != nil {
				return nil, fmt.Errorf("walk through item %s of %s: %w", found.Item, found.Test, err)
			}
			out = append(out, *found)
		}
	}
	return out, nil
}

type walker struct {
	in   *Input
	db   *readonly.DB
	ever string // stands before a statement
}

// everSince returns what makes a statement see a window that begins with time
// itself: tables p and period under their own names, with another beginning.
func everSince(ctx context.Context, db *readonly.DB) (string, error) {
	p, err := startless(ctx, db, "p")
	if err != nil {
		return "", err
	}
	period, err := startless(ctx, db, "period")
	return "WITH p AS (" + p + "), period AS (" + period + ")\n", err
}

func startless(ctx context.Context, db *readonly.DB, table string) (string, error) {
	list := ""
	err := each(ctx, db, "SELECT * FROM "+table, func(columns []string) error {
		for i, c := range columns {
			if i > 0 {
				list += ", "
			}
			switch c {
			case "start_at":
				list += "'0001-01-01T00:00:00.000000Z' AS start_at"
			case "start_us":
				list += "-62135596800000000 AS start_us"
			default:
				list += "m." + c + " AS " + c
			}
		}
		return nil
	}, func([]any) error { return nil })
	return "SELECT " + list + " FROM main." + table + " AS m", err
}

var errFound = errors.New("found")

// last returns the last item of a test, nil where there is none or its items
// have no times.
func (w *walker) last(ctx context.Context, j job) (*Walkthrough, error) {
	population, err := statement.Expand(j.test.Population)
	if err != nil {
		return nil, err
	}
	columns, err := statement.Columns(population)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(columns, func(c statement.Column) bool { return c.Name == "at" }) {
		return nil, nil
	}
	scoped := *j.test
	scoped.NotDue, scoped.Attributes = "", []controls.Attribute{{Letter: "A", SQL: "TRUE"}}
	whole, err := statement.Whole(&scoped)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.in.limit())
	defer cancel()
	var out *Walkthrough
	query := w.ever + "SELECT q.component, q.item, q.at FROM (\n" + whole + "\n) AS q WHERE q." + statement.ScopeColumn + " IS TRUE AND q.at < " +
		textLiteral(w.in.Window.To.String()) + " ORDER BY q.at DESC, q.component, q.item"
	err = each(ctx, w.db, query, nil, func(v []any) error {
		component, at := fmt.Sprint(v[0]), fmt.Sprint(v[2])
		if !w.ours(j.control, component) {
			return nil
		}
		out = &Walkthrough{Control: j.control.ID, Test: j.test.ID, Component: component, Item: fmt.Sprint(v[1]), At: at}
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, err
	}
	return out, nil
}

// ours reports whether the control is carried out by the entity itself for the
// component.
func (w *walker) ours(c *controls.Control, component string) bool {
	if slices.ContainsFunc(w.in.ReliesOn, func(r controls.ReliesOn) bool { return r.Control == c.ID && r.Component == component }) {
		return false
	}
	if covered, _ := c.Applies.In(w.in.Categories); !covered {
		return false
	}
	return component == controls.EntityComponent || slices.ContainsFunc(w.in.Components, func(k controls.Component) bool {
		applies, _ := c.Applies.To(k)
		return applies && k.ID == component
	})
}

// fill says what the test's letters are of the item.
func (w *walker) fill(ctx context.Context, j job, x *Walkthrough) error {
	whole, err := statement.Whole(j.test)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, w.in.limit())
	defer cancel()
	e := &explainer{db: w.db, test: j.test}
	var columns []string
	query := w.ever + "SELECT * FROM (\n" + whole + "\n) AS q WHERE CAST(q.item AS TEXT) = " + textLiteral(x.Item) + " AND q.component = " + textLiteral(x.Component) +
		" AND q.at = " + textLiteral(x.At)
	err = each(ctx, w.db, query, func(names []string) error {
		columns = names
		return nil
	}, func(v []any) error {
		found := e.values(columns, v)
		x.Letters, x.Row = found.Letters, found.Row
		return nil
	})
	if err != nil {
		return err
	}
	for i := range x.Letters {
		reads, err := e.readsOf(ctx, x.Letters[i].SQL)
		if err != nil {
			return err
		}
		if w.unseen(j.test, x.Component, readSetOf(reads)) {
			x.Letters[i].Value = controls.LetterNull
		}
	}
	return nil
}

// unseen reports whether something that a letter reads could not be seen. What
// it gives then is no fact of the item.
func (w *walker) unseen(t *controls.Test, component string, reads *readSet) bool {
	for _, g := range w.in.Gaps {
		rowsOfBase := string(g.Kind) == strings.TrimSuffix(t.Base, obsSuffix) && len(g.Columns) == 0
		if !rowsOfBase && concerns(g.Component, component) && reads.hit(g, w.in.Window) {
			return true
		}
	}
	return slices.ContainsFunc(w.in.Missing, func(m freeze.Missing) bool { return slices.Contains(reads.columns[m.Kind], m.Column) })
}
