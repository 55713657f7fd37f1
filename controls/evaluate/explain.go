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
	"github.com/tieout/tieout/evidence"
)

// Explanation shows how a test came to what it says of one item.
type Explanation struct {
	Test      string        `json:"test"`
	Item      string        `json:"item"`
	Component string        `json:"component"`
	State     string        `json:"state"`            // excluded for a row that is no item
	Reason    string        `json:"reason,omitempty"` // of an exclusion
	Scope     LetterValue   `json:"scope"`
	NotDue    *LetterValue  `json:"not_due,omitempty"`
	Letters   []LetterValue `json:"letters"`
	Row       []Field       `json:"row"`              // the population's columns, in its order
	Policy    []InForce     `json:"policy,omitempty"` // values by which the row is judged, where one row has the key
}

// InForce is the value of a parameter that judges an item: the one that was in
// force on its date.
type InForce struct {
	Param string `json:"param"`
	Value any    `json:"value"` // as table p holds it
	Words string `json:"words"` // as people state it
}

// LetterValue is one expression of a test: what it asks, what came out, and
// what it looked at.
type LetterValue struct {
	Letter string          `json:"letter"`
	Words  string          `json:"words,omitempty"`
	Value  string          `json:"value"` // true, false or null
	SQL    string          `json:"sql"`
	Row    []Field         `json:"row"`   // the item's columns that it reads
	Reads  []controls.Read `json:"reads"` // columns of other rows that it reads
}

// Field is one value of a row.
type Field struct {
	Column string `json:"column"`
	Value  any    `json:"value"`
}

// Explain returns one explanation per row of the population with the key. A
// key that is in no row is evidence.ErrNotFound.
func Explain(ctx context.Context, in Input, testID, item string) (_ []Explanation, err error) {
	in.TestIDs = []string{testID}
	jobs, err := in.tests()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, in.limit())
	defer cancel()
	db, err := open(ctx, &in)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	e := &explainer{db: db, test: jobs[0].test, params: in.Catalog.Params}
	out, err := e.rows(ctx, item)
	if key, n, ok := strings.Cut(item, twinMark); err == nil && len(out) == 0 && ok && strings.Trim(n, "0123456789") == "" {
		out, err = e.rows(ctx, key)
	}
	if err != nil {
		return nil, fmt.Errorf("explain item %s of %s: %w", item, testID, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("item %s of %s: %w", item, testID, evidence.ErrNotFound)
	}
	return out, nil
}

type explainer struct {
	db     *readonly.DB
	test   *controls.Test
	params []controls.Param
}

func (e *explainer) rows(ctx context.Context, item string) ([]Explanation, error) {
	whole, err := statement.Whole(e.test)
	if err != nil {
		return nil, err
	}
	var out []Explanation
	var columns []string
	query := "SELECT * FROM (\n" + whole + "\n) AS q WHERE CAST(q.item AS TEXT) = " + textLiteral(item)
	err = each(ctx, e.db, query, func(names []string) error {
		columns = names
		return nil
	}, func(values []any) error {
		out = append(out, e.values(columns, values))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 1 {
		if out[0].Policy, err = e.policy(ctx, item); err != nil {
			return nil, err
		}
	}
	for i := range out {
		if err := e.reads(ctx, &out[i]); err != nil {
			return nil, err
		}
		if out[i].State == excludedState {
			if out[i].Reason, err = e.reasonOf(ctx, item); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// excludedState is what an explanation says of a row that is no item.
const excludedState = "excluded"

func textLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (e *explainer) values(columns []string, values []any) Explanation {
	value := func(name string) any { return values[slices.Index(columns, name)] }
	x := Explanation{
		Test: e.test.ID, Item: fmt.Sprint(value("item")), State: fmt.Sprint(value(statement.StateColumn)), Component: fmt.Sprint(value(statement.ComponentColumn)),
		Scope: LetterValue{Letter: "scope", Value: letterValue(value(statement.ScopeColumn)), SQL: e.test.Scope},
	}
	if x.Scope.Value == controls.LetterFalse {
		x.State = excludedState
	}
	if e.test.NotDue != "" {
		x.NotDue = &LetterValue{Letter: "not_due", Value: letterValue(value(statement.NotDueColumn)), SQL: e.test.NotDue}
	}
	for _, a := range e.test.Attributes {
		x.Letters = append(x.Letters, LetterValue{Letter: a.Letter, Words: a.Words, Value: letterValue(value(a.Letter)), SQL: a.SQL})
	}
	for i, name := range columns {
		if !slices.Contains([]string{statement.ComponentColumn, statement.ScopeColumn, statement.NotDueColumn, statement.StateColumn}, name) && len(name) > 1 {
			x.Row = append(x.Row, Field{name, values[i]})
		}
	}
	return x
}

// reads fills in what each expression looked at.
func (e *explainer) reads(ctx context.Context, x *Explanation) error {
	all := []*LetterValue{&x.Scope}
	if x.NotDue != nil {
		all = append(all, x.NotDue)
	}
	for i := range x.Letters {
		all = append(all, &x.Letters[i])
	}
	bare, err := e.readsOf(ctx, "p.from_at IS NOT NULL") // the population, and what chooses the row of policy
	if err != nil {
		return err
	}
	for _, l := range all {
		names, err := statement.Of("x", l.SQL)
		if err != nil {
			return err
		}
		for _, f := range x.Row {
			if slices.Contains(names, f.Column) {
				l.Row = append(l.Row, f)
			}
		}
		reads, err := e.readsOf(ctx, l.SQL)
		if err != nil {
			return err
		}
		own, err := e.readsOf(ctx, onlyColumns(names))
		if err != nil {
			return err
		}
		for _, r := range reads {
			if !slices.Contains(bare, r) && !slices.Contains(own, r) {
				l.Reads = append(l.Reads, r)
			}
		}
	}
	return nil
}

// onlyColumns is an expression that reads columns of the item and no more.
func onlyColumns(names []string) string {
	sql := "TRUE"
	for _, n := range names {
		sql += " AND x." + n + " IS NOT NULL"
	}
	return sql
}

func (e *explainer) readsOf(ctx context.Context, expression string) ([]controls.Read, error) {
	query, err := statement.Letter(e.test, expression)
	if err != nil {
		return nil, err
	}
	return e.db.Reads(ctx, query)
}

// reasonOf returns the first reason of exclusion that holds for the item.
func (e *explainer) reasonOf(ctx context.Context, item string) (string, error) {
	for _, reason := range e.test.Excluded {
		query, err := statement.Letter(e.test, reason.SQL)
		if err != nil {
			return "", err
		}
		holds := false
		err = each(ctx, e.db, "SELECT q.A FROM (\n"+query+"\n) AS q WHERE CAST(q.item AS TEXT) = "+textLiteral(item), nil, func(v []any) error {
			holds = holds || v[0] == int64(1)
			return nil
		})
		if err != nil || holds {
			return reason.Reason, err
		}
	}
	return statement.Unexplained, nil
}
