package table

import (
	"errors"
	"fmt"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type table in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	Files         strictyaml.Raw   `yaml:"files"`     // pattern or patterns, within the workspace; ** crosses directories
	S3            *S3              `yaml:"s3"`        // how to reach the bucket that files names
	Postgres      *Postgres        `yaml:"postgres"`  // or a query
	Codec         string           `yaml:"codec"`     // csv, json, jsonl or parquet; by the file's name if left out
	Delimiter     string           `yaml:"delimiter"` // of CSV; a comma if left out
	Items         string           `yaml:"items"`     // of JSON: the path of the list
	Mapping       strictyaml.Raw   `yaml:"mapping"`   // name of a built-in mapping, or a mapping
	Mappings      []strictyaml.Raw `yaml:"mappings"`  // several of them
	Kind          string           `yaml:"kind"`      // of the mapping native
	AsOf          string           `yaml:"as_of"`     // date or moment that the files state for what they hold
	Zone          string           `yaml:"zone"`      // of times that state none
	Component     string           `yaml:"component"` // component of every row
	Absent        string           `yaml:"absent"`    // none: who writes the file leaves out what is not there
	Keep          string           `yaml:"keep"`      // copy (the files are kept) or path (only their digests are)
}

// Postgres is a query as transport.
type Postgres struct {
	DSN     string   `yaml:"dsn"`     // a reference to the connection string, such as env:DATABASE_URL
	Query   string   `yaml:"query"`   // one SELECT
	Total   string   `yaml:"total"`   // one SELECT that gives the count, asked in the same snapshot
	Key     []string `yaml:"key"`     // columns of the query that order it and are unique together
	Timeout string   `yaml:"timeout"` // of each statement; 60s if left out
}

// collector reads what one Config names.
type collector struct {
	cfg       Config
	patterns  []pattern
	mappings  []*mapping
	form      form // what the mappings and the configuration say of the files
	items     *fieldPath
	delimiter byte
	preset    *Preset // of a source of another type
	asOf      *evidence.Instant
	timeout   time.Duration
	buckets   []bucket
	account   *aws.Account
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.Emitter   = (*collector)(nil)
	_ source.User      = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{delimiter: ','}
	if err := raw.Decode(&c.cfg); err != nil {
		return nil, err
	}
	return c.ready(raw)
}

// Preset is a source that is a table of a form that is known: its configuration
// names no mapping. Only names, by the words of a condition of the mapping, the
// values that it lets through instead of the mapping's own.
type Preset struct {
	Config  Config
	Mapping string
	Only    map[string][]string
}

// NewPreset makes a collector from an entry of a workspace file of another type.
func NewPreset(raw strictyaml.Raw, p Preset) (source.Collector, error) {
	c := &collector{delimiter: ',', cfg: p.Config, preset: &p}
	return c.ready(raw)
}

func (c *collector) ready(raw strictyaml.Raw) (source.Collector, error) {
	if err := c.prepare(); err != nil {
		if p := (*strictyaml.Problem)(nil); errors.As(err, &p) {
			return nil, err
		}
		return nil, raw.Problem("source %s: %v", c.cfg.ID, err)
	}
	if c.cfg.S3 != nil {
		return &bucketed{c}, nil
	}
	return c, nil
}

func (c *collector) prepare() error {
	cfg := &c.cfg
	zone, err := loadZone(cfg.Zone)
	if err != nil {
		return err
	}
	switch {
	case cfg.S3 != nil:
		err = c.prepareS3()
	case isS3(cfg.Files):
		err = errors.New("files lie in a bucket: state s3, with region, access_key and secret_key")
	default:
		c.patterns, err = parsePatterns(cfg.Files)
	}
	if err != nil {
		return err
	}
	if (len(c.patterns)+len(c.buckets) > 0) == (cfg.Postgres != nil) {
		return errors.New("state either files or postgres")
	}
	if err := c.prepareForm(zone); err != nil {
		return err
	}
	if cfg.Postgres != nil {
		if c.timeout, err = cfg.Postgres.check(); err != nil {
			return err
		}
	}
	return c.prepareMappings(zone)
}

