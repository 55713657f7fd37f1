package tui

import (
	"fmt"

	"github.com/tieout/tieout/export"
)

// criterionLines shows one criterion: its controls and their counts, and what
// no record can show of it. There is no word for a conclusion.
func criterionLines(m *model, id string, w int) []line {
	c := m.x.criteria[id]
	if c == nil {
		return []line{text(faint, "this run has no criterion "+shown(id))}
	}
	out := paragraph(strong, shown(c.ID)+"  "+prose(c.Title), 0, w)
	out = append(out, paragraph(plain, prose(c.Words), 0, w)...)
	out = append(out, text(plain, ""))
	out = append(out, field("category", prose(c.Category+", "+c.Group), w)...)
	out = append(out, field("tests", countWords(c.Counts), w)...)
	if m.whole {
		out = append(out, field("manual", fmt.Sprintf("%d points open", c.ManualOpen), w)...)
	}
	if !c.InScope {
		out = append(out, field("scope", "its category is not part of the engagement", w)...)
	}
	if c.Limit != "" {
		out = append(out, field("limit", prose(c.Limit), w)...)
	}
	out = append(out, text(plain, ""), heading(fmt.Sprintf("primary controls: %d", len(c.Primary))))
	for _, k := range c.Primary {
		out = append(out, controlLine(m, k, w))
	}
	out = append(out, text(plain, ""), heading(fmt.Sprintf("supporting controls: %d, which annotate and are not counted", len(c.Supporting))))
	for _, k := range c.Supporting {
		out = append(out, controlLine(m, k, w))
	}
	return out
}

// controlLine is one control with its counts.
func controlLine(m *model, id string, w int) line {
	title := ""
	if c := m.x.controls[id]; c != nil {
		title = prose(c.Title)
	}
	return countLine(target{kind: atControl, id: id}, shown(id), title, m.x.control(id), w)
}

// countLine is a name, words, and counts by state with their letters.
func countLine(to target, name, words string, n export.StateCounts, w int) line {
	counts := countParts(n)
	room := w - 16
	for _, p := range counts {
		room -= width(p.text)
	}
	l := line{open: to, parts: []part{{fit(name, 15) + " ", plain}, {fit(clip(words, room-1), max(0, room)), faint}}}
	l.parts = append(l.parts, counts...)
	return l
}

func countParts(n export.StateCounts) []part {
	var out []part
	for _, s := range states {
		if c := n.Of(s); c > 0 {
			out = append(out, part{fmt.Sprintf(" %s %d", markOf(s).letter, c), markOf(s).tone})
		}
	}
	if len(out) == 0 {
		out = append(out, part{" no result", faint})
	}
	return out
}
