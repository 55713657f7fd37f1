package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// ofComponent counts a component's results by state, in words.
func (x *index) ofComponent(id string) []string {
	var n export.StateCounts
	for _, r := range x.d.Results {
		if r.Component == id {
			n.Add(r.State)
		}
	}
	return []string{countWords(n)}
}

// componentsLines lists the entity and every component with counts.
func componentsLines(m *model, w int) []line {
	out := []line{heading("results by component")}
	for _, o := range m.x.owners {
		var n export.StateCounts
		for _, r := range m.x.d.Results {
			if r.Component == o {
				n.Add(r.State)
			}
		}
		name := "results that belong to no one component"
		if c := m.x.component(o); c != nil {
			name = prose(c.Name)
		}
		out = append(out, countLine(target{kind: atComponent, id: o}, shown(o), name, n, w))
	}
	for _, e := range m.x.d.Excluded {
		out = append(out, text(faint, fit(shown(e.ID), 15)+" left out by management: "+prose(e.Reason)))
	}
	return out
}

// componentLines shows one component: what it is, its controls by state, and
// the logs whose segments name it.
func componentLines(m *model, id string, w int) []line {
	out := aboutComponent(m.x.component(id), id, w)
	out = append(out, field("tests", strings.Join(m.x.ofComponent(id), ", "), w)...)
	type entry struct {
		id string
		n  export.StateCounts
	}
	var list []entry
	for _, c := range m.x.d.Controls {
		if n := m.x.owner(c.ID, id); n.Total() > 0 {
			list = append(list, entry{c.ID, n})
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int { return worse(a.n, b.n) })
	last := controls.NoState
	for _, e := range list {
		if s := worst(e.n); s != last {
			last = s
			out = append(out, text(plain, ""), heading("controls whose worst test is: "+m.x.wording().Of(s)))
		}
		out = append(out, countLine(target{kind: atControl, id: e.id}, shown(e.id), prose(m.x.controls[e.id].Title), e.n, w))
	}
	out = append(out, text(plain, ""), heading("controls that do not apply"))
	for _, n := range m.x.d.NotApplicable {
		if n.Component == id {
			out = append(out, line{open: target{kind: atControl, id: n.Control}, parts: []part{{fit(shown(n.Control), 15) + " ", plain}, {prose(n.Reason), faint}}})
		}
	}
	return append(out, gapsOf(m, id, w)...)
}

func aboutComponent(c *controls.Component, id string, w int) []line {
	if c == nil {
		return paragraph(strong, shown(id)+"  results that belong to no one component", 0, w)
	}
	out := paragraph(strong, shown(c.ID)+"  "+prose(c.Name), 0, w)
	if c.Function != "" {
		out = append(out, paragraph(plain, prose(c.Function), 0, w)...)
	}
	for _, f := range []struct{ name, value string }{
		{"kind", c.Kind}, {"owner", c.Owner}, {"deployment", c.Deployment}, {"decisions", c.Effect}, {"data", strings.Join(c.Data, ", ")},
		{"vendors", strings.Join(c.Vendors, ", ")}, {"since", c.Since.String()}, {"retired", c.Retired.String()},
	} {
		if f.value != "" {
			out = append(out, field(f.name, prose(f.value), w)...)
		}
	}
	return out
}

// gapsOf lists what could not be seen of the component, and the logs, which
// are not told apart by component.
func gapsOf(m *model, id string, w int) []line {
	out := []line{text(plain, ""), heading("what could not be seen")}
	n := len(out)
	for _, g := range m.x.d.Gaps {
		if g.Component == id || g.Component == "" {
			out = append(out, paragraph(plain, fmt.Sprintf("%s: %s, %s", shown(string(g.Kind)), strings.ReplaceAll(shown(string(g.Reason)), "_", " "), prose(g.Detail)), 0, w)...)
		}
	}
	if len(out) == n {
		out = append(out, text(faint, "no gap is on record"))
	}
	out = append(out, text(plain, ""), heading("logs of the workspace"))
	if !m.whole {
		return append(out, text(faint, "being read …"))
	}
	for _, l := range m.x.d.Logs {
		out = append(out, logLine(l))
	}
	return out
}