func (c *collector) prepareForm(zone *time.Location) error {
	cfg := &c.cfg
	c.form = form{Codec: cfg.Codec, Items: cfg.Items}
	if err := c.form.check(); err != nil {
		return err
	}
	if cfg.Absent != "" && cfg.Absent != "none" {
		return fmt.Errorf("absent is %q, want none, or leave it out", cfg.Absent)
	}
	if cfg.Keep != "" && cfg.Keep != "copy" && cfg.Keep != "path" {
		return fmt.Errorf("keep is %q, want copy or path", cfg.Keep)
	}
	if d := cfg.Delimiter; d != "" {
		if len(d) != 1 || d == "\"" || d == "\r" || d == "\n" || d[0] >= 0x80 {
			return fmt.Errorf("delimiter is %q, want one character such as ; or a tab", d)
		}
		c.delimiter = d[0]
	}
	if cfg.AsOf == "" {
		return nil
	}
	if zone == nil {
		zone = time.UTC // a date alone: its first moment, the least that it can claim
	}
	at, err := parseTime(cfg.AsOf, zone)
	if err != nil {
		return fmt.Errorf("as_of: %w", err)
	}
	c.asOf = &at
	return nil
}

func (c *collector) prepareMappings(zone *time.Location) error {
	if c.preset != nil {
		return c.prepareOne(zone)
	}
	var single any
	if err := c.cfg.Mapping.Decode(&single); err != nil {
		return err
	}
	raws := c.cfg.Mappings
	switch {
	case len(raws) == 0:
		raws = []strictyaml.Raw{c.cfg.Mapping}
	case single != nil:
		return errors.New("state mapping or mappings, not both")
	}
	var said form
	for _, raw := range raws {
		m, err := loadMapping(raw, given{kind: c.cfg.Kind, component: c.cfg.Component, zone: zone})
		if err != nil {
			return err
		}
		m.absentNone = m.absentNone || c.cfg.Absent == "none"
		c.mappings = append(c.mappings, m)
		if err := said.join(m.form); err != nil {
			return err
		}
	}
	return c.settle(said)
}

// prepareOne takes the mapping of a preset.
func (c *collector) prepareOne(zone *time.Location) error {
	name := c.preset.Mapping + ".yaml"
	src, err := builtin.ReadFile("mappings/" + name)
	if err != nil {
		return err
	}
	m, err := parseMapping(name, src, given{component: c.cfg.Component, zone: zone})
	if err != nil {
		return err
	}
	for _, r := range m.rules {
		for i := range r.where {
			if only := c.preset.Only[r.where[i].words]; len(only) > 0 {
				r.where[i].in = only
			}
		}
	}
	c.mappings = []*mapping{m}
	return c.settle(m.form)
}

// settle joins what the mappings and the configuration say of the files.
func (c *collector) settle(said form) error {
	if c.form.Codec != "" {
		said.Codec = c.form.Codec // the configuration knows the files
	}
	if c.form.Items != "" {
		said.Items = c.form.Items
	}
	c.form = said
	if c.form.Items != "" {
		p, err := parsePath(c.form.Items)
		if err != nil {
			return fmt.Errorf("items: %w", err)
		}
		c.items = &p
	}
	return nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use {
	switch {
	case c.cfg.S3 != nil:
		return c.account.Uses()
	case c.cfg.Postgres == nil:
		return nil
	}
	return []source.Use{{Secret: c.cfg.Postgres.DSN, Place: "the PostgreSQL server that " + c.cfg.Postgres.DSN + " names"}}
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	var out []evidence.Kind
	for _, m := range c.mappings {
		for _, r := range m.rules {
			out = append(out, r.schema.Kind)
		}
	}
	return out
}

func init() {
	source.Register(source.Spec{
		Name:    "table",
		Summary: "files (CSV, JSON, JSONL, Parquet) in the workspace or in a bucket of S3 or its like, or one PostgreSQL query, through a mapping; gives any kind of record",
		Access: []string{
			"files: read access to the files named, which lie inside the workspace",
			`s3: {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::<bucket>", "Condition": {"StringLike": {"s3:prefix": "<prefix>*"}}}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::<bucket>/<prefix>*"}]}; kms:Decrypt on the key where objects are encrypted with one`,
			"postgres: CREATE ROLE tieout_ro LOGIN PASSWORD '…' NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;",
			"postgres: ALTER ROLE tieout_ro SET default_transaction_read_only = on;",
			"postgres: GRANT SELECT ON <the tables or views of the query> TO tieout_ro;",
			"postgres: no row-level security policy may hide rows from that role: a query that one would filter is refused",
			"postgres: no membership in pg_read_server_files, pg_write_server_files or pg_execute_server_program",
		},
		Sample: "{id: hr, type: table, files: hr/*.csv, mapping: native, kind: worker, as_of: 2026-06-28, zone: Europe/Berlin}",
		New:    New,
	})
}
