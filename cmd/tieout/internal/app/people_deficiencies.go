package app

import (
	"context"
	"errors"

	"github.com/tieout/tieout/evidence/statement"
)

// OpenDeficiency takes down a weakness of a control.
func (d *Desk) OpenDeficiency(ctx context.Context, control, text, role string, w statement.Weakness) error {
	if err := d.concerns([]string{control}); err != nil {
		return err
	}
	reg, err := d.app.register(ctx)
	if err != nil {
		return err
	}
	for _, id := range w.Deviations {
		if _, err := reg.find(id); err != nil {
			return err
		}
	}
	return d.state(ctx, statement.Statement{
		Kind: statement.Deficiency, Decision: statement.Opened, Subject: d.book.NextID(statement.PrefixDeficiency), Text: text, Role: role,
		Concerns: []string{control}, Weakness: &w,
	})
}

// CloseDeficiency states that a weakness was put right, and how.
func (d *Desk) CloseDeficiency(ctx context.Context, id, text, role string, documents []string) error {
	return d.state(ctx, statement.Statement{Kind: statement.Deficiency, Decision: statement.Closed, Subject: id, Text: text, Role: role, Documents: documents})
}

// VerifyDeficiency states that somebody else than who closed it saw that it is
// put right.
func (d *Desk) VerifyDeficiency(ctx context.Context, id, text, role string) error {
	if text == "" {
		return errors.New("say with --text what was looked at, and when")
	}
	return d.Review(ctx, id, text, role)
}
