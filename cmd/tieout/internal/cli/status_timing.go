package cli

import (
	"slices"

	"github.com/tieout/tieout/cmd/tieout/internal/app"
)

// printTiming says which populations end before the period does, and who else
// is relied on.
func (e *env) printTiming(a *app.App, early []app.Interim) {
	if len(early) > 0 {
		e.line("\ninterim, so no final package yet:")
		var again []string
		for _, i := range early {
			e.line("  %-18s source %s, as of %s", i.Kind, i.Source, i.Shown)
			if !slices.Contains(again, i.Again) {
				again = append(again, i.Again)
			}
		}
		e.line("  after the period's end, pull again: %s", flags("--source", again))
	}
	for n, r := range a.ReliesOn {
		if n == 0 {
			e.line("\nrelies on others, never counted as tested:")
		}
		e.line("  %-11s %-18s %s (%s)", r.Control, r.Component, plain(r.Organisation), r.Method)
	}
	if n := len(a.NotExamined()); n > 0 {
		e.line("\n%d tests ask what happened over time and are not part of a type 1 engagement", n)
	}
}

// flags writes one flag for each value.
func flags(name string, values []string) string {
	out := ""
	for i, v := range values {
		if i > 0 {
			out += " "
		}
		out += name + " " + v
	}
	return out
}
