package iam

import (
	"context"
	"encoding/json"
	"path"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// details is a page of GetAccountAuthorizationDetails.
type details struct {
	Result struct {
		aws.More
		Users    []user    `xml:"UserDetailList>member"`
		Groups   []user    `xml:"GroupDetailList>member"`
		Roles    []user    `xml:"RoleDetailList>member"`
		Policies []managed `xml:"Policies>member"`
	} `xml:"GetAccountAuthorizationDetailsResult"`
}

// user is a user, a group or a role: AWS describes them alike.
type user struct {
	Path, Arn, CreateDate         string
	UserName, GroupName, RoleName string
	UserPolicies                  []inline   `xml:"UserPolicyList>member"`
	GroupPolicies                 []inline   `xml:"GroupPolicyList>member"`
	RolePolicies                  []inline   `xml:"RolePolicyList>member"`
	Attached                      []attached `xml:"AttachedManagedPolicies>member"`
	Groups                        []string   `xml:"GroupList>member"`
	Tags                          []tag      `xml:"Tags>member"`
	Trust                         string     `xml:"AssumeRolePolicyDocument"`
	LastUsed                      string     `xml:"RoleLastUsed>LastUsedDate"`
}

type inline struct{ PolicyName, PolicyDocument string }

type attached struct{ PolicyName, PolicyArn string }

type tag struct{ Key, Value string }

type managed struct {
	PolicyName, Arn string
	Versions        []struct {
		Document  string
		IsDefault bool `xml:"IsDefaultVersion"`
	} `xml:"PolicyVersionList>member"`
}

// group is what membership gives.
type group struct {
	arn      string
	policies []policy
}

// holder is a principal with everything that its policies say.
type holder struct {
	arn      string
	policies []policy
}

// each asks for every page of what the filters name.
func (p *pull) each(ctx context.Context, take func(details, *web.Answer) error, filters ...string) error {
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := map[string][]string{"MaxItems": {strconv.Itoa(p.cfg.PageSize)}}
		for i, f := range filters {
			q["Filter.member."+strconv.Itoa(i+1)] = []string{f}
		}
		if token != "" {
			q["Marker"] = []string{token}
		}
		page, a, err := asked[details](ctx, p, "GetAccountAuthorizationDetails", q)
		if err != nil {
			return "", err
		}
		r := page.Result
		p.s.Page(iamService, a, len(r.Users)+len(r.Groups)+len(r.Roles)+len(r.Policies))
		if err := take(page, a); err != nil {
			return "", err
		}
		return r.Next()
	})
}

// everybody shows root, the users and the roles, with what they may do. What
// groups and policies say comes first: users name them.
func (p *pull) everybody(ctx context.Context) error {
	err := p.each(ctx, func(page details, _ *web.Answer) error {
		for _, m := range page.Result.Policies {
			for _, v := range m.Versions {
				if v.IsDefault {
					p.managed[m.Arn] = newPolicy(m.PolicyName, m.Arn, v.Document)
				}
			}
		}
		for _, g := range page.Result.Groups {
			p.groups[g.GroupName] = group{g.Arn, p.policies(g)}
		}
		return nil
	}, "LocalManagedPolicy", "AWSManagedPolicy", "Group")
	if err != nil {
		return err
	}
	for name, g := range p.groups { // a group may stand before the policies that are attached to it
		for i, x := range g.policies {
			if m, ok := p.managed[x.id]; ok {
				m.name = x.name
				g.policies[i] = m
			}
		}
		p.groups[name] = g
	}
	p.env.Provides("grant", "revoked_at") // what is shown is held
	p.env.Provides("credential", "last_used_at", "ended_at")
	p.env.Provides("principal", "last_login_at", "disabled_at")
	users, roles := 0, 0
	err = p.each(ctx, func(page details, a *web.Answer) error {
		for i, u := range page.Result.Users {
			users++
			if err := p.user(ctx, u, a, i+1); err != nil {
				return err
			}
		}
		return nil
	}, "User")
	if err != nil {
		return err
	}
	err = p.each(ctx, func(page details, a *web.Answer) error {
		for i, r := range page.Result.Roles {
			roles++
			if err := p.role(r, a, i+1); err != nil {
				return err
			}
		}
		return nil
	}, "Role")
	if err != nil {
		return err
	}
	n, err := p.showRoot(ctx)
	if err != nil || p.summary == nil {
		return err
	}
	// roles that services make for themselves may not be in AWS's own count, so roles are counted as they come
	return p.out.Total(evidence.Total{Kind: "principal", Count: p.summary["Users"] + int64(roles+n), Basis: "GetAccountSummary: users; root and roles as listed"})
}

