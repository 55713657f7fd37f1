package app

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/integrity"
)

const sealWorkspace = `schema: tieout/workspace/v1
entity: {name: Example Lending, system: Decisioning}
engagement: {type: 2, from: 2026-01-01, to: 2026-06-30, zone: UTC}
components:
  - {id: m1, kind: ml_model, deployment: private, decision_effect: automated}
signing: {key: "file:own.key"}
`

// TestSealThatWasChangedInTheStoreIsNoAnchor rewrites the journal's line about
// a seal, as whoever holds the store could.
func TestSealThatWasChangedInTheStoreIsNoAnchor(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, workspace.FileName), []byte(sealWorkspace), 0o600); err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := NewKey(ws); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "a.jsonl")
	if err := os.WriteFile(log, []byte("{\"a\":1}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), ws, Options{Doing: "seal"})
	if err != nil {
		t.Fatal(err)
	}
	_, sealed, err := a.Seal(t.Context(), []string{log}, integrity.Options{})
	if err != nil || len(sealed) != 1 || sealed[0].Log != "a.jsonl" {
		t.Fatalf("%+v, %v", sealed, err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if seals, _, err := PriorSeals(t.Context(), ws); err != nil || len(seals) != 1 || seals[0].Records != 1 {
		t.Fatalf("%+v, %v", seals, err)
	}
	tamper(t, filepath.Join(dir, ".tieout", "store", "journal.sqlite"))
	if seals, _, err := PriorSeals(t.Context(), ws); err == nil {
		t.Errorf("a changed seal was read: %+v", seals)
	}
}

// tamper makes the seal speak of another log.
func tamper(t *testing.T, journal string) {
	t.Helper()
	db, err := sql.Open("sqlite", journal)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ctx := context.Background()
	var trigger, refusal string
	if err := db.QueryRowContext(ctx, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entries' AND sql LIKE '%BEFORE UPDATE%'").Scan(&trigger, &refusal); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(ctx, "DROP TRIGGER "+trigger); err != nil {
		t.Fatal(err)
	}
	r, err := db.ExecContext(ctx, "UPDATE entries SET json = replace(json, 'a.jsonl', 'b.jsonl') WHERE type = 'seal'")
	if err == nil {
		_, err = db.ExecContext(ctx, refusal)
	}
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := r.RowsAffected(); n != 1 {
		t.Fatalf("%d rows were changed", n)
	}
}
