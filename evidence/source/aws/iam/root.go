package iam

import (
	"context"
	"strings"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// showRoot shows the account's root user, which no list of users holds, and
// returns how many principals it showed.
func (p *pull) showRoot(ctx context.Context) (int, error) {
	if p.report == nil || p.report.root == nil && p.summary == nil {
		return 0, nil // nothing says anything of it, and the gap of the report says so
	}
	l := p.report.root
	r := p.s.Row(iamService, "principal", p.report.answer, 1)
	r.Put("principal_id", p.root())
	r.Put("principal_kind", "human")
	switch {
	case l != nil:
		r.ObservedAt, r.AsOfStated = p.report.made, true
		r.PutTime("created_at", l["user_creation_time"])
		l.moment(r, "last_login_at", "password_last_used")
		if v := l.yes("mfa_active"); v != nil {
			r.Put("mfa_enrolled", *v)
		}
	default:
		r.Put("mfa_enrolled", p.summary["AccountMFAEnabled"] == 1)
		r.Unknown("last_login_at", "the credential report has no line of root")
	}
	password, stated := p.summary["AccountPasswordPresent"]
	if stated && password == 0 && p.summary["AccountAccessKeysPresent"] == 0 {
		r.Put("status", "disabled")
		r.Unknown("disabled_at", "AWS does not say since when root has no credential")
	} else {
		r.Put("status", "active")
	}
	if err := p.rootFactor(ctx, r); err != nil {
		return 0, err
	}
	for _, column := range []string{"email", "worker_id"} {
		if p.cfg.Tags[column] != "" {
			r.Unknown(column, "root has no tags")
		}
	}
	if err := p.out.Put(r.Record); err != nil {
		return 0, err
	}
	all := policy{name: "root", id: "root", statements: []statement{{Effect: "Allow", Action: texts{"*"}, Resource: texts{"*"}}}}
	if err := p.grant(p.root(), "", all, p.report.answer, 1); err != nil {
		return 0, err
	}
	if l == nil {
		return 1, nil
	}
	for _, n := range []string{"1", "2"} {
		if err := p.rootKey(l, n); err != nil {
			return 0, err
		}
		if err := p.certificate(user{Arn: p.root()}, l, n); err != nil {
			return 0, err
		}
	}
	return 1, nil
}

func (p *pull) rootKey(l line, n string) error {
	made, active := l["access_key_"+n+"_last_rotated"], l.yes("access_key_"+n+"_active")
	if (made == "" || made == "N/A") && (active == nil || !*active) {
		return nil
	}
	r := p.s.Row(iamService, "credential", p.report.answer, 1)
	r.ObservedAt, r.AsOfStated = p.report.made, true
	r.Put("credential_id", p.root()+"#access_key_"+n+"_"+made)
	r.Put("principal_id", p.root())
	r.Put("credential_kind", "access_key")
	if made != "N/A" {
		r.PutTime("created_at", made)
	}
	p.works(r, active != nil && *active, active != nil && !*active)
	l.moment(r, "last_used_at", "access_key_"+n+"_last_used_date")
	p.putTags(r, user{})
	return p.out.Put(r.Record)
}

// rootFactor says whether root's factor resists phishing. A virtual one does
// not; of any other AWS shows to nobody but root what it is.
func (p *pull) rootFactor(ctx context.Context, r *source.Row) error {
	enrolled, known := r.Value("mfa_enrolled").(bool)
	if !known || !enrolled {
		if known {
			r.Put("mfa_phishing_resistant", false)
		}
		return nil
	}
	virtual := false
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := map[string][]string{"AssignmentStatus": {"Assigned"}}
		if token != "" {
			q["Marker"] = []string{token}
		}
		page, a, err := asked[struct {
			Result struct {
				aws.More
				Devices []struct {
					Serial string `xml:"SerialNumber"`
					User   string `xml:"User>Arn"`
				} `xml:"VirtualMFADevices>member"`
			} `xml:"ListVirtualMFADevicesResult"`
		}](ctx, p, "ListVirtualMFADevices", q)
		if err != nil {
			return "", err
		}
		p.s.Page(iamService, a, len(page.Result.Devices))
		for _, d := range page.Result.Devices {
			virtual = virtual || d.User == p.root() || strings.HasSuffix(d.Serial, ":mfa/root-account-mfa-device")
		}
		return page.Result.Next()
	})
	switch {
	case web.Refused(err):
		r.Unknown("mfa_phishing_resistant", "iam:ListVirtualMFADevices is refused")
		return p.lost(err, "principal", "mfa_phishing_resistant")
	case err != nil:
		return err
	case virtual:
		r.Put("mfa_phishing_resistant", false)
	default:
		r.Unknown("mfa_phishing_resistant", "AWS shows to nobody but root what its factor is")
	}
	return nil
}
