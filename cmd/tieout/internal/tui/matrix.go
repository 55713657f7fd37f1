package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tieout/tieout/controls"
	"github.com/tieout/tieout/export"
)

// matrixLines is criteria by components, worst first. A cell has the letter of
// its worst state and how many of its tests have it; the tone only repeats it.
// The column of the picked component stands between marks, so that the cell is
// where it and the cursor's line cross.
func matrixLines(m *model, w int, picked string) []line {
	x := m.x
	var list []*export.CriterionLine
	for i := range x.d.Criteria {
		if c := &x.d.Criteria[i]; c.InScope && (len(c.Primary) > 0 || c.Counts.Total() > 0) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *export.CriterionLine) int { return worse(a.Counts, b.Counts) })
	const id = idWidth
	title := titleWidth(x, w)
	owners := columnsOf(x, w)
	head := line{head: true, parts: []part{{fit("", id+title), plain}}}
	for _, o := range owners {
		name := fit(clip(shown(o), cellWidth-1), cellWidth)
		if o == picked {
			name = fit("["+clip(shown(o), cellWidth-3)+"]", cellWidth)
		}
		head.parts = append(head.parts, part{name, strong})
	}
	out := []line{head}
	for _, c := range list {
		l := line{open: target{kind: atCriterion, id: c.ID}, parts: []part{{fit(shown(c.ID), id), plain}, {fit(clip(prose(c.Title), title-1), title), faint}}}
		for _, o := range owners {
			n := x.cell(c, o)
			k := worst(n)
			s, t := "-", faint
			if k != controls.NoState {
				s, t = fmt.Sprintf("%s %d/%d", markOf(k).letter, n.Of(k), n.Total()), markOf(k).tone
			}
			if o == picked {
				s = "[" + s + "]"
			}
			l.parts = append(l.parts, part{fit(s, cellWidth), t})
		}
		out = append(out, l)
	}
	if n := len(x.owners) - len(owners); n > 0 {
		out = append(out, text(faint, fmt.Sprintf("%d components not shown for want of room: they are under components (tab)", n)))
	}
	if rest := without(x.d.Criteria); len(rest) > 0 {
		out = append(out, text(plain, ""))
		out = append(out, paragraph(faint, "In scope without a control of ours: "+strings.Join(rest, ", ")+".", 0, w)...)
	}
	return out
}

const (
	idWidth   = 7 // of a criterion's id
	cellWidth = 9 // such as D 12/140
)

// titleWidth is the room that the criteria's titles get beside the cells.
func titleWidth(x *index, w int) int {
	title := min(30, max(0, w-idWidth-cellWidth*len(x.owners)))
	if title < 8 {
		return 0
	}
	return title
}

// columnsOf are the components that a matrix of that width has room for.
func columnsOf(x *index, w int) []string {
	return worstOwners(x, max(1, (w-idWidth-titleWidth(x, w))/cellWidth))
}

// worstOwners keeps the order of the workspace, and where there is no room
// leaves out those that need the least attention.
func worstOwners(x *index, n int) []string {
	if len(x.owners) <= n {
		return x.owners
	}
	counts := map[string]export.StateCounts{}
	for _, r := range x.d.Results {
		c := counts[r.Component]
		c.Add(r.State)
		counts[r.Component] = c
	}
	by := slices.Clone(x.owners)
	slices.SortStableFunc(by, func(a, b string) int { return worse(counts[a], counts[b]) })
	var out []string
	for _, o := range x.owners {
		if slices.Contains(by[:n], o) {
			out = append(out, o)
		}
	}
	return out
}

func without(list []export.CriterionLine) []string {
	var out []string
	for _, c := range list {
		if c.InScope && len(c.Primary) == 0 && c.Counts.Total() == 0 {
			out = append(out, shown(c.ID))
		}
	}
	return out
}
