package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls/catalog"
	"github.com/tieout/tieout/controls/evaluate"
	"github.com/tieout/tieout/evidence"
)

// Explain says how the tests named, or all of them, came to what they say of
// one item.
func (a *App) Explain(ctx context.Context, run *Run, only []string, item string) ([]evaluate.Explanation, error) {
	in := evaluate.Input{Database: run.Database(), Catalog: a.Catalog, Components: a.WS.PlainComponents(), Window: a.WS.Window, Gaps: run.Gaps, Missing: run.Frozen.Missing}
	var out []evaluate.Explanation
	for _, t := range catalog.Tests(a.Catalog) {
		if len(only) > 0 && !slices.Contains(only, t.ID) && !slices.Contains(only, t.Control) {
			continue
		}
		found, err := evaluate.Explain(ctx, in, t.ID, item)
		if errors.Is(err, evidence.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("explain: no test has an item or an excluded row %q; --control names the test to look in", item)
	}
	return out, nil
}
