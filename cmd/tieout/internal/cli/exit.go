package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/tieout/tieout/evidence/store"
)

// Exit codes, one table for all commands. docs/exit-codes.md says the same to
// users; an unknown code means failure.
const (
	ExitDone           = 0   // done, and for a check: it holds
	ExitFailed         = 1   // the check failed, or what --fail-on names is there
	ExitUsage          = 2   // could not do it: usage, configuration, cannot open, nothing found to check
	ExitGaps           = 3   // done with gaps
	ExitSelfConsistent = 4   // log only self-consistent
	ExitNotEvident     = 5   // log not tamper-evident
	ExitIndeterminate  = 6   // key missing or not pinned, content unreadable, changed while read
	ExitHeld           = 7   // another run holds the workspace
	ExitInterrupted    = 130 // interrupted
)

// exitError carries a code through cobra. A silent one was already explained
// on stdout.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exit returns an error that ends the program with the code and says nothing
// more, or nil for code 0.
func exit(code int) error {
	if code == ExitDone {
		return nil
	}
	return &exitError{code: code}
}

// codeOf returns the exit code that an error of a command means.
func codeOf(err error) int {
	var e *exitError
	var back *store.RollbackError
	switch {
	case err == nil:
		return ExitDone
	case errors.As(err, &e):
		return e.code
	case errors.As(err, &back), errors.Is(err, store.ErrDamaged):
		return ExitFailed
	case errors.Is(err, context.Canceled):
		return ExitInterrupted
	default:
		return ExitUsage
	}
}
