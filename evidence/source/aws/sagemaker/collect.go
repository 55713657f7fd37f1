package sagemaker

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/canon"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env      source.Env
	out      source.Sink
	s        *aws.Session
	packages map[string]version // ARN → what the registry says
}

// version is what a deployment takes from the registry.
type version struct{ name, sha256 string }

// Collect implements source.Collector. The registry is shown whole, and
// endpoints as they are now.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	s, err := c.account.Open(ctx, env, out)
	if err != nil {
		return web.Lost(out, err, c.Emits()...)
	}
	defer s.Close()
	p := &pull{collector: c, env: env, out: out, s: s, packages: map[string]version{}}
	var problems []error
	for _, part := range []struct {
		what string
		show func(context.Context) error
	}{{registry, p.registry}, {cards, p.cards}, {endpoints, p.endpoints}} { // versions are named by the registry
		if c.shows(part.what) {
			problems = append(problems, web.Lost(out, part.show(ctx), gives[part.what].kind))
		}
	}
	return errors.Join(problems...)
}

// ask asks and decodes.
func ask[T any](ctx context.Context, p *pull, action string, body map[string]any) (T, *web.Answer, error) {
	var got T
	a, err := p.s.Ask(ctx, service, action, body)
	if err != nil {
		return got, nil, err
	}
	return got, a, a.Decode(&got)
}

// list is what every list may hold; each asks for one of them.
type list struct {
	NextToken string
	Groups    []struct{ ModelPackageGroupName, ModelPackageGroupArn string } `json:"ModelPackageGroupSummaryList"`
	Packages  []struct{ ModelPackageArn string }                             `json:"ModelPackageSummaryList"`
	Cards     []struct{ ModelCardName, ModelCardArn string }                 `json:"ModelCardSummaries"`
	Endpoints []struct{ EndpointName, EndpointArn string }
	Tags      []struct{ Key, Value string }
}

// each asks for every page of a list, oldest first: what is added meanwhile
// comes last.
func (p *pull) each(ctx context.Context, action string, body map[string]any, take func(list) int) error {
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := map[string]any{"MaxResults": p.cfg.PageSize}
		if action != "ListTags" {
			q["SortBy"], q["SortOrder"] = "CreationTime", "Ascending"
		}
		for k, v := range body {
			q[k] = v
		}
		if token != "" {
			q["NextToken"] = token
		}
		page, a, err := ask[list](ctx, p, action, q)
		if err != nil {
			return "", err
		}
		p.s.Page(service, a, take(page))
		return page.NextToken, nil
	})
}

// tags are those of a thing, where the configuration asks for any.
func (p *pull) tags(ctx context.Context, arn string) (map[string]string, error) {
	if len(p.cfg.Tags) == 0 {
		return nil, nil
	}
	got := map[string]string{}
	err := p.each(ctx, "ListTags", map[string]any{"ResourceArn": arn}, func(page list) int {
		for _, t := range page.Tags {
			got[t.Key] = t.Value
		}
		return len(page.Tags)
	})
	return got, err
}

// putTags puts the columns of the kind in that tags hold.
func (p *pull) putTags(r *source.Row, tags map[string]string) {
	for column, tag := range p.cfg.Tags {
		if _, _, ok := r.Schema.Column(column); ok {
			r.Put(column, tags[tag])
		}
	}
}

// gone says that a thing was deleted between the list and the look at it.
func gone(err error) bool {
	code := aws.Code(err)
	return code == "ResourceNotFound" || code == "ValidationException" && contains(err, "does not exist", "could not find", "Could not find")
}

// modelPackage is one version of the registry.
type modelPackage struct {
	ModelPackageArn, ModelPackageGroupName, ModelPackageName, ModelApprovalStatus string
	ModelPackageVersion                                                           int64
	CreationTime                                                                  aws.Seconds
	CreatedBy                                                                     struct {
		UserProfileName string
		IamIdentity     struct{ Arn string }
	}
	MetadataProperties struct{ GeneratedBy string }
	Properties         map[string]string `json:"CustomerMetadataProperties"`
}

