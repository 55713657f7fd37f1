package mlflow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
)

var uses = []string{"train", "tune", "validation", "test", "retrieval"}

// contexts are the words that MLflow's own documentation uses for what a
// dataset went into a run for.
var contexts = map[string]string{
	"train": "train", "training": "train", "fine-tuning": "tune", "tuning": "tune",
	"validation": "validation", "eval": "validation", "evaluation": "validation", "test": "test", "testing": "test",
}

const contextTag = "mlflow.data.context"

// uses shows what data the runs of the versions name. Each run is asked once.
func (p *pull) uses(ctx context.Context, versions []use) error {
	byRun := map[string][]use{}
	without := int64(0)
	for _, v := range versions {
		if v.run == "" {
			without++
			continue
		}
		byRun[v.run] = append(byRun[v.run], v)
	}
	if without > 0 {
		err := p.gap(evidence.Gap{
			Kind: "dataset_use", Reason: evidence.GapDisabled, Rows: without,
			Detail: fmt.Sprintf("%d model versions name no run, so their data is recorded nowhere in MLflow", without),
		})
		if err != nil {
			return err
		}
	}
	gone := int64(0)
	for _, id := range slices.Sorted(maps.Keys(byRun)) {
		a, err := p.client.Get(ctx, apiRun, url.Values{"run_id": {id}})
		switch {
		case runGone(err):
			gone++
			continue
		case web.Refused(err):
			if err := p.refused(err, "dataset_use"); err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		}
		var answer runAnswer
		if err := a.Decode(&answer); err != nil {
			return err
		}
		p.client.Page(a, len(answer.Run.Inputs.Datasets))
		if err := p.inputs(a, answer.Run, byRun[id]); err != nil {
			return err
		}
	}
	if gone == 0 {
		return nil
	}
	return p.gap(evidence.Gap{
		Kind: "dataset_use", Reason: evidence.GapRetention, Rows: gone,
		Detail: fmt.Sprintf("%d runs that model versions name were deleted for good, and what data they used with them", gone),
	})
}

// runGone reports whether the server says that there is no such run. That is
// an answer about this run: whoever deleted it deleted what it used.
func runGone(err error) bool {
	var s *web.StatusError
	return web.Absent(err) || errors.As(err, &s) && s.Status == http.StatusBadRequest
}

func (p *pull) inputs(a *web.Answer, r run, of []use) error {
	for i, in := range r.Inputs.Datasets {
		context := in.Tags.byKey()[contextTag]
		as := p.cfg.Contexts[context]
		if as == "" {
			as = contexts[context]
		}
		if as == "" {
			why := "used_as: the input has no context that is known: name it under contexts"
			if err := p.out.Reject(source.Rejection{Kind: "dataset_use", File: a.Name + "?run_id=" + r.Info.ID, Item: int64(i + 1), Reason: why}); err != nil {
				return err
			}
			continue
		}
		for _, v := range of {
			row := p.client.Row("dataset_use", a, i+1)
			row.Put("model", v.model)
			row.Put("model_version", v.version)
			if tag := p.cfg.Tags["component_id"]; tag != "" {
				putTag(row, "component_id", tag, v.tags...)
			}
			row.Put("dataset_id", in.Dataset.Name)
			row.Put("dataset_version", in.Dataset.Digest)
			row.Put("used_as", as)
			row.PutMillis("used_at", int64(r.Info.Started))
			if err := p.out.Put(row.Record); err != nil {
				return err
			}
		}
	}
	return nil
}
