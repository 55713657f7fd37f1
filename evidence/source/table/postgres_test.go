package table

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/kinds"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/source/sourcetest"
)

const password = "wren-and-heron-41"

// server is a scratch database with two roles: one that may only read, and one
// that may run programs through a membership.
type server struct {
	admin  *pgx.Conn
	reader string
	danger string
	super  string
	host   string
}

func scratch(t *testing.T) *server {
	t.Helper()
	dsn := os.Getenv("TIEOUT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("SKIPPED: set TIEOUT_TEST_POSTGRES to the DSN (a URL) of a superuser on a scratch server to test the PostgreSQL query")
	}
	ctx := t.Context()
	name := fmt.Sprintf("tieout_source_%d", os.Getpid())
	root, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s := &server{super: dsn, host: at.Host}
	for role, to := range map[string]*string{name + "_ro": &s.reader, name + "_risky": &s.danger} {
		u := *at
		u.User, u.Path = url.UserPassword(role, password), "/"+name
		*to = u.String()
	}
	all := func(c *pgx.Conn, list ...string) {
		t.Helper()
		for _, sql := range list {
			if _, err := c.Exec(context.WithoutCancel(ctx), sql); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
		}
	}
	all(root, "CREATE DATABASE "+name,
		"CREATE ROLE "+name+"_ro LOGIN PASSWORD '"+password+"'", "CREATE ROLE "+name+"_group", "GRANT pg_execute_server_program TO "+name+"_group",
		"CREATE ROLE "+name+"_risky LOGIN NOINHERIT PASSWORD '"+password+"'", "GRANT "+name+"_group TO "+name+"_risky")
	u := *at
	u.Path = "/" + name
	s.admin, err = pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = s.admin.Close(context.Background())
		all(root, "DROP DATABASE "+name+" WITH (FORCE)", "DROP ROLE "+name+"_ro", "DROP ROLE "+name+"_risky", "DROP ROLE "+name+"_group")
		_ = root.Close(context.Background())
	})
	all(s.admin, `CREATE TABLE grants (id bigint, who text, what text, approved_at timestamptz, given_at timestamp, amount numeric, doc jsonb, people text[], n int)`,
		`INSERT INTO grants SELECT 9007199254740993 + i, 'p' || i, 'registry', '2026-01-01 00:00:00.123456+01'::timestamptz + i * interval '1 minute', '2026-01-01 10:00',
			12.30, jsonb_build_object('role', jsonb_build_array('reader', 'author'), 'admin', i % 2 = 0), ARRAY['ann','bo, cy'], i / 3 FROM generate_series(0, 12344) i`,
		`CREATE TABLE hidden (id int)`, `CREATE TABLE filtered AS SELECT * FROM grants LIMIT 9`, `ALTER TABLE filtered ENABLE ROW LEVEL SECURITY`,
		`CREATE POLICY half ON filtered USING (id % 2 = 0)`, "GRANT SELECT ON filtered TO "+name+"_ro", "GRANT SELECT ON grants TO "+name+"_ro, "+name+"_risky")
	return s
}

func (s *server) pull(t *testing.T, dsn, rest string) (*engine.Result, *sourcetest.Keeper) {
	t.Helper()
	k := &sourcetest.Keeper{}
	f := sourcetest.Fixture{Dir: t.TempDir(), Secret: map[string]string{"env:DSN": dsn}}
	res, err := engine.Run(t.Context(), sourcetest.Plan(t, spec(t), f, rest, k))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range k.Blobs {
		if strings.Contains(string(b), password) {
			t.Error("the password stands in what was kept")
		}
	}
	return res, k
}

