package postgres

// account is a role that can sign in, or one that could before: a role that
// cannot, has no members and is none of the server's own. A role with members
// is a group; its rights are shown as its members'.
const accounts = `
	SELECT r.oid, r.rolname::text AS name, r.rolcanlogin AS login, r.rolsuper AS super, r.rolcreaterole AS createrole, r.rolcreatedb AS createdb,
	  r.rolreplication AS replication, r.rolbypassrls AS bypassrls, r.rolconnlimit AS connlimit, r.rolvaliduntil AS valid_until
	FROM pg_catalog.pg_roles r
	WHERE r.rolname !~ '^pg_' AND (r.rolcanlogin OR NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members m WHERE m.roleid = r.oid))`

const principalsQuery = `SELECT a.name, a.login, a.connlimit, a.super,
	  CASE WHEN isfinite(a.valid_until) THEN to_char(a.valid_until, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END AS valid_until,
	  coalesce(isfinite(a.valid_until) AND a.valid_until <= now() OR a.valid_until = '-infinity', false) AS expired
	FROM (` + accounts + `) a ORDER BY a.name COLLATE "C"`

// held lists, for each account, itself and every role that it is a member of,
// directly or not. PostgreSQL 16 can make memberships that give nothing.
const held = `WITH RECURSIVE account AS (` + accounts + `), link AS (
	  SELECT m.member, m.roleid, m.admin_option AS admin FROM pg_catalog.pg_auth_members m
	  WHERE m.admin_option OR coalesce((to_jsonb(m)->>'inherit_option')::boolean, true) OR coalesce((to_jsonb(m)->>'set_option')::boolean, true)
	), held (account, role) AS (
	  SELECT oid, oid FROM account UNION SELECT h.account, l.roleid FROM held h JOIN link l ON l.member = h.role
	), named AS (
	  SELECT a.name AS account, h.role, g.rolname::text AS via, a.oid = h.role AS own FROM held h JOIN account a ON a.oid = h.account JOIN pg_catalog.pg_roles g ON g.oid = h.role
	)`

// rolesQuery lists what accounts may do to the server itself, by attributes of
// their own or of roles that they can become, and their memberships.
const rolesQuery = held + `
	SELECT n.account, CASE WHEN n.own THEN NULL ELSE n.via END AS via, 'server' AS object_kind, ''::text AS object, p.power AS privilege, true AS changes
	FROM named n JOIN pg_catalog.pg_roles r ON r.oid = n.role,
	  LATERAL (VALUES ('SUPERUSER', r.rolsuper), ('CREATEROLE', r.rolcreaterole), ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication), ('BYPASSRLS', r.rolbypassrls)) p (power, has)
	WHERE p.has
	UNION ALL
	SELECT n.account, NULL, 'role', n.via,
	  CASE WHEN bool_or(l.admin) THEN 'ADMIN' ELSE 'MEMBER' END,
	  coalesce(bool_or(l.admin), false) OR bool_or(r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls)
	    OR n.via IN ('pg_write_all_data', 'pg_maintain', 'pg_signal_backend', 'pg_checkpoint', 'pg_create_subscription', 'pg_database_owner', 'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_use_reserved_connections')
	FROM named n JOIN pg_catalog.pg_roles r ON r.oid = n.role
	  LEFT JOIN link l ON l.roleid = n.role AND l.member IN (SELECT x.role FROM named x WHERE x.account = n.account)
	WHERE NOT n.own GROUP BY n.account, n.via
	ORDER BY 1, 3, 4, 5, 2`

// grantees joins an exploded access list with the accounts that it reaches; 0
// stands for everybody.
const grantees = `
	JOIN (
	  SELECT n.role, n.account, CASE WHEN n.own THEN NULL ELSE n.via END AS via FROM named n
	  UNION ALL SELECT 0::oid, 'PUBLIC', NULL
	) who ON who.role = o.grantee`

const row = `
	SELECT who.account, who.via, o.object_kind, o.object, o.privilege, o.privilege NOT IN ('SELECT', 'USAGE', 'CONNECT', 'EXECUTE') AS changes
	FROM (`

const order = grantees + ` ORDER BY o.object_kind, o.object COLLATE "C", who.account COLLATE "C", o.privilege, who.via COLLATE "C" NULLS FIRST`

