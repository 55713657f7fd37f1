package controls_test

import (
	"strings"
	"testing"

	"github.com/tieout/tieout/controls"
)

func TestAControlSaysWhyItDoesNotApply(t *testing.T) {
	t.Parallel()
	chat := controls.Component{ID: "chat", Kind: "llm_feature", Deployment: "shared_api", Effect: "advisory", Data: []string{"transaction", "internal"}}
	all := []string{"security", "availability", "processing_integrity", "confidentiality", "privacy"}
	for name, c := range map[string]struct {
		applies    controls.Applies
		component  controls.Component
		categories []string
		says       []string // none: it applies
	}{
		"to everything":                 {controls.Applies{}, chat, all, nil},
		"by all lists":                  {controls.Applies{Kinds: []string{"llm_feature"}, Deployments: []string{"shared_api"}, Effects: []string{"advisory"}, Data: []string{"pii", "internal"}, Categories: []string{"security"}}, chat, all, nil},
		"another kind":                  {controls.Applies{Kinds: []string{"llm_agent", "hybrid"}, Because: "Only an agent calls tools"}, chat, all, []string{"Only an agent calls tools (kind of the component is llm_feature; the control is for llm_agent or hybrid)"}},
		"other data":                    {controls.Applies{Data: []string{"pii", "biometric"}}, chat, all, []string{"data of the component is transaction, internal", "the control is for pii or biometric"}},
		"one list of two":               {controls.Applies{Kinds: []string{"llm_feature"}, Data: []string{"pii"}}, chat, all, []string{"data of the component"}},
		"what nobody states is no fact": {controls.Applies{Kinds: []string{"ml_model"}, Data: []string{"pii"}}, controls.Component{ID: "new"}, all, nil},
		"outside the engagement": {controls.Applies{Categories: []string{"processing_integrity", "privacy"}}, chat, []string{"security", "availability"},
			[]string{"its primary criteria belong to processing integrity and privacy", "it covers security, availability"}},
		"partly outside":                {controls.Applies{Categories: []string{"security", "privacy"}}, chat, []string{"security"}, nil},
		"an engagement without limits":  {controls.Applies{Categories: []string{"privacy"}}, chat, nil, nil},
		"outside, whatever it is about": {controls.Applies{Kinds: []string{"llm_feature"}, Categories: []string{"privacy"}}, chat, []string{"security"}, []string{"privacy"}},
	} {
		ok, why := c.applies.Concerns(c.component, c.categories)
		if ok != (len(c.says) == 0) || ok != (why == "") {
			t.Errorf("%s: %v, %q", name, ok, why)
		}
		for _, s := range c.says {
			if !strings.Contains(why, s) {
				t.Errorf("%s: want it to say %q, got %q", name, s, why)
			}
		}
	}
}
