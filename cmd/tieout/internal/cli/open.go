package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
	"github.com/tieout/tieout/evidence/store"
)

// evaluateCommand is the hidden command that runs test SQL in a process of its
// own.
const evaluateCommand = "__evaluate"

// toolName is how documents name this program.
func toolName() string { return "tieout " + version }

// self returns how this program starts itself again.
func self() ([]string, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program to start it again: %w", err)
	}
	if filepath.Base(exe) != filepath.Base(os.Args[0]) { // a link with another name
		if exe, err = exec.LookPath(os.Args[0]); err != nil {
			return nil, fmt.Errorf("find this program to start it again: %w", err)
		}
	}
	return []string{exe, evaluateCommand}, nil
}

// work is what every command that opens a workspace takes.
type work struct {
	e      *env
	json   bool
	events string
	clock  app.Clock
	look   bool // open the store to be checked, whatever is wrong with it
}

// flags adds the flags that all such commands share.
func (w *work) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.json, "json", false, "print one JSON document on stdout")
	cmd.Flags().StringVar(&w.events, "events", "", "write what happens as NDJSON to a `FILE`, or - for stderr")
}

// do opens the workspace, lets f work in it, and closes it. An empty doing
// opens it for reading only.
func (w *work) do(ctx context.Context, doing string, f func(*app.App) error) (err error) {
	ws, err := w.e.workspace()
	if err != nil {
		return err
	}
	event, closeEvents, err := w.eventSink()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeEvents()) }()
	o := app.Options{Clock: w.clock, Tool: toolName(), Say: w.e.say, Event: event, Doing: doing, Examine: w.look}
	if w.json || w.e.quiet {
		o.Say = func(string, ...any) {}
	}
	a, err := app.Open(ctx, ws, o)
	switch {
	case errors.Is(err, app.ErrHeld):
		return &exitError{code: ExitHeld, err: err}
	case errors.Is(err, store.ErrNoStore):
		return fmt.Errorf("%s: nothing was collected yet: run 'tieout collect', or everything with 'tieout run'", ws.Dir)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return f(a)
}

// eventSink returns what writes one event a line.
func (w *work) eventSink() (func(string, any), func() error, error) {
	none := func() error { return nil }
	var out io.Writer
	switch w.events {
	case "":
		return func(string, any) {}, none, nil
	case "-":
		out = w.e.err
	default:
		f, err := os.OpenFile(w.events, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			return nil, nil, fmt.Errorf("open the file of events: %w", err)
		}
		return eventWriter(f), f.Close, nil
	}
	return eventWriter(out), none, nil
}
