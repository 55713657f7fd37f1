// Package postgres reads who may do what on a PostgreSQL server, and the
// settings that protect it: roles, their memberships, rights on databases,
// schemas, tables and columns, what auditing is on, how connections are
// encrypted. It reads catalogues only and no row of any table of the entity.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type postgres in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	DSN           string   `yaml:"dsn"`      // a reference to the connection string
	People        []string `yaml:"people"`   // patterns of names of roles that are people's
	Services      []string `yaml:"services"` // and of those that are programs'
	Timeout       string   `yaml:"timeout"`  // of each statement; 60s if left out
}

const defaultTimeout = 60 * time.Second

type collector struct {
	cfg     Config
	timeout time.Duration
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{timeout: defaultTimeout}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() error {
	if err := pg.CheckDSN(c.cfg.DSN); err != nil {
		return fmt.Errorf("dsn %w", err)
	}
	for name, patterns := range map[string][]string{"people": c.cfg.People, "services": c.cfg.Services} {
		for _, p := range patterns {
			if _, err := path.Match(p, "x"); err != nil || p == "" {
				return fmt.Errorf("%s: %q is no pattern: want a name of a role, with * for any characters", name, p)
			}
		}
	}
	if c.cfg.Timeout == "" {
		return nil
	}
	d, err := time.ParseDuration(c.cfg.Timeout)
	if err != nil || d < time.Second || d > 24*time.Hour {
		return fmt.Errorf("timeout is %q, want a duration from 1s to 24h", c.cfg.Timeout)
	}
	c.timeout = d
	return nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use {
	return []source.Use{{Secret: c.cfg.DSN, Place: "the PostgreSQL server that " + c.cfg.DSN + " names"}}
}

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	s, err := pg.Open(ctx, quiet{env}, pg.Options{DSN: c.cfg.DSN, Timeout: c.timeout})
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	var settings, rules bool
	err = s.Tx.QueryRow(ctx, "SELECT pg_has_role('pg_read_all_settings', 'USAGE'), "+mayReadRules).Scan(&settings, &rules)
	switch {
	case err != nil:
		return s.Describe(err)
	case !settings:
		return errors.New("this role may not see every setting: " + grantSettings)
	case !rules:
		return errors.New("this role may not see pg_hba_file_rules: " + grantRules)
	}
	return nil
}

// quiet is the world of a look that leaves no trace.
type quiet struct{ source.CheckEnv }

func (q quiet) Secret(ref string) (secret.Value, error) { return q.CheckEnv.Secret(ref) }
func (q quiet) Principal(string)                        {}

const (
	grantSettings = "GRANT pg_read_all_settings TO tieout_ro (a role with INHERIT)"
	grantRules    = "GRANT SELECT ON pg_hba_file_rules TO tieout_ro; GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO tieout_ro"
)

func init() {
	source.Register(source.Spec{
		Name:    "postgres",
		Summary: "a PostgreSQL server: roles, rights on databases, schemas, tables and columns, default rights, audit log, encryption and sessions, as its catalogues show them",
		Emits:   []evidence.Kind{"principal", "grant", "credential", "endpoint", "log_source", "session_policy"},
		Access: []string{
			"CREATE ROLE tieout_ro LOGIN INHERIT PASSWORD '…' NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;",
			"ALTER ROLE tieout_ro SET default_transaction_read_only = on;",
			"GRANT pg_read_all_settings TO tieout_ro;",
			"GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO tieout_ro; GRANT SELECT ON pg_hba_file_rules TO tieout_ro; -- in the database that dsn names",
			"CONNECT on every database of the server, which PUBLIC has unless it was taken away; no right on any table",
			"no membership in pg_read_server_files, pg_write_server_files or pg_execute_server_program",
		},
		Blind: []string{
			"when a role was made, last used, or given a right, and who approved it: PostgreSQL keeps none of that",
			"whether a role has a password, and its age: a superuser alone could see them; what is shown as a credential is the password that a program's role would sign in with",
			"what a superuser may do beyond being one, which is shown as one right on the server",
			"rights on functions, sequences' owners' defaults, types, languages, foreign servers, tablespaces, large objects and parameters, and all rights on the system's own schemas",
			"people behind a role that several use, and second factors, which are in front of the server",
			"settings of managed platforms that are not in the server, such as pg_hba.conf on some of them",
		},
		Sample: "{id: appdb, type: postgres, dsn: env:APPDB_DSN, people: [\"*_admin\", \"u_*\"], services: [\"svc_*\", \"app\"]}",
		New:    New,
	})
}
