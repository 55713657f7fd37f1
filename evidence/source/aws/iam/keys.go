package iam

import (
	"context"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// keys shows the access keys and signing certificates of a user. Every user is
// asked for keys: the report may be older than one.
func (p *pull) keys(ctx context.Context, u user, l line) error {
	if l != nil {
		for _, n := range []string{"1", "2"} {
			if err := p.certificate(u, l, n); err != nil {
				return err
			}
		}
	}
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := map[string][]string{"UserName": {u.UserName}}
		if token != "" {
			q["Marker"] = []string{token}
		}
		page, a, err := asked[struct {
			Result struct {
				aws.More
				Keys []accessKey `xml:"AccessKeyMetadata>member"`
			} `xml:"ListAccessKeysResult"`
		}](ctx, p, "ListAccessKeys", q)
		if err != nil {
			return "", err
		}
		p.s.Page(iamService, a, len(page.Result.Keys))
		for i, k := range page.Result.Keys {
			if err := p.key(ctx, u, k, p.s.Row(iamService, "credential", a, i+1)); err != nil {
				return "", err
			}
		}
		return page.Result.Next()
	})
	switch {
	case aws.Code(err) == "NoSuchEntity": // removed since the list
		return nil
	case web.Refused(err):
		return web.Lost(p.out, err, "credential")
	}
	return err
}

type accessKey struct {
	ID         string `xml:"AccessKeyId"`
	Status     string
	CreateDate string
}

func (p *pull) key(ctx context.Context, u user, k accessKey, r *source.Row) error {
	r.Put("credential_id", k.ID)
	r.Put("principal_id", u.Arn)
	r.Put("credential_kind", "access_key")
	r.PutTime("created_at", k.CreateDate)
	p.works(r, k.Status == "Active", k.Status == "Inactive")
	p.putTags(r, u)
	used, a, err := asked[struct {
		Result struct {
			Date string `xml:"AccessKeyLastUsed>LastUsedDate"`
		} `xml:"GetAccessKeyLastUsedResult"`
	}](ctx, p, "GetAccessKeyLastUsed", map[string][]string{"AccessKeyId": {k.ID}})
	switch {
	case aws.Code(err) == "NoSuchEntity":
		r.Unknown("last_used_at", "the key is gone")
	case web.Refused(err):
		r.Unknown("last_used_at", "iam:GetAccessKeyLastUsed is refused")
		if err := p.lost(err, "credential", "last_used_at"); err != nil {
			return err
		}
	case err != nil:
		return err
	default:
		p.s.Page(iamService, a, 1)
		if used.Result.Date != "N/A" {
			r.PutTime("last_used_at", used.Result.Date) // none: it was never used
		}
	}
	return p.out.Put(r.Record)
}

// works puts in whether a credential works, and that its end is not known
// where it does not.
func (p *pull) works(r *source.Row, active, inactive bool) {
	switch {
	case active:
		r.Put("status", "active")
	case inactive:
		r.Put("status", "inactive")
		r.Unknown("ended_at", "AWS does not say since when it does not work")
	default:
		r.Unknown("status", "AWS says neither that it works nor that it does not")
		r.Unknown("ended_at", "it is not known whether it works")
	}
}

func (p *pull) certificate(u user, l line, n string) error {
	made := l["cert_"+n+"_last_rotated"]
	if made == "" || made == "N/A" {
		return nil
	}
	r := p.s.Row(iamService, "credential", p.report.answer, 1)
	r.ObservedAt, r.AsOfStated = p.report.made, true
	r.Put("credential_id", u.Arn+"#certificate_"+made)
	r.Put("principal_id", u.Arn)
	r.Put("credential_kind", "certificate")
	r.PutTime("created_at", made)
	v := l.yes("cert_" + n + "_active")
	p.works(r, v != nil && *v, v != nil && !*v)
	r.Unknown("last_used_at", "AWS does not say when a certificate was used")
	p.putTags(r, u)
	return p.out.Put(r.Record)
}
