package app

import (
	"context"
	"io"

	"github.com/tieout/tieout/evidence"
	"github.com/tieout/tieout/evidence/source/engine"
	"github.com/tieout/tieout/evidence/store"
)

// keeper lets a pull keep its bytes in the store.
type keeper struct {
	ctx   context.Context // of the one pull it is made for
	store *store.Store
}

var _ engine.Keeper = keeper{}

// PutRaw implements engine.Keeper.
func (k keeper) PutRaw(r io.Reader) (evidence.Digest, int64, error) {
	return k.store.Put(k.ctx, r)
}

// Records implements engine.Keeper.
func (k keeper) Records() (engine.RecordWriter, error) { return k.store.Records() }
