package litellm

import (
	"context"
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

const (
	password = "heron-and-wren-14"
	content  = "words of a customer"
	provider = "sk-of-the-provider"
)

func spec(t testing.TB) source.Spec {
	t.Helper()
	return sourcetest.Spec(t, "litellm")
}

// proxy is a database with LiteLLM's own tables, filled by us.
type proxy struct {
	admin  *pgx.Conn
	dsn    string
	reader string
	bare   string // a role without any right
}

func scratch(t testing.TB) *proxy {
	t.Helper()
	dsn := os.Getenv("TIEOUT_TEST_LITELLM")
	if dsn == "" {
		t.Skip("!!! NOT RUN against LiteLLM's real tables: run .ci/servers/litellm and set the line it prints")
	}
	ctx := t.Context()
	admin, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{admin: admin, dsn: dsn}
	for role, to := range map[string]*string{"tieout_ro": &p.reader, "tieout_bare": &p.bare} {
		u := *at
		u.User = url.UserPassword(role, password)
		*to = u.String()
		p.all(t, "DROP OWNED BY IF EXISTS "+role, "DROP ROLE IF EXISTS "+role, "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"' NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS")
	}
	for _, line := range spec(t).Access { // what doctor prints, and nothing else
		if strings.HasPrefix(line, "GRANT") || strings.HasPrefix(line, "ALTER ROLE") {
			p.all(t, line)
		}
	}
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	p.all(t, `TRUNCATE "LiteLLM_SpendLogs", "LiteLLM_VerificationToken", "LiteLLM_DeletedVerificationToken", "LiteLLM_UserTable", "LiteLLM_TeamTable", "LiteLLM_AuditLog", "LiteLLM_DailyUserSpend" CASCADE`)
	return p
}

func (p *proxy) all(t testing.TB, list ...string) {
	t.Helper()
	for _, sql := range list {
		if strings.HasPrefix(sql, "DROP OWNED BY IF EXISTS ") {
			role := strings.TrimPrefix(sql, "DROP OWNED BY IF EXISTS ")
			sql = "DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '" + role + "') THEN DROP OWNED BY " + role + "; END IF; END $$"
		}
		if _, err := p.admin.Exec(context.WithoutCancel(t.Context()), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func (p *proxy) fill(t testing.TB) {
	t.Helper()
	p.all(t,
		`INSERT INTO "LiteLLM_TeamTable" (team_id, team_alias, members_with_roles) VALUES ('t1', 'support', '[{"role": "admin", "user_id": "nora"}, {"user_id": "omar"}, {"role": "user", "user_email": "x@example.com"}]'), ('t2', NULL, '{}')`,
		`INSERT INTO "LiteLLM_UserTable" (user_id, user_email, user_role, password, sso_user_id, created_at) VALUES ('nora', 'Nora@Example.com', 'proxy_admin', '`+provider+`', 'W7', '2026-01-02 03:04:05'), ('omar', NULL, NULL, NULL, NULL, NULL)`,
		`INSERT INTO "LiteLLM_VerificationToken" (token, key_name, key_alias, user_id, team_id, models, expires, blocked, created_at, created_by, metadata) VALUES
			('h1', 'sk-...aaaa', 'letter-writer', 'nora', 't1', '{gpt-4o,claude}', NULL, NULL, '2026-01-03', 'nora', '{"secret": "`+provider+`"}'),
			('h2', 'sk-...bbbb', NULL, NULL, 't1', '{}', '2026-02-01', NULL, '2026-01-03', 'nora', '{}'),
			('h3', 'sk-...cccc', 'blocked', 'omar', NULL, NULL, NULL, true, '2026-01-03', 'nora', '{}')`,
		`INSERT INTO "LiteLLM_DeletedVerificationToken" (id, token, key_alias, user_id, models, created_at, deleted_at) VALUES ('x1', 'h9', 'old-bot', 'omar', '{gpt-4o}', '2026-01-01', '2026-03-01'), ('x2', 'h9', 'old-bot', 'omar', '{gpt-4o}', '2026-01-01', '2026-03-02')`,
		`INSERT INTO "LiteLLM_AuditLog" (id, updated_at, changed_by, action, table_name, object_id, before_value, updated_values) VALUES ('a1', '2026-03-02 10:00:00', 'nora', 'updated', 'LiteLLM_VerificationToken', 'h1', '{"k": "`+provider+`"}', '{}'), ('a0', '2020-01-01', 'nora', 'created', 'x', 'y', NULL, NULL)`,
		`INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, "startTime", "endTime", model, model_group, custom_llm_provider, api_base, team_id, status, messages, response, proxy_server_request) VALUES
			('r1', 'acompletion', 'h1', '2026-03-02 10:00:00.123', '2026-03-02 10:00:01', 'gpt-4o-2024', 'gpt-4o', 'openai', 'https://u:`+provider+`@api.example/v1?key=`+provider+`', 't1', 'success', '"`+content+`"', '{}', '{}'),
			('r2', 'acompletion', 'h9', '2026-03-02 10:00:02', '2026-03-02 10:00:02', 'gpt-4o', '', '', '', NULL, 'failure', '{}', '{}', '{}'),
			('r3', 'aembedding', 'h2', '2026-03-03 23:59:59.998', '2026-03-04 00:00:00', 'embed', NULL, 'openai', 'https://api.example/v1/', 't1', NULL, '{}', '{}', '{}'),
			('', 'acompletion', 'unknown', '2026-03-04 10:00:00', '2026-03-04 10:00:00', 'gpt-4o', NULL, 'openai', NULL, NULL, 'success', '{}', '{}', '{}'),
			('before', 'acompletion', 'h1', '2020-01-01', '2020-01-01', 'm', NULL, NULL, NULL, NULL, 'success', '{}', '{}', '{}')`,
		`INSERT INTO "LiteLLM_DailyUserSpend" (id, user_id, date, api_key, model, api_requests, successful_requests, failed_requests, updated_at) VALUES
			('d1', 'nora', '2026-03-02', 'h1', 'm', 1, 1, 0, now()), ('d2', 'omar', '2026-03-02', 'h9', 'm', 2, 1, 1, now()), ('d3', 'nora', '2026-03-03', 'h2', 'm', 1, 1, 0, now()), ('d4', '', '2026-03-04', 'k', 'm', 1, 1, 0, now()), ('d5', 'nora', '2026-03-05', 'h1', 'm', 7, 7, 0, now())`)
}

const config = "{id: gw, type: litellm, dsn: env:DSN}"

func (p *proxy) pull(t testing.TB, dsn, config string) (*engine.Result, map[string]*evidence.Record) {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Dir: t.TempDir(), Secret: map[string]string{"env:DSN": dsn}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, config, k))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range k.Blobs {
		for _, s := range []string{password, content, provider} {
			if strings.Contains(string(b), s) {
				t.Errorf("%q stands in what was kept: %.300s", s, b)
			}
		}
	}
	out := map[string]*evidence.Record{}
	for _, r := range sourcetest.Records(t, k) {
		out[string(r.Schema.Kind)+" "+r.NativeID] = r
	}
	return res, out
}

// TestPostgres reads LiteLLM's own tables with exactly the rights that doctor
// prints.
func TestPostgres(t *testing.T) {
	p := scratch(t)
	p.fill(t)
	res, got := p.pull(t, p.reader, config)
	if res.Error != "" {
		t.Fatal(res.Error)
	}
	for id, want := range map[string]map[string]any{
		"gateway_request r1":     {"project_id": "api.example", "component_id": "letter-writer", "provider": "openai", "model_requested": "gpt-4o", "model_returned": "gpt-4o-2024", "status": "ok", "produces_decision": true, "at": instant(t, "2026-03-02T10:00:00.123Z")},
		"gateway_request r2":     {"component_id": "old-bot", "provider": nil, "project_id": nil, "model_requested": "gpt-4o", "status": "error"},
		"gateway_request r3":     {"component_id": "support", "project_id": "api.example", "status": nil, "produces_decision": false},
		"credential h1":          {"status": "active", "principal_id": "nora", "owner_id": "nora", "ended_at": nil, "created_at": instant(t, "2026-01-03T00:00:00Z")},
		"credential h2":          {"status": "inactive", "principal_id": "t1", "ended_at": instant(t, "2026-02-01T00:00:00Z")},
		"credential h3":          {"status": "inactive", "principal_id": "omar", "component_id": "blocked"},
		"credential h9":          {"status": "inactive", "ended_at": instant(t, "2026-03-02T00:00:00Z")},
		"grant h1 on gpt-4o":     {"principal_id": "nora", "resource_id": "gpt-4o", "privileged": false, "revoked_at": nil},
		"grant h9 on gpt-4o":     {"revoked_at": instant(t, "2026-03-02T00:00:00Z")},
		"grant nora admin":       nil,
		"grant nora in admin":    nil,
		"principal nora":         {"email": "nora@example.com", "worker_id": "W7", "principal_kind": "human", "created_at": instant(t, "2026-01-02T03:04:05Z")},
		"principal omar":         {"email": nil, "principal_kind": nil},
		"config_event a1":        {"action": "updated LiteLLM_VerificationToken", "actor_id": "nora", "resource_id": "LiteLLM_VerificationToken/h1", "at": instant(t, "2026-03-02T10:00:00Z")},
		"gateway_request before": nil,
		"config_event a0":        nil,
	} {
		r := got[id]
		if (r == nil) != (want == nil) {
			t.Errorf("%s: %v", id, r)
			continue
		}
		for column, v := range want {
			if r.Value(column) != v {
				t.Errorf("%s, %s: %v, want %v", id, column, r.Value(column), v)
			}
		}
	}
	for _, id := range []string{"grant nora in admin in t1", "grant omar in user in t1", "grant nora has proxy_admin"} {
		if got[id] == nil {
			t.Errorf("no %s in %v", id, slices.Sorted(mapKeys(got)))
		}
	}
	for _, k := range res.Kinds {
		if k.Total != nil && *k.Total != k.Accounted() {
			t.Errorf("%+v", k)
		}
	}
	days := map[string]evidence.Gap{}
	for _, g := range res.Gaps {
		switch g.Reason {
		case evidence.GapCountMismatch:
			days[g.From.String()[:10]] = g
		case evidence.GapNotProvided, evidence.GapRejected:
		default:
			t.Errorf("%+v", g)
		}
	}
	if len(days) != 2 || days["2026-03-02"].Rows != 1 || days["2026-03-05"].Rows != 7 {
		t.Errorf("%+v", days)
	}
}

func instant(t testing.TB, s string) evidence.Instant {
	t.Helper()
	i, err := evidence.ParseInstant(s)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func mapKeys(m map[string]*evidence.Record) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestPostgresWithoutARight takes the rights away one table after the other:
// what needs it is a gap that says what to grant, and the rest still comes.
func TestPostgresWithoutARight(t *testing.T) {
	p := scratch(t)
	p.fill(t)
	for table, kind := range map[string]evidence.Kind{"LiteLLM_AuditLog": "config_event", "LiteLLM_UserTable": "principal", "LiteLLM_SpendLogs": "gateway_request"} {
		t.Run(table, func(t *testing.T) {
			i := slices.IndexFunc(spec(t).Access, func(l string) bool { return strings.Contains(l, table) })
			grant := spec(t).Access[i]
			p.all(t, strings.NewReplacer("GRANT", "REVOKE", " TO ", " FROM ").Replace(grant))
			defer p.all(t, grant)
			res, got := p.pull(t, p.reader, config)
			if res.Error != "" || got["credential h1"] == nil {
				t.Errorf("%s %v", res.Error, got)
			}
			if !slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool {
				return g.Kind == kind && g.Reason == evidence.GapPermission && len(g.Columns) == 0 && strings.Contains(g.Detail, `ON "`+table+`"`)
			}) {
				t.Errorf("%+v", res.Gaps)
			}
			if err := p.check(t, p.reader); err == nil || !strings.Contains(err.Error(), "GRANT SELECT") {
				t.Errorf("doctor: %v", err)
			}
		})
	}
	if err := p.check(t, p.reader); err != nil {
		t.Errorf("doctor: %v", err)
	}
	res, got := p.pull(t, p.bare, config)
	if len(got) > 0 || len(res.Gaps) < len(emits()) {
		t.Errorf("%v %+v", got, res.Gaps)
	}
	for dsn, says := range map[string]string{p.dsn: "CREATE ROLE", strings.Replace(p.reader, password, "no-"+password, 1): "28P01", "nonsense " + password: "want postgres://"} {
		res, got := p.pull(t, dsn, config)
		if len(got) > 0 || !strings.Contains(res.Error, says) || strings.Contains(res.Error, password) {
			t.Errorf("%q %d", res.Error, len(got))
		}
	}
}

func (p *proxy) check(t *testing.T, dsn string) error {
	t.Helper()
	c, ok := sourcetest.Collector(t, spec(t), config).(source.Checker)
	if !ok {
		t.Fatal("doctor cannot ask it")
	}
	return c.Check(t.Context(), source.CheckEnv{Secret: func(string) (secret.Value, error) { return secret.New(dsn), nil }, Now: sourcetest.Now})
}

func TestPostgresOfAnOlderVersionAndAnEmptyAuditLog(t *testing.T) {
	p := scratch(t)
	p.fill(t)
	p.all(t, `TRUNCATE "LiteLLM_AuditLog"`, `ALTER TABLE "LiteLLM_VerificationToken" RENAME last_active TO later`)
	defer p.all(t, `ALTER TABLE "LiteLLM_VerificationToken" RENAME later TO last_active`)
	res, got := p.pull(t, p.reader, "{id: gw, type: litellm, dsn: env:DSN, retention: 30d}")
	if res.Error != "" || got["credential h1"] == nil {
		t.Fatalf("%s", res.Error)
	}
	for _, want := range []struct {
		reason evidence.GapReason
		kind   evidence.Kind
		column string
	}{{evidence.GapDisabled, "config_event", ""}, {evidence.GapNotProvided, "credential", "last_used_at"}, {evidence.GapRetention, "gateway_request", ""}} {
		if !slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool {
			return g.Reason == want.reason && g.Kind == want.kind && (want.column == "" || slices.Contains(g.Columns, want.column))
		}) {
			t.Errorf("no %+v in %+v", want, res.Gaps)
		}
	}
}

func TestPostgresKeepsTheContractOfSources(t *testing.T) {
	p := scratch(t)
	p.all(t, `INSERT INTO "LiteLLM_SpendLogs" (request_id, call_type, api_key, "startTime", "endTime", model, status) SELECT 'r' || i, 'acompletion', 'h', '2026-03-02'::timestamp + i / 3 * interval '1 second', '2026-03-02', 'm', 'success' FROM generate_series(1, 12345) i`,
		`INSERT INTO "LiteLLM_AuditLog" (id, updated_at, changed_by, action, table_name, object_id) VALUES ('a1', '2026-03-02', 'nora', 'updated', 'x', 'h1')`,
		`INSERT INTO "LiteLLM_DailyUserSpend" (id, user_id, date, api_key, model, api_requests, successful_requests, failed_requests, updated_at) VALUES ('d', 'nora', '2026-03-02', 'h', 'm', 12345, 12345, 0, now())`)
	res, got := p.pull(t, p.reader, config)
	if len(got) != 12346 || slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool { return g.Reason == evidence.GapCountMismatch }) {
		t.Errorf("%d records, %+v", len(got), res.Gaps)
	}
	sourcetest.Run(t, spec(t), sourcetest.Fixture{Config: config, Dir: t.TempDir(), Rows: 12346, Secret: map[string]string{"env:DSN": p.reader}})
}