// policies are the policies of a user, group or role itself. One whose
// document is not handed over stays without.
func (p *pull) policies(u user) []policy {
	var out []policy
	for _, list := range [][]inline{u.UserPolicies, u.GroupPolicies, u.RolePolicies} {
		for _, x := range list {
			out = append(out, newPolicy(x.PolicyName, u.Arn+"#"+x.PolicyName, x.PolicyDocument))
		}
	}
	for _, x := range u.Attached {
		m, ok := p.managed[x.PolicyArn]
		if !ok {
			m = policy{id: x.PolicyArn, unreadable: true}
		}
		m.name = x.PolicyName
		out = append(out, m)
	}
	return out
}

func (u user) tag(key string) string {
	for _, t := range u.Tags {
		if t.Key == key {
			return t.Value
		}
	}
	return ""
}

// putTags puts the columns in that tags hold. Where there is no such tag,
// nothing is known: its absence is not the column's "there is none".
func (p *pull) putTags(r *source.Row, u user) {
	for column, key := range p.cfg.Tags {
		c, _, ok := r.Schema.Column(column)
		if !ok {
			continue
		}
		if v := u.tag(key); v != "" {
			r.Put(column, v)
		} else if c.Null == evidence.NullNone {
			r.Unknown(column, "there is no tag "+key)
		}
	}
}

func (p *pull) user(ctx context.Context, u user, a *web.Answer, item int) error {
	r := p.s.Row(iamService, "principal", a, item)
	r.Put("principal_id", u.Arn)
	r.PutTime("created_at", u.CreateDate)
	var l line
	if p.report != nil {
		l = p.report.rows[u.Arn]
	}
	if l == nil {
		for _, column := range fromReport {
			r.Unknown(column, "the credential report does not name this user, or there is none")
		}
	} else {
		r.ObservedAt, r.AsOfStated = p.report.made, true
		if v := l.yes("password_enabled"); v != nil && *v {
			r.Put("principal_kind", "human")
		}
		if v := l.usable(); v != nil {
			r.Put("status", "active")
		} else {
			r.Unknown("status", "it has no password, access key or certificate; other credentials stand in no report")
			r.Unknown("disabled_at", "AWS does not say since when nothing works")
		}
		l.moment(r, "last_login_at", "password_last_used")
		if err := p.factors(ctx, r, u, l); err != nil {
			return err
		}
	}
	for _, pattern := range p.cfg.Programs {
		if ok, _ := path.Match(pattern, u.UserName); ok { // the pattern was tried before
			r.Put("principal_kind", "service")
		}
	}
	p.putTags(r, u)
	if err := p.out.Put(r.Record); err != nil {
		return err
	}
	own := p.policies(u)
	h := holder{arn: u.Arn, policies: own}
	for _, x := range own {
		if err := p.grant(u.Arn, "", x, a, item); err != nil {
			return err
		}
	}
	for _, name := range u.Groups {
		g := p.groups[name]
		for _, x := range g.policies {
			if err := p.grant(u.Arn, g.arn, x, a, item); err != nil {
				return err
			}
		}
		h.policies = append(h.policies, g.policies...)
	}
	p.access = append(p.access, h)
	return p.keys(ctx, u, l)
}

