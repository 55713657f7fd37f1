package tui

import (
	"fmt"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// queueLines is what wants somebody's attention: what deviates, what has a
// field missing, what is not tested and why, and what people still owe.
func queueLines(m *model, w int) []line {
	var out []line
	for _, s := range []controls.State{controls.Deviation, controls.Indeterminate, controls.NotTested} {
		var list []line
		for _, r := range m.x.d.Results {
			if r.State == s {
				list = append(list, queueLine(r))
			}
		}
		out = append(out, heading(fmt.Sprintf("%s: %d results", m.x.wording().Of(s), len(list))))
		out = append(out, list...)
		out = append(out, text(plain, ""))
	}
	return append(out, manualLines(m)...)
}

func queueLine(r controls.Result) line {
	k := markOf(r.State)
	what := strings.Join(r.Reasons, "; ")
	switch r.State {
	case controls.Deviation:
		what = fmt.Sprintf("%d of %d", r.Deviation, r.Population)
	case controls.Indeterminate:
		what = fmt.Sprintf("%d of %d", r.Indeterminate, r.Population)
	default:
	}
	return line{
		open:  target{kind: atTest, id: r.Test, sub: r.Component},
		parts: []part{{k.letter + " ", k.tone}, {fit(shown(r.Test), 14) + " ", plain}, {fit(shown(r.Component), 16) + " ", plain}, {prose(what), faint}},
	}
}

func manualLines(m *model) []line {
	if !m.whole {
		return []line{heading("manual points"), text(faint, "being read …")}
	}
	var list []line
	for _, p := range m.x.d.Manual {
		if p.Status == export.ProvidedStatus {
			continue
		}
		list = append(list, line{
			open:  target{kind: atControl, id: p.Control, sub: p.ID},
			parts: []part{{fit(shown(p.ID), 14) + " ", plain}, {fit(shown(p.Status), 8) + " ", warn}, {prose(p.Words), faint}},
		})
	}
	return append([]line{heading(fmt.Sprintf("manual points open: %d", len(list)))}, list...)
}
