package evaluate

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/evidence"
)

// Counts are what the count statements of a test say of one component, those
// that an auditor runs by hand.
type Counts struct {
	Population, Pass, Deviation, Indeterminate, NotDue int64
	Excluded                                           int64
}

// Recounted is the counts by test and component. It holds every component that
// has rows, also where the control does not apply to it.
type Recounted map[string]map[string]Counts

// Recount runs the count statements of every test on a frozen database. The
// counts of a result for which there are no rows are zero.
func Recount(ctx context.Context, database string, catalog *controls.Catalog) (Recounted, error) {
	in := recountInput(database, catalog)
	c := counter{out: Recounted{}}
	if err := executeCounts(ctx, &in, &c); err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	return c.out, nil
}

// RecountSandboxed does what Recount does, in a child process as RunSandboxed
// starts it: for a catalogue and a database that came from elsewhere.
func RecountSandboxed(ctx context.Context, argv []string, database string, catalog *controls.Catalog) (Recounted, error) {
	in := recountInput(database, catalog)
	c := counter{out: Recounted{}}
	if err := runChild(ctx, argv, &in, true, &c); err != nil {
		return nil, fmt.Errorf("recount: %w", err)
	}
	return c.out, nil
}

func recountInput(database string, catalog *controls.Catalog) Input {
	return Input{Database: database, Catalog: catalog, Window: evidence.Window{From: 0, To: 1}}
}

// executeCounts runs the count statements in the place of those of items.
func executeCounts(ctx context.Context, in *Input, to receiver) error {
	counted := *in
	counted.counts = true
	return execute(ctx, &counted, to)
}

// counter collects the counts of count statements.
type counter struct {
	out     Recounted
	test    string
	columns []string
}

func (c *counter) located(string, string) error { return nil }

func (c *counter) begin(b begun) error {
	c.test, c.columns = b.Test, b.Columns
	c.out[b.Test] = map[string]Counts{}
	return nil
}

func (c *counter) row(v []any) error {
	var n Counts
	component := ""
	into := map[string]*int64{"population": &n.Population, "pass": &n.Pass, "deviation": &n.Deviation, "indeterminate": &n.Indeterminate, "not_due": &n.NotDue}
	for i, name := range c.columns {
		if name == "component" {
			component, _ = v[i].(string)
		}
		if p := into[name]; p != nil {
			*p, _ = v[i].(int64)
		}
	}
	if component == "" || n.Population != n.Pass+n.Deviation+n.Indeterminate+n.NotDue {
		return fmt.Errorf("test %s: the counts do not add up: %v", c.test, v)
	}
	c.out[c.test][component] = n
	return nil
}

func (c *counter) excluded(component, _ string, rows int64) error {
	n := c.out[c.test][component]
	n.Excluded += rows
	c.out[c.test][component] = n
	return nil
}

func (c *counter) end() error { return nil }
