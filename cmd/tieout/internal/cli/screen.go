package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/cmd/tieout/internal/tui"
	"github.com/tieout/tieout/cmd/tieout/internal/workspace"
	"github.com/tieout/tieout/evidence/store"
)

// screen opens the interactive screen where there is a terminal to show it and
// a run to look at. Anywhere else the same words give the help.
func (e *env) screen(cmd *cobra.Command) error {
	in, out := asFile(e.in), asFile(e.out)
	if in == nil || out == nil || !isTerminal(in) || !isTerminal(out) {
		return cmd.Help()
	}
	ws, err := e.workspace()
	if errors.Is(err, workspace.ErrNone) {
		return cmd.Help()
	}
	if err != nil {
		return err
	}
	self, err := self()
	if err != nil {
		return err
	}
	src := &tui.Workspace{Open: func(ctx context.Context) (*app.App, error) {
		ws, err := workspace.Load(ws.Dir) // it may have been edited meanwhile
		if err != nil {
			return nil, err
		}
		return app.Open(ctx, ws, app.Options{Tool: toolName()})
	}}
	err = tui.Start(cmd.Context(), src, []string{self[0], "-C", ws.Dir}, in, out)
	if errors.Is(err, tui.ErrNoRun) || errors.Is(err, store.ErrNoStore) {
		return cmd.Help()
	}
	return err
}

func asFile(v any) *os.File {
	f, _ := v.(*os.File)
	return f
}
