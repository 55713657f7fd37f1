// Package litellm reads a LiteLLM proxy from its PostgreSQL database, with
// rights on single columns: calls, virtual keys and what they may do, users,
// teams and the proxy's audit log. Content and secrets lie in other columns,
// which it never asks for.
package litellm

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/secret"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/pg"
	"github.com/tieout/tieout/evidence/source/table"
	"github.com/tieout/tieout/evidence/strictyaml"
)

//go:embed mappings/*.yaml
var mappings embed.FS

const defaultTimeout = 120 * time.Second // of each statement

// Config is an entry of type litellm in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	DSN           string `yaml:"dsn"`       // a reference to the connection string, such as env:LITELLM_DATABASE_URL
	Timeout       string `yaml:"timeout"`   // of each statement; 120s if left out
	Retention     string `yaml:"retention"` // the proxy's maximum_spend_logs_retention_period, such as 90d; none if left out
}

type collector struct {
	cfg       Config
	timeout   time.Duration
	retention time.Duration
	lines     map[string]*table.Lines
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{timeout: defaultTimeout, lines: map[string]*table.Lines{}}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() error {
	if err := pg.CheckDSN(c.cfg.DSN); err != nil {
		return fmt.Errorf("dsn %w", err)
	}
	if t := c.cfg.Timeout; t != "" {
		d, err := time.ParseDuration(t)
		if err != nil || d < time.Second || d > 24*time.Hour {
			return fmt.Errorf("timeout is %q, want a duration from 1s to 24h", t)
		}
		c.timeout = d
	}
	if r := c.cfg.Retention; r != "" {
		var days int
		if n, err := fmt.Sscanf(r, "%dd", &days); n != 1 || err != nil || days < 1 || days > 36500 || fmt.Sprintf("%dd", days) != r {
			return fmt.Errorf("retention is %q, want days such as 90d", r)
		}
		c.retention = time.Duration(days) * 24 * time.Hour
	}
	for _, p := range parts {
		name := "mappings/" + p.mapping + ".yaml"
		src, err := mappings.ReadFile(name)
		if err != nil {
			return err
		}
		if c.lines[p.mapping], err = table.NewLines(name, src); err != nil {
			return err
		}
	}
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
	r, err := look(ctx, s)
	if err != nil {
		return s.Describe(err)
	}
	var problems []error
	for _, p := range parts {
		if lacks := r.lacks(p.tables); lacks != "" {
			problems = append(problems, errors.New(p.name+": "+lacks))
		}
	}
	return errors.Join(problems...)
}

// quiet is the world of a look that notes nothing.
type quiet struct{ env source.CheckEnv }

func (q quiet) Secret(ref string) (secret.Value, error) { return q.env.Secret(ref) }
func (quiet) Principal(string)                          {}

func emits() []evidence.Kind {
	return []evidence.Kind{"config_event", "credential", "gateway_request", "grant", "principal"}
}

func init() {
	access := []string{
		"CREATE ROLE tieout_ro LOGIN PASSWORD '…' NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;",
		"ALTER ROLE tieout_ro SET default_transaction_read_only = on;",
	}
	access = append(access, grants("tieout_ro")...)
	access = append(access, "an older version lacks some of these columns: leave them out of the grant", "no SELECT on whole tables: their other columns hold prompts, answers, passwords and keys of providers")
	source.Register(source.Spec{
		Name:    "litellm",
		Summary: "A LiteLLM proxy by its PostgreSQL database: calls, virtual keys and their models, users, teams, audit log",
		Emits:   emits(),
		Access:  access,
		Blind: []string{
			"calls whose id the proxy had seen before: it drops them without a word; days whose own count differs from the log have a gap",
			"which calls a guardrail stopped, and what was inspected: that lies in a column with content, which is not asked for; such calls show as errors",
			"calls that the proxy deleted after maximum_spend_logs_retention_period: state it as retention, so that they are a gap",
			"keys and users as they were: the tables hold the present state; who changed what is in the audit log, which is written with an enterprise licence and store_audit_logs only",
			"that a call was made with the key of the component that made it: keys that are shared show as one caller",
		},
		Sample: "{id: gateway, type: litellm, dsn: env:LITELLM_DATABASE_URL, retention: 365d}",
		New:    New,
	})
}

// reach is which columns there are, and which of them may be read.
type reach struct{ has, may map[string]bool }

func key(table, column string) string { return table + "." + column }

// look asks the catalogue, which every role may read.
func look(ctx context.Context, s *pg.Session) (*reach, error) {
	r := &reach{map[string]bool{}, map[string]bool{}}
	err := s.Ask(ctx, "looking for the proxy's tables", `
		SELECT c.relname, a.attname, pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
		WHERE c.oid = ANY (SELECT pg_catalog.to_regclass('"' || t || '"') FROM pg_catalog.unnest($1::text[]) t) AND a.attnum > 0 AND NOT a.attisdropped`,
		func(scan func(...any) error) error {
			var table, column string
			var may bool
			if err := scan(&table, &column, &may); err != nil {
				return err
			}
			r.has[key(table, column)], r.may[key(table, column)] = true, may
			return nil
		}, tableNames())
	return r, err
}

func tableNames() []string {
	names := []string{daily.table}
	for _, p := range parts {
		for _, u := range p.tables {
			if !slices.Contains(names, u.table) {
				names = append(names, u.table)
			}
		}
	}
	return names
}

// lacks says what keeps the tables from being read, and what to do.
func (r *reach) lacks(tables []tableUse) string {
	var problems []string
	for _, u := range tables {
		var absent, refused []string
		for _, c := range append(slices.Clone(u.columns), u.newer...) {
			switch {
			case r.may[key(u.table, c)]:
			case r.has[key(u.table, c)]:
				refused = append(refused, `"`+c+`"`)
			case !slices.Contains(u.newer, c):
				absent = append(absent, c)
			}
		}
		if len(absent) == len(u.columns) {
			problems = append(problems, fmt.Sprintf("there is no table %q in the search path of this database", u.table))
		} else if len(absent) > 0 {
			problems = append(problems, fmt.Sprintf("this version of table %q has no %s", u.table, strings.Join(absent, ", ")))
		}
		if len(refused) > 0 {
			problems = append(problems, fmt.Sprintf(`this role may not read all that is needed: GRANT SELECT (%s) ON "%s" TO it`, strings.Join(refused, ", "), u.table))
		}
	}
	return strings.Join(problems, "; ")
}
