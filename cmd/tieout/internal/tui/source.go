package tui

import (
	"context"
	"iter"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/export"
)

// Source is where the screen reads from. Its methods are called from commands,
// never while a key is handled, and several may run at once.
type Source interface {
	// Glance reads the newest run: what the first picture needs, without the
	// registers that take longer. What was read before is of that run no more.
	Glance(ctx context.Context) (*export.Dossier, error)
	// Dossier reads the same run as the last Glance, whole.
	Dossier(ctx context.Context) (*export.Dossier, error)
	// Items yields the items of one test in their order.
	Items(test string) iter.Seq2[controls.Item, error]
	// Named yields the items with the key, of every test.
	Named(key string) iter.Seq2[controls.Item, error]
	// Item returns one item of a test by its number.
	Item(test string, no int64) (controls.Item, error)
	// Explain says how a test came to what it says of an item.
	Explain(ctx context.Context, test, item string) ([]evaluate.Explanation, error)
}
