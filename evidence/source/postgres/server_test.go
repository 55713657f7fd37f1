package postgres

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

const password = "owl-and-lark-58"

// server is a scratch database, another one beside it, and roles: reader may
// see what the documentation asks for, bare has no right at all.
type server struct {
	name         string
	reader, bare string
	super, risky string
	root         *pgx.Conn
	host         string
}

func run(t *testing.T, c *pgx.Conn, list ...string) {
	t.Helper()
	for _, sql := range list {
		if _, err := c.Exec(context.WithoutCancel(t.Context()), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func scratch(t *testing.T) *server {
	t.Helper()
	dsn := os.Getenv("TIEOUT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("SKIPPED: set TIEOUT_TEST_POSTGRES to the DSN (a URL) of a superuser on a scratch server to test the catalogues of PostgreSQL")
	}
	ctx := t.Context()
	n := fmt.Sprintf("tieout_roles_%d", os.Getpid())
	root, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{name: n, super: dsn, root: root, host: at.Host}
	for role, to := range map[string]*string{n + "_ro": &s.reader, n + "_bare": &s.bare, n + "_risky": &s.risky} {
		u := *at
		u.User, u.Path = url.UserPassword(role, password), "/"+n
		*to = u.String()
	}
	roles := []string{"_ro", "_bare", "_risky", "_mara_admin", "_svc_score", "_svc_old", "_left_admin", "_writers", "_deep", "_makers"}
	create := []string{"CREATE DATABASE " + n, `CREATE DATABASE "` + n + `_two.x"`}
	for _, r := range roles {
		create = append(create, "CREATE ROLE "+n+r)
	}
	t.Cleanup(func() {
		run(t, root, "DROP DATABASE IF EXISTS "+n+" WITH (FORCE)", `DROP DATABASE IF EXISTS "`+n+`_two.x" WITH (FORCE)`)
		for _, r := range roles {
			run(t, root, "DROP ROLE IF EXISTS "+n+r)
		}
		_ = root.Close(context.Background())
	})
	run(t, root, create...)
	run(t, root, "ALTER ROLE "+n+"_ro LOGIN PASSWORD '"+password+"'", "ALTER ROLE "+n+"_bare LOGIN PASSWORD '"+password+"'", "ALTER ROLE "+n+"_risky LOGIN NOINHERIT PASSWORD '"+password+"'",
		"GRANT pg_execute_server_program TO "+n+"_risky", "GRANT pg_read_all_settings TO "+n+"_ro", "ALTER ROLE "+n+"_ro SET default_transaction_read_only = on",
		"ALTER ROLE "+n+"_mara_admin LOGIN", "ALTER ROLE "+n+"_svc_score LOGIN PASSWORD 'x' VALID UNTIL 'infinity'", "ALTER ROLE "+n+"_svc_old LOGIN PASSWORD 'x' VALID UNTIL '2026-03-01 10:00+00'",
		"ALTER ROLE "+n+"_makers CREATEROLE", "GRANT "+n+"_deep TO "+n+"_writers", "GRANT "+n+"_writers TO "+n+"_mara_admin WITH ADMIN OPTION", "GRANT "+n+"_makers TO "+n+"_svc_score")
	for database, list := range map[string][]string{
		n: {
			"GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO " + n + "_ro", "GRANT SELECT ON pg_hba_file_rules TO " + n + "_ro",
			"CREATE SCHEMA scores", `CREATE TABLE scores."Odd.Name" (id int, who text)`, "CREATE TABLE scores.log (id int)", "CREATE VIEW scores.view AS SELECT 1 AS x",
			`GRANT SELECT ON scores."Odd.Name" TO ` + n + "_svc_score", "GRANT INSERT, UPDATE ON scores.log TO " + n + "_deep", "GRANT SELECT (who) ON scores.\"Odd.Name\" TO " + n + "_mara_admin",
			"GRANT SELECT ON scores.view TO PUBLIC", "ALTER DEFAULT PRIVILEGES IN SCHEMA scores GRANT DELETE ON TABLES TO " + n + "_svc_score",
		},
		n + "_two.x": {"CREATE TABLE elsewhere (id int)", "GRANT TRUNCATE ON elsewhere TO " + n + "_mara_admin"},
	} {
		u := *at
		u.Path = "/" + database
		c, err := pgx.Connect(ctx, u.String())
		if err != nil {
			t.Fatal(err)
		}
		run(t, c, list...)
		_ = c.Close(ctx)
	}
	return s
}

const config = `{id: appdb, type: postgres, dsn: env:DSN, people: ["*_admin"], services: ["*_svc_*"]}`

type pulled struct {
	*engine.Result
	keeper  *sourcetest.Keeper
	records map[evidence.Kind]map[string]*evidence.Record
}

func (s *server) pull(t *testing.T, dsn string) pulled {
	t.Helper()
	k := &sourcetest.Keeper{}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), sourcetest.Fixture{Dir: t.TempDir(), Secret: map[string]string{"env:DSN": dsn}}, config, k))
	if err != nil {
		t.Fatal(err)
	}
	p := pulled{res, k, map[evidence.Kind]map[string]*evidence.Record{}}
	for _, r := range sourcetest.Records(t, k) {
		if p.records[r.Schema.Kind] == nil {
			p.records[r.Schema.Kind] = map[string]*evidence.Record{}
		}
		p.records[r.Schema.Kind][strings.NewReplacer(s.name, "N", "under-test", "appdb").Replace(r.NativeID)] = r
	}
	for _, b := range k.Blobs {
		if strings.Contains(string(b), password) || strings.Contains(string(b), "SCRAM") {
			t.Error("a password stands in what was kept")
		}
	}
	return p
}

