package bedrock

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

// pull is one run of the collector.
type pull struct {
	*collector
	env source.Env
	out source.Sink
	s   *aws.Session
}

// Collect implements source.Collector. What is shown is how things are set up
// now, whatever the window.
func (c *collector) Collect(ctx context.Context, env source.Env, _ evidence.Window, out source.Sink) error {
	s, err := c.account.Open(ctx, env, out)
	if err != nil {
		return web.Lost(out, err, c.Emits()...)
	}
	defer s.Close()
	p := &pull{c, env, out, s}
	var problems []error
	if c.shows(logging) {
		problems = append(problems, web.Lost(out, p.logging(ctx), "log_source", "vendor_setting"))
	}
	if c.shows(guardrails) {
		problems = append(problems, web.Lost(out, p.guardrails(ctx), "vendor_setting"))
	}
	if c.shows(models) {
		problems = append(problems, web.Lost(out, p.models(ctx), "model_version"), web.Lost(out, p.capacity(ctx), "deployment"))
	}
	return errors.Join(problems...)
}

// get asks for a path and decodes the answer.
func get[T any](ctx context.Context, p *pull, action, path string, q url.Values) (T, *web.Answer, error) {
	var got T
	a, err := p.s.Get(ctx, service, action, path, q)
	if err != nil {
		return got, nil, err
	}
	return got, a, a.Decode(&got)
}

// next is a list's token of its next page.
type next struct {
	Token string `json:"nextToken"`
}

// each asks for every page of a list.
func each[T any](ctx context.Context, p *pull, action, path string, q url.Values, take func(T, *web.Answer) (token string, rows int, err error)) error {
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		ask := url.Values{"maxResults": {"100"}}
		for k, v := range q {
			ask[k] = v
		}
		if token != "" {
			ask.Set("nextToken", token)
		}
		page, a, err := get[T](ctx, p, action, path, ask)
		if err != nil {
			return "", err
		}
		to, rows, err := take(page, a)
		if err != nil {
			return "", err
		}
		p.s.Page(service, a, rows)
		return to, nil
	})
}

func (p *pull) setting(a *web.Answer, item int, name, value string) error {
	r := p.s.Row(service, "vendor_setting", a, item)
	r.Put("vendor_id", p.cfg.Vendor)
	r.Put("project_id", p.s.Account)
	r.Put("setting", p.s.Region()+"/"+name)
	r.Put("value", value)
	return p.out.Put(r.Record)
}

// logging shows whether invocations are logged. That nothing is set up is how
// Bedrock says that they are not.
func (p *pull) logging(ctx context.Context) error {
	got, a, err := get[struct {
		Config *struct {
			S3 *struct {
				Bucket string `json:"bucketName"`
				Prefix string `json:"keyPrefix"`
			} `json:"s3Config"`
			CloudWatch *struct {
				Group string `json:"logGroupName"`
			} `json:"cloudWatchConfig"`
			Text      *bool `json:"textDataDeliveryEnabled"`
			Image     *bool `json:"imageDataDeliveryEnabled"`
			Embedding *bool `json:"embeddingDataDeliveryEnabled"`
			Video     *bool `json:"videoDataDeliveryEnabled"`
			Audio     *bool `json:"audioDataDeliveryEnabled"`
		} `json:"loggingConfig"`
	}](ctx, p, "GetModelInvocationLoggingConfiguration", "/logging/modelinvocations", nil)
	if err != nil {
		return err
	}
	p.s.Page(service, a, 1)
	var places []string
	c := got.Config
	if c != nil && c.S3 != nil && c.S3.Bucket != "" {
		places = append(places, "s3://"+strings.TrimSuffix(c.S3.Bucket+"/"+c.S3.Prefix, "/"))
	}
	if c != nil && c.CloudWatch != nil && c.CloudWatch.Group != "" {
		places = append(places, "cloudwatch:"+c.CloudWatch.Group)
	}
	r := p.s.Row(service, "log_source", a, 1)
	log := p.cfg.Log
	if log == "" {
		log = "aws-bedrock/" + p.s.Account + "/" + p.s.Region()
	}
	r.Put("log_id", log)
	r.Put("as_of", p.env.Now())
	r.Put("enabled", len(places) > 0)
	r.Unknown("oldest_record_at", "Bedrock does not say what is there of its log")
	if err := p.out.Put(r.Record); err != nil {
		return err
	}
	where := "none"
	if len(places) > 0 {
		where = strings.Join(places, ", ")
	}
	if err := p.setting(a, 1, "invocation_logging", where); err != nil || len(places) == 0 {
		return err
	}
	for _, x := range []struct {
		name string
		on   *bool
	}{{"text", c.Text}, {"image", c.Image}, {"embedding", c.Embedding}, {"video", c.Video}, {"audio", c.Audio}} {
		if x.on == nil {
			continue
		}
		if err := p.setting(a, 1, "invocation_logging/"+x.name, strconv.FormatBool(*x.on)); err != nil {
			return err
		}
	}
	return nil
}

// guardrail is one version of a guardrail, in a list and by itself.
type guardrail struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Status  string         `json:"status"`
	Version string         `json:"version"`
	Content map[string]any `json:"contentPolicy"`
	Topic   map[string]any `json:"topicPolicy"`
	Word    map[string]any `json:"wordPolicy"`
	Secret  map[string]any `json:"sensitiveInformationPolicy"`
	Ground  map[string]any `json:"contextualGroundingPolicy"`
	Reason  map[string]any `json:"automatedReasoningPolicy"`
}

