package cli

import (
	"cmp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/controls"
)

func (e *env) config() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the effective configuration",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(e.configShow())
	return cmd
}

// configDoc is the effective configuration. Secrets are references in the
// workspace file, so there are none to mask.
type configDoc struct {
	Schema     string               `json:"schema"`
	Directory  string               `json:"directory"`
	Digest     string               `json:"config_sha256"`
	Entity     string               `json:"entity"`
	System     string               `json:"system"`
	Type       int                  `json:"engagement_type"`
	Within     int                  `json:"within_days,omitempty"`
	From       string               `json:"from"`
	To         string               `json:"to"`
	Zone       string               `json:"zone"`
	UTC        [2]string            `json:"period_utc"`
	Categories []string             `json:"categories"`
	Components []controls.Component `json:"components"`
	Sources    []configSource       `json:"sources"`
	Policies   []controls.Policy    `json:"policies"`
	Out        string               `json:"out"`
	Formats    []string             `json:"formats"`
	Key        string               `json:"key_file"`
}

type configSource struct {
	ID        string   `json:"id"`
	Type      string   `json:"type"`
	Kinds     []string `json:"kinds"`
	Integrity string   `json:"integrity,omitempty"`
}

func (e *env) configShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the workspace as tieout understands it, defaults included",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w, err := e.workspace()
			if err != nil {
				return err
			}
			doc, err := app.Effective(w)
			if err != nil {
				return err
			}
			eng := w.File.Engagement
			first, last := eng.Days()
			out := configDoc{
				Schema: "tieout/config/v1", Directory: w.Dir, Digest: w.Digest.String(), Entity: w.File.Entity.Name, System: w.File.Entity.System,
				Type: eng.Type, Within: w.Within, From: first.String(), To: last.String(), Zone: eng.Zone, UTC: [2]string{w.Window.From.String(), w.Window.To.String()}, Categories: eng.Categories,
				Components: w.PlainComponents(), Policies: doc.Policies, Out: w.OutDir(), Formats: doc.Formats, Key: doc.KeyFile,
			}
			for _, s := range doc.Sources {
				out.Sources = append(out.Sources, configSource{s.ID, s.Type, s.Kinds, s.Integrity})
			}
			if asJSON {
				return e.json(out)
			}
			e.printConfig(out, doc.Params)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (e *env) printConfig(c configDoc, params []controls.Param) {
	shown := map[string]controls.Param{}
	for _, p := range params {
		shown[p.Name] = p
	}
	e.line("%s, %s (%s)", c.Entity, c.System, c.Directory)
	if c.Type == 1 {
		e.line("as of    %s in %s, seen within %d days of it; looked at: [%s, %s)", c.To, c.Zone, c.Within, c.UTC[0], c.UTC[1])
	} else {
		e.line("period   %s to %s in %s = [%s, %s)", c.From, c.To, c.Zone, c.UTC[0], c.UTC[1])
	}
	e.line("scope    %v", c.Categories)
	for _, k := range c.Components {
		e.line("component %-18s %s, %s, %s", k.ID, k.Kind, k.Deployment, k.Effect)
	}
	for _, s := range c.Sources {
		line := ""
		if s.Integrity != "" {
			line = "; log checked as " + s.Integrity
		}
		e.line("source   %-18s %s: %v%s", s.ID, s.Type, s.Kinds, line)
	}
	slices.SortStableFunc(c.Policies, func(a, b controls.Policy) int {
		return cmp.Or(compareText(a.Param, b.Param), cmp.Compare(a.From, b.From))
	})
	for _, p := range c.Policies {
		from := "tieout's default: no policy is stated"
		if !p.Default {
			from = "policy, always in force"
			if p.From != 0 {
				from = "policy, in force from " + p.From.String()
			}
			if p.ApprovedBy != "" {
				from += ", approved by " + p.ApprovedBy
			}
		}
		e.line("policy   %-26s %s (%s)", p.Param, shown[p.Param].Show(p.Value), from)
	}
	e.line("packages %s as %v, signed with %s", c.Out, c.Formats, c.Key)
}
