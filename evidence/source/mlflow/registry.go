package mlflow

import (
	"context"
	"net/url"
	"strconv"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

// versionTags are the columns of model_version that a tag may hold.
var versionTags = []string{"artifact_sha256", "component_id", "created_by", "status"}

// promptTag marks a registered "model" that is a prompt.
const promptTag = "mlflow.prompt.is_prompt"

// model is what the registry says of a registered model: aliases stand here
// only, a search for versions leaves them out.
type model struct {
	tags    map[string]string
	aliases map[string]string // alias → version
	answer  *web.Answer
	item    int
}

// use is what a version's run is asked for.
type use struct {
	model, version, run string
	tags                []map[string]string
}

// registry shows the versions and returns what their runs are to be asked.
func (p *pull) registry(ctx context.Context) ([]use, error) {
	models, order, err := p.models(ctx)
	if err != nil {
		return nil, err
	}
	p.env.Provides("model_version", "training_run_id") // a version that names no run has none
	var out []use
	err = web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := p.query(token)
		q.Set("order_by", "creation_timestamp ASC") // what is added meanwhile comes last
		a, err := p.client.Get(ctx, apiVersions, q)
		if err != nil {
			return "", err
		}
		var page versionsAnswer
		if err := a.Decode(&page); err != nil {
			return "", err
		}
		p.client.Page(a, len(page.Versions))
		for i, v := range page.Versions {
			tags := v.Tags.byKey()
			if tags[promptTag] == "true" {
				p.out.Drop("model_version", "it is a prompt and no model", 1)
				continue
			}
			if err := p.version(p.client.Row("model_version", a, i+1), v, models[v.Name]); err != nil {
				return "", err
			}
			out = append(out, use{v.Name, string(v.Version), v.RunID, []map[string]string{tags, models[v.Name].tags}})
		}
		return page.Next, nil
	})
	if err != nil {
		return nil, err
	}
	return out, p.deployments(models, order)
}

func (p *pull) query(token string) url.Values {
	q := url.Values{"max_results": {strconv.Itoa(p.cfg.PageSize)}}
	if token != "" {
		q.Set("page_token", token)
	}
	return q
}

func (p *pull) models(ctx context.Context) (map[string]model, []string, error) {
	models := map[string]model{}
	var order []string
	err := web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		q := p.query(token)
		q.Set("order_by", "name ASC")
		a, err := p.client.Get(ctx, apiModels, q)
		if err != nil {
			return "", err
		}
		var page modelsAnswer
		if err := a.Decode(&page); err != nil {
			return "", err
		}
		p.client.Page(a, len(page.Models))
		for i, m := range page.Models {
			aliases := map[string]string{}
			for _, x := range m.Aliases {
				aliases[x.Alias] = string(x.Version)
			}
			models[m.Name] = model{m.Tags.byKey(), aliases, a, i + 1}
			order = append(order, m.Name)
		}
		return page.Next, nil
	})
	return models, order, err
}

func (p *pull) version(r *source.Row, v version, m model) error {
	tags := v.Tags.byKey()
	r.Put("model", v.Name)
	r.Put("version", string(v.Version))
	r.PutMillis("created_at", int64(v.Created))
	r.Put("created_by", v.User)
	r.Put("training_run_id", v.RunID)
	if v.Stage != nil {
		p.env.Provides("model_version", "status")
		if *v.Stage != "None" {
			r.Put("status", *v.Stage)
		}
	}
	for column, tag := range p.cfg.Tags {
		if column == "component_id" {
			putTag(r, column, tag, tags, m.tags)
			continue
		}
		putTag(r, column, tag, tags)
	}
	return p.out.Put(r.Record)
}

// deployments shows the aliases that are said to be deployments, as they stand
// now. What stood there before is not kept anywhere, so all of it is a gap.
func (p *pull) deployments(models map[string]model, order []string) error {
	if len(p.cfg.Aliases) == 0 {
		return nil
	}
	for _, name := range order {
		m := models[name]
		for alias, environment := range p.cfg.Aliases {
			version, ok := m.aliases[alias]
			if !ok {
				continue
			}
			r := p.client.Row("deployment", m.answer, m.item)
			r.Put("deployment_id", name+"@"+alias+":"+version)
			if tag := p.cfg.Tags["component_id"]; tag != "" {
				putTag(r, "component_id", tag, m.tags)
			}
			r.Put("environment", environment)
			r.Put("model_version", version)
			r.Put("alias_used", alias)
			r.Unknown("ended_at", "MLflow does not say since when and until when an alias stands somewhere")
			if err := p.out.Put(r.Record); err != nil {
				return err
			}
		}
	}
	return p.gap(evidence.Gap{
		Kind: "deployment", Reason: evidence.GapDisabled,
		Detail: "MLflow keeps no history of aliases: what they stood for between two pulls cannot be seen; a record of deployments from the system that deploys can show it",
	})
}
