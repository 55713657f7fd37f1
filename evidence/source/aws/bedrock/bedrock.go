// Package bedrock reads how Amazon Bedrock is set up in one region: whether
// invocations are logged and where, guardrails and their versions, custom
// models, and capacity that is bought for one model.
//
// The log itself is read by the type table, out of its bucket.
package bedrock

import (
	"context"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type aws-bedrock in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	aws.Access    `yaml:",inline"`
	Show          []string          `yaml:"show"`         // logging, guardrails, models; all if left out
	Log           string            `yaml:"log"`          // source that holds the log of invocations
	Vendor        string            `yaml:"vendor"`       // as requests name the provider; aws.bedrock if left out
	Components    map[string]string `yaml:"components"`   // name of a custom model or of its capacity → component
	Environments  map[string]string `yaml:"environments"` // name of bought capacity → environment
}

var service = aws.Service{Name: "bedrock", Reads: []string{
	"GetModelInvocationLoggingConfiguration", "ListGuardrails", "GetGuardrail", "ListCustomModels", "GetCustomModel", "ListProvisionedModelThroughputs",
}}

const (
	logging    = "logging"
	guardrails = "guardrails"
	models     = "models"
)

var shows = []string{logging, guardrails, models}

type collector struct {
	cfg     Config
	account *aws.Account
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.Emitter   = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() (err error) {
	if len(c.cfg.Show) == 0 {
		c.cfg.Show = shows
	}
	for _, s := range c.cfg.Show {
		if !slices.Contains(shows, s) {
			return fmt.Errorf("show names %q, want some of %v", s, shows)
		}
	}
	if c.cfg.Vendor == "" {
		c.cfg.Vendor = "aws.bedrock"
	}
	c.account, err = aws.New(c.cfg.Access, service)
	return err
}

func (c *collector) shows(what string) bool { return slices.Contains(c.cfg.Show, what) }

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.account.Uses() }

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	s, err := c.account.OpenQuiet(ctx, env)
	if err != nil {
		return err
	}
	defer s.Close()
	switch {
	case c.shows(logging):
		_, err = s.Get(ctx, service, "GetModelInvocationLoggingConfiguration", "/logging/modelinvocations", nil)
	case c.shows(guardrails):
		_, err = s.Get(ctx, service, "ListGuardrails", "/guardrails", nil)
	default:
		_, err = s.Get(ctx, service, "ListCustomModels", "/custom-models", nil)
	}
	return err
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	var out []evidence.Kind
	if c.shows(logging) {
		out = append(out, "log_source", "vendor_setting")
	}
	if c.shows(guardrails) {
		out = append(out, "vendor_setting")
	}
	if c.shows(models) {
		out = append(out, "model_version", "deployment")
	}
	return out
}

func init() {
	source.Register(source.Spec{
		Name:    "aws-bedrock",
		Summary: "Amazon Bedrock in one region: whether invocations are logged and where, guardrails and their versions, custom models, bought capacity",
		Emits:   []evidence.Kind{"deployment", "log_source", "model_version", "vendor_setting"},
		Access: append([]string{
			"an access key of a user or role that has this policy and no other, or that may take on such a role (role_arn, external_id); what show leaves out needs no right:",
		}, aws.Policy(service)...),
		Blind: []string{
			"the log itself: type table reads it out of its bucket; how long the bucket keeps it, and who may delete, stand in the bucket's settings",
			"how it was set up before: Bedrock keeps no history of its settings, CloudTrail does; pull often",
			"other regions: logging is switched on for each by itself; state one source a region",
			"calls that go to other endpoints than bedrock-runtime: they are never in the log",
			"who made a custom model, the digest of its weights, and since when capacity serves the model that it serves, once it was changed",
		},
		Sample: `{id: bedrock, type: aws-bedrock, region: eu-central-1, access_key: env:AWS_ACCESS_KEY_ID, secret_key: env:AWS_SECRET_ACCESS_KEY, log: bedrock-log,
  components: {fraud-texts: fraud-score}, environments: {fraud-texts: production}}`,
		New: New,
	})
}