func (p pulled) gaps(reason evidence.GapReason) string {
	var out []string
	for _, g := range p.Gaps {
		if g.Reason == reason {
			out = append(out, strings.TrimSpace(string(g.Kind)+" "+strings.Join(g.Columns, ",")))
		}
	}
	return strings.Join(out, "; ")
}

func TestPostgresRolesAndRights(t *testing.T) {
	s := scratch(t)
	p := s.pull(t, s.reader)
	if p.Error != "" || len(p.Gaps) > 0 {
		t.Fatalf("%s %+v", p.Error, p.Gaps)
	}
	for id, want := range map[string]string{
		"appdb/N_mara_admin": "human active", "appdb/N_svc_score": "service active", "appdb/N_svc_old": "service active",
		"appdb/N_left_admin": "human disabled", "appdb/N_ro": " active", "appdb/postgres": " active",
	} {
		r := p.records["principal"][id]
		if r == nil || r.Text("principal_kind")+" "+r.Text("status") != want || r.Value("created_at") != nil || !slices.Contains(r.Missing, "mfa_enrolled") || !slices.Contains(r.Missing, "last_login_at") {
			t.Errorf("%s: %+v", id, r)
			continue
		}
	}
	if p.records["principal"]["appdb/N_writers"] != nil || p.records["principal"]["appdb/pg_monitor"] != nil {
		t.Error("a group passes for an account")
	}
	for id, privileged := range map[string]bool{
		`appdb/N_svc_score SELECT on appdb/table/N.scores."Odd.Name"`:            false,
		"appdb/N_mara_admin INSERT on appdb/table/N.scores.log via N_deep":       true,
		"appdb/N_mara_admin MEMBER on appdb/role/N_deep":                         false,
		"appdb/N_mara_admin ADMIN on appdb/role/N_writers":                       true,
		`appdb/N_mara_admin SELECT on appdb/column/N.scores."Odd.Name".who`:      false,
		"appdb/PUBLIC SELECT on appdb/table/N.scores.view":                       false,
		"appdb/PUBLIC CONNECT on appdb/database/N":                               false,
		"appdb/N_svc_score DELETE on appdb/default/N.scores: tables of postgres": true,
		"appdb/N_svc_score CREATEROLE on appdb/server via N_makers":              true,
		"appdb/N_svc_score MEMBER on appdb/role/N_makers":                        true,
		"appdb/postgres SUPERUSER on appdb/server":                               true,
		"appdb/postgres OWNER on appdb/schema/N.scores":                          true,
		`appdb/N_mara_admin TRUNCATE on appdb/table/"N_two.x".public.elsewhere`:  true,
		"appdb/N_ro MEMBER on appdb/role/pg_read_all_settings":                   false,
		"appdb/N_risky MEMBER on appdb/role/pg_execute_server_program":           true,
	} {
		r := p.records["grant"][id]
		if r == nil || r.Value("privileged") != privileged || !slices.Contains(r.Missing, "granted_at") || !slices.Contains(r.Missing, "approved_by") {
			t.Errorf("%s: %+v", id, r)
		}
	}
	for id := range p.records["grant"] {
		if strings.Contains(id, "pg_catalog") || strings.Contains(id, "information_schema") {
			t.Errorf("a right on the system: %s", id)
		}
	}
	if r := p.records["credential"]["appdb/N_svc_old password"]; r == nil || r.Text("status") != "inactive" || fmt.Sprint(r.Value("ended_at")) != "2026-03-01T10:00:00.000000Z" {
		t.Errorf("%+v", r)
	}
	if r := p.records["credential"]["appdb/N_svc_score password"]; r == nil || r.Text("status") != "active" || r.Value("ended_at") != nil || slices.Contains(r.Missing, "ended_at") {
		t.Errorf("%+v", r)
	}
	if p.records["credential"]["appdb/N_mara_admin password"] != nil {
		t.Error("a person's password passes for a program's")
	}
	for _, k := range p.Kinds {
		if (k.Kind == "grant" || k.Kind == "principal") && (k.Total == nil || *k.Total != k.Accounted()) {
			t.Errorf("%+v", k)
		}
	}
}

