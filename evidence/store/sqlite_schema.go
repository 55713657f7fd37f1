package store

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence/ledger"
)

//go:embed schema.sql
var schemaSQL string

// What the file says of itself. The version is raised when a table changes.
const (
	applicationID = 0x74696f75 // "tiou"
	schemaVersion = 1
)

// statements are those of the schema, as SQLite keeps them.
func statements() []string {
	var out []string
	for s := range strings.SplitSeq(schemaSQL, "\n\n") {
		out = append(out, strings.TrimSuffix(strings.TrimSpace(s), ";"))
	}
	return out
}

// createSchema makes the tables of an empty journal, all of them or none.
func createSchema(ctx context.Context, db *sql.DB) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, rollback(tx))
		}
	}()
	head, err := ledger.HeadAt(0, nil)
	if err != nil {
		return err
	}
	for _, s := range append(statements(),
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", schemaVersion),
	) {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO head (one, size, root) VALUES (1, 0, ?)", head.Root[:]); err != nil {
		return err
	}
	return tx.Commit()
}

// isEmpty reports whether the file has no table yet: it is new, or whoever made
// it was stopped.
func isEmpty(ctx context.Context, db *sql.DB) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	return err == nil && n == 0, err
}

// checkFile reports why the file cannot be read as a journal of this version: a
// view in a table's place would make its answers another thing.
func checkFile(ctx context.Context, db *sql.DB) error {
	empty, err := isEmpty(ctx, db)
	if err != nil {
		return err
	}
	if empty {
		return fmt.Errorf("%w: whoever was making it was stopped", ErrNoStore)
	}
	var app, version int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&app); err != nil {
		return err
	}
	if app != applicationID {
		return errors.New("it is no journal of tieout")
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version != schemaVersion {
		return fmt.Errorf("its version is %d, and this tieout knows %d: use the tieout that wrote it", version, schemaVersion)
	}
	got, err := schemaOf(ctx, db)
	if err != nil {
		return err
	}
	for _, s := range statements() {
		if strings.HasPrefix(s, "CREATE TABLE ") && !slices.Contains(got, s) {
			return fmt.Errorf("%w: a table is not the one that tieout made", ErrDamaged)
		}
	}
	for _, s := range got {
		if !slices.Contains(statements(), s) && !strings.HasPrefix(s, "CREATE INDEX ") && !strings.HasPrefix(s, "CREATE TRIGGER ") {
			return fmt.Errorf("%w: it holds %.100q, which tieout did not make", ErrDamaged, s)
		}
	}
	return nil
}

// checkSchema reports whether an index or trigger was added or taken away.
func checkSchema(ctx context.Context, db *sql.DB) error {
	got, err := schemaOf(ctx, db)
	if err != nil {
		return err
	}
	want := statements()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%w: its indexes or triggers are not those that tieout made", ErrDamaged)
	}
	return nil
}

// schemaOf returns the statements that the file was made by, sorted.
func schemaOf(ctx context.Context, db *sql.DB) (out []string, err error) {
	rows, err := db.QueryContext(ctx, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out, rows.Err()
}
