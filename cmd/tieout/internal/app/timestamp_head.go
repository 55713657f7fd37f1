package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/integrity"
	"github.com/tieout/tieout/evidence/integrity/rfc3161"
	"github.com/tieout/tieout/evidence/ledger"
)

// HeadStamp is the time-stamp over a head of the ledger that was signed. Only
// if State is valid is anything of it shown.
type HeadStamp struct {
	Size  int64  `json:"size"`  // entries that the head covers
	State string `json:"state"` // valid, invalid, not_pinned
	Stamped
}

// HeadStamp checks the newest time-stamp over a signed head against the
// workspace's roots. It returns nil where there is none.
func (a *App) HeadStamp(ctx context.Context) (*HeadStamp, error) {
	var last *checkpointEntry
	for s, err := range a.Store.Entries(ctx, entryCheckpoint, 0) {
		if err != nil {
			return nil, fmt.Errorf("read the signed heads: %w", err)
		}
		e := &checkpointEntry{}
		if err := json.Unmarshal(s.JSON, e); err != nil {
			return nil, fmt.Errorf("read the signed head at ledger entry %d: %w", s.Index, err)
		}
		if e.Stamp != "" {
			last = e
		}
	}
	if last == nil {
		return nil, nil
	}
	if err := a.signedHeads(ctx); err != nil {
		return nil, err
	}
	return a.headStamp(ctx, last)
}

func (a *App) headStamp(ctx context.Context, e *checkpointEntry) (*HeadStamp, error) {
	digest, err := evidence.ParseDigest(e.Stamp)
	if err != nil {
		return nil, fmt.Errorf("read the time-stamp of the ledger's head: %w", err)
	}
	token, err := a.readBlob(ctx, digest, rfc3161.MaxToken)
	if err != nil {
		return nil, fmt.Errorf("read the time-stamp of the ledger's head: %w", err)
	}
	note, err := a.readBlob(ctx, e.Note, ledger.MaxNote)
	if err != nil {
		return nil, fmt.Errorf("read the signed head: %w", err)
	}
	roots, err := timestampRoots(a.WS)
	if err != nil {
		return nil, err
	}
	out := &HeadStamp{Size: e.Size, State: "valid"}
	t, err := rfc3161.Verify(token, rfc3161.Bytes(note), rfc3161.Options{Roots: roots})
	if err == nil {
		out.Stamped = *stampOf(t)
		return out, nil
	}
	out.State, out.Why = "invalid", err.Error()
	var bad *rfc3161.Error
	if errors.As(err, &bad) && (bad.Code == integrity.KeyUnknown || bad.Code == integrity.KeyMissing && len(roots) == 0) {
		out.State = "not_pinned"
	}
	return out, nil
}
