package tui

import (
	"fmt"

	"charm.land/lipgloss/v2"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// tone is how a piece of text looks. Words always say what a tone says.
type tone int

const (
	plain tone = iota
	faint
	strong
	bad
	warn
	unknown
	good
)

// The sixteen colours that every terminal has, as its user set them.
var styles = [...]lipgloss.Style{
	plain:   lipgloss.NewStyle(),
	faint:   lipgloss.NewStyle().Faint(true),
	strong:  lipgloss.NewStyle().Bold(true),
	bad:     lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true),
	warn:    lipgloss.NewStyle().Foreground(lipgloss.Yellow),
	unknown: lipgloss.NewStyle().Foreground(lipgloss.Cyan),
	good:    lipgloss.NewStyle().Foreground(lipgloss.Green),
}

var selected = lipgloss.NewStyle().Reverse(true)

func (t tone) of(s string) string {
	if t == plain || s == "" {
		return s
	}
	return styles[t].Render(s)
}

// mark is how a state is told in little room.
type mark struct {
	letter, short string
	tone          tone
}

func markOf(s controls.State) mark {
	switch s {
	case controls.Deviation:
		return mark{"D", "deviating", bad}
	case controls.Indeterminate:
		return mark{"M", "missing", warn}
	case controls.NotTested:
		return mark{"U", "untested", unknown}
	case controls.NotOccurring:
		return mark{"O", "no event", faint}
	case controls.NotDue:
		return mark{"L", "not due", faint}
	case controls.Pass:
		return mark{"N", "no dev.", good}
	default:
		return mark{"S", "signal", faint}
	}
}

// legendFor says what the letters mean, as fully as there is room.
func legendFor(w int) string {
	full := "D candidate deviation · M field missing · U not tested · O did not occur · L not due · N no deviation found by the tests"
	if width(full) <= w {
		return full
	}
	short := "D deviating M missing U untested O no event L not due N no dev."
	if width(short) <= w {
		return short
	}
	return "D deviates M missing U untested O none L later N no dev."
}

// states in the order of attention.
var states = []controls.State{controls.Deviation, controls.Indeterminate, controls.NotTested, controls.NotOccurring, controls.NotDue, controls.Pass}

// worst returns the worst state that was counted.
func worst(c export.StateCounts) controls.State {
	for _, s := range states {
		if c.Of(s) > 0 {
			return s
		}
	}
	return controls.NoState
}

// countWords tells counts of results without one word for a conclusion.
func countWords(c export.StateCounts) string {
	if c.Total() == 0 {
		return "no automated test"
	}
	text := fmt.Sprintf("%d of %d tests run", c.Total()-c.NotTested, c.Total())
	for _, s := range states {
		if n := c.Of(s); n > 0 {
			text += fmt.Sprintf(", %d %s", n, s.Words())
		}
	}
	return text
}
