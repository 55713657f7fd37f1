package litellm

import (
	"fmt"
	"slices"
	"strings"
)

// part is what is asked of one or two of the proxy's tables: rows of JSON that
// one mapping turns into records.
type part struct {
	name    string
	mapping string
	tables  []tableUse
	sql     string // {columns} stands for those that this version has; $1 and $2 are the window
	window  bool
	key     []string
	count   string // the same rows, counted
}

// tableUse is one table with the columns that are read of it. Those that are
// not wanted by sql directly may be missing in older versions.
type tableUse struct {
	table   string
	alias   string
	columns []string
	newer   []string // that older versions do not have
}

const spendFrom = `FROM "LiteLLM_SpendLogs" s WHERE s."startTime" >= $1 AND s."startTime" < $2`

// parts leave out whatever holds content or secrets: messages, responses,
// requests, metadata, passwords and the parameters of models.
var parts = []part{
	{
		name: "calls", mapping: "spend", window: true,
		tables: []tableUse{
			{table: "LiteLLM_SpendLogs", alias: "s", columns: []string{"request_id", "call_type", "api_key", "startTime", "model", "model_group", "custom_llm_provider", "api_base", "team_id", "status"}},
			{table: "LiteLLM_VerificationToken", columns: []string{"token", "key_alias"}},
			{table: "LiteLLM_DeletedVerificationToken", columns: []string{"token", "key_alias"}},
			{table: "LiteLLM_TeamTable", columns: []string{"team_id", "team_alias"}},
		},
		sql: `SELECT s.request_id, s."startTime" AS start, s."startTime" AT TIME ZONE 'UTC' AS at, s.call_type, s.model, s.model_group, s.custom_llm_provider, s.status,
  substring(s.api_base from '^[A-Za-z]+://(?:[^/?#@]*@)?([^/?#@]+)') AS api_host, 
  coalesce(k.key_alias, d.key_alias) AS key_alias, t.team_alias
FROM "LiteLLM_SpendLogs" s
LEFT JOIN "LiteLLM_VerificationToken" k ON k.token = s.api_key
LEFT JOIN (SELECT token, max(key_alias) AS key_alias FROM "LiteLLM_DeletedVerificationToken" GROUP BY token) d ON d.token = s.api_key
LEFT JOIN "LiteLLM_TeamTable" t ON t.team_id = s.team_id
WHERE s."startTime" >= $1 AND s."startTime" < $2`,
		key: []string{"start", "request_id"}, count: "SELECT count(*) " + spendFrom,
	},
	{
		name: "keys", mapping: "keys",
		tables: []tableUse{
			{table: "LiteLLM_VerificationToken", alias: "k", columns: []string{"token", "key_alias", "user_id", "team_id", "models", "expires", "blocked", "created_at", "created_by"}, newer: []string{"agent_id", "last_active"}},
		},
		sql: `SELECT k.token, k.key_alias, k.user_id, k.team_id, k.created_by{columns},
  coalesce(k.blocked, false) OR coalesce(k.expires AT TIME ZONE 'UTC' <= now(), false) AS gone,
  k.created_at AT TIME ZONE 'UTC' AS created_at,
  CASE WHEN k.expires AT TIME ZONE 'UTC' <= now() THEN k.expires AT TIME ZONE 'UTC' END AS ended_at,
  (SELECT json_agg(json_build_object('id', k.token || ' on ' || m, 'principal', coalesce(k.user_id, k.team_id, k.key_alias, k.token), 'model', m,
    'granted_at', k.created_at AT TIME ZONE 'UTC', 'revoked_at', CASE WHEN k.expires AT TIME ZONE 'UTC' <= now() THEN k.expires AT TIME ZONE 'UTC' END)) FROM unnest(k.models) m) AS models
FROM "LiteLLM_VerificationToken" k`,
		key: []string{"token"}, count: `SELECT count(*) FROM "LiteLLM_VerificationToken" k`,
	},
	{
		name: "deleted keys", mapping: "keys",
		tables: []tableUse{
			{table: "LiteLLM_DeletedVerificationToken", alias: "k", columns: []string{"id", "token", "key_alias", "user_id", "team_id", "models", "created_at", "created_by", "deleted_at"}, newer: []string{"agent_id", "last_active"}},
			{table: "LiteLLM_VerificationToken", columns: []string{"token"}},
		},
		sql: `SELECT DISTINCT ON (k.token) k.token, k.key_alias, k.user_id, k.team_id, k.created_by{columns},
  true AS gone, k.created_at AT TIME ZONE 'UTC' AS created_at, k.deleted_at AT TIME ZONE 'UTC' AS ended_at,
  (SELECT json_agg(json_build_object('id', k.token || ' on ' || m, 'principal', coalesce(k.user_id, k.team_id, k.key_alias, k.token), 'model', m,
    'granted_at', k.created_at AT TIME ZONE 'UTC', 'revoked_at', k.deleted_at AT TIME ZONE 'UTC')) FROM unnest(k.models) m) AS models
FROM "LiteLLM_DeletedVerificationToken" k
WHERE NOT EXISTS (SELECT 1 FROM "LiteLLM_VerificationToken" v WHERE v.token = k.token)
ORDER BY k.token, k.deleted_at DESC, k.id`,
		key:   []string{"token"},
		count: `SELECT count(DISTINCT k.token) FROM "LiteLLM_DeletedVerificationToken" k WHERE NOT EXISTS (SELECT 1 FROM "LiteLLM_VerificationToken" v WHERE v.token = k.token)`,
	},
	{
		name: "users", mapping: "users",
		tables: []tableUse{{table: "LiteLLM_UserTable", alias: "u", columns: []string{"user_id", "user_email", "user_role"}, newer: []string{"sso_user_id", "created_at"}}},
		sql:    `SELECT u.user_id, u.user_email, coalesce(u.user_role, '') AS user_role{columns} FROM "LiteLLM_UserTable" u`,
		key:    []string{"user_id"}, count: `SELECT count(*) FROM "LiteLLM_UserTable" u`,
	},
	{
		name: "teams", mapping: "teams",
		tables: []tableUse{{table: "LiteLLM_TeamTable", alias: "t", columns: []string{"team_id", "members_with_roles"}}},
		sql: `SELECT t.team_id, 'team' AS kind, m.value ->> 'user_id' AS user_id, coalesce(m.value ->> 'role', 'user') AS role, m.ordinality AS place
FROM "LiteLLM_TeamTable" t, jsonb_array_elements(CASE jsonb_typeof(t.members_with_roles) WHEN 'array' THEN t.members_with_roles ELSE '[]' END) WITH ORDINALITY m
WHERE m.value ->> 'user_id' IS NOT NULL`,
		key: []string{"team_id", "place"},
	},
	{
		name: "audit log", mapping: "audit", window: true,
		tables: []tableUse{{table: "LiteLLM_AuditLog", alias: "a", columns: []string{"id", "updated_at", "changed_by", "action", "table_name", "object_id"}}},
		sql: `SELECT a.id, a.updated_at AT TIME ZONE 'UTC' AS at, a.changed_by, a.action, a.table_name, a.object_id
FROM "LiteLLM_AuditLog" a WHERE a.updated_at >= $1 AND a.updated_at < $2`,
		key: []string{"id"}, count: `SELECT count(*) FROM "LiteLLM_AuditLog" a WHERE a.updated_at >= $1 AND a.updated_at < $2`,
	},
}

// daily is the proxy's own count of calls, by days.
var daily = tableUse{table: "LiteLLM_DailyUserSpend", columns: []string{"date", "api_requests"}}

// grants are the statements that give a role exactly what is read.
func grants(role string) []string {
	needs := map[string][]string{}
	add := func(u tableUse) {
		for _, c := range append(slices.Clone(u.columns), u.newer...) {
			if !slices.Contains(needs[u.table], c) {
				needs[u.table] = append(needs[u.table], c)
			}
		}
	}
	var order []string
	for _, p := range parts {
		for _, u := range p.tables {
			if !slices.Contains(order, u.table) {
				order = append(order, u.table)
			}
			add(u)
		}
	}
	add(daily)
	var out []string
	for _, table := range append(order, daily.table) {
		quoted := make([]string, len(needs[table]))
		for i, c := range needs[table] {
			quoted[i] = `"` + c + `"`
		}
		out = append(out, fmt.Sprintf(`GRANT SELECT (%s) ON "%s" TO %s;`, strings.Join(quoted, ", "), table, role))
	}
	return out
}
