// Package otel reads what OpenTelemetry's collector writes to files: calls of
// models that an application recorded itself, as spans and events by the
// conventions for generative AI. It is a table of one form, with the mapping
// otel-genai.
package otel

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source"
	"github.com/tieout/tieout/evidence/source/table"
	"github.com/tieout/tieout/evidence/strictyaml"
)

// Config is an entry of type otel in a workspace file.
type Config struct {
	source.Common `yaml:",inline"`
	Files         strictyaml.Raw `yaml:"files"`      // pattern or patterns, within the workspace
	Component     string         `yaml:"component"`  // of every call; the service's name if left out
	Operations    []string       `yaml:"operations"` // that are decisions; those that call a model for an answer if left out
	Keep          string         `yaml:"keep"`       // copy or path
}

// operations are the names that the conventions know.
var operations = []string{
	"chat", "create_agent", "embeddings", "execute_tool", "generate_content", "invoke_agent", "invoke_workflow", "retrieval", "text_completion",
}

// decides are the words of the condition in the mapping that Operations sets.
const decides = "not a call of a model that decides"

// New makes a collector from an entry of a workspace file.
func New(raw strictyaml.Raw) (source.Collector, error) {
	var cfg Config
	if err := raw.Decode(&cfg); err != nil {
		return nil, err
	}
	p := table.Preset{Mapping: "otel-genai", Config: table.Config{Common: cfg.Common, Files: cfg.Files, Component: cfg.Component, Keep: cfg.Keep}}
	if len(cfg.Operations) > 0 {
		for _, o := range cfg.Operations {
			if !slices.Contains(operations, o) {
				return nil, raw.Problem("source %s: operations: %q%s", cfg.ID, o, strictyaml.Nearest(o, operations))
			}
		}
		p.Only = map[string][]string{decides: cfg.Operations}
	}
	c, err := table.NewPreset(raw, p)
	if err != nil {
		return nil, fmt.Errorf("otel: %w", err)
	}
	return c, nil
}

func init() {
	source.Register(source.Spec{
		Name:    "otel",
		Summary: "OpenTelemetry's traces and logs in files: calls of models, tools that agents ran, evaluations",
		Emits:   []evidence.Kind{"decision", "evaluation", "evaluation_metric", "tool_call"},
		Access: []string{
			"read access to files inside the workspace, as the collector's file exporter writes them: format: json, one request a line, packed with gzip or zstd or not",
			"no right in any running system",
		},
		Blind: []string{
			"calls that were sampled away: a trace state that says so gives a gap, but a sampler need not write one; collect these traces unsampled",
			"calls that an application did not record, or whose exporter lost them: what the gateway counts is the independent witness",
			"calls that show in a log alone, without a span",
			"that a name or id is true: the application states it about itself",
			"prompts and answers are not taken into records; where the files hold them, state keep: path, so that they are not copied either",
		},
		Sample: "{id: traces, type: otel, files: otel/*.jsonl.gz, component: letter-writer, keep: path}",
		New:    New,
	})
}