type guardrailPage struct {
	next
	Guardrails []guardrail `json:"guardrails"`
}

// guardrails shows every version of every guardrail, and what it looks at.
func (p *pull) guardrails(ctx context.Context) error {
	var ids []string
	err := each(ctx, p, "ListGuardrails", "/guardrails", nil, func(page guardrailPage, _ *web.Answer) (string, int, error) {
		for _, g := range page.Guardrails {
			ids = append(ids, g.ID)
		}
		return page.Token, len(page.Guardrails), nil
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if err := p.versions(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (p *pull) versions(ctx context.Context, id string) error {
	if id == "" || strings.ContainsAny(id, "/?#") {
		return fmt.Errorf("the list of guardrails holds the id %q", id)
	}
	var list []string
	err := each(ctx, p, "ListGuardrails", "/guardrails", url.Values{"guardrailIdentifier": {id}}, func(page guardrailPage, _ *web.Answer) (string, int, error) {
		for _, g := range page.Guardrails {
			list = append(list, g.Version)
		}
		return page.Token, len(page.Guardrails), nil
	})
	if err != nil {
		return err
	}
	for _, version := range list {
		g, a, err := get[guardrail](ctx, p, "GetGuardrail", "/guardrails/"+id, url.Values{"guardrailVersion": {version}})
		if web.Absent(err) {
			continue // deleted since the list
		}
		if err != nil {
			return err
		}
		p.s.Page(service, a, 1)
		var looks []string
		for _, x := range []struct {
			name string
			at   map[string]any
		}{{"content", g.Content}, {"topic", g.Topic}, {"word", g.Word}, {"sensitive_information", g.Secret}, {"contextual_grounding", g.Ground}, {"automated_reasoning", g.Reason}} {
			if len(x.at) > 0 {
				looks = append(looks, x.name)
			}
		}
		policies := "none"
		if len(looks) > 0 {
			policies = strings.Join(looks, ", ")
		}
		base := "guardrail/" + id + "/" + version
		err = errors.Join(p.setting(a, 1, base, g.Status), p.setting(a, 1, base+"/name", g.Name), p.setting(a, 1, base+"/policies", policies))
		if err != nil {
			return err
		}
	}
	return nil
}

// models shows the custom models. Each is a version of its own: its ARN is
// what capacity names.
func (p *pull) models(ctx context.Context) error {
	var arns []string
	type page struct {
		next
		Models []struct {
			ARN string `json:"modelArn"`
		} `json:"modelSummaries"`
	}
	err := each(ctx, p, "ListCustomModels", "/custom-models", nil, func(page page, _ *web.Answer) (string, int, error) {
		for _, m := range page.Models {
			arns = append(arns, m.ARN)
		}
		return page.Token, len(page.Models), nil
	})
	if err != nil {
		return err
	}
	for _, arn := range arns {
		m, a, err := get[struct {
			Name    string `json:"modelName"`
			ARN     string `json:"modelArn"`
			Job     string `json:"jobArn"`
			Created string `json:"creationTime"`
		}](ctx, p, "GetCustomModel", "/custom-models/"+arn, nil)
		if web.Absent(err) {
			continue // deleted since the list
		}
		if err != nil {
			return err
		}
		p.s.Page(service, a, 1)
		r := p.s.Row(service, "model_version", a, 1)
		r.Put("model", m.Name)
		r.Put("version", m.ARN)
		r.Put("component_id", p.cfg.Components[m.Name])
		r.PutTime("created_at", m.Created)
		r.Put("training_run_id", m.Job)
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}

// capacity shows what is bought for one model: it serves that model.
func (p *pull) capacity(ctx context.Context) error {
	p.env.Provides("deployment", "alias_used", "ended_at") // it names a model itself, and is gone when it has ended
	type page struct {
		next
		List []struct {
			Name     string `json:"provisionedModelName"`
			ARN      string `json:"provisionedModelArn"`
			Model    string `json:"modelArn"`
			Status   string `json:"status"`
			Created  string `json:"creationTime"`
			Modified string `json:"lastModifiedTime"`
		} `json:"provisionedModelSummaries"`
	}
	return each(ctx, p, "ListProvisionedModelThroughputs", "/provisioned-model-throughputs", nil, func(page page, a *web.Answer) (string, int, error) {
		for i, x := range page.List {
			if x.Status == "Creating" || x.Status == "Failed" {
				p.out.Drop("deployment", "it serves nothing: "+x.Status, 1)
				continue
			}
			r := p.s.Row(service, "deployment", a, i+1)
			r.Put("deployment_id", x.ARN)
			r.Put("component_id", p.cfg.Components[x.Name])
			r.Put("environment", p.cfg.Environments[x.Name])
			r.Put("model_version", x.Model)
			if x.Modified != "" && x.Modified != x.Created {
				r.Unknown("started_at", "it was changed since it was made, and Bedrock does not say how")
			} else {
				r.PutTime("started_at", x.Created)
			}
			if err := p.out.Put(r.Record); err != nil {
				return "", 0, err
			}
		}
		return page.Token, len(page.List), nil
	})
}
