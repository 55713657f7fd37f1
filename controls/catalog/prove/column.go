package prove

import (
	"github.com/tieout/tieout/controls/freeze"
	"github.com/tieout/tieout/evidence"
)

// cell is one column of a table that a test reads, as people name it: a time
// and its twin are one, the persons behind identities are one of their own.
type cell struct {
	table *freeze.Table
	index int // in table.Columns
	null  evidence.Null
	moved bool // some change of it changed something
}

func (c *cell) column() *freeze.Column { return &c.table.Columns[c.index] }

// isPeople reports whether the column holds the persons behind a list of
// identities: always as many as those.
func (c *cell) isPeople() bool {
	return c.column().PersonOf != "" && c.column().Type == evidence.List
}

func (c *cell) name() string { return c.table.Name + "." + c.column().Name }

// cells returns what the test reads of the evidence and of system tables, and
// what can be absent there. Tables p and period are left out: a parameter that
// is not set makes the test not tested, whatever its statements say.
func (b *bench) cells() []*cell {
	var out []*cell
	for _, t := range b.tables {
		if t.Name == "p" || t.Name == "period" {
			continue
		}
		for i := range t.Columns {
			c := &t.Columns[i]
			if null := nullOf(t.Name, c); null != evidence.NullRequired && (b.isRead(t.Name, c.Name) || c.Twin != "" && b.isRead(t.Name, c.Twin)) {
				out = append(out, &cell{table: t, index: i, null: null})
			}
		}
	}
	return out
}

func (b *bench) isRead(table, column string) bool {
	for _, r := range b.reads {
		if r.Table == table && r.Column == column {
			return true
		}
	}
	return false
}
