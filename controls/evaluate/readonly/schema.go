package readonly

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

// plainIndex is an index over columns of one table.
var plainIndex = regexp.MustCompile(`^CREATE INDEX "[a-z0-9_]+\.[a-z0-9_+]+" ON "[a-z0-9_]+" \("[a-z0-9_]+"(, "[a-z0-9_]+")*\)$`)

// checkSchema sees to it that the file holds the tables that were asked for,
// as they were made, and their indexes. A view can have a table's name and
// answer with something else, or run code in a program less careful.
func (d *DB) checkSchema(ctx context.Context, tables map[string]string) (err error) {
	d.guard.open = true
	defer func() { d.guard.open = false }()
	rows, err := d.conn.QueryContext(ctx, "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY name")
	if err != nil {
		return fmt.Errorf("read its schema: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var kind, name, create string
		if err := rows.Scan(&kind, &name, &create); err != nil {
			return fmt.Errorf("read its schema: %w", err)
		}
		switch want, known := tables[name]; {
		case kind == "table" && known && create == want:
			d.guard.tables[name] = true
		case kind == "table" && known:
			return fmt.Errorf("its table %s is not the one that this catalogue and this version of tieout make", name)
		case kind == "index" && (create == "" || plainIndex.MatchString(create)): // a key's index has no statement
		default:
			return fmt.Errorf("it holds the %s %s, which no frozen database does", kind, name)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read its schema: %w", err)
	}
	if len(d.guard.tables) == 0 {
		return errors.New("it holds no table: it is no frozen database")
	}
	return nil
}
