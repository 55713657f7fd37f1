package sagemaker

import (
	"context"
	"strings"
	"time"

	"github.com/tieout/tieout/evidence/source/aws"
	"github.com/tieout/tieout/evidence/source/web"
)

type endpoint struct {
	EndpointName, EndpointArn, EndpointConfigName, EndpointStatus string
	CreationTime, LastModifiedTime                                aws.Seconds
}

type endpointConfig struct {
	CreationTime       aws.Seconds
	ProductionVariants []struct{ VariantName, ModelName string }
}

type model struct {
	PrimaryContainer *struct{ ModelPackageName string }
	Containers       []struct{ ModelPackageName string }
}

// settling is how long a new endpoint takes to come up: one that was changed
// later than that after it was made was changed by somebody.
const settling = time.Hour

// endpoints shows what each variant of each endpoint serves now.
func (p *pull) endpoints(ctx context.Context) error {
	p.env.Provides("deployment", "alias_used", "ended_at") // it names a model itself, and is gone when it has ended
	var names []string
	err := p.each(ctx, "ListEndpoints", nil, func(page list) int {
		for _, e := range page.Endpoints {
			names = append(names, e.EndpointName)
		}
		return len(page.Endpoints)
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		e, a, err := ask[endpoint](ctx, p, "DescribeEndpoint", map[string]any{"EndpointName": name})
		if gone(err) {
			continue
		}
		if err != nil {
			return err
		}
		p.s.Page(service, a, 1)
		if e.EndpointStatus == "Creating" || e.EndpointStatus == "Failed" || e.EndpointStatus == "OutOfService" || e.EndpointStatus == "Deleting" {
			p.out.Drop("deployment", "it serves nothing: "+e.EndpointStatus, 1)
			continue
		}
		if err := p.endpoint(ctx, e, a); err != nil {
			return err
		}
	}
	return nil
}

func (p *pull) endpoint(ctx context.Context, e endpoint, a *web.Answer) error {
	tags, err := p.tags(ctx, e.EndpointArn)
	if err != nil && !gone(err) {
		return err
	}
	c, config, err := ask[endpointConfig](ctx, p, "DescribeEndpointConfig", map[string]any{"EndpointConfigName": e.EndpointConfigName})
	if err == nil {
		p.s.Page(service, config, len(c.ProductionVariants))
	} else if !gone(err) { // a configuration may be deleted while its endpoint serves
		return err
	}
	if err != nil {
		r := p.s.Row(service, "deployment", a, 1)
		r.Put("deployment_id", e.EndpointArn)
		p.putTags(r, tags)
		r.Unknown("model_version", "the endpoint's configuration is deleted")
		r.Unknown("artifact_sha256", "the endpoint's configuration is deleted")
		r.Unknown("started_at", "the endpoint's configuration is deleted")
		return p.out.Put(r.Record)
	}
	for _, v := range c.ProductionVariants {
		r := p.s.Row(service, "deployment", a, 1)
		r.Put("deployment_id", e.EndpointArn+"/"+v.VariantName+"@"+e.EndpointConfigName)
		p.putTags(r, tags)
		made, ok := e.CreationTime.Instant()
		changed, _ := e.LastModifiedTime.Instant()
		if before, _ := c.CreationTime.Instant(); ok && before <= made && changed.Time().Sub(made.Time()) < settling {
			r.Put("started_at", made)
		} else {
			r.Unknown("started_at", "the endpoint was changed since it was made, and SageMaker does not say how")
		}
		arn, err := p.packageOf(ctx, v.ModelName)
		if err != nil {
			return err
		}
		switch x, ok := p.packages[arn]; {
		case arn == "":
			r.Unknown("model_version", "its model names no package of the registry")
			r.Unknown("artifact_sha256", "its model names no package of the registry")
		case !ok:
			r.Put("model_version", arn)
			r.Unknown("artifact_sha256", "the registry does not show the package")
		default:
			r.Put("model_version", x.name)
			if x.sha256 != "" {
				r.Put("artifact_sha256", x.sha256)
			} else {
				r.Unknown("artifact_sha256", "the registry has no SHA-256 of it")
			}
		}
		if err := p.out.Put(r.Record); err != nil {
			return err
		}
	}
	return nil
}

// packageOf is the package that a model is made from; "" where it is made from
// none, from several, or is gone.
func (p *pull) packageOf(ctx context.Context, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	m, a, err := ask[model](ctx, p, "DescribeModel", map[string]any{"ModelName": name})
	if gone(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	p.s.Page(service, a, 1)
	if m.PrimaryContainer != nil {
		return m.PrimaryContainer.ModelPackageName, nil
	}
	if len(m.Containers) == 1 {
		return m.Containers[0].ModelPackageName, nil
	}
	return "", nil
}

func contains(err error, words ...string) bool {
	for _, w := range words {
		if strings.Contains(err.Error(), w) {
			return true
		}
	}
	return false
}
