package app

import (
	"context"
	"fmt"

	"github.com/tieout/tieout/evidence/ledger"
)

// Checkpoint signs the ledger's head with the workspace's key.
func (a *App) Checkpoint(ctx context.Context) ([]byte, error) {
	key, err := LoadKey(a.WS)
	if err != nil {
		return nil, err
	}
	return a.checkpoint(ctx, key)
}

func (a *App) checkpoint(ctx context.Context, key *ledger.Keyring) ([]byte, error) {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("sign the ledger's head: %w", err)
	}
	return ledger.FormatCheckpoint(ledger.Checkpoint{Origin: ledger.Origin(Slug(a.WS.File.Entity.Name)), Head: head}, key.Signer(ledger.RoleCheckpoint))
}
