package mlflow

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"

	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

var (
	purposes = []string{"gate", "benchmark", "canary", "isolation", "adversarial"}
	ops      = []string{">=", "<=", ">", "<"}

	// evaluationTags are the columns of evaluation that a tag of a run may hold.
	evaluationTags = []string{"artifact_sha256", "component_id", "config_sha256", "executed_by", "model_version", "suite_version", "verdict"}
)

// evaluations shows the runs of one experiment, those that somebody deleted
// and that can still be seen among them.
func (p *pull) evaluations(ctx context.Context, e Evaluation) error {
	a, err := p.client.Get(ctx, apiExperiment, url.Values{"experiment_name": {e.Experiment}})
	if web.Absent(err) {
		return fmt.Errorf("there is no experiment %q, or it may not be seen: %w", e.Experiment, err)
	}
	if err != nil {
		return err
	}
	var found experimentAnswer
	if err := a.Decode(&found); err != nil {
		return err
	}
	p.client.Page(a, 1)
	if found.Experiment.ID == "" {
		return fmt.Errorf("experiment %q has no id", e.Experiment)
	}
	return web.Pages(ctx, func(ctx context.Context, token string) (string, error) {
		body := map[string]any{
			"experiment_ids": []string{found.Experiment.ID}, "run_view_type": "ALL", "max_results": p.cfg.PageSize,
			"order_by": []string{"attributes.start_time ASC"},
		}
		if token != "" {
			body["page_token"] = token
		}
		a, err := p.client.Post(ctx, apiRuns, body)
		if err != nil {
			return "", err
		}
		var page runsAnswer
		if err := a.Decode(&page); err != nil {
			return "", err
		}
		p.client.Page(a, len(page.Runs))
		for i, r := range page.Runs {
			if err := p.evaluation(a, i+1, r, e); err != nil {
				return "", err
			}
		}
		return page.Next, nil
	})
}

func (p *pull) evaluation(a *web.Answer, item int, r run, e Evaluation) error {
	p.env.Provides("evaluation", "finished_at") // a run without an end has not ended
	tags := r.Data.Tags.byKey()
	row := p.client.Row("evaluation", a, item)
	row.Put("evaluation_id", r.Info.ID)
	row.Put("component_id", e.Component)
	row.Put("suite", e.Suite)
	row.Put("purpose", e.Purpose)
	row.PutMillis("started_at", int64(r.Info.Started))
	row.PutMillis("finished_at", int64(r.Info.Ended))
	row.Put("executed_by", executor(r, tags))
	for column, tag := range e.Tags {
		putTag(row, column, tag, tags)
	}
	if err := p.out.Put(row.Record); err != nil {
		return err
	}
	params := r.Data.Params.byKey()
	for _, m := range r.Data.Metrics {
		if err := p.metric(p.client.Row("evaluation_metric", a, item), r.Info.ID, m.Key, float64(m.Value), e.Bounds[m.Key], params); err != nil {
			return err
		}
	}
	return nil
}

// executor is whom the client named: in a tag, or in older servers in the run.
func executor(r run, tags map[string]string) string {
	if user := tags["mlflow.user"]; user != "" {
		return user
	}
	return r.Info.User
}

func (p *pull) metric(row *source.Row, run, name string, value float64, b Bound, params map[string]string) error {
	row.Put("evaluation_id", run)
	row.Put("name", name)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		row.Unknown("value", "it is no finite number")
	} else {
		row.Put("value", value)
	}
	if b.Op != "" {
		row.Put("op", b.Op)
		bound, err := strconv.ParseFloat(params[b.Param], 64)
		if err != nil || math.IsNaN(bound) || math.IsInf(bound, 0) {
			row.Unknown("threshold", "the run has no parameter "+b.Param+" that is a number")
		} else {
			row.Put("threshold", bound)
		}
	}
	return p.out.Put(row.Record)
}