// factors puts in what is known of the second factor: only of a user that has
// one is it asked which.
func (p *pull) factors(ctx context.Context, r *source.Row, u user, l line) error {
	v := l.yes("mfa_active")
	if v == nil {
		r.Unknown("mfa_enrolled", "the credential report does not say")
		return nil
	}
	r.Put("mfa_enrolled", *v)
	if !*v {
		r.Put("mfa_phishing_resistant", false)
		return nil
	}
	resistant, any := true, false
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := map[string][]string{"UserName": {u.UserName}}
		if token != "" {
			q["Marker"] = []string{token}
		}
		page, a, err := asked[struct {
			Result struct {
				aws.More
				Devices []struct{ SerialNumber string } `xml:"MFADevices>member"`
			} `xml:"ListMFADevicesResult"`
		}](ctx, p, "ListMFADevices", q)
		if err != nil {
			return "", err
		}
		p.s.Page(iamService, a, len(page.Result.Devices))
		for _, d := range page.Result.Devices {
			any = true
			resistant = resistant && strings.Contains(d.SerialNumber, ":u2f/")
		}
		return page.Result.Next()
	})
	switch {
	case aws.Code(err) == "NoSuchEntity": // removed since the list
		r.Unknown("mfa_phishing_resistant", "the user is gone")
		return nil
	case web.Refused(err):
		r.Unknown("mfa_phishing_resistant", "iam:ListMFADevices is refused")
		return p.lost(err, "principal", "mfa_phishing_resistant")
	case err != nil:
		return err
	case !any:
		r.Unknown("mfa_phishing_resistant", "the report says that there is a factor, and none is listed")
		return nil
	}
	r.Put("mfa_phishing_resistant", resistant)
	return nil
}

func (p *pull) role(u user, a *web.Answer, item int) error {
	r := p.s.Row(iamService, "principal", a, item)
	r.Put("principal_id", u.Arn)
	r.PutTime("created_at", u.CreateDate)
	r.Put("status", "active") // a role is there or is not
	r.PutTime("last_login_at", u.LastUsed)
	if kind := trusted(u.Trust); kind != "" {
		r.Put("principal_kind", kind)
	}
	p.putTags(r, u)
	if err := p.out.Put(r.Record); err != nil {
		return err
	}
	own := p.policies(u)
	for _, x := range own {
		if err := p.grant(u.Arn, "", x, a, item); err != nil {
			return err
		}
	}
	p.access = append(p.access, holder{u.Arn, own})
	return nil
}

// trusted says whose a role is by who may take it on: a service's, where only
// services of AWS or workloads with a token may; a person's, where only a
// directory of people may. Of what accounts may take on, nothing is known.
func trusted(document string) string {
	list, err := parseDocument(document)
	if err != nil || len(list) == 0 {
		return ""
	}
	kind := ""
	for _, s := range list {
		if s.Effect != "Allow" {
			continue
		}
		var who map[string]texts
		if json.Unmarshal(s.Principal, &who) != nil || len(who) == 0 {
			return "" // such as "*"
		}
		for class, names := range who {
			is := ""
			switch class {
			case "Service":
				is = "service"
			case "Federated":
				is = federated(names)
			}
			if is == "" || kind != "" && kind != is {
				return ""
			}
			kind = is
		}
	}
	return kind
}

// federated says whom an identity provider signs in, where its name says so.
func federated(names []string) string {
	kind := ""
	for _, n := range names {
		is := ""
		switch {
		case strings.Contains(n, ":saml-provider/"):
			is = "human"
		case strings.Contains(n, ":oidc-provider/oidc.eks."), strings.Contains(n, ":oidc-provider/token.actions.githubusercontent.com"):
			is = "service"
		}
		if is == "" || kind != "" && kind != is {
			return ""
		}
		kind = is
	}
	return kind
}

// grant shows what one policy gives to one principal: on the account, and on
// each of the resources that the configuration names.
func (p *pull) grant(arn, via string, x policy, a *web.Answer, item int) error {
	given := x.on("")
	if given == nothing {
		p.out.Drop("grant", "its policy allows nothing", 1)
		return nil
	}
	for i, resource := range append([]string{p.s.Account}, p.cfg.Resources...) {
		l := given
		if i > 0 {
			if l = x.on(resource); l == nothing {
				continue
			}
		}
		r := p.s.Row(iamService, "grant", a, item)
		id := arn + " " + x.id
		if via != "" {
			id = arn + " via " + via + " " + x.id
		}
		r.Put("grant_id", id+" on "+resource)
		r.Put("principal_id", arn)
		r.Put("resource_id", resource)
		r.Put("role", x.name)
		if l == unreadable {
			r.Unknown("privileged", "the policy's document cannot be read")
		} else {
			r.Put("privileged", l == changing)
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}
