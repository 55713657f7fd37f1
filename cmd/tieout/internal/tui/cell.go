package tui

import (
	"fmt"
	"slices"

	"github.com/tieout/tieout/controls"
)

// cellLines shows what one cell of the matrix counts: the results of the
// criterion's primary controls for one component, worst first.
func cellLines(m *model, criterion, component string, w int) []line {
	c := m.x.criteria[criterion]
	if c == nil {
		return []line{text(faint, "this run has no criterion "+shown(criterion))}
	}
	out := paragraph(strong, shown(c.ID)+" for "+shown(component), 0, w)
	out = append(out,
		line{open: target{kind: atCriterion, id: c.ID}, parts: []part{{fit("criterion", 15), faint}, {prose(c.Title), plain}}},
		line{open: target{kind: atComponent, id: component}, parts: []part{{fit("component", 15), faint}, {shown(component), plain}}})
	out = append(out, field("tests", countWords(m.x.cell(c, component)), w)...)
	var results []controls.Result
	for _, id := range c.Primary {
		results = append(results, m.x.byOwner[[2]string{id, component}]...)
	}
	slices.SortStableFunc(results, func(a, b controls.Result) int { return rank(a.State) - rank(b.State) })
	out = append(out, text(plain, ""), heading(fmt.Sprintf("results: %d, worst first", len(results))))
	for _, r := range results {
		k := markOf(r.State)
		out = append(out, line{
			open:  target{kind: atTest, id: r.Test, sub: r.Component},
			parts: []part{{k.letter + " ", k.tone}, {fit(shown(r.Test), 15) + " ", plain}, {resultWords(m, r), k.tone}},
		})
		if t := m.x.tests[r.Test]; t != nil {
			out = append(out, paragraph(faint, prose(t.Words), 2, w)...)
		}
	}
	out = append(out, text(plain, ""), heading("primary controls"))
	for _, id := range c.Primary {
		title := ""
		if x := m.x.controls[id]; x != nil {
			title = prose(x.Title)
		}
		if reason, not := m.x.notFor[[2]string{id, component}]; not {
			title = "does not apply: " + prose(reason)
		}
		out = append(out, countLine(target{kind: atControl, id: id}, shown(id), title, m.x.owner(id, component), w))
	}
	return out
}

// rank is how early a state comes where the worst comes first.
func rank(s controls.State) int {
	if i := slices.Index(states, s); i >= 0 {
		return i
	}
	return len(states) // a signal
}