const databasesQuery = held + row + `
	  SELECT 'database' AS object_kind, quote_ident(d.datname) AS object, a.grantee, a.privilege_type AS privilege
	  FROM pg_catalog.pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datallowconn AND NOT d.datistemplate
	  UNION ALL SELECT 'database', quote_ident(d.datname), d.datdba, 'OWNER' FROM pg_catalog.pg_database d WHERE d.datallowconn AND NOT d.datistemplate
	) o` + order

// objectsQuery lists the rights inside one database. What belongs to the system
// is left out.
const objectsQuery = held + `, own_schema AS (
	  SELECT * FROM pg_catalog.pg_namespace WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
	)` + row + `
	  SELECT 'schema' AS object_kind, quote_ident(current_database()) || '.' || quote_ident(s.nspname) AS object, a.grantee, a.privilege_type AS privilege
	  FROM own_schema s, aclexplode(coalesce(s.nspacl, acldefault('n', s.nspowner))) a
	  UNION ALL SELECT 'schema', quote_ident(current_database()) || '.' || quote_ident(s.nspname), s.nspowner, 'OWNER' FROM own_schema s
	  UNION ALL
	  SELECT 'table', quote_ident(current_database()) || '.' || quote_ident(s.nspname) || '.' || quote_ident(c.relname), a.grantee, a.privilege_type
	  FROM pg_catalog.pg_class c JOIN own_schema s ON s.oid = c.relnamespace, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
	  UNION ALL
	  SELECT 'table', quote_ident(current_database()) || '.' || quote_ident(s.nspname) || '.' || quote_ident(c.relname), c.relowner, 'OWNER'
	  FROM pg_catalog.pg_class c JOIN own_schema s ON s.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
	  UNION ALL
	  SELECT 'column', quote_ident(current_database()) || '.' || quote_ident(s.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(t.attname), a.grantee, a.privilege_type
	  FROM pg_catalog.pg_attribute t JOIN pg_catalog.pg_class c ON c.oid = t.attrelid JOIN own_schema s ON s.oid = c.relnamespace, aclexplode(t.attacl) a
	  WHERE t.attacl IS NOT NULL AND NOT t.attisdropped
	  UNION ALL
	  SELECT 'default', quote_ident(current_database()) || coalesce('.' || quote_ident(s.nspname), '') || ': '
	    || CASE f.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' ELSE f.defaclobjtype::text END
	    || ' of ' || quote_ident(pg_get_userbyid(f.defaclrole)), a.grantee, a.privilege_type
	  FROM pg_catalog.pg_default_acl f LEFT JOIN pg_catalog.pg_namespace s ON s.oid = f.defaclnamespace, aclexplode(f.defaclacl) a
	) o` + order

// databaseNames lists the databases and whether this role may enter them.
const databaseNames = `SELECT d.datname, has_database_privilege(d.oid, 'CONNECT') FROM pg_catalog.pg_database d WHERE d.datallowconn AND NOT d.datistemplate ORDER BY d.datname COLLATE "C"`

// settingsQuery reads what protects the server. A setting that this role may
// not see is not in the list, without a word.
const settingsQuery = `SELECT name, setting, unit, source FROM pg_catalog.pg_settings
	WHERE name IN ('ssl', 'ssl_min_protocol_version', 'ssl_ciphers', 'password_encryption', 'shared_preload_libraries', 'idle_session_timeout', 'port', 'listen_addresses',
	  'row_security', 'default_transaction_read_only', 'logging_collector', 'server_version')
	  OR name ~ '^(log_|pgaudit\.)' AND name !~ 'file|directory'
	ORDER BY name COLLATE "C"`

// overridesQuery lists settings that hold for one role or database only.
const overridesQuery = `SELECT coalesce(d.datname::text, '') AS database, coalesce(r.rolname::text, '') AS role, c.setting
	FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c (setting)
	WHERE c.setting ~ '^(pgaudit\.|log_|idle_session_timeout=|ssl)' ORDER BY 1, 2, 3`

const mayReadRules = `has_table_privilege('pg_catalog.pg_hba_file_rules', 'SELECT') AND has_function_privilege('pg_catalog.pg_hba_file_rules()', 'EXECUTE')`

const rulesQuery = `SELECT line_number, type, database, user_name, address, netmask, auth_method, error IS NOT NULL AS wrong FROM pg_catalog.pg_hba_file_rules ORDER BY line_number`
