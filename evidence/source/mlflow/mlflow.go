// Package mlflow reads an MLflow tracking server and model registry: versions
// of models, what data their runs name, and runs that are evaluations.
//
// MLflow keeps no history of aliases, stages and tags: what is shown is how
// they stand now. An alias is no deployment unless the configuration says so,
// a dataset that a run names is a use and no entry of a register, and whoever
// a run names as its user is what the client said.
package mlflow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/web"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type mlflow in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	web.Access    `yaml:",inline"`
	Tags          map[string]string `yaml:"tags"`        // column of model_version → tag that holds it
	Contexts      map[string]string `yaml:"contexts"`    // context of a dataset input → train, tune, validation, test, retrieval
	Aliases       map[string]string `yaml:"aliases"`     // alias that is a deployment → its environment
	Evaluations   []Evaluation      `yaml:"evaluations"` // experiments whose runs are evaluations
	PageSize      int               `yaml:"page_size"`   // 500 if left out
}

// Evaluation is one experiment whose runs are evaluations of one suite.
type Evaluation struct {
	Experiment string            `yaml:"experiment"` // its exact name
	Suite      string            `yaml:"suite"`      // the experiment's name if left out
	Purpose    string            `yaml:"purpose"`    // gate, benchmark, canary, isolation or adversarial
	Component  string            `yaml:"component"`
	Tags       map[string]string `yaml:"tags"`   // column of evaluation → tag of the run that holds it
	Bounds     map[string]Bound  `yaml:"bounds"` // metric → the bound that the run was given
}

// Bound is how a metric must stand to a parameter that its run recorded.
type Bound struct {
	Op    string `yaml:"op"`
	Param string `yaml:"param"`
}

const (
	apiModels     = "/api/2.0/mlflow/registered-models/search"
	apiVersions   = "/api/2.0/mlflow/model-versions/search"
	apiRun        = "/api/2.0/mlflow/runs/get"
	apiRuns       = "/api/2.0/mlflow/runs/search"
	apiExperiment = "/api/2.0/mlflow/experiments/get-by-name"

	defaultPage = 500
	maxPage     = 1000
)

type collector struct {
	cfg  Config
	site *web.Site
}

var (
	_ source.Collector = (*collector)(nil)
	_ source.Emitter   = (*collector)(nil)
	_ source.User      = (*collector)(nil)
	_ source.Checker   = (*collector)(nil)
)

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	c := &collector{}
	if err := source.Configure(raw, &c.cfg, &c.cfg.Common, c.prepare); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *collector) prepare() (err error) {
	if c.site, err = web.New(c.cfg.Access, web.Rules{Posts: []string{apiRuns}}); err != nil {
		return err
	}
	if c.cfg.PageSize == 0 {
		c.cfg.PageSize = defaultPage
	}
	if c.cfg.PageSize < 1 || c.cfg.PageSize > maxPage {
		return fmt.Errorf("page_size is %d, want 1 to %d", c.cfg.PageSize, maxPage)
	}
	if err := known("tags", c.cfg.Tags, versionTags); err != nil {
		return err
	}
	for context, use := range c.cfg.Contexts {
		if !slices.Contains(uses, use) {
			return fmt.Errorf("contexts: %q is %q, want one of %v", context, use, uses)
		}
	}
	for alias, environment := range c.cfg.Aliases {
		if alias == "" || environment == "" {
			return errors.New("aliases: want the alias and the environment that it stands for, such as champion: production")
		}
	}
	for i := range c.cfg.Evaluations {
		if err := c.cfg.Evaluations[i].prepare(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Evaluation) prepare() error {
	if e.Experiment == "" {
		return errors.New("evaluations: experiment is missing: its exact name")
	}
	if e.Suite == "" {
		e.Suite = e.Experiment
	}
	if e.Purpose != "" && !slices.Contains(purposes, e.Purpose) {
		return fmt.Errorf("evaluations: purpose is %q, want one of %v", e.Purpose, purposes)
	}
	for metric, b := range e.Bounds {
		if !slices.Contains(ops, b.Op) || b.Param == "" {
			return fmt.Errorf("evaluations: the bound of %s wants op, one of %v, and param, the run's parameter that holds it", metric, ops)
		}
	}
	return known("evaluations: tags", e.Tags, evaluationTags)
}

func known(what string, tags map[string]string, columns []string) error {
	for column, tag := range tags {
		if !slices.Contains(columns, column) || tag == "" {
			return fmt.Errorf("%s: %q cannot come from tag %q: the columns that can are %v", what, column, tag, columns)
		}
	}
	return nil
}

// Uses implements source.User.
func (c *collector) Uses() []source.Use { return c.site.Uses() }

// Check implements source.Checker.
func (c *collector) Check(ctx context.Context, env source.CheckEnv) error {
	if err := c.site.Check(ctx, env, apiModels+"?max_results=1"); err != nil {
		return err
	}
	client, err := c.site.OpenQuiet(env)
	if err != nil {
		return err
	}
	defer client.Close()
	partial, err := c.sight(ctx, client)
	if err == nil && partial != "" {
		err = errors.New(partial)
	}
	return err
}

// Emits implements source.Emitter.
func (c *collector) Emits() []evidence.Kind {
	out := []evidence.Kind{"model_version", "dataset_use"}
	if len(c.cfg.Aliases) > 0 {
		out = append(out, "deployment")
	}
	if len(c.cfg.Evaluations) > 0 {
		out = append(out, "evaluation", "evaluation_metric")
	}
	return out
}

func init() {
	source.Register(source.Spec{
		Name:    "mlflow",
		Summary: "an MLflow server: registered model versions, data that their runs name, runs that are evaluations, aliases that are said to be deployments",
		Emits:   []evidence.Kind{"model_version", "dataset_use", "deployment", "evaluation", "evaluation_metric"},
		Access: []string{
			"an ordinary user of the server, never an administrator: mlflow server --app-name basic-auth, default_permission = READ",
			"READ on every registered model and on the experiments named under evaluations; no EDIT and no MANAGE",
			"no right of this user may be DENY (older servers: NO_PERMISSIONS): MLflow leaves such things out of lists without a word, so every kind then has a gap",
			"it sends GET, and POST to " + apiRuns + ", which only reads",
		},
		Blind: []string{
			"who moved an alias, stage or tag, and when: MLflow keeps no history of them; pull often, and show promotion by a change system",
			"versions and runs that were deleted for good, and data that a run did not log",
			"that created_by and executed_by are who they say: without authentication a client states any name",
			"prompts: one that is registered is left out and counted, it is no version of a model",
			"the entity's register of datasets: a run's dataset is a use of it, and its digest is no SHA-256",
		},
		Sample: `{id: mlflow, type: mlflow, url: https://mlflow.example.com, user: auditor, password: env:MLFLOW_PASSWORD,
  tags: {component_id: component, artifact_sha256: sha256}, aliases: {champion: production},
  evaluations: [{experiment: fraud-evaluation, purpose: gate, component: fraud-score, tags: {model_version: model_version}, bounds: {auc: {op: ">=", param: min_auc}}}]}`,
		New: New,
	})
}
