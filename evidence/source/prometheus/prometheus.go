// Package prometheus reads a Prometheus server: values of watched figures,
// months of availability, the rules that call, and when they called.
//
// A sample that is not there is not known: it is neither up nor down. Where
// the server recorded nothing at all, whatever is shown has a gap.
package prometheus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type prometheus in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	web.Access    `yaml:",inline"`
	Monitors      []Monitor         `yaml:"monitors"`
	Availability  []Availability    `yaml:"availability"`
	Alerts        bool              `yaml:"alerts"`   // show rules and when they called
	Labels        map[string]string `yaml:"labels"`   // component_id, category or severity → label that holds it
	Severity      map[string]string `yaml:"severity"` // value of that label → low, medium, high, critical
	Zone          string            `yaml:"zone"`     // of months; UTC if left out
}

// Monitor is one figure, looked at in even steps.
type Monitor struct {
	Metric    string   `yaml:"metric"`
	Component string   `yaml:"component"`
	Query     string   `yaml:"query"` // gives one value
	Every     string   `yaml:"every"` // such as 24h
	Op        string   `yaml:"op"`
	Threshold *float64 `yaml:"threshold"`
	Rule      string   `yaml:"rule"` // or: the alert rule whose expression gives query, op and threshold

	every time.Duration
}

// Availability is one promise about a component.
type Availability struct {
	Component string   `yaml:"component"`
	SLI       string   `yaml:"sli"`
	Query     string   `yaml:"query"` // gives one value from 0 (down) to 1 (up)
	Every     string   `yaml:"every"` // how often it is looked at, such as 1m
	Target    *float64 `yaml:"target"`

	every time.Duration
}

const (
	apiQuery = "/api/v1/query"
	apiRange = "/api/v1/query_range"
	apiRules = "/api/v1/rules"
	apiFlags = "/api/v1/status/flags"
	apiBuild = "/api/v1/status/buildinfo"

	maxPoints = 10_000 // of one answer; the server's own limit is 11,000
)

var (
	ops        = []string{">=", "<=", ">", "<"}
	severities = []string{"low", "medium", "high", "critical"}
)

type collector struct {
	cfg  Config
	site *web.Site
	zone *time.Location
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.Emitter   = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{zone: time.UTC}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() (err error) {
	if c.site, err = web.New(c.cfg.Access, web.Rules{}); err != nil {
		return err
	}
	if c.cfg.Zone != "" {
		if c.zone, err = time.LoadLocation(c.cfg.Zone); err != nil || c.cfg.Zone == "Local" {
			return fmt.Errorf("zone is %q, want one such as America/New_York", c.cfg.Zone)
		}
	}
	for column, label := range c.cfg.Labels {
		if (column != "component_id" && column != "category" && column != "severity") || label == "" {
			return fmt.Errorf("labels: %q cannot come from label %q: want component_id, category or severity", column, label)
		}
	}
	for value, severity := range c.cfg.Severity {
		if !slices.Contains(severities, severity) {
			return fmt.Errorf("severity: %q is %q, want one of %v", value, severity, severities)
		}
	}
	seen := map[string]bool{}
	for i := range c.cfg.Monitors {
		m := &c.cfg.Monitors[i]
		if err := m.prepare(); err != nil {
			return fmt.Errorf("monitors: %w", err)
		}
		if id := m.id(); seen[id] {
			return fmt.Errorf("monitors: %s stands twice", id)
		}
		seen[m.id()] = true
	}
	for i := range c.cfg.Availability {
		if err := c.cfg.Availability[i].prepare(); err != nil {
			return fmt.Errorf("availability: %w", err)
		}
	}
	if len(c.Emits()) == 0 {
		return errors.New("it shows nothing: state monitors, availability or alerts: true")
	}
	return nil
}

func (m *Monitor) id() string { return m.Component + "/" + m.Metric }

func (m *Monitor) prepare() (err error) {
	switch {
	case m.Metric == "" || m.Component == "":
		return errors.New("metric and component are required")
	case (m.Rule == "") == (m.Query == ""):
		return fmt.Errorf("%s: state query, or the rule that it comes from", m.id())
	case m.Rule != "" && (m.Op != "" || m.Threshold != nil):
		return fmt.Errorf("%s: a rule gives op and threshold: leave them out", m.id())
	case (m.Op == "") != (m.Threshold == nil), m.Op != "" && !slices.Contains(ops, m.Op):
		return fmt.Errorf("%s: op, one of %v, and threshold belong together", m.id(), ops)
	}
	m.every, err = step(m.Every, time.Minute)
	return err
}

func (a *Availability) prepare() (err error) {
	switch {
	case a.Component == "" || a.SLI == "" || a.Query == "":
		return errors.New("component, sli and query are required")
	case a.Target != nil && !(*a.Target >= 0 && *a.Target <= 1):
		return fmt.Errorf("%s: target is a share from 0 to 1, such as 0.999", a.SLI)
	}
	a.every, err = step(a.Every, time.Second)
	return err
}

func step(text string, least time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > 31*24*time.Hour || d%time.Second != 0 {
		return 0, fmt.Errorf("every is %q, want whole seconds from %s to 744h, such as 24h", text, least)
	}
	return d, nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.site.Uses() }

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	return c.site.Check(ctx, env, apiBuild)
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	var out []evidence.Kind
	if len(c.cfg.Monitors) > 0 {
		out = append(out, "monitor_run")
	}
	if len(c.cfg.Availability) > 0 {
		out = append(out, "slo_month")
	}
	if c.cfg.Alerts {
		out = append(out, "alert", "alert_rule")
	}
	return out
}

func init() {
	source.Register(source.Spec{
		Name:    "prometheus",
		Summary: "a Prometheus server: values of watched figures, months of availability, alert rules and when they called",
		Emits:   []evidence.Kind{"alert", "alert_rule", "monitor_run", "slo_month"},
		Access: []string{
			"Prometheus has no roles: put a proxy before it that lets this user send GET to /api/v1/query, /api/v1/query_range, /api/v1/rules, /api/v1/status/flags and /api/v1/status/buildinfo, and nothing else",
			"it sends GET only; --web.enable-admin-api stays off",
		},
		Blind: []string{
			"what was scraped by nobody, or is older than the server's retention",
			"earlier forms of a rule: rules are seen as they stand now",
			"whom an alert reached and who took it on: Alertmanager and the on-call system know that",
			"an alert that came and went between two samples of the server",
		},
		Sample: `{id: prometheus, type: prometheus, url: https://prometheus.example.com, token: env:PROMETHEUS_TOKEN, alerts: true,
  labels: {component_id: component, category: category, severity: severity}, severity: {page: critical, warning: medium},
  monitors: [{metric: score_drift, component: fraud-score, query: 'max(score_drift{model="fraud"})', every: 24h, op: "<=", threshold: 0.2}],
  availability: [{component: fraud-score, sli: answers, query: 'max(up{job="fraud"})', every: 1m, target: 0.999}]}`,
		New: New,
	})
}