func queryConfig(query, more string) string {
	return `
id: pg
type: table
zone: Europe/Berlin
mapping:
  schema: tieout/mapping/v1
  id: own
  kind: grant
  columns: {grant_id: id, principal_id: who, resource_id: what, role: 'doc.role[1]', privileged: doc.admin, approved_at: approved_at, granted_at: given_at, requested_role: amount}
postgres:
  dsn: env:DSN
  query: "` + query + "\"\n" + more
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	s := scratch(t)
	const all = "SELECT * FROM grants -- every one"

	t.Run("gives every row, page by page or at once, the same", func(t *testing.T) {
		var kept [][][]byte
		for _, more := range []string{"  key: [approved_at, id]\n", ""} {
			res, k := s.pull(t, s.reader, queryConfig(all, more))
			if res.Error != "" || len(k.Lines) != 12345 || *res.Kinds[0].Total != 12345 {
				t.Fatalf("%d lines; %s; %+v", len(k.Lines), res.Error, res.Kinds)
			}
			if len(res.Gaps) != 1 || res.Gaps[0].Reason != evidence.GapNotProvided {
				t.Errorf("%+v", res.Gaps)
			}
			if !strings.Contains(res.Principal, "_ro") || !strings.Contains(res.Principal, s.host) {
				t.Error(res.Principal)
			}
			kept = append(kept, k.Lines)
		}
		if !slices.EqualFunc(kept[0], kept[1], func(a, b []byte) bool { return string(a) == string(b) }) {
			t.Error("the two ways differ")
		}
		for _, line := range kept[0] {
			r, err := evidence.DecodeRecord(line, kinds.Of)
			if err != nil {
				t.Fatal(err)
			}
			if r.NativeID != "9007199254740994" {
				continue
			}
			at, _ := evidence.ParseInstant("2025-12-31T23:01:00.123456Z")
			given, _ := evidence.ParseInstant("2026-01-01T10:00:00+01:00")
			if r.Value("approved_at") != at || r.Value("granted_at") != given || r.Text("role") != "author" || r.Value("privileged") != false || r.Text("requested_role") != "12.30" {
				t.Errorf("%s", line)
			}
		}
	})
	t.Run("compares with the entity's own count", func(t *testing.T) {
		res, _ := s.pull(t, s.reader, queryConfig("SELECT * FROM grants WHERE n < 4000", "  total: SELECT count(*) FROM grants\n"))
		if !slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool { return g.Reason == evidence.GapCountMismatch }) {
			t.Errorf("%+v", res.Gaps)
		}
	})
	t.Run("nothing is no gap", func(t *testing.T) {
		res, _ := s.pull(t, s.reader, queryConfig("SELECT * FROM grants WHERE false", ""))
		if res.Error != "" || len(res.Gaps) > 0 || *res.Kinds[0].Total != 0 {
			t.Errorf("%s %+v", res.Error, res.Gaps)
		}
	})

	for name, c := range map[string]struct{ dsn, query, more, says string }{
		"superuser":           {s.super, all, "", "CREATE ROLE"},
		"program by group":    {s.danger, all, "", "pg_execute_server_program"},
		"wrong password":      {strings.Replace(s.reader, password, "no-"+password, 1), all, "", s.host},
		"no right":            {s.reader, "SELECT * FROM hidden", "", "permission denied for table hidden (42501)"},
		"rows held back":      {s.reader, "SELECT * FROM filtered", "", "row-level security"},
		"nobody listens":      {strings.Replace(s.reader, s.host, deaf(t), 1), all, "", "connection refused"},
		"key not unique":      {s.reader, all, "  key: [n]\n", "unique together"},
		"key with NULL":       {s.reader, "SELECT nullif(id % 7, 0) AS k, * FROM grants", "  key: [k, id]\n", "never NULL"},
		"key that is not":     {s.reader, all, "  key: [nothing]\n", "nothing"},
		"writes":              {s.reader, "WITH x AS (DELETE FROM grants RETURNING id) SELECT * FROM x", "", "(0A000)"},
		"sets":                {s.reader, "SELECT nextval('pg_catalog.none')", "", "postgres at"},
		"two of one name":     {s.reader, "SELECT id, id FROM grants", "", "one name"},
		"too slow":            {s.reader, "SELECT pg_sleep(5), * FROM grants", "  timeout: 1s\n", "statement timeout"},
		"closes the brackets": {s.reader, "SELECT 1) AS a, (SELECT 2", "", "postgres at"},
		"dsn of nonsense":     {"postgres://u:" + password + "@h:port/d", all, "", "want postgres://"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, _ := s.pull(t, c.dsn, queryConfig(c.query, c.more))
			failed := slices.ContainsFunc(res.Gaps, func(g evidence.Gap) bool { return g.Reason == evidence.GapPullFailed && len(g.Columns) == 0 })
			if !strings.Contains(res.Error, c.says) || !failed || strings.Contains(res.Error, password) {
				t.Errorf("%q %+v", res.Error, res.Gaps)
			}
		})
	}
	t.Run("a connection that drops half-way is a gap", func(t *testing.T) {
		proxy := cutting(t, s.host, 200_000)
		res, k := s.pull(t, strings.Replace(s.reader, s.host, proxy, 1), queryConfig(all, ""))
		if !strings.Contains(res.Error, proxy) || len(k.Lines) == 0 || len(k.Lines) >= 12345 {
			t.Errorf("%d lines, %q", len(k.Lines), res.Error)
		}
	})
	t.Run("ends when it is told to", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		f := sourcetest.Fixture{Dir: t.TempDir(), Secret: map[string]string{"env:DSN": s.reader}}
		plan, ended := sourcetest.Plan(t, spec(t), f, queryConfig("SELECT pg_sleep(20), * FROM grants", ""), &sourcetest.Keeper{}), make(chan error, 1)
		go func() {
			_, err := engine.Run(ctx, plan)
			ended <- err
		}()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("it was kept")
			}
		case <-time.After(3 * time.Second):
			t.Error("it goes on")
		}
	})
	t.Run("keeps the contract of sources", func(t *testing.T) {
		sourcetest.Run(t, spec(t), sourcetest.Fixture{
			Config: queryConfig(all, "  key: [id]\n"), Empty: queryConfig("SELECT * FROM grants WHERE id < 0", ""), Dir: t.TempDir(), Rows: 12345,
			Secret: map[string]string{"env:DSN": s.reader},
		})
	})
}

// deaf is an address that nobody listens at.
func deaf(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// cutting passes bytes on to the server and closes after some of the answer.
func cutting(t *testing.T, to string, after int64) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go relay(in, to, after)
		}
	}()
	return l.Addr().String()
}

func relay(in net.Conn, to string, after int64) {
	defer func() { _ = in.Close() }()
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			if _, err := out.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 4096)
	for passed := int64(0); passed < after; {
		n, err := out.Read(buf)
		if err != nil {
			return
		}
		if _, err := in.Write(buf[:n]); err != nil {
			return
		}
		passed += int64(n)
	}
}
