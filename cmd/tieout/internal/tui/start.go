package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
)

// Start shows the screen on a terminal until its user leaves. self is this
// program with the flags that name the workspace: commands run as it.
func Start(ctx context.Context, src Source, self []string, in io.Reader, out io.Writer) error {
	d, err := src.Glance(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	m := newModel(ctx, src, self, d)
	_, err = tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out)).Run()
	cancel()
	if err != nil && !errors.Is(err, tea.ErrInterrupted) && !errors.Is(err, tea.ErrProgramKilled) {
		return fmt.Errorf("show the screen: %w", err)
	}
	return nil
}