// registry shows every version of every group.
func (p *pull) registry(ctx context.Context) error {
	p.env.Provides("model_version", "training_run_id", "status")
	type of struct{ name, arn string }
	var groups []of
	err := p.each(ctx, "ListModelPackageGroups", nil, func(page list) int {
		for _, g := range page.Groups {
			groups = append(groups, of{g.ModelPackageGroupName, g.ModelPackageGroupArn})
		}
		return len(page.Groups)
	})
	if err != nil {
		return err
	}
	for _, g := range groups {
		tags, err := p.tags(ctx, g.arn)
		if gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		var arns []string
		err = p.each(ctx, "ListModelPackages", map[string]any{"ModelPackageGroupName": g.name}, func(page list) int {
			for _, x := range page.Packages {
				arns = append(arns, x.ModelPackageArn)
			}
			return len(page.Packages)
		})
		if err != nil && !gone(err) {
			return err
		}
		for _, arn := range arns {
			if err := p.version(ctx, arn, g.name, tags); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pull) version(ctx context.Context, arn, group string, tags map[string]string) error {
	x, a, err := ask[modelPackage](ctx, p, "DescribeModelPackage", map[string]any{"ModelPackageName": arn})
	if gone(err) {
		return nil
	}
	if err != nil {
		return err
	}
	p.s.Page(service, a, 1)
	v := version{name: arn}
	if x.ModelPackageVersion > 0 {
		v.name = strconv.FormatInt(x.ModelPackageVersion, 10)
	}
	r := p.s.Row(service, "model_version", a, 1)
	r.Put("model", group)
	r.Put("version", v.name)
	p.putTags(r, tags)
	if key := p.cfg.Metadata["artifact_sha256"]; key != "" {
		if v.sha256 = x.Properties[key]; v.sha256 != "" {
			r.Put("artifact_sha256", v.sha256)
		} else {
			r.Unknown("artifact_sha256", "the package has no custom property "+key)
		}
	}
	if at, ok := x.CreationTime.Instant(); ok {
		r.Put("created_at", at)
	}
	by := x.CreatedBy.IamIdentity.Arn
	if by == "" {
		by = x.CreatedBy.UserProfileName
	}
	r.Put("created_by", by)
	r.Put("status", x.ModelApprovalStatus)
	r.Put("training_run_id", x.MetadataProperties.GeneratedBy)
	p.packages[arn] = v
	return p.out.Put(r.Record)
}

// cards shows the model cards, each as it stands.
func (p *pull) cards(ctx context.Context) error {
	p.env.Provides("model_card", "published_at")
	type of struct{ name, arn string }
	var all []of
	err := p.each(ctx, "ListModelCards", nil, func(page list) int {
		for _, c := range page.Cards {
			all = append(all, of{c.ModelCardName, c.ModelCardArn})
		}
		return len(page.Cards)
	})
	if err != nil {
		return err
	}
	for _, x := range all {
		c, a, err := ask[struct {
			ModelCardArn, ModelCardStatus, Content string
			ModelCardVersion                       int64
		}](ctx, p, "DescribeModelCard", map[string]any{"ModelCardName": x.name})
		if gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		p.s.Page(service, a, 1)
		tags, err := p.tags(ctx, c.ModelCardArn)
		if err != nil && !gone(err) {
			return err
		}
		r := p.s.Row(service, "model_card", a, 1)
		r.Put("card_id", c.ModelCardArn+"#"+strconv.FormatInt(c.ModelCardVersion, 10))
		p.putTags(r, tags)
		if c.ModelCardStatus == "Approved" {
			r.Unknown("published_at", "SageMaker does not say since when a card is approved")
		}
		if err := p.content(r, c.Content); err != nil {
			if err := p.out.Reject(source.Rejection{Kind: "model_card", File: a.Name, Item: 1, Reason: err.Error()}); err != nil {
				return err
			}
			continue
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}

// content puts in which version a card describes, and what it says of it.
func (p *pull) content(r *source.Row, text string) error {
	if _, err := canon.Parse([]byte(text)); err != nil {
		return errors.New("its content is no JSON that can be read")
	}
	var parts map[string]json.RawMessage
	var named struct {
		Overview struct {
			Version json.Number `json:"model_version"`
		} `json:"model_overview"`
		Package struct {
			ARN string `json:"model_package_arn"`
		} `json:"model_package_details"`
	}
	if json.Unmarshal([]byte(text), &parts) != nil || json.Unmarshal([]byte(text), &named) != nil {
		return errors.New("its content is not of the form of a model card")
	}
	v, ok := p.packages[named.Package.ARN]
	switch {
	case ok:
		r.Put("version", v.name)
	case named.Package.ARN != "":
		r.Put("version", named.Package.ARN)
	case named.Overview.Version != "":
		r.Put("version", named.Overview.Version.String())
	default:
		return errors.New("it names no version of a model")
	}
	sections := []string{}
	for name, body := range parts {
		if empty(body) || name == "model_overview" || name == "model_package_details" {
			continue
		}
		if as, ok := p.cfg.Sections[name]; ok {
			sections = append(sections, as...)
			continue
		}
		sections = append(sections, name)
	}
	slices.Sort(sections)
	r.Put("sections", slices.Compact(sections))
	return nil
}

// empty says whether a part of a card says nothing: no text and no figure at any depth.
func empty(body json.RawMessage) bool {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return true
	}
	return hollow(v)
}

func hollow(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			if !hollow(x) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !hollow(x) })
	case string:
		return v == ""
	}
	return v == nil
}
