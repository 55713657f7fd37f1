package web

import (
	"context"
	"errors"
	"fmt"
)

// ErrLoop is the error of a server whose pages do not come to an end.
var ErrLoop = errors.New("its pages do not come to an end")

const maxPages = 100_000

// Pages calls fetch for every page: first with no token, then with the one
// that the page before named, until a page names none. A token that comes
// again, or pages without end, are errors and never a shorter list.
func Pages(ctx context.Context, fetch func(ctx context.Context, token string) (next string, err error)) error {
	seen := map[string]bool{"": true}
	token := ""
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, err := fetch(ctx, token)
		switch {
		case err != nil:
			return err
		case next == "":
			return nil
		case seen[next]:
			return fmt.Errorf("page %d names the token of an earlier page: %w", n, ErrLoop)
		case n == maxPages:
			return fmt.Errorf("after %d: %w", n, ErrLoop)
		}
		seen[next] = true
		token = next
	}
}
