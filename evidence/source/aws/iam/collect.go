package iam

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env     source.Env
	out     source.Sink
	s       *aws.Session
	window  evidence.Window
	report  *report
	groups  map[string]group  // name → what its members get
	managed map[string]policy // ARN → managed policy
	summary map[string]int64
	access  []holder // for the keys' administrators and users
}

// Collect implements source.Collector.
func (c *collector) Collect(ctx context.Context, env source.Env, w evidence.Window, out source.Sink) error {
	s, err := c.account.Open(ctx, env, out)
	if err != nil {
		return web.Lost(out, err, "principal", "grant", "credential", "kms_key", "vendor_setting")
	}
	defer s.Close()
	p := &pull{collector: c, env: env, out: out, s: s, window: w, groups: map[string]group{}, managed: map[string]policy{}}
	if err := web.Lost(out, p.settings(ctx), "vendor_setting"); err != nil {
		return err
	}
	if err := p.credentialReport(ctx); err != nil {
		return err
	}
	known := p.everybody(ctx)
	if err := web.Lost(out, known, "principal", "grant", "credential"); err != nil {
		return err
	}
	return web.Lost(out, p.kms(ctx, known == nil), "kms_key")
}

// asked is one page of a list, decoded.
func asked[T any](ctx context.Context, p *pull, action string, q map[string][]string) (T, *web.Answer, error) {
	var page T
	a, err := p.s.Query(ctx, iamService, action, q)
	if err != nil {
		return page, nil, err
	}
	return page, a, aws.Decode(a, &page)
}

// root is the account's own user.
func (p *pull) root() string {
	return fmt.Sprintf("arn:%s:iam::%s:root", p.partition(), p.s.Account)
}

// partition is the part of AWS that the account is in: aws, aws-cn or aws-us-gov.
func (p *pull) partition() string { return p.s.Partition() }

// lost says that columns of a kind cannot be known of anything.
func (p *pull) lost(err error, kind evidence.Kind, columns ...string) error {
	reason := web.Reason(err)
	return p.out.Gap(evidence.Gap{Kind: kind, Columns: columns, Reason: reason, Detail: err.Error()})
}
