package iam

import (
	"context"
	"encoding/xml"
	"strconv"

	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// rules are the members of a password policy, as AWS names them, and the names
// that its settings get.
var rules = []struct{ member, setting string }{
	{"MinimumPasswordLength", "minimum_length"}, {"RequireSymbols", "symbols"}, {"RequireNumbers", "numbers"},
	{"RequireUppercaseCharacters", "uppercase"}, {"RequireLowercaseCharacters", "lowercase"}, {"ExpirePasswords", "expire"},
	{"MaxPasswordAge", "max_age_days"}, {"PasswordReusePrevention", "reuse_prevention"}, {"HardExpiry", "hard_expiry"},
	{"AllowUsersToChangePassword", "users_change"},
}

// settings shows what holds for the whole account.
func (p *pull) settings(ctx context.Context) error {
	sum, a, err := asked[struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value int64  `xml:"value"`
		} `xml:"GetAccountSummaryResult>SummaryMap>entry"`
	}](ctx, p, "GetAccountSummary", nil)
	if err != nil {
		return err
	}
	p.s.Page(iamService, a, len(sum.Entries))
	p.summary = map[string]int64{}
	for i, e := range sum.Entries {
		p.summary[e.Key] = e.Value
		name, value := "", strconv.FormatInt(e.Value, 10)
		switch e.Key {
		case "AccountMFAEnabled":
			name, value = "root.mfa", strconv.FormatBool(e.Value != 0)
		case "AccountAccessKeysPresent":
			name = "root.access_keys"
		default:
			continue
		}
		if err := p.setting(name, value, a, i+1); err != nil {
			return err
		}
	}
	return p.passwords(ctx, a)
}

func (p *pull) setting(name, value string, a *web.Answer, item int) error {
	r := p.s.Row(iamService, "vendor_setting", a, item)
	r.Put("vendor_id", "aws")
	r.Put("project_id", p.s.Account)
	r.Put("setting", name)
	r.Put("value", value)
	return p.out.Put(r.Record)
}

// passwords shows the rules for passwords. That there are none is a fact, and
// the answer that says so is an error of the service's.
func (p *pull) passwords(ctx context.Context, summary *web.Answer) error {
	got, a, err := asked[struct {
		Policy struct {
			Members []member `xml:",any"`
		} `xml:"GetAccountPasswordPolicyResult>PasswordPolicy"`
	}](ctx, p, "GetAccountPasswordPolicy", nil)
	if aws.Code(err) == "NoSuchEntity" {
		return p.setting("password_policy", "none", summary, 1) // an error is not kept: the record stands at the account's summary
	}
	if err != nil {
		return err
	}
	p.s.Page(iamService, a, 1)
	if err := p.setting("password_policy", "set", a, 1); err != nil {
		return err
	}
	for _, rule := range rules {
		for _, m := range got.Policy.Members {
			if m.XMLName.Local == rule.member && m.Value != "" {
				if err := p.setting("password_policy."+rule.setting, m.Value, a, 1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

type member struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}
