package freeze

import (
	"context"
	"database/sql"
	"fmt"
)

// rowsPerInsert is how many rows one statement takes: beyond some ten, more
// rows make it no faster.
const rowsPerInsert = 32

// inserter collects rows and inserts them many at a time.
type inserter struct {
	conn  *sql.Conn
	table *Table
	many  *sql.Stmt
	args  []any
	rows  int
}

func newInserter(ctx context.Context, conn *sql.Conn, t *Table) (*inserter, error) {
	many, err := conn.PrepareContext(ctx, t.insertSQL(rowsPerInsert))
	if err != nil {
		return nil, fmt.Errorf("prepare the insertion: %w", err)
	}
	return &inserter{conn: conn, table: t, many: many, args: make([]any, 0, rowsPerInsert*t.width())}, nil
}

func (in *inserter) add(ctx context.Context, row []any) error {
	in.args = in.table.appendSQL(in.args, row)
	in.rows++
	if in.rows < rowsPerInsert {
		return nil
	}
	_, err := in.many.ExecContext(ctx, in.args...)
	in.args, in.rows = in.args[:0], 0
	return err
}

// flush inserts the rows that are left.
func (in *inserter) flush(ctx context.Context) error {
	if in.rows == 0 {
		return nil
	}
	_, err := in.conn.ExecContext(ctx, in.table.insertSQL(in.rows), in.args...)
	in.args, in.rows = in.args[:0], 0
	return err
}

func (in *inserter) close() error { return in.many.Close() }
