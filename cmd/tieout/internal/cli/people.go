package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/statement"
)

// person is what every command takes by which somebody states something.
type person struct {
	work
	key  string
	role string
	text string
}

// flags adds the flags that all such commands share. words says what the text
// is; without them the command takes none.
func (p *person) flags(cmd *cobra.Command, words string, must bool) {
	p.work.flags(cmd)
	cmd.Flags().StringVar(&p.key, "operator-key", "", "sign with the key in this `FILE` (default: your own, from 'tieout key new --operator NAME')")
	cmd.Flags().StringVar(&p.role, "role", "", "your `ROLE` in the entity, as you state it")
	cmd.Flags().StringVar(&p.text, "text", "", words)
	if must {
		if err := cmd.MarkFlagRequired("text"); err != nil {
			panic(err) // a flag that was added above
		}
	}
}

// stated is one statement that was kept.
type stated struct {
	Kind     statement.Kind     `json:"kind"`
	Decision statement.Decision `json:"decision,omitempty"`
	Subject  string             `json:"subject"`
	By       string             `json:"by"`
	At       evidence.Instant   `json:"at"`
	Key      string             `json:"key"`
	SHA256   evidence.Digest    `json:"sha256"`
	Index    int64              `json:"ledger_index"`
}

type statedDoc struct {
	Schema     string   `json:"schema"`
	Statements []stated `json:"statements"`
}

// state opens the workspace, lets the person state what f does, and prints
// what was kept.
func (p *person) state(ctx context.Context, doing string, f func(*app.Desk) error, more func(*app.App, []statement.Signed) error) error {
	return p.do(ctx, doing, func(a *app.App) error {
		made, err := a.State(ctx, p.key, f)
		if err != nil {
			return err
		}
		if p.json {
			doc := statedDoc{Schema: "tieout/stated/v1"}
			for _, s := range made {
				doc.Statements = append(doc.Statements, stated{s.Kind, s.Decision, s.Subject, s.By, s.At, s.Key, s.SHA256, s.Index})
			}
			return p.e.json(doc)
		}
		for _, s := range made {
			p.e.line("%s", statedLine(s))
		}
		if more != nil {
			return more(a, made)
		}
		return nil
	})
}

func statedLine(s statement.Signed) string {
	what := string(s.Kind)
	if s.Decision != "" {
		what = string(s.Decision)
	}
	return strings.TrimSpace(s.Subject + " " + what + ", signed by " + s.By + " (" + s.KeyID + ")")
}

// review is the command that states that somebody else's statement was looked
// at.
func (e *env) review(of string) *cobra.Command {
	p := &person{work: work{e: e}}
	cmd := &cobra.Command{
		Use:   "review ID",
		Short: "State that you looked at what somebody else stated: " + of,
		Long:  "Who stated something cannot review it: the key must be another person's. Two keys count as one person's only where\ntheir names are equal, or the key itself is.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.state(cmd.Context(), "review", func(d *app.Desk) error { return d.Review(cmd.Context(), args[0], p.text, p.role) }, nil)
		},
	}
	p.flags(cmd, "what you looked at, in your words", false)
	return cmd
}
