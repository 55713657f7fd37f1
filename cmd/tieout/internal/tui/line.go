package tui

import "strings"

// part is a piece of a line in one tone. Its text was made safe before.
type part struct {
	text string
	tone tone
}

// line is one line of a screen. Where open is set, Enter leads there.
type line struct {
	parts []part
	open  target
	head  bool // begins a section
}

func text(t tone, s string) line { return line{parts: []part{{s, t}}} }

func heading(s string) line { return line{parts: []part{{s, strong}}, head: true} }

// paragraph wraps text that was made safe, indented by n cells.
func paragraph(t tone, s string, indent, w int) []line {
	var out []line
	for _, l := range wrap(s, w-indent) {
		out = append(out, text(t, strings.Repeat(" ", indent)+l))
	}
	return out
}

// field is a name with what stands for it.
func field(name, value string, w int) []line {
	const room = 15
	var out []line
	for i, l := range wrap(value, w-room) {
		if i > 0 {
			name = ""
		}
		out = append(out, line{parts: []part{{fit(name, room), faint}, {l, plain}}})
	}
	return out
}

func (l line) plain() string {
	if len(l.parts) == 1 {
		return l.parts[0].text
	}
	var b strings.Builder
	for _, p := range l.parts {
		b.WriteString(p.text)
	}
	return b.String()
}

// draw renders the line into exactly w cells. at says that the cursor is here.
func (l line) draw(w int, at, focus bool) string {
	gutter, room := "  ", w-2
	if at && focus {
		gutter = "· "
		if l.open.kind != nowhere {
			return selected.Render("> " + fit(l.plain(), room))
		}
	}
	var b strings.Builder
	b.WriteString(gutter)
	for _, p := range l.parts {
		s := clip(p.text, room)
		room -= width(s)
		b.WriteString(p.tone.of(s))
	}
	b.WriteString(strings.Repeat(" ", max(0, room)))
	return b.String()
}
