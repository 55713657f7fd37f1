// Package sagemaker reads Amazon SageMaker's registry of models in one region:
// model packages with their approval, model cards, and what endpoints serve.
//
// The registry keeps the present state of an approval only: who moved it, and
// when, CloudTrail knows.
package sagemaker

import (
	"context"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type aws-sagemaker in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	aws.Access    `yaml:",inline"`
	Show          []string            `yaml:"show"`     // registry, cards, endpoints; all if left out
	Tags          map[string]string   `yaml:"tags"`     // component_id or environment → tag of a group, card or endpoint that holds it
	Metadata      map[string]string   `yaml:"metadata"` // artifact_sha256 → custom property of a package that holds it
	Sections      map[string][]string `yaml:"sections"` // part of a model card → the sections that it stands for; its own name if left out
	PageSize      int                 `yaml:"page_size"`
}

var service = aws.Service{Name: "sagemaker", Host: "api.sagemaker", Target: "SageMaker", JSON: "1.1",
	Secrets: []string{"Environment"}, // variables of containers: programs take credentials from them
	Reads: []string{
		"ListModelPackageGroups", "ListModelPackages", "DescribeModelPackage", "ListModelCards", "DescribeModelCard",
		"ListEndpoints", "DescribeEndpoint", "DescribeEndpointConfig", "DescribeModel", "ListTags",
	},
}

const maxPage = 100

const (
	registry  = "registry"
	cards     = "cards"
	endpoints = "endpoints"
)

// gives is the kind that each part of what can be shown gives, and the list
// that it begins with.
var gives = map[string]struct {
	kind evidence.Kind
	list string
}{
	registry: {"model_version", "ListModelPackageGroups"}, cards: {"model_card", "ListModelCards"}, endpoints: {"deployment", "ListEndpoints"},
}

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
		c.cfg.Show = []string{registry, cards, endpoints}
	}
	for _, s := range c.cfg.Show {
		if _, ok := gives[s]; !ok {
			return fmt.Errorf("show names %q, want some of registry, cards and endpoints", s)
		}
	}
	if c.cfg.PageSize == 0 {
		c.cfg.PageSize = maxPage
	}
	if c.cfg.PageSize < 1 || c.cfg.PageSize > maxPage {
		return fmt.Errorf("page_size is %d, want 1 to %d", c.cfg.PageSize, maxPage)
	}
	for what, known := range map[string][]string{"tags": {"component_id", "environment"}, "metadata": {"artifact_sha256"}} {
		given := c.cfg.Tags
		if what == "metadata" {
			given = c.cfg.Metadata
		}
		for column, from := range given {
			if !slices.Contains(known, column) || from == "" {
				return fmt.Errorf("%s: %q cannot come from %q: the columns that can are %v", what, column, from, known)
			}
		}
	}
	c.account, err = aws.New(c.cfg.Access, service)
	return err
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.account.Uses() }

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	s, err := c.account.OpenQuiet(ctx, env)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, what := range c.cfg.Show {
		if _, err := s.Ask(ctx, service, gives[what].list, map[string]any{"MaxResults": 1}); err != nil {
			return err
		}
	}
	return nil
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	var out []evidence.Kind
	for _, what := range c.cfg.Show {
		out = append(out, gives[what].kind)
	}
	return out
}

func (c *collector) shows(what string) bool { return slices.Contains(c.cfg.Show, what) }

func init() {
	source.Register(source.Spec{
		Name:    "aws-sagemaker",
		Summary: "Amazon SageMaker in one region: model packages with their approval, model cards, and the versions that endpoints serve",
		Emits:   []evidence.Kind{"deployment", "model_card", "model_version"},
		Access: append([]string{
			"an access key of a user or role that has this policy and no other, or that may take on such a role (role_arn, external_id); what show leaves out needs no right, but endpoints and cards name versions by the registry:",
		}, aws.Policy(service)...),
		Blind: []string{
			"who approved a package, and when: only how its approval stands now is kept; CloudTrail has UpdateModelPackage",
			"that an approval was a decision: a package can be made as approved",
			"the SHA-256 of an artifact: SageMaker keeps none; write it into the package's custom properties and map it under metadata",
			"figures of evaluations: they lie as files in S3, where type table reads them",
			"versions of a model card before the present one, and since when one could be read",
			"since when an endpoint serves what it serves, once it was updated, and what it served before",
			"groups that other accounts share, and other regions: state one source a region",
		},
		Sample: `{id: sagemaker, type: aws-sagemaker, region: eu-central-1, access_key: env:AWS_ACCESS_KEY_ID, secret_key: env:AWS_SECRET_ACCESS_KEY,
  tags: {component_id: component, environment: environment}, metadata: {artifact_sha256: sha256},
  sections: {intended_uses: [intended_use, limits], evaluation_details: [evaluation_data, figures]}}`,
		New: New,
	})
}
