// Package iam reads who can do what in an AWS account: users, roles and root
// with their second factors, what their policies let them do, access keys, the
// rules for passwords, and the keys of KMS.
//
// It evaluates no condition, boundary or organisation's policy: a right is what
// a policy allows, so what is shown may be more than what would work, never less.
package iam

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type aws-iam in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	aws.Access    `yaml:",inline"`
	Tags          map[string]string `yaml:"tags"`      // column → tag of the user or role that holds it
	Programs      []string          `yaml:"programs"`  // patterns of users' names that are programs, such as svc-*
	Resources     []string          `yaml:"resources"` // ARNs to which rights are shown one by one, beyond the account
	PageSize      int               `yaml:"page_size"` // 1000 if left out
}

var iamService = aws.Service{Name: "iam", Version: "2010-05-08", Global: true, Reads: []string{
	"GenerateCredentialReport", "GetCredentialReport", "GetAccountAuthorizationDetails", "GetAccountSummary", "GetAccountPasswordPolicy",
	"ListVirtualMFADevices", "ListMFADevices", "ListAccessKeys", "GetAccessKeyLastUsed",
}}

var kmsService = aws.Service{Name: "kms", Target: "TrentService", JSON: "1.1", Reads: []string{
	"ListKeys", "DescribeKey", "GetKeyRotationStatus", "ListKeyRotations", "GetKeyPolicy", "ListGrants",
}}

const maxPage = 1000

// tagged are the columns that a tag may hold, of principals and of their keys.
var tagged = []string{"principal_kind", "email", "worker_id", "owner_id", "component_id", "storage"}

type collector struct {
	cfg     Config
	account *aws.Account
}

var (
	_ source.Collector = (*collector)(nil)
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
	if c.account, err = aws.New(c.cfg.Access, iamService, kmsService); err != nil {
		return err
	}
	if c.cfg.PageSize == 0 {
		c.cfg.PageSize = maxPage
	}
	if c.cfg.PageSize < 1 || c.cfg.PageSize > maxPage {
		return fmt.Errorf("page_size is %d, want 1 to %d", c.cfg.PageSize, maxPage)
	}
	for column, tag := range c.cfg.Tags {
		if !slices.Contains(tagged, column) || tag == "" {
			return fmt.Errorf("tags: %q cannot come from tag %q: the columns that can are %v", column, tag, tagged)
		}
	}
	for _, p := range c.cfg.Programs {
		if _, err := path.Match(p, "x"); err != nil || p == "" {
			return fmt.Errorf("programs: %q is no pattern: want one such as svc-*", p)
		}
	}
	for _, r := range c.cfg.Resources {
		if !strings.HasPrefix(r, "arn:") || strings.ContainsAny(r, "*?") {
			return fmt.Errorf("resources: %q is no single resource: want an ARN without * and ?", r)
		}
	}
	return nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.account.Uses() }

// Check implements source.Checker: each right that a pull begins with is tried.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	s, err := c.account.OpenQuiet(ctx, env)
	if err != nil {
		return err
	}
	defer s.Close()
	_, summary := s.Query(ctx, iamService, "GetAccountSummary", nil)
	_, details := s.Query(ctx, iamService, "GetAccountAuthorizationDetails", map[string][]string{"MaxItems": {"1"}, "Filter.member.1": {"User"}})
	_, keys := s.Ask(ctx, kmsService, "ListKeys", map[string]any{"Limit": 1})
	return errors.Join(summary, details, keys)
}

func init() {
	source.Register(source.Spec{
		Name:    "aws-iam",
		Summary: "an AWS account: users, roles and root with their second factors, rights by policy, access keys, rules for passwords, keys of KMS",
		Emits:   []evidence.Kind{"principal", "grant", "credential", "kms_key", "vendor_setting"},
		Access: append([]string{
			"an access key of a user or role that has this policy and no other, or that may take on such a role (role_arn, external_id):",
		}, aws.Policy(iamService, kmsService)...),
		Blind: []string{
			"conditions, permissions boundaries, session policies, policies of the organisation and of the resources themselves: what they take away is shown as a right all the same, and what a resource's own policy gives is not shown",
			"since when a right is held: AWS keeps no moment at which a policy was attached",
			"who may take on a role, and who did: CloudTrail shows it; people of IAM Identity Center stand behind the roles AWSReservedSSO_…",
			"the second factor behind a role: whoever signs its users in knows it",
			"whose an account without a password is: name programs by pattern, or tag users and map the tag to principal_kind",
			"service-specific credentials, such as API keys of Bedrock and Git passwords, and SSH keys",
			"the time between two credential reports: AWS makes one every four hours at most, and the records of users carry its time",
			"keys of KMS in other regions: state one source a region",
		},
		Sample: `{id: aws, type: aws-iam, region: eu-central-1, access_key: env:AWS_ACCESS_KEY_ID, secret_key: env:AWS_SECRET_ACCESS_KEY,
  role_arn: "arn:aws:iam::123456789012:role/tieout", external_id: tieout, programs: ["svc-*"], tags: {email: email, owner_id: owner},
  resources: ["arn:aws:s3:::prompts.example.com"]}`,
		New: New,
	})
}