func TestPostgresSettings(t *testing.T) {
	s := scratch(t)
	p := s.pull(t, s.reader)
	audit := p.records["log_source"]
	var version string
	if err := s.root.QueryRow(t.Context(), "SELECT coalesce(current_setting('pgaudit.log', true), '')").Scan(&version); err != nil {
		t.Fatal(err)
	}
	if len(audit) != 1 {
		t.Fatal(audit)
	}
	for _, r := range audit {
		if r.Value("enabled") != (version != "" && version != "none") || !slices.Contains(r.Missing, "retention_days") {
			t.Errorf("pgaudit.log is %q: %v", version, r.Values)
		}
	}
	if version == "" {
		t.Log("!!! this server has no pgaudit: presence was not tested")
	}
	for _, r := range p.records["endpoint"] {
		if r.Value("tls_min_rank") != int64(0) { // the scratch server has no certificate
			t.Errorf("%v", r.Values)
		}
	}
	idle := func() any {
		for _, r := range s.pull(t, s.reader).records["session_policy"] {
			return fmt.Sprint(r.Value("idle_timeout_s"), r.Value("absolute_timeout_s"), r.Missing)
		}
		return nil
	}
	if got := idle(); got != "<nil> <nil> []" {
		t.Error(got)
	}
	run(t, s.root, "ALTER ROLE "+s.name+"_mara_admin SET idle_session_timeout = '1h'", "ALTER DATABASE "+s.name+" SET pgaudit.log = 'none'")
	if got := idle(); got != "<nil> <nil> [idle_timeout_s]" {
		t.Error(got)
	}
	for _, r := range s.pull(t, s.reader).records["log_source"] {
		if version != "" && !slices.Contains(r.Missing, "enabled") {
			t.Errorf("an override was not seen: %v", r.Values)
		}
	}
}

func TestPostgresLeastPrivilege(t *testing.T) {
	s := scratch(t)
	p := s.pull(t, s.bare)
	if got := p.gaps(evidence.GapPermission); p.Error != "" || !strings.Contains(got, "log_source enabled") {
		t.Errorf("%q %s", got, p.Error)
	}
	for _, r := range p.records["log_source"] {
		if r.Value("enabled") != nil || !slices.Contains(r.Missing, "enabled") {
			t.Errorf("a setting that is not shown became a fact: %v", r.Values)
		}
	}
	if p.records["grant"]["appdb/N_mara_admin INSERT on appdb/table/N.scores.log via N_deep"] == nil {
		t.Error("catalogues need no right")
	}
	run(t, s.root, `REVOKE CONNECT ON DATABASE "`+s.name+`_two.x" FROM PUBLIC`)
	if p = s.pull(t, s.reader); p.gaps(evidence.GapPermission) != "grant" || p.Error != "" {
		t.Errorf("a database that cannot be entered: %+v %s", p.Gaps, p.Error)
	}
	for name, c := range map[string]struct{ dsn, says string }{
		"superuser":      {s.super, "CREATE ROLE"},
		"runs programs":  {s.risky, "pg_execute_server_program"},
		"wrong password": {strings.Replace(s.reader, password, "no-"+password, 1), "28P01"},
	} {
		p := s.pull(t, c.dsn)
		if !strings.Contains(p.Error, c.says) || len(p.keeper.Lines) > 0 || strings.Contains(p.Error, password) || strings.Count(p.gaps(evidence.GapPermission), ";") != 5 {
			t.Errorf("%s: %q %+v", name, p.Error, p.Gaps)
		}
	}
	c := sourcetest.Collector(t, spec(t), config).(source.Checker)
	for dsn, says := range map[string]string{s.reader: "", s.bare: "GRANT pg_read_all_settings", s.super: "CREATE ROLE"} {
		err := c.Check(t.Context(), checkEnv(t, dsn))
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	run(t, s.root, "GRANT pg_read_all_settings TO "+s.name+"_bare")
	if err := c.Check(t.Context(), checkEnv(t, s.bare)); err == nil || !strings.Contains(err.Error(), "pg_hba_file_rules") {
		t.Error(err)
	}
}

func TestPostgresContract(t *testing.T) {
	s := scratch(t)
	rows := int64(len(s.pull(t, s.reader).keeper.Lines))
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: config, Empty: config, Dir: t.TempDir(), Rows: rows, Secret: map[string]string{"env:DSN": s.reader}})
}

func checkEnv(t *testing.T, dsn string) source.CheckEnv {
	t.Helper()
	return source.CheckEnv{Secret: func(string) (secret.Value, error) { return secret.New(dsn), nil }, Now: sourcetest.Now}
}
